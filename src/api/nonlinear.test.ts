import { expect, suite, test } from "vitest";
import { gaussHermitePoints, unscentedPoints } from "../inference/index.ts";
import { byPoints, byTaylor, type Matrix, textbook } from "../inference/nonlinear/testing/textbook.ts";
import {
  expressionFunction,
  filter,
  forecast,
  generalizedGaussianSSM,
  logLikelihood,
  type NonlinearSSM,
  nonlinearGaussianSSM,
  samplePosterior,
  simulate,
  smooth,
} from "./index.ts";

const DT = 0.0125;
const Q: Matrix = [
  [DT ** 3 / 3, DT ** 2 / 2],
  [DT ** 2 / 2, DT],
];

async function pendulumModel(): Promise<NonlinearSSM> {
  const parameters = { g: 9.8, dt: DT };
  return nonlinearGaussianSSM({
    initial: {
      mean: [Math.PI / 2, 0],
      covariance: [
        [0.1, 0],
        [0, 0.1],
      ],
    },
    dynamics: {
      function: await expressionFunction({
        expressions: ["x0 + dt*x1", "x1 - dt*g*sin(x0)"],
        stateDim: 2,
        parameters,
      }),
      covariance: Q,
    },
    emissions: {
      function: await expressionFunction({ expressions: "sin(x0)", stateDim: 2 }),
      covariance: [[0.09]],
    },
  });
}

function pendulumData(T: number): number[] {
  let [angle, speed] = [Math.PI / 2, 0];
  return Array.from({ length: T }, (_, t) => {
    [angle, speed] = [angle + speed * DT, speed - 9.8 * Math.sin(angle) * DT];
    return Math.sin(angle) + 0.3 * Math.sin(12.9898 * (t + 1));
  });
}

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

suite("emissions by their moments", () => {
  const walk = { expressions: ["0.95*x0", "0.9*x1 + 0.1*x0"], stateDim: 2 };
  const common = {
    m: [0.5, 0.2],
    P: [
      [0.4, 0.1],
      [0.1, 0.3],
    ],
    f: ([a, b]: number[]) => [0.95 * a, 0.9 * b + 0.1 * a],
    Q: [
      [0.05, 0],
      [0, 0.08],
    ],
  };
  const initial = { mean: common.m, covariance: common.P };
  const rule = unscentedPoints(2, 1, 0, 1);
  const points = Array.from({ length: rule.count }, (_, i) =>
    Array.from(rule.points.subarray(2 * i, 2 * i + 2)),
  );
  const moments = byPoints(points, Array.from(rule.meanWeights), Array.from(rule.covarianceWeights));
  const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
  type Case = [
    string,
    object,
    string[],
    (x: number[]) => number[],
    (x: number[]) => Matrix,
    number[][],
    number[][],
  ];
  const diagonal = (v: number[]): Matrix => v.map((x, i) => v.map((_, j) => (i === j ? x : 0)));
  const counts = [[1], [0], [3], [2], [Number.NaN], [1], [4], [0]];
  const A = 0.697774657964008; // I₁(2)/I₀(2)
  const angles = [[0.3], [-0.5], [1.2], [Number.NaN], [2.9], [0.1]];
  const cases: Case[] = [
    ["poisson", {}, ["exp(x0)"], ([a]) => [Math.exp(a)], ([a]) => [[Math.exp(a)]], counts, counts],
    [
      "bernoulli",
      {},
      ["sigmoid(x0)", "sigmoid(x1 - x0)"],
      ([a, b]) => [sigmoid(a), sigmoid(b - a)],
      ([a, b]) => diagonal([a, b - a].map(x => sigmoid(x) * (1 - sigmoid(x)))),
      [
        [1, 0],
        [0, Number.NaN],
        [1, 1],
        [0, 0],
      ],
      [
        [1, 0],
        [0, Number.NaN],
        [1, 1],
        [0, 0],
      ],
    ],
    [
      "binomial",
      { trials: 5 },
      ["sigmoid(x1)"],
      ([, b]) => [5 * sigmoid(b)],
      ([, b]) => [[5 * sigmoid(b) * (1 - sigmoid(b))]],
      counts,
      counts,
    ],
    [
      "negative-binomial",
      { size: 2.5 },
      ["exp(x0 + x1)"],
      ([a, b]) => [Math.exp(a + b)],
      ([a, b]) => [[Math.exp(a + b) + Math.exp(2 * (a + b)) / 2.5]],
      counts,
      counts,
    ],
    [
      "gamma",
      { concentration: 3 },
      ["exp(x0)"],
      ([a]) => [Math.exp(a)],
      ([a]) => [[Math.exp(2 * a) / 3]],
      [[1.2], [0.4], [2.2]],
      [[1.2], [0.4], [2.2]],
    ],
    [
      "student-t",
      { dof: 5, scale: 0.3 },
      ["x0 + x1^2"],
      ([a, b]) => [a + b * b],
      () => [[(0.09 * 5) / 3]],
      [[1.2], [0.4], [2.2]],
      [[1.2], [0.4], [2.2]],
    ],
    [
      "von-mises",
      { concentration: 2 },
      ["x0 - x1"],
      ([a, b]) => [A * Math.cos(a - b), A * Math.sin(a - b)],
      ([a, b]) => {
        const [c, s] = [Math.cos(a - b), Math.sin(a - b)];
        const [along, across] = [1 - A / 2 - A * A, A / 2];
        return [
          [along * c * c + across * s * s, (along - across) * c * s],
          [(along - across) * c * s, along * s * s + across * c * c],
        ];
      },
      angles,
      angles.map(([y]) => [Math.cos(y), Math.sin(y)]),
    ],
    [
      "categorical",
      {},
      ["1/(1 + exp(x0) + exp(x1))", "exp(x0)/(1 + exp(x0) + exp(x1))", "exp(x1)/(1 + exp(x0) + exp(x1))"],
      ([a, b]) => {
        const all = 1 + Math.exp(a) + Math.exp(b);
        return [1 / all, Math.exp(a) / all];
      },
      ([a, b]) => {
        const all = 1 + Math.exp(a) + Math.exp(b);
        const [p, q] = [1 / all, Math.exp(a) / all];
        return [
          [p * (1 - p), -p * q],
          [-p * q, q * (1 - q)],
        ];
      },
      [[0], [2], [1], [Number.NaN], [1]],
      [
        [1, 0],
        [0, 0],
        [0, 1],
        [Number.NaN, Number.NaN],
        [0, 1],
      ],
    ],
  ];

  test.each(cases)(
    "%s: conditional-moment filter and smoother of the textbook",
    async (family, constants, expressions, mean, covariance, y, statistics) => {
      const model = generalizedGaussianSSM({
        initial,
        dynamics: { function: await expressionFunction(walk), covariance: common.Q },
        emissions: {
          family: family as "poisson",
          function: await expressionFunction({ expressions, stateDim: 2 }),
          ...constants,
        },
      });
      const expectedCovariance = (m: number[], P: Matrix): Matrix => {
        // E Cov[y | x] over the same points, spread by a Cholesky factor.
        const L = [
          [Math.sqrt(P[0][0]), 0],
          [P[1][0] / Math.sqrt(P[0][0]), Math.sqrt(P[1][1] - P[1][0] ** 2 / P[0][0])],
        ];
        const all = points.map(xi => covariance(m.map((x, i) => x + L[i][0] * xi[0] + L[i][1] * xi[1])));
        return all[0].map((row, i) =>
          row.map((_, j) => all.reduce((sum, C, k) => sum + rule.meanWeights[k] * C[i][j], 0)),
        );
      };
      const bySigma = textbook({ ...common, h: mean, R: expectedCovariance }, statistics, moments);
      const sigma = await smooth(model, y);
      expect(sigma.marginalLogLikelihood).toBeCloseTo(bySigma.logLikelihood, 8);
      bySigma.smoothed.forEach(({ m }, t) => {
        m.forEach((value, i) => void expect(sigma.smoothedMeans.data[2 * t + i]).toBeCloseTo(value, 8));
      });
      const byJacobian = textbook({ ...common, h: mean, R: m => covariance(m) }, statistics, byTaylor);
      const taylor = await smooth(model, y, { linearization: "taylor" });
      expect(taylor.marginalLogLikelihood).toBeCloseTo(byJacobian.logLikelihood, 7);
      byJacobian.smoothed.forEach(({ m }, t) => {
        m.forEach((value, i) => void expect(taylor.smoothedMeans.data[2 * t + i]).toBeCloseTo(value, 7));
      });
    },
  );

  test("functions for mean and covariance: a Poisson model by hand", async () => {
    const dynamics = { function: await expressionFunction(walk), covariance: common.Q };
    const rate = await expressionFunction({ expressions: "exp(x0)", stateDim: 2 });
    const named = generalizedGaussianSSM({
      initial,
      dynamics,
      emissions: { family: "poisson", function: rate },
    });
    const byHand = generalizedGaussianSSM({
      initial,
      dynamics,
      emissions: { function: rate, covarianceFunction: rate },
    });
    const [a, b] = await Promise.all([named, byHand].map(model => smooth(model, counts, { iterations: 5 })));
    expect(a.marginalLogLikelihood).toBe(b.marginalLogLikelihood);
    expect(a.smoothedMeans.data).toEqual(b.smoothedMeans.data);
  });
});

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

suite("what cannot be", () => {
  const linear = { initial: { mean: [0], covariance: [[1]] } };
  const make = async (f: string, h: string, more: object = {}) =>
    nonlinearGaussianSSM({
      ...linear,
      dynamics: { function: await expressionFunction({ expressions: f, stateDim: 1 }), covariance: [[0.1]] },
      emissions: { function: await expressionFunction({ expressions: h, stateDim: 1 }), covariance: [[0.1]] },
      ...more,
    });

  test("a function without a value is told with the series and gives NaN from there on", async () => {
    const model = await make("x0", "log(x0 - 0.5)");
    await expect(filter(model, [1, 2], { linearization: "taylor" })).rejects.toThrow(
      "filter: model expected functions with finite values around every step, got none at step 0.",
    );
    const result = await smooth(model, [Number.NaN, 2, 1], {
      linearization: "taylor",
      throwOnFailure: false,
    });
    expect(result.status).toBe("nonFinite");
    expect(result.filteredMeans.data[0]).toBe(0);
    expect(result.filteredMeans.data[1]).toBeNaN();
    expect(result.smoothedMeans.data.every(Number.isNaN)).toBe(true);
  });

  test("noise that is none, and innovations without variance, are told as such", async () => {
    const square = await make("x0", "x0^2");
    await expect(filter(square, [1, 2], { kappa: -0.5 })).rejects.toThrow(
      "filter: model expected positive definite covariances of innovations and noise at every step, got none at step 0.",
    );
    const exact = await make("x0", "x0", {
      initial: { mean: [0], covariance: [[0]] },
      emissions: {
        function: await expressionFunction({ expressions: "x0", stateDim: 1 }),
        covariance: [[0]],
      },
    });
    const result = await filter(exact, [[[1]], [[Number.NaN]]], { throwOnFailure: false });
    expect(result.statuses).toEqual(["notPositiveDefinite", "ok"]);
    await expect(filter(square, [1], { inputs: [[1]] })).rejects.toThrow(
      "filter: inputs expected none, as the model's functions take none, got inputs. Make the functions with inputDim",
    );
  });

  test("options", async () => {
    const model = await make("x0", "x0");
    const refused: [object, string][] = [
      [
        { linearization: "ekf" },
        'filter: options.linearization expected "taylor", "unscented", "cubature", "gauss-hermite", "slr", got the text "ekf".',
      ],
      [
        { linearization: "taylor", alpha: 1 },
        'filter: options.alpha expected nothing with linearization "taylor", got 1.',
      ],
      [{ alpha: 0 }, "filter: options.alpha expected a number > 0, got 0."],
      [{ kappa: -1 }, "filter: options.kappa expected a number > −n = -1, got -1."],
      [
        { linearization: "gauss-hermite", order: 65 },
        "filter: options.order expected a whole number from 1 to 64, got 65.",
      ],
      [{ form: "covariance" }, "filter: options.form expected one of the keys"],
      [{ iterations: 3 }, "filter: options.iterations expected one of the keys"],
      [{ updates: 0 }, "filter: options.updates expected a whole number ≥ 1, got 0."],
    ];
    for (const [options, message] of refused)
      await expect(filter(model, [1], options)).rejects.toThrow(message);
    await expect(smooth(model, [1], { tolerance: 0 })).rejects.toThrow(
      "smooth: options.tolerance expected a number > 0, got 0.",
    );
  });

  test("models", async () => {
    const two = await expressionFunction({ expressions: ["x0", "x1"], stateDim: 2 });
    const one = await expressionFunction({ expressions: "x0", stateDim: 1 });
    const covariance = [[1]];
    const bad =
      (parts: object): (() => unknown) =>
      () =>
        nonlinearGaussianSSM({
          ...linear,
          dynamics: { function: one, covariance },
          emissions: { function: one, covariance },
          ...parts,
        });
    expect(bad({ emissions: { function: two, covariance } })).toThrow(
      "nonlinearGaussianSSM: emissions.function expected a function of 1 states as in the dynamics, got 2 states.",
    );
    expect(bad({ dynamics: { function: (x: number) => x, covariance } })).toThrow(
      "nonlinearGaussianSSM: dynamics.function expected a function from expressionFunction() or wgslFunction(), got a function.",
    );
    expect(bad({ dynamics: { function: one, covariance: [[-1]] } })).toThrow(
      /dynamics.covariance expected a positive semi-definite/,
    );
    expect(bad({ dynamics: { function: one, covariance, parameters: [1] } })).toThrow(
      "nonlinearGaussianSSM: dynamics.parameters expected 0 numbers, one per parameter, got 1.",
    );
    const family = (emissions: object) => () =>
      generalizedGaussianSSM({
        ...linear,
        dynamics: { function: one, covariance },
        emissions: emissions as never,
      });
    expect(family({ family: "poison", function: one })).toThrow(
      /emissions.family expected one of "poisson".*Did you mean "poisson"/,
    );
    expect(family({ family: "binomial", function: one, trials: 2.5 })).toThrow(
      "emissions.trials expected a whole number ≥ 1, got 2.5.",
    );
    expect(family({ family: "student-t", function: one, dof: 2, scale: 1 })).toThrow(
      "emissions.dof expected a number > 2, got 2.",
    );
  });

  test("data that the family cannot give", async () => {
    const one = await expressionFunction({ expressions: "exp(x0)", stateDim: 1 });
    const model = generalizedGaussianSSM({
      ...linear,
      dynamics: { function: one, covariance: [[1]] },
      emissions: { family: "poisson", function: one },
    });
    await expect(filter(model, [1, 2.5])).rejects.toThrow(
      "filter: observations[1] expected a whole number ≥ 0, got 2.5.",
    );
  });
});
