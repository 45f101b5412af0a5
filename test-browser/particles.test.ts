/** Particle filters on the GPU: against the exact filter, the float64 code with the same random numbers, and whole-number oracles. */
import { expect, suite, test } from "vitest";
import {
  expressionFunction,
  filter,
  linearGaussianSSM,
  type NonlinearSSM,
  nonlinearGaussianSSM,
  type ParticleFilterOptions,
  particleFilter,
  simulate,
} from "../src/api/index.ts";
import { useEngine } from "./shared_engine.ts";

const engine = useEngine();
const onGpu = (options: ParticleFilterOptions = {}): ParticleFilterOptions => ({
  ...options,
  backend: "webgpu",
  engine: engine(),
});
const moments = {
  initial: {
    mean: [1, -1],
    covariance: [
      [2, 0.3],
      [0.3, 1],
    ],
  },
  Q: [
    [0.1, 0.02],
    [0.02, 0.2],
  ],
  R: [[0.25]],
};
const kalman = linearGaussianSSM({
  initial: moments.initial,
  dynamics: {
    weights: [
      [0.9, 0.3],
      [-0.2, 0.8],
    ],
    covariance: moments.Q,
  },
  emissions: { weights: [[1, 0.5]], covariance: moments.R },
});
const linear = async (R = moments.R, Q = moments.Q): Promise<NonlinearSSM> =>
  nonlinearGaussianSSM({
    initial: moments.initial,
    dynamics: {
      function: await expressionFunction({
        expressions: ["0.9*x0 + 0.3*x1", "-0.2*x0 + 0.8*x1"],
        stateDim: 2,
      }),
      covariance: Q,
    },
    emissions: {
      function: await expressionFunction({ expressions: "x0 + 0.5*x1", stateDim: 2 }),
      covariance: R,
    },
  });
const DATA = Array.from(simulate(kalman, { numSteps: 40, seed: 5 }).observations.data, (y, t) =>
  t % 9 === 4 ? Number.NaN : y,
);

suite("a linear model", () => {
  test("probe", async () => {
    const model = await linear();
    for (const proposal of ["bootstrap", "auxiliary"] as const)
      for (const numParticles of [1, 300, 1000]) {
        const options = { numParticles, seed: 3, proposal };
        const t0 = performance.now();
        const gpu = await particleFilter(model, DATA, { ...onGpu(options), throwOnFailure: false });
        const t1 = performance.now();
        const cpu = await particleFilter(model, DATA, { ...options, backend: "cpu" });
        console.log(
          proposal,
          numParticles,
          gpu.status,
          gpu.marginalLogLikelihood,
          cpu.marginalLogLikelihood,
          (await filter(kalman, DATA)).marginalLogLikelihood,
          t1 - t0,
        );
        console.log(Array.from(gpu.logLikelihoods.data.slice(0, 8)).join(" "));
        console.log(Array.from(cpu.logLikelihoods.data.slice(0, 8)).join(" "));
        console.log(Array.from(gpu.filteredMeans.data.slice(0, 8)).join(" "));
        console.log(Array.from(cpu.filteredMeans.data.slice(0, 8)).join(" "));
        console.log(Array.from(gpu.filteredCovariances.data.slice(0, 8)).join(" "));
        console.log(Array.from(cpu.filteredCovariances.data.slice(0, 8)).join(" "));
        console.log(Array.from(gpu.effectiveSampleSizes.data.slice(0, 8)).join(" "));
        console.log(Array.from(cpu.effectiveSampleSizes.data.slice(0, 8)).join(" "));
      }
    expect(1).toBe(1);
  });
});
