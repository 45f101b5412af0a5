import { expect, suite, test } from "vitest";
import { expressionFunction, filter, forecast, generalizedGaussianSSM } from "./index.ts";
import { pendulumData, pendulumModel } from "./testing/pendulum_model.ts";

suite("forecast", () => {
  test("is the filter of masked steps, with the observations made affine around the predictions", async () => {
    const model = await pendulumModel();
    const y = pendulumData(50);
    for (const linearization of ["taylor", "unscented", "cubature"] as const) {
      const ahead = await forecast(model, y, 10, { linearization });
      const masked = await filter(model, [...y, ...Array(10).fill(Number.NaN)], { linearization });
      ahead.stateMeans.data.forEach((value, i) => {
        expect(value).toBeCloseTo(masked.predictedMeans.data[100 + i], 10);
      });
      ahead.stateCovariances.data.forEach((value, i) => {
        expect(value).toBeCloseTo(masked.predictedCovariances.data[200 + i], 10);
      });
      // The next observation is forecast with the density that the filter gives it.
      const next = await filter(model, [...y, 0.4], { linearization });
      const [mean, variance] = [ahead.means.data[0], ahead.variances.data[0]];
      const density = -0.5 * ((0.4 - mean) ** 2 / variance + Math.log(2 * Math.PI * variance));
      expect(next.logLikelihoods.data[50]).toBeCloseTo(density, 9);
      const given = await forecast(model, await filter(model, y, { linearization }), 10, { linearization });
      expect(given.means.data).toEqual(ahead.means.data);
    }
  });

  test("counts: mean and variance of the family, future inputs and scenarios", async () => {
    const model = generalizedGaussianSSM({
      initial: { mean: [0], covariance: [[0]] },
      dynamics: {
        function: await expressionFunction({ expressions: "x0 + u0", stateDim: 1, inputDim: 1 }),
        covariance: [[0]],
      },
      emissions: {
        family: "poisson",
        function: await expressionFunction({ expressions: "exp(x0)", stateDim: 1 }),
      },
    });
    const ahead = await forecast(model, [1], 2, {
      inputs: [[0]],
      futureInputs: [[0.5], [0.5]],
      scenarios: { more: [[1], [1]] },
    });
    // Nothing is random but the counts: rates e^½, e¹; e¹, e².
    for (const [result, rates] of [
      [ahead, [Math.exp(0.5), Math.E]],
      [ahead.scenarios.more, [Math.E, Math.E ** 2]],
    ] as const)
      rates.forEach((rate, k) => {
        expect(result.means.data[k]).toBeCloseTo(rate, 12);
        expect(result.variances.data[k]).toBeCloseTo(rate, 12);
      });
    await expect(forecast(model, [1], 2, { inputs: [[0]] })).rejects.toThrow(
      /forecast: futureInputs expected \[h, 1\]/,
    );
  });
});
