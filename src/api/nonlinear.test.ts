import { expect, suite, test } from "vitest";
import { gaussHermitePoints } from "../inference/index.ts";
import { byPoints, textbook } from "../inference/nonlinear/testing/textbook.ts";
import { expressionFunction, filter, logLikelihood, nonlinearGaussianSSM, smooth } from "./index.ts";
import { pendulumData, pendulumModel } from "./testing/pendulum_model.ts";

suite("the pendulum by expressions", () => {
  test("published values of the extended and the unscented filter", async () => {
    const model = await pendulumModel();
    const y = pendulumData(400);
    const extended = await smooth(model, y, { linearization: "taylor" });
    expect(extended.marginalLogLikelihood).toBeCloseTo(1.03348869, 6);
    expect(extended.likelihood).toBe("linearised");
    expect(extended.smoothedMeans.data[0]).toBeCloseTo(1.53534291, 6);
    const unscented = await filter(model, y, { alpha: Math.sqrt(3), beta: 2, kappa: 1 });
    expect(unscented.marginalLogLikelihood).toBeCloseTo(-9.66096604, 6);
    expect(unscented.run.plan).toContain("unscented");
    expect(await logLikelihood(model, y)).toBeCloseTo(-1.53351382, 6);
    const hermite = await logLikelihood(model, y, { linearization: "gauss-hermite", order: 5 });
    expect(hermite).toBeCloseTo(-1.41290106, 6);
  });

  test("iterations: told for each series, the same alone and in a batch", async () => {
    const model = await pendulumModel();
    const y = pendulumData(300);
    const both = [y, y.slice(0, 120).map((value, t) => (t % 5 === 0 ? Number.NaN : value + 0.1))];
    const options = { linearization: "taylor", iterations: 50 } as const;
    const batch = await smooth(
      model,
      both.map(series => series.map(value => [value])),
      options,
    );
    for (const [s, series] of both.entries()) {
      const alone = await smooth(model, series, options);
      expect(alone.converged).toEqual([true]);
      expect(batch.converged[s]).toBe(true);
      expect(Math.abs(alone.iterations[0] - batch.iterations[s])).toBeLessThanOrEqual(0);
      const part = batch.series(s);
      expect(part.objectives).toEqual(alone.objectives);
      alone.smoothedMeans.data.forEach((value, i) => {
        expect(part.smoothedMeans.data[i]).toBeCloseTo(value, 10);
      });
    }
  });

  test("T = 1, nothing observed, and a mask", async () => {
    const model = await pendulumModel();
    const one = await smooth(model, [0.9], { iterations: 3 });
    expect(one.smoothedMeans.shape).toEqual([1, 2]);
    const none = await smooth(model, [Number.NaN, null, Number.NaN] as number[], { iterations: 2 });
    expect(none.marginalLogLikelihood).toBe(0);
    const y = pendulumData(20);
    const masked = await filter(model, y, { mask: y.map((_, t) => t % 3).map(k => (k === 0 ? 0 : 1)) });
    const missing = await filter(
      model,
      y.map((value, t) => (t % 3 === 0 ? Number.NaN : value)),
    );
    expect(masked.filteredMeans.data).toEqual(missing.filteredMeans.data);
  });
});

suite("inputs and parameters", () => {
  test("inputs and the step reach the functions", async () => {
    const f = await expressionFunction({ expressions: "0.9*x0 + u0*sin(t)", stateDim: 1, inputDim: 1 });
    const h = await expressionFunction({ expressions: "x0^2 + u0", stateDim: 1, inputDim: 1 });
    const model = nonlinearGaussianSSM({
      initial: { mean: [1], covariance: [[0.2]] },
      dynamics: { function: f, covariance: [[0.1]] },
      emissions: { function: h, covariance: [[0.3]] },
    });
    const u = Array.from({ length: 12 }, (_, t) => [Math.cos(t)]);
    const y = Array.from({ length: 12 }, (_, t) => [1 + Math.sin(2 * t)]);
    const rule = gaussHermitePoints(1, 5);
    const expected = textbook(
      {
        m: [1],
        P: [[0.2]],
        f: ([x], t) => [0.9 * x + u[t][0] * Math.sin(t)],
        Q: [[0.1]],
        h: ([x], t) => [x * x + u[t][0]],
        R: [[0.3]],
      },
      y,
      byPoints(
        Array.from(rule.points, x => [x]),
        Array.from(rule.meanWeights),
        Array.from(rule.covarianceWeights),
      ),
    );
    const result = await smooth(model, y, { linearization: "gauss-hermite", inputs: u });
    expect(result.marginalLogLikelihood).toBeCloseTo(expected.logLikelihood, 9);
    expected.smoothed.forEach(({ m }, t) => void expect(result.smoothedMeans.data[t]).toBeCloseTo(m[0], 9));
    await expect(filter(model, y)).rejects.toThrow(
      "filter: inputs expected [T, 1] as the model's functions take inputs, got nothing. Pass the option inputs.",
    );
  });

  test("values of parameters may be given beside the function", async () => {
    const f = await expressionFunction({ expressions: "a*x0", stateDim: 1, parameters: { a: 0.5 } });
    const h = await expressionFunction({ expressions: "x0", stateDim: 1 });
    const make = (parameters?: number[]) =>
      nonlinearGaussianSSM({
        initial: { mean: [1], covariance: [[1]] },
        dynamics: { function: f, covariance: [[1]], ...(parameters && { parameters }) },
        emissions: { function: h, covariance: [[1]] },
      });
    const [own, other] = await Promise.all(
      [make(), make([0.25])].map(model => filter(model, [4, Number.NaN])),
    );
    expect(own.predictedMeans.data[1]).toBeCloseTo(0.5 * own.filteredMeans.data[0], 12);
    expect(other.predictedMeans.data[1]).toBeCloseTo(0.25 * other.filteredMeans.data[0], 12);
  });
});
