import { expect, suite, test } from "vitest";
import { TestRandom } from "../../test-browser/oracle_models.ts";
import { linearGaussianSSM } from "./index.ts";
import { spectralRadius } from "./spectral_radius.ts";
import { stationaryMoments } from "./stationary.ts";

type Matrix = number[][];
const multiply = (a: Matrix, b: Matrix): Matrix =>
  a.map(row => b[0].map((_, j) => row.reduce((sum, x, k) => sum + x * b[k][j], 0)));
const transpose = (a: Matrix): Matrix => a[0].map((_, j) => a.map(row => row[j]));

/** Largest relative difference of two lists. */
const relative = (got: ArrayLike<number>, expected: readonly number[]): number => {
  expect(got.length).toBe(expected.length);
  return Math.max(...expected.map((x, i) => Math.abs(got[i] - x) / (Math.abs(x) || 1)));
};

/** AR(2) with partial autocorrelations r1, r2, as a companion model. */
const ar2 = (r1: number, r2: number): { F: Matrix; phi: number[] } => {
  const phi = [r1 * (1 - r2), r2];
  return {
    F: [
      [phi[0], 1],
      [phi[1], 0],
    ],
    phi,
  };
};

suite("stationaryMoments()", () => {
  test("AR(1): b / (1 − φ) and q / (1 − φ²), also for roots as near to 1 as 1e-9", () => {
    for (const gap of [1, 0.5, 1e-2, 1e-5, 1e-9]) {
      const phi = 1 - gap;
      const exact = 1 - phi; // 1 − φ is exact
      const { mean, covariance } = stationaryMoments(phi, 3, 2);
      expect(relative(mean.data, [3 / exact])).toBeLessThan(1e-15);
      expect(relative(covariance.data, [2 / (exact * (1 + phi))])).toBeLessThan(1e-15);
    }
  });

  test("AR(2): the variances of the textbook, also for roots near 1", () => {
    for (const [r1, r2] of [
      [0.5, -0.3],
      [0.9, 0.8],
      [1 - 2 ** -20, 0.5],
      [1 - 2 ** -30, -0.5],
    ]) {
      const { F, phi } = ar2(r1, r2);
      // γ0 = σ² / ((1 − r1²)(1 − r2²)), γ1 = r1 γ0; the second state is φ2 y_{t−1}. Exact as 1 − r is; φ is rounded, which
      // costs its 2⁻⁵³ over the gap of the root.
      const g0 = 1 / ((1 - r1) * (1 + r1) * (1 - r2 * r2));
      const expected = [g0, phi[1] * r1 * g0, phi[1] * r1 * g0, phi[1] ** 2 * g0];
      const { covariance } = stationaryMoments(F, undefined, [
        [1, 0],
        [0, 0],
      ]);
      expect(relative(covariance.data, expected)).toBeLessThan(1e-14 + 2 ** -50 / (1 - r1));
    }
  });

  test("random models of up to 12 states: S = F S F' + Q and μ = F μ + b, non-normal dynamics included", () => {
    for (const n of [1, 2, 3, 5, 8, 12]) {
      const random = new TestRandom(n);
      const raw = random.matrix(n, n).map((row, i) => row.map((x, j) => (j > i ? 8 * x : x)));
      const radius = spectralRadius(Float64Array.from(raw.flat()), n);
      const F = raw.map(row => row.map(x => (0.98 * x) / radius));
      const G = random.matrix(n, n);
      const Q = multiply(G, transpose(G));
      const b = random.vector(n);
      const moments = stationaryMoments(F, b, Q);
      const mean = [...moments.mean.data];
      const S = F.map((_, i) => [...moments.covariance.data.subarray(i * n, i * n + n)]);
      const moved = multiply(multiply(F, S), transpose(F));
      const size = Math.max(...S.map((row, i) => row[i]));
      S.forEach((row, i) => {
        row.forEach((x, j) => {
          expect(Math.abs(moved[i][j] + Q[i][j] - x) / size).toBeLessThan(1e-14 * n * n);
        });
        const next = F[i].reduce((sum, f, k) => sum + f * mean[k], b[i]);
        expect(Math.abs(next - mean[i])).toBeLessThan(1e-13 * n * Math.max(...mean.map(Math.abs)));
      });
    }
  });

  test("a state without noise has variance 0, a moving average has the variance of its sum", () => {
    const { covariance } = stationaryMoments(
      [
        [0, 1, 0],
        [0, 0, 0],
        [0, 0, 0.5],
      ],
      undefined,
      [
        [1, 2, 0],
        [2, 4, 0],
        [0, 0, 0],
      ],
    );
    expect([...covariance.data]).toEqual([5, 2, 0, 2, 4, 0, 0, 0, 0]);
  });

  test("a spectral radius of 1 or more is refused with its value", () => {
    const walk = [
      [1, 1],
      [0, 1],
    ];
    const angle = 0.3;
    const turn = [
      [Math.cos(angle), Math.sin(angle)],
      [-Math.sin(angle), Math.cos(angle)],
    ];
    const Q = [
      [1, 0],
      [0, 1],
    ];
    expect(() => stationaryMoments(walk, undefined, Q)).toThrow(/spectral radius below 1.*got 1\.00000\./);
    expect(() => stationaryMoments(turn, undefined, Q)).toThrow(/got 1\.00000\./);
    expect(() => stationaryMoments(1.25, undefined, 1)).toThrow(/got 1\.25000\./);
    expect(() => stationaryMoments([[0.5, 1]], undefined, Q)).toThrow(
      /weights expected \[2, 2\], got \[1, 2\]/,
    );
  });
});

suite("spectralRadius()", () => {
  test("of defective, nilpotent, rotating and tiny matrices", () => {
    const radius = (F: Matrix): number => spectralRadius(Float64Array.from(F.flat()), F.length);
    expect(
      radius([
        [0.5, 1, 0],
        [0, 0.5, 1],
        [0, 0, 0.5],
      ]),
    ).toBeCloseTo(0.5, 14);
    expect(
      radius([
        [0, 1],
        [0, 0],
      ]),
    ).toBe(0);
    expect(
      radius([
        [0, -4],
        [1, 0],
      ]),
    ).toBeCloseTo(2, 14);
    expect(radius([[1e-200]])).toBeCloseTo(0, 14);
    expect(radius([[1e-200]]) / 1e-200).toBeCloseTo(1, 10);
  });
});

suite("linearGaussianSSM() with an initial state in words", () => {
  const emissions = { weights: [[1, 0]], covariance: 1 };
  const dynamics = {
    weights: [
      [0.5, 1],
      [0, 0.8],
    ],
    bias: [1, 2],
    covariance: [
      [1, 0],
      [0, 1],
    ],
  };

  test('"stationary" takes n, mean and covariance from the dynamics', () => {
    const model = linearGaussianSSM({ initial: "stationary", dynamics, emissions });
    expect(model.stateDim).toBe(2);
    expect(model.diffuse).toEqual([]);
    const { mean, covariance } = stationaryMoments(dynamics.weights, dynamics.bias, dynamics.covariance);
    expect(model.parameters.initial.mean.data).toEqual(mean.data);
    expect(model.parameters.initial.covariance.data).toEqual(covariance.data);
    expect([...mean.data].map(x => Number(x.toFixed(12)))).toEqual([22, 10]);
  });

  test('"stationary" solves for every series that has dynamics of its own', () => {
    const weights = [[[[0.5]]], [[[0.9]]]];
    const model = linearGaussianSSM({
      initial: "stationary",
      dynamics: { weights, covariance: 1 },
      emissions: { weights: 1, covariance: 1 },
    });
    expect(model.numSeries).toBe(2);
    expect(relative(model.parameters.initial.covariance.data, [4 / 3, 1 / 0.19])).toBeLessThan(1e-15);
    expect(model.parameters.initial.covariance.seriesStride).toBe(1);
  });

  test('"stationary" refuses unstable dynamics, a time axis and inputs', () => {
    const make = (change: object) => () =>
      linearGaussianSSM({ initial: "stationary", dynamics: { ...dynamics, ...change }, emissions });
    expect(
      make({
        weights: [
          [1, 1],
          [0, 0.5],
        ],
      }),
    ).toThrow(/dynamics\.weights expected a spectral radius below 1.*got 1\.00000\. Use initial: "diffuse"/);
    expect(
      make({
        bias: [
          [1, 2],
          [1, 2],
        ],
      }),
    ).toThrow(/same at every step, got a time axis in dynamics\.bias/);
    expect(make({ inputWeights: [[1], [1]] })).toThrow(/got inputs in dynamics\.inputWeights/);
  });

  test('"diffuse" marks every state; diffuse flags mark some', () => {
    expect(linearGaussianSSM({ initial: "diffuse", dynamics, emissions }).diffuse).toEqual([0, 1]);
    const initial = {
      mean: [0, 3],
      covariance: [
        [0, 0],
        [0, 2],
      ],
      diffuse: [true, false],
    };
    expect(linearGaussianSSM({ initial, dynamics, emissions }).diffuse).toEqual([0]);
  });

  test("a diffuse state has mean 0 and nothing in the covariance", () => {
    const make = (initial: object) => () =>
      linearGaussianSSM({ initial: initial as never, dynamics, emissions });
    const zero = [
      [0, 0],
      [0, 2],
    ];
    expect(make({ mean: [1, 0], covariance: zero, diffuse: [true, false] })).toThrow(
      /initial\.mean expected 0 in all that belongs to the diffuse state 0, got 1\./,
    );
    expect(make({ mean: [0, 0], covariance: zero, diffuse: [false, true] })).toThrow(
      /initial\.covariance expected 0 in all that belongs to the diffuse state 1, got 2\./,
    );
    expect(make({ mean: [0, 0], covariance: zero, diffuse: [true] })).toThrow(
      /initial\.diffuse expected \[2\], one per state, got \[1\]/,
    );
    expect(make({ mean: [0, 0], covariance: zero, diffuse: [1, 0] })).toThrow(/initial\.diffuse\[0\]/);
    expect(make({ mean: [0, 0], covariance: zero, diffuse: "yes" })).toThrow(/initial\.diffuse expected 2/);
    expect(() => linearGaussianSSM({ initial: "flat" as never, dynamics, emissions })).toThrow(
      /initial expected "stationary", "diffuse" or an object.*got the text "flat"/,
    );
  });
});
