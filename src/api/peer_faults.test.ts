/**
 * Wrong answers that were found in another library (probml/dynamax, 2026), as tests of ours:
 *
 *   1  the log-likelihood of the parallel filter: here for float64, in test-browser/car.test.ts for the scan on the GPU
 *   2  an iterated update counts a datum once an iteration: refinement, in test-browser/peer_faults.test.ts
 *   3  posterior draws with time-varying transitions use the next step's matrix: here
 *   4  the simulator lets u_t act one step earlier than the filter does: here
 *   5  the first forecast is the last filtered state, without D u: forecast.test.ts, "the first forecast is of step T"
 *   7  the parallel posterior sampler does not take inputs: sample_posterior.test.ts, test-browser/peer_faults.test.ts
 *   8  the fixed-lag smoother multiplies unscaled likelihoods, and is 0 everywhere at −2000 nats: here
 *   9  expected transitions with time-varying transitions divide by zero, NaN for A = I: here
 *
 * 6 is about learning, which is not here yet; 10 and 11 are about other models.
 */
import { expect, suite, test } from "vitest";
import { carCase } from "../../test-browser/car.ts";
import { denseOracle, textbookOracle } from "../../test-browser/oracle.ts";
import {
  hiddenMarkovModel,
  linearGaussianSSM,
  logLikelihood,
  samplePosterior,
  simulate,
  smooth,
} from "./index.ts";

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

  const flip = [
    [0.05, 0.95],
    [0.9, 0.1],
  ];
  const stay = [
    [0.99, 0.01],
    [0.02, 0.98],
  ];
  const coin = { family: "bernoulli", probs: [[0.3], [0.8]] };

  test("3: posterior draws of time-varying transitions have the smoother's marginals", async () => {
    const model = hiddenMarkovModel({
      initialProbs: [0.5, 0.5],
      transitionMatrix: [stay, flip, stay, flip, stay],
      emissions: coin,
    });
    const y = [1, 0, 1, 1, 0];
    const { smoothedProbs } = await smooth(model, y);
    const S = 20_000;
    const { states } = await samplePosterior(model, y, { numSamples: S, seed: 2 });
    for (let t = 0; t < 5; t++) {
      const p = smoothedProbs.data[2 * t + 1];
      let share = 0;
      for (let d = 0; d < S; d++) share += states.data[5 * d + t] / S;
      // Four standard errors; the fault is off by half.
      expect(Math.abs(share - p)).toBeLessThan(4 * Math.sqrt((p * (1 - p)) / S));
    }
  });

  test("8: a fixed lag does not mind log-likelihoods of −2000 nats", async () => {
    const near = [[-1], [2], [0.5], [3], [-2]].map(([d]) => [d, 0]);
    const far = near.map(row => row.map(value => value - 2000));
    const model = hiddenMarkovModel({
      initialProbs: [0.5, 0.5],
      transitionMatrix: stay,
      emissions: { family: "precomputed" },
    });
    for (const lag of [0, 2, 5]) {
      const [a, b] = [await smooth(model, near, { lag }), await smooth(model, far, { lag })];
      b.smoothedProbs.data.forEach((p, i) => {
        expect(p).toBeCloseTo(a.smoothedProbs.data[i], 12);
      });
      expect(b.smoothedProbs.data[0] + b.smoothedProbs.data[1]).toBeCloseTo(1, 14);
      expect(b.marginalLogLikelihood).toBeCloseTo(a.marginalLogLikelihood - 10_000, 8);
    }
  });

  test("9: time-varying transitions without mixing have finite expected transitions", async () => {
    const eye = [
      [1, 0],
      [0, 1],
    ];
    const model = hiddenMarkovModel({
      initialProbs: [1, 0],
      transitionMatrix: Array.from({ length: 5 }, () => eye),
      emissions: coin,
    });
    for (const smoother of ["rts", "twoFilter"] as const) {
      const { expectedTransitions } = await smooth(model, [1, 0, 1, 1, 0], { smoother });
      expect([...expectedTransitions.data]).toEqual([4, 0, 0, 0]);
    }
  });
});
