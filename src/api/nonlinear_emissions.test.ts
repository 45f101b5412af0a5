import { expect, suite, test } from "vitest";
import { unscentedPoints } from "../inference/index.ts";
import { byPoints, byTaylor, type Matrix, textbook } from "../inference/nonlinear/testing/textbook.ts";
import { expressionFunction, generalizedGaussianSSM, smooth } from "./index.ts";

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
