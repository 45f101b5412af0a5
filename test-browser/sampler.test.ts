/** samplePosterior on the GPU: the same draws as the float64 code, to float32. */
import { expect, suite, test } from "vitest";
import { linearGaussianSSM, samplePosterior } from "../src/api/index.ts";
import {
  type BackwardSamplerGpuOptions,
  backwardSamplerCpu,
  backwardSamplerGpu,
  kalmanSmootherCpu,
  type LinearGaussianProblem,
  stepNormals,
} from "../src/inference/index.ts";
import { prepare } from "../src/models/index.ts";
import { namedModel, type RawCase, randomModel } from "./oracle_models.ts";
import { useEngine } from "./shared_engine.ts";

const engine = useEngine();
const SEED = 2 ** 40 + 12345;

/** Largest difference from the draws of the float64 code, in smoothed standard deviations. */
async function compare(
  problem: LinearGaussianProblem,
  numSamples: number,
  sizes: Partial<BackwardSamplerGpuOptions> = {},
): Promise<number> {
  const { stateDim: n, numSteps: T, lengths } = problem;
  const { filtered, smoothed, statuses } = await kalmanSmootherCpu(problem);
  const noise = (s: number, draw: number, t: number, out: Float64Array) =>
    stepNormals(SEED, s, draw, t, n, out);
  const exact = (await backwardSamplerCpu(problem, filtered, smoothed, statuses, { numSamples, noise }))
    .states;
  const options = { call: "test", engine: engine(), numSamples, seed: SEED, ...sizes };
  const { states } = await backwardSamplerGpu(problem, filtered, smoothed, options);
  expect(states.length).toBe(exact.length);
  let worst = 0;
  for (let s = 0; s < problem.numSeries; s++) {
    for (let draw = 0; draw < numSamples; draw++) {
      for (let t = 0; t < T; t++) {
        for (let i = 0; i < n; i++) {
          const at = ((s * numSamples + draw) * T + t) * n + i;
          if (t >= lengths[s]!) {
            expect(states[at]).toBeNaN();
            continue;
          }
          const { data, at: row } = smoothed.factors;
          const from = row(s, t) + (i * (i + 1)) / 2;
          const sd = Math.hypot(...data.subarray(from, from + i + 1));
          const difference = Math.abs(states[at]! - exact[at]!) / Math.max(sd, 1e-6);
          worst = Math.max(worst, Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference);
        }
      }
    }
  }
  return worst;
}

const problemOf = (given: RawCase, lengths: readonly number[]): LinearGaussianProblem =>
  prepare(
    linearGaussianSSM(given.model),
    lengths.map(length => given.observations.slice(0, length)),
    { inputs: given.inputs },
  );

suite("draws on the GPU are those of the float64 code", () => {
  test.each([1, 2, 4, 5, 8])("constant models, n = %i, gains from the host", async n => {
    const problem = problemOf(randomModel({ n, m: Math.max(1, n >> 1), T: 150, seed: n }), [150, 1, 149, 40]);
    expect(await compare(problem, 3, { chunkLength: 4, levelChunk: 3 })).toBeLessThan(1e-4);
    expect(
      await compare(problem, 5, { chunkLength: 16, levelChunk: 4, blockSteps: 48, drawsAtOnce: 2 }),
    ).toBeLessThan(1e-4);
  });

  test.each([1, 2, 4, 6, 9])("missing data, n = %i, gains of every step", { timeout: 60_000 }, async n => {
    const given = randomModel({ n, m: Math.max(1, n >> 1), T: 150, seed: n, missing: 0.3 });
    const problem = problemOf(given, [150, 1, 149, 40]);
    expect(await compare(problem, 3, { chunkLength: 4, levelChunk: 3 })).toBeLessThan(2e-4);
    expect(await compare(problem, 2, { chunkLength: 16, levelChunk: 4, blockSteps: 48 })).toBeLessThan(2e-4);
  });

  test("time-varying parameters and inputs", async () => {
    const given = randomModel({ n: 3, m: 2, T: 120, seed: 8, timeVarying: true, inputs: 2 });
    expect(await compare(problemOf(given, [120]), 4, { chunkLength: 8, levelChunk: 4 })).toBeLessThan(2e-4);
  });

  test("a constant model with its gains made at every step", async () => {
    const problem = problemOf(randomModel({ n: 4, m: 2, T: 200, seed: 4 }), [200]);
    expect(await compare(problem, 2, { schedule: false })).toBeLessThan(2e-4);
  });
});

test("samplePosterior: CPU and GPU agree on a drifting model, whatever the number of draws", {
  timeout: 60_000,
}, async () => {
  const { model, observations } = namedModel("cv4", 5000);
  const ssm = linearGaussianSSM(model);
  const on = { backend: "webgpu", engine: engine(), seed: 7 } as const;
  const cpu = await samplePosterior(ssm, observations, { backend: "cpu", seed: 7, numSamples: 2 });
  const gpu = await samplePosterior(ssm, observations, { ...on, numSamples: 2 });
  const more = await samplePosterior(ssm, observations, { ...on, numSamples: 5 });
  expect(gpu.run.backend).toBe("webgpu");
  expect(more.states.data.slice(0, gpu.states.data.length)).toEqual(gpu.states.data);
  // Standard deviations are about 0.2 (position) and 0.5 (velocity); positions reach thousands.
  gpu.states.data.forEach((x, i) => {
    expect(Math.abs(x - cpu.states.data[i]!)).toBeLessThan(2e-4);
  });
});
