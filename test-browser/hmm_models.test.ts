/** Models on the GPU against the float64 code: densities inside the kernels of the scan, with missing data and ragged series. */
import { expect, suite, test } from "vitest";
import {
  type HmmGpuOptions,
  hmmDecodeCpu,
  hmmDecodeGpu,
  hmmSmootherCpu,
  hmmSmootherGpu,
} from "../src/inference/index.ts";
import { hiddenMarkovModel, prepareHmm, simulateHmm } from "../src/models/index.ts";
import { useEngine } from "./shared_engine.ts";

const engine = useEngine();
const options = (): HmmGpuOptions => ({
  call: "test",
  engine: engine(),
  request: { call: "test", method: "parallel", transitions: "sum", chunkLength: 16 },
});

const EMISSIONS: Readonly<Record<string, object>> = {
  poisson: { family: "poisson", rates: [[2], [9], [30]] },
  categorical: {
    family: "categorical",
    probs: [
      [0.7, 0.2, 0.1, 0],
      [0.1, 0.5, 0.2, 0.2],
      [0.25, 0.25, 0.25, 0.25],
    ],
  },
  gaussian: {
    family: "gaussian",
    means: [
      [0, 1],
      [2, -1],
      [1e3, 1],
    ],
    covariances: [
      [
        [1, 0.3],
        [0.3, 2],
      ],
      [
        [0.5, 0],
        [0, 0.5],
      ],
      [
        [9, 1],
        [1, 4],
      ],
    ],
  },
};

suite("hidden Markov models on the GPU", () => {
  for (const [family, emissions] of Object.entries(EMISSIONS))
    test(`${family}: as the float64 code has it`, async () => {
      const model = hiddenMarkovModel({
        initialProbs: [0.5, 0.3, 0.2],
        transitionMatrix: [
          [0.9, 0.08, 0.02],
          [0.05, 0.9, 0.05],
          [0.1, 0.1, 0.8],
        ],
        emissions,
      } as Parameters<typeof hiddenMarkovModel>[0]);
      const problem = prepareHmm(model, dataOf(model));
      const exact = await hmmSmootherCpu(problem, { transitions: "sum" });
      const run = await hmmSmootherGpu(problem, options());
      expect([...run.ends]).toEqual([...exact.ends]);
      for (const key of ["filteredProbs", "smoothedProbs"] as const)
        for (let s = 0; s < problem.numSeries; s++)
          for (let t = 0; t < problem.lengths[s]!; t++)
            for (let k = 0; k < 3; k++) {
              const [got, expected] = [run[key]!, exact[key]!].map(rows => rows.data[rows.at(s, t) + k]!);
              expect(Math.abs(got! - expected!)).toBeLessThan(1e-5);
            }
      const total = (values: ArrayLike<number>): number =>
        Array.from(values).reduce((sum, v) => sum + (Number.isNaN(v) ? 0 : v), 0);
      const marginal = total(exact.logLikelihoods);
      expect(Math.abs(total(run.logLikelihoods) - marginal)).toBeLessThan(1e-6 * Math.abs(marginal));
      exact.expectedTransitions!.forEach((v: number, i: number) => {
        expect(Math.abs(run.expectedTransitions![i]! - v)).toBeLessThan(1e-4);
      });
      const decoded = await hmmDecodeGpu(problem, options());
      const path = await hmmDecodeCpu(problem);
      expect([...decoded.mostLikelyStates]).toEqual([...path.mostLikelyStates]);
      decoded.logJoints.forEach((v, s) => {
        expect(Math.abs(v - path.logJoints[s]!)).toBeLessThan(1e-9 * Math.abs(v));
      });
    });
});

/** Two series of different length, every seventh observation missing. */
function dataOf(model: ReturnType<typeof hiddenMarkovModel>): (number | null)[][][] {
  return [120, 75].map((numSteps, series) => {
    const { observations } = simulateHmm(model, { numSteps, seed: 5 + series });
    const width = observations.data.length / numSteps;
    return Array.from({ length: numSteps }, (_, t) =>
      Array.from(observations.data.slice(t * width, (t + 1) * width), v => (t % 7 === 3 ? null : v)),
    );
  });
}
