import { expect, suite, test } from "vitest";
import {
  expressionFunction,
  generalizedGaussianSSM,
  nonlinearGaussianSSM,
  samplePosterior,
  simulate,
  smooth,
} from "./index.ts";
import { pendulumData, pendulumModel } from "./testing/pendulum_model.ts";

suite("simulate and sample", () => {
  test("draws have the moments of the model, step by step", async () => {
    const f = await expressionFunction({ expressions: "0.8*x0 + 0.3*sin(x0)", stateDim: 1 });
    const rate = await expressionFunction({ expressions: "exp(0.5*x0)", stateDim: 1 });
    const model = generalizedGaussianSSM({
      initial: { mean: [0.5], covariance: [[0.2]] },
      dynamics: { function: f, covariance: [[0.1]] },
      emissions: { family: "poisson", function: rate },
    });
    const S = 20_000;
    const { states, observations } = simulate(model, { numSteps: 3, numSamples: S, seed: 4 });
    expect(states.shape).toEqual([S, 3, 1]);
    for (let t = 0; t < 3; t++) {
      // Given the state: y − rate has mean 0 and variance rate; z_t − f(z_{t−1}) mean 0 and variance 0.1.
      let [first, second, third, fourth] = [0, 0, 0, 0];
      for (let k = 0; k < S; k++) {
        const z = states.data[k * 3 + t];
        const before = states.data[k * 3 + t - 1];
        const r = Math.exp(0.5 * z);
        first += (observations.data[k * 3 + t] - r) / Math.sqrt(r) / S;
        second += (observations.data[k * 3 + t] - r) ** 2 / r / S;
        const centre = t === 0 ? 0.5 : 0.8 * before + 0.3 * Math.sin(before);
        const variance = t === 0 ? 0.2 : 0.1;
        third += (z - centre) / Math.sqrt(variance) / S;
        fourth += (z - centre) ** 2 / variance / S;
      }
      // Five standard errors; the fourth moment of a Poisson variable over its variance² is 3 + 1/rate.
      const error = 5 / Math.sqrt(S);
      expect(Math.abs(first)).toBeLessThan(error);
      expect(Math.abs(second - 1)).toBeLessThan(error * Math.sqrt(4));
      expect(Math.abs(third)).toBeLessThan(error);
      expect(Math.abs(fourth - 1)).toBeLessThan(error * Math.SQRT2);
    }
    const again = simulate(model, { numSteps: 3, numSamples: 2, seed: 4 });
    expect(again.states.data).toEqual(states.data.slice(0, 6));
  });

  test("a state that overflows is named by its step", async () => {
    const f = await expressionFunction({ expressions: "exp(exp(exp(x0)))", stateDim: 1 });
    const h = await expressionFunction({ expressions: "x0", stateDim: 1 });
    const model = nonlinearGaussianSSM({
      initial: { mean: [2], covariance: [[0]] },
      dynamics: { function: f, covariance: [[0]] },
      emissions: { function: h, covariance: [[1]] },
    });
    expect(() => simulate(model, { numSteps: 5 })).toThrow(
      /simulate: model expected finite states .*, got none at step 1/,
    );
  });

  test("posterior draws have the moments of the smoother", async () => {
    const model = await pendulumModel();
    const y = pendulumData(30);
    const options = { linearization: "taylor", iterations: 20 } as const;
    const smoothed = await smooth(model, y, options);
    const S = 4000;
    const draws = await samplePosterior(model, y, { ...options, numSamples: S, seed: 2 });
    expect(draws.states.shape).toEqual([S, 30, 2]);
    for (const t of [0, 10, 29])
      for (let i = 0; i < 2; i++) {
        const variance = smoothed.smoothedCovariances.data[t * 4 + 3 * i];
        let [mean, square] = [0, 0];
        for (let k = 0; k < S; k++) {
          const value = draws.states.data[(k * 30 + t) * 2 + i] - smoothed.smoothedMeans.data[t * 2 + i];
          mean += value / S;
          square += value ** 2 / S;
        }
        expect(Math.abs(mean)).toBeLessThan(5 * Math.sqrt(variance / S));
        expect(Math.abs(square / variance - 1)).toBeLessThan(5 * Math.sqrt(2 / S));
      }
  });
});
