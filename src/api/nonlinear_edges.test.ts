/** Nonlinear models at the edges of what they take: short, empty, singular, huge, and functions that have no value at a step. */
import { expect, suite, test } from "vitest";
import { diagonal } from "../../test-browser/oracle_models.ts";
import { unscentedPoints } from "../inference/index.ts";
import { byPoints, byTaylor, textbook } from "../inference/nonlinear/testing/textbook.ts";
import {
  expressionFunction,
  filter,
  forecast,
  generalizedGaussianSSM,
  logLikelihood,
  type NonlinearSSM,
  nonlinearGaussianSSM,
  particleFilter,
  predict,
  type SeriesInput,
  samplePosterior,
  smooth,
} from "./index.ts";

type Rows = (number | null)[][];
type Call = (model: NonlinearSSM, observations: SeriesInput) => Promise<unknown>;
/** The calls that take a model and data, and no more. */
const CALLS: readonly Call[] = [
  (model, y) => filter(model, y),
  (model, y) => smooth(model, y),
  (model, y) => logLikelihood(model, y),
  (model, y) => predict(model, y),
  (model, y) => samplePosterior(model, y),
];

async function scalar(
  f: string,
  h: string | string[],
  { S = 1, Q = 0.1, R = 0.2 } = {},
): Promise<NonlinearSSM> {
  const emission = await expressionFunction({ expressions: h, stateDim: 1 });
  return nonlinearGaussianSSM({
    initial: { mean: [0.5], covariance: [[S]] },
    dynamics: { function: await expressionFunction({ expressions: f, stateDim: 1 }), covariance: [[Q]] },
    emissions: { function: emission, covariance: diagonal(Array(emission.outputDim).fill(R)) },
  });
}

const gaussian = (y: number, mean: number, variance: number): number =>
  -0.5 * ((y - mean) ** 2 / variance + Math.log(2 * Math.PI * variance));

suite("short and empty series", () => {
  test("T = 1: every call, by the formulas of one datum", async () => {
    const model = await scalar("sin(x0)", "x0");
    const [mean, variance] = [0.5 + (0.3 - 0.5) / 1.2, 0.2 / 1.2];
    for (const options of [{}, { iterations: 5 }, { linearization: "taylor", iterations: 5 }] as const) {
      const result = await smooth(model, [0.3], options);
      expect(result.smoothedMeans.data[0]).toBeCloseTo(mean, 12);
      expect(result.smoothedCovariances.data[0]).toBeCloseTo(variance, 12);
      expect(result.smoothedCrossCovariances.shape).toEqual([0, 1, 1]);
      expect(result.marginalLogLikelihood).toBeCloseTo(gaussian(0.3, 0.5, 1.2), 12);
      expect(result.converged).toEqual([true]);
    }
    expect((await predict(model, [0.3])).standardizedInnovations.data[0]).toBeCloseTo(-0.2 / Math.sqrt(1.2));
    expect((await samplePosterior(model, [0.3], { numSamples: 3 })).states.shape).toEqual([3, 1, 1]);
    expect((await forecast(model, [0.3], 1, { linearization: "taylor" })).stateMeans.data[0]).toBeCloseTo(
      Math.sin(mean),
      12,
    );
  });

  test("nothing observed: the prior, and a likelihood of 0", async () => {
    const model = await scalar("sin(x0)", "x0");
    const nothing = [Number.NaN, Number.NaN, Number.NaN];
    const taylor = { linearization: "taylor" } as const;
    for (const options of [taylor, { ...taylor, iterations: 9 }]) {
      const result = await smooth(model, nothing, options);
      expect(result.marginalLogLikelihood).toBe(0);
      [0.5, Math.sin(0.5), Math.sin(Math.sin(0.5))].forEach((value, t) => {
        expect(result.smoothedMeans.data[t]).toBeCloseTo(value, 12);
      });
    }
    const prediction = await predict(model, nothing, taylor);
    expect(prediction.means.data[2]).toBeCloseTo(Math.sin(Math.sin(0.5)), 12);
    expect(prediction.quantileResiduals.data.every(Number.isNaN)).toBe(true);
  });

  test("no rows, empty series and wrong columns are told as such", async () => {
    const model = await scalar("sin(x0)", "x0");
    const particles: Call = (given, y) => particleFilter(given, y);
    for (const call of [...CALLS, particles]) {
      await expect(call(model, [])).rejects.toThrow(/: observations expected at least one row, got none\./);
      await expect(call(model, [[[1]], []])).rejects.toThrow(
        /: observations\[1\] expected at least one row, got none\./,
      );
      await expect(call(model, [[1, 2]])).rejects.toThrow(/: observations\[0\] expected 1 entries, got 2\./);
      await expect(call(model, [1, Number.POSITIVE_INFINITY])).rejects.toThrow(
        /: observations\[1\] expected a number, or null or NaN where missing, got Infinity\./,
      );
    }
  });
});

suite("sizes and ranks", () => {
  test("more observations than states, and eight states, are the textbook's", async () => {
    const ring = Array.from(
      { length: 8 },
      (_, i) => `x${i} + 0.05*((x${(i + 1) % 8} - x${(i + 6) % 8})*x${(i + 7) % 8} - x${i} + 8)`,
    );
    const eight = nonlinearGaussianSSM({
      initial: { mean: Array(8).fill(1), covariance: diagonal(Array(8).fill(1)) },
      dynamics: {
        function: await expressionFunction({ expressions: ring, stateDim: 8 }),
        covariance: diagonal(Array(8).fill(0.1)),
      },
      emissions: {
        function: await expressionFunction({ expressions: ["x0", "x3^2", "x5"], stateDim: 8 }),
        covariance: diagonal([0.5, 0.5, 0.5]),
      },
    });
    const y = Array.from({ length: 12 }, (_, t) =>
      [Math.sin(t), t % 4 === 1 ? Number.NaN : 2 + Math.cos(t), 0.3 * t].map(v => 0.5 + v),
    );
    const next = (x: number[], i: number): number =>
      x[i] + 0.05 * ((x[(i + 1) % 8] - x[(i + 6) % 8]) * x[(i + 7) % 8] - x[i] + 8);
    const oracle = {
      m: Array(8).fill(1),
      P: diagonal(Array(8).fill(1)),
      f: (x: number[]) => x.map((_, i) => next(x, i)),
      Q: diagonal(Array(8).fill(0.1)),
      h: (x: number[]) => [x[0], x[3] ** 2, x[5]],
      R: diagonal([0.5, 0.5, 0.5]),
    };
    const { points, meanWeights, covarianceWeights } = unscentedPoints(8, 1, 0, 0);
    const xi = Array.from({ length: 17 }, (_, i) => Array.from(points.subarray(8 * i, 8 * i + 8)));
    const unscented = byPoints(xi, Array.from(meanWeights), Array.from(covarianceWeights));
    const many = await scalar("sin(x0)", ["x0", "x0^2", "sin(x0)", "x0"]);
    const four = y.map((row, t) => [row[0], t % 3 === 0 ? Number.NaN : row[1], row[2], row[0] + 0.1]);
    const short = {
      m: [0.5],
      P: [[1]],
      f: ([x]: number[]) => [Math.sin(x)],
      Q: [[0.1]],
      h: ([x]: number[]) => [x, x * x, Math.sin(x), x],
      R: diagonal([0.2, 0.2, 0.2, 0.2]),
    };
    for (const [model, data, wanted, options] of [
      [eight, y, textbook(oracle, y, unscented), {}],
      [eight, y, textbook(oracle, y, byTaylor), { linearization: "taylor" }],
      [many, four, textbook(short, four, byTaylor), { linearization: "taylor" }],
    ] as const) {
      const got = await smooth(model, data as Rows, options);
      expect(got.marginalLogLikelihood).toBeCloseTo(wanted.logLikelihood, 7);
      const n = model.stateDim;
      for (const [t, { m, P }] of wanted.smoothed.entries())
        for (let i = 0; i < n; i++) {
          expect(got.smoothedMeans.data[t * n + i]).toBeCloseTo(m[i], 7);
          expect(got.smoothedCovariances.data[(t * n + i) * n + i]).toBeCloseTo(P[i][i], 7);
        }
    }
  });

  test("no noise and a known start: the states are what they are", async () => {
    const model = await scalar("sin(x0)", "x0", { S: 0, Q: 0 });
    const y = [0.3, 0.2, 0.5];
    const states = [0.5, Math.sin(0.5), Math.sin(Math.sin(0.5))];
    const logs = y.reduce((sum, value, t) => sum + gaussian(value, states[t], 0.2), 0);
    for (const options of [{}, { iterations: 5 }, { linearization: "taylor", iterations: 5 }] as const) {
      const result = await smooth(model, y, options);
      states.forEach((state, t) => {
        expect(result.smoothedMeans.data[t]).toBeCloseTo(state, 12);
        expect(result.smoothedCovariances.data[t]).toBe(0);
      });
      expect(result.marginalLogLikelihood).toBeCloseTo(logs, 12);
    }
    const draws = await samplePosterior(model, y);
    states.forEach((state, t) => void expect(draws.states.data[t]).toBeCloseTo(state, 12));
    const { variances } = await predict(model, y);
    variances.data.forEach(variance => void expect(variance).toBeCloseTo(0.2, 14));
  });

  test("an emission that ignores the state teaches nothing", async () => {
    const model = await scalar("sin(x0)", "3 + 0*x0");
    const y = [3.1, 2.9, 3];
    const logs = y.reduce((sum, value) => sum + gaussian(value, 3, 0.2), 0);
    const prior = await smooth(model, [Number.NaN, Number.NaN, Number.NaN], {});
    for (const options of [{}, { iterations: 5 }] as const) {
      const result = await smooth(model, y, options);
      expect(result.marginalLogLikelihood).toBeCloseTo(logs, 12);
      expect(result.converged).toEqual([true]);
      result.smoothedMeans.data.forEach((value, t) => {
        expect(value).toBeCloseTo(prior.smoothedMeans.data[t], 12);
      });
    }
    const particles = await particleFilter(model, y, { numParticles: 50 });
    expect(particles.marginalLogLikelihood).toBeCloseTo(logs, 12);
  });
});

suite("what has no number", () => {
  test("numbers too large: an error from every call, never a result", async () => {
    const model = await scalar("sin(x0)", "x0");
    const overflow = await scalar("x0", "exp(x0)", { S: 1e6 });
    for (const [given, y] of [
      [model, [1e30, 1e200, 0]],
      [model, [1e308, -1e308]],
      [overflow, [1, 2]],
    ] as const)
      for (const call of CALLS) {
        await expect(call(given, [...y])).rejects.toMatchObject({ name: "NumericalError" });
        await expect(call(given, [...y])).rejects.toThrow(
          /the scale of parameters and data|domain there and the size of the data/,
        );
      }
    await expect(smooth(model, [1e30, 1e200, 0], { iterations: 3 })).rejects.toMatchObject({
      name: "NumericalError",
    });
  });

  test("a function without a value at one step: NaN from there on, in that series alone", async () => {
    const model = await scalar("t == 2 ? log(-1 - x0^2) : x0", "x0");
    const series = [
      [[1], [2], [3], [4]],
      [[1], [2]],
    ];
    const soft = { throwOnFailure: false } as const;
    const alone = await smooth(model, series[1]);
    for (const iterations of [0, 4]) {
      const result = await smooth(model, series, { ...soft, iterations });
      expect(result.statuses).toEqual(["nonFinite", "ok"]);
      expect(Array.from(result.series(0).filteredMeans.data, Number.isNaN)).toEqual([
        false,
        false,
        true,
        true,
      ]);
      expect(result.series(0).smoothedMeans.data.every(Number.isNaN)).toBe(true);
      result.series(1).smoothedMeans.data.forEach((value, t) => {
        expect(value).toBeCloseTo(alone.smoothedMeans.data[t], 12);
      });
    }
    for (const iterations of [0, 4]) {
      const draws = await samplePosterior(model, series, { ...soft, iterations, numSamples: 2 });
      expect(draws.statuses).toEqual(["nonFinite", "ok"]);
      expect(draws.series(0).states.data.every(Number.isNaN)).toBe(true);
      expect(draws.series(1).states.data.every(Number.isFinite)).toBe(true);
    }
    const ahead = await forecast(model, series, 2, soft);
    expect(ahead.series(0).means.data.every(Number.isNaN)).toBe(true);
    const prediction = await predict(model, series, soft);
    expect(prediction.statuses).toEqual(["nonFinite", "ok"]);
    await expect(samplePosterior(model, series)).rejects.toThrow(/got none at step 2 of series 0\./);
  });

  test("θ outside of the family's domain is told as such, not as a matter of R", async () => {
    const identity = await expressionFunction({ expressions: "x0", stateDim: 1 });
    const model = generalizedGaussianSSM({
      initial: { mean: [0.5], covariance: [[1]] },
      dynamics: { function: identity, covariance: [[0.1]] },
      emissions: { family: "poisson", function: identity },
    });
    await expect(filter(model, [3, 1])).rejects.toThrow(
      "filter: model expected emissions with values that their family allows, and positive definite covariances, around every step, " +
        'got none at step 0. Map states into the domain (exp, sigmoid), make covariances positive definite, or use linearization "taylor".',
    );
  });
});
