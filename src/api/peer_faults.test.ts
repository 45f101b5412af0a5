/**
 * Wrong answers that were found in another library (probml/dynamax, 2026) on linear Gaussian models, as tests of ours:
 *
 *   1  the log-likelihood of the parallel filter: here for float64, in test-browser/car.test.ts for the scan on the GPU
 *   2  an iterated update counts a datum once an iteration: refinement, in test-browser/peer_faults.test.ts
 *   4  the simulator lets u_t act one step earlier than the filter does: here
 *   5  the first forecast is the last filtered state, without D u: forecast.test.ts, "the first forecast is of step T"
 *   7  the parallel posterior sampler does not take inputs: sample_posterior.test.ts, test-browser/peer_faults.test.ts
 *
 * 6 is about learning, which is not here yet; 3 and 8 to 11 are about other models.
 */
import { expect, suite, test } from "vitest";
import { carCase } from "../../test-browser/car.ts";
import { denseOracle, textbookOracle } from "../../test-browser/oracle.ts";
import { linearGaussianSSM, logLikelihood, simulate } from "./index.ts";

suite("faults of others", () => {
  for (const T of [1000, 10_000])
    test(`1: the car's log-likelihood over ${T} steps is the textbook's, and stays when all moves by 100`, async () => {
      const plain = carCase(T);
      const shifted = carCase(T, 100);
      const exact = textbookOracle(plain.model, plain.observations).marginalLogLikelihood;
      for (const { model, observations } of [plain, shifted]) {
        const got = await logLikelihood(linearGaussianSSM(model), observations, { backend: "cpu" });
        // Nothing is added to a diagonal: 1e-9 on S moves this by more than a nat at T = 1000.
        expect(Math.abs(got - exact)).toBeLessThan(1e-7);
      }
    });

  test("4: inputs act on the same step in simulate() and in the filter", async () => {
    const raw = {
      initial: { mean: [0], covariance: [[1e-6]] },
      dynamics: { weights: [[0.9]], inputWeights: [[1]], covariance: [[1e-6]] },
      emissions: { weights: [[1]], covariance: [[1e-6]] },
    };
    const model = linearGaussianSSM(raw);
    const inputs = [[1], [10], [100]];
    const { observations } = simulate(model, { numSteps: 3, inputs, seed: 4 });
    const got = await logLikelihood(model, observations, { inputs });
    const rows = [...observations.data].map(y => [y]);
    expect(got).toBeCloseTo(denseOracle(raw, rows, inputs).marginalLogLikelihood, 6);
    expect(got).toBeGreaterThan(5);
    const early = await logLikelihood(model, observations, { inputs: [[10], [100], [0]] });
    expect(early).toBeLessThan(-1e8);
  });
});
