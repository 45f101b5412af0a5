import { expect, suite, test } from "vitest";
import { CounterRandom } from "../../inference/index.ts";
import { hiddenMarkovModel } from "./hidden_markov_model.ts";
import { simulateHmm } from "./simulate_hmm.ts";
import { DENSITY_CASES, densitiesOf } from "./testing/density_cases.ts";

const N = 20_000;

suite("draws of emissions", () => {
  for (const given of DENSITY_CASES) {
    const { model } = densitiesOf(given);
    const { emissions, emissionDim: m, numRegimes } = model;
    if (!emissions.sample || !emissions.mean || given.name === "von-mises") continue;
    test(`of ${given.name} have its mean and covariance`, () => {
      const inputs = Float64Array.from((given.inputs ?? []).flat());
      // Three rows, of which the last is drawn; autoregressions look back on the others.
      const observations = Float64Array.from({ length: 3 * m }, (_, i) => Math.sin(i));
      const row = { observations, at: 2 * m, step: 2, inputs, inputsAt: 0 };
      for (let e = 0; e < numRegimes; e++) {
        const random = new CounterRandom(11, e);
        const mean = new Float64Array(m);
        const covariance = new Float64Array(m * m);
        emissions.mean!(e, row, mean, 0);
        emissions.covariance!(e, row, covariance, 0);
        const first = new Float64Array(m);
        const second = new Float64Array(m * m);
        const fourth = new Float64Array(m * m);
        for (let n = 0; n < N; n++) {
          emissions.sample!(e, row, random);
          for (let i = 0; i < m; i++) {
            const a = observations[row.at + i] - mean[i];
            first[i] += a / N;
            for (let j = 0; j < m; j++) {
              const product = a * (observations[row.at + j] - mean[j]);
              second[i * m + j] += product / N;
              fourth[i * m + j] += product ** 2 / N;
            }
          }
        }
        for (let i = 0; i < m; i++) {
          // Five standard errors; heavy tails have no finite ones, and rare counts too few draws for their fourth moment.
          const variance = covariance[i * m + i];
          if (!Number.isFinite(variance) || Number.isNaN(mean[i])) continue;
          expect(Math.abs(first[i])).toBeLessThan(5 * Math.sqrt(variance / N) + 1e-9);
          if (variance * N < 1) continue;
          for (let j = 0; j < m; j++) {
            const k = i * m + j;
            if (
              !Number.isFinite(covariance[k] + mean[j]) ||
              fourth[k] > 1000 * second[i * m + i] * second[j * m + j]
            )
              continue;
            expect(Math.abs(second[k] - covariance[k])).toBeLessThan(5 * Math.sqrt(fourth[k] / N) + 1e-12);
          }
        }
      }
    });
  }

  test("of von Mises have the mean direction and length", () => {
    for (const [mu, kappa] of [
      [3, 0.3],
      [-2, 5],
      [0, 1e4],
    ]) {
      const model = hiddenMarkovModel({
        initialProbs: [1],
        transitionMatrix: [[1]],
        emissions: { family: "von-mises", means: [mu], concentrations: [kappa] },
      });
      const { data } = simulateHmm(model, { numSteps: N, seed: 3 }).observations;
      const out = new Float64Array(1);
      model.emissions.covariance!(0, { observations: data, at: 0, step: 0, inputsAt: 0 }, out, 0);
      const cosine = data.reduce((sum, y) => sum + Math.cos(y - mu) / N, 0);
      const sine = data.reduce((sum, y) => sum + Math.sin(y - mu) / N, 0);
      // The cosine varies by at most ½ √variance-like spread 1/√2; five standard errors.
      expect(Math.abs(1 - cosine - out[0])).toBeLessThan((5 * Math.min(1, 2 * out[0])) / Math.sqrt(N));
      expect(Math.abs(sine)).toBeLessThan((5 * Math.min(1, Math.sqrt(2 * out[0]))) / Math.sqrt(N));
    }
  });
});

suite("simulate() of a hidden Markov model", () => {
  const model = hiddenMarkovModel({
    initialProbs: "stationary",
    transitionMatrix: [
      [0.9, 0.1],
      [0.3, 0.7],
    ],
    emissions: { family: "poisson", rates: [2, 20] },
  });

  test("has the stationary distribution, the transitions and the rates", () => {
    const { states, observations } = simulateHmm(model, { numSteps: N, seed: 5 });
    expect([states.shape, observations.shape]).toEqual([[N], [N, 1]]);
    const ones = states.data.reduce((sum, z) => sum + z, 0) / N;
    let moves = 0;
    let sum = 0;
    states.data.forEach((z, t) => {
      if (t > 0 && z === 1 && states.data[t - 1] === 0) moves++;
      if (z === 1) sum += observations.data[t];
    });
    // Five standard errors, the chain's own correlation time being (1 + 0.6)/(1 − 0.6) = 4 steps.
    expect(Math.abs(ones - 0.25)).toBeLessThan(5 * Math.sqrt((0.25 * 0.75 * 4) / N));
    expect(Math.abs(moves / (N * (1 - ones)) - 0.1)).toBeLessThan(5 * Math.sqrt((0.1 * 0.9) / (0.75 * N)));
    expect(Math.abs(sum / (N * ones) - 20)).toBeLessThan(5 * Math.sqrt(20 / (0.25 * N)));
  });

  test("gives the same draw for the same seed, whatever stands beside it", () => {
    const one = simulateHmm(model, { numSteps: 20, seed: 1 });
    const many = simulateHmm(model, { numSteps: 20, seed: 1, numSeries: 2, numSamples: 3 });
    expect(many.observations.shape).toEqual([2, 3, 20, 1]);
    expect([...many.observations.data.slice(0, 20)]).toEqual([...one.observations.data]);
    expect(
      new Set(Array.from({ length: 6 }, (_, k) => many.states.data.slice(k * 20, (k + 1) * 20).join())).size,
    ).toBe(6);
    expect(simulateHmm(model, { numSteps: 3, initialState: 1 }).states.data[0]).toBe(1);
    expect(() => simulateHmm(model, { numSteps: 3, initialState: 2 })).toThrow(
      "initialState expected a state 0 … 1",
    );
  });
});
