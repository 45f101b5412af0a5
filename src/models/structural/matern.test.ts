import { expect, suite, test } from "vitest";
import reference from "../../api/testing/published/matern.json" with { type: "json" };
import { type LinearGaussianSSM, matern } from "../index.ts";
import { add } from "./add.ts";
import { lowerGamma } from "./incomplete_gamma.ts";
import { maternNoise, maternTransition } from "./matern.ts";

/** The covariance function, from its definition. */
function kernel(nu: number, lengthScale: number, variance: number, distance: number): number {
  const x = (Math.sqrt(2 * nu) * Math.abs(distance)) / lengthScale;
  const polynomial = nu === 0.5 ? 1 : nu === 1.5 ? 1 + x : 1 + x + (x * x) / 3;
  return variance * polynomial * Math.exp(-x);
}

/** Cov(y_i, y_j) without measurement error: H F_j … F_{i+1} P_i H', P_i from the prior by the recursion. */
function impliedCovariance(model: LinearGaussianSSM, numSteps: number): number[][] {
  const n = model.stateDim;
  const { initial, dynamics, emissions } = model.parameters;
  const h = emissions.weights.data;
  const F = (t: number): Float64Array => dynamics.weights.data.subarray(t * dynamics.weights.stepStride);
  const Q = (t: number): Float64Array =>
    dynamics.covariance.data.subarray(t * dynamics.covariance.stepStride);
  const times = (a: ArrayLike<number>, b: ArrayLike<number>, transposed: boolean): number[] =>
    Array.from({ length: n * n }, (_, at) => {
      const [i, j] = [Math.floor(at / n), at % n];
      let sum = 0;
      for (let k = 0; k < n; k++) sum += a[i * n + k] * (transposed ? b[j * n + k] : b[k * n + j]);
      return sum;
    });
  let P: number[] = Array.from(initial.covariance.data);
  const out = Array.from({ length: numSteps }, () => new Array<number>(numSteps).fill(0));
  for (let i = 0; i < numSteps; i++) {
    if (i > 0) P = times(times(F(i), P, false), F(i), true).map((value, at) => value + Q(i)[at]);
    let C = P;
    for (let j = i; j < numSteps; j++) {
      if (j > i) C = times(F(j), C, false);
      let sum = 0;
      for (let a = 0; a < n; a++) for (let b = 0; b < n; b++) sum += h[a] * C[a * n + b] * h[b];
      out[i][j] = out[j][i] = sum;
    }
  }
  return out;
}

suite("matern()", () => {
  test.each(reference.cases)(
    "F and Q have 14 digits: nu $nu, gap $gap",
    ({ nu, gap, transition, covariance }) => {
      const k = nu + 0.5;
      const rate = Math.sqrt(2 * nu) / reference.lengthScale;
      const F = maternTransition(k, rate, gap);
      const Q = maternNoise(k, rate, gap, reference.variance);
      for (let i = 0; i < k; i++) {
        for (let j = 0; j < k; j++) {
          const at = i * k + j;
          const scale = Math.sqrt(covariance[i * k + i] * covariance[j * k + j]);
          // Variances relative to themselves, covariances to the root of their variances: some pass through 0.
          expect(Math.abs(Q[at] - covariance[at]) / scale, `Q[${i}, ${j}]`).toBeLessThan(2e-14);
          // Entries of F pass through 0; e^{−x} has the rounding of x, up to 1e3 · 2√5 here.
          const size = rate ** (i - j) * (1 + rate * gap) ** 2 * Math.exp(-rate * gap) * (1 + rate * gap);
          expect(Math.abs(F[at] - transition[at]), `F[${i}, ${j}]`).toBeLessThanOrEqual(1e-15 * size);
        }
      }
    },
  );

  test.each([0.5, 1.5, 2.5] as const)(
    "the model's covariance is the kernel at irregular times: nu %d",
    nu => {
      const times = [0, 0.001, 0.5, 0.5, 0.7, 3, 3.00001, 12, 250];
      const model = add(matern({ nu, lengthScale: 0.8, variance: 2.5, times }));
      const implied = impliedCovariance(model, times.length);
      times.forEach((a, i) => {
        times.forEach((b, j) => {
          expect(Math.abs(implied[i][j] - kernel(nu, 0.8, 2.5, a - b)), `${i}, ${j}`).toBeLessThan(1e-14);
        });
      });
    },
  );

  test("kernels add up, on constant steps too", () => {
    const model = add(
      matern({ name: "slow", nu: 2.5, lengthScale: 9, variance: 3, dt: 0.5 }),
      matern({ name: "fast", nu: 0.5, lengthScale: 0.3, variance: 0.4, dt: 0.5 }),
    );
    expect(model.numSteps).toBeUndefined();
    expect(model.stateNames).toEqual(["slow.value", "slow.derivative", "slow.curvature", "fast.value"]);
    const implied = impliedCovariance(model, 40);
    for (let j = 0; j < 40; j++) {
      const expected = kernel(2.5, 9, 3, j * 0.5) + kernel(0.5, 0.3, 0.4, j * 0.5);
      expect(Math.abs(implied[0][j] - expected)).toBeLessThan(1e-13);
    }
  });

  test("gaps far beyond the length scale are independent draws", () => {
    const { parameters } = add(matern({ nu: 2.5, lengthScale: 1e-3, variance: 2, dt: 1e200 }));
    expect([...parameters.dynamics.weights.data]).toEqual(new Array(9).fill(0));
    expect(parameters.dynamics.covariance.data[0]).toBe(2);
  });

  test("refuses other kernels and bad times", () => {
    const fine = { lengthScale: 1, variance: 1 };
    expect(() => matern({ ...fine, nu: 2 as 2.5 })).toThrow("matern: nu expected 0.5, 1.5 or 2.5, got 2.");
    expect(() => matern({ nu: 0.5, variance: 1, lengthScale: 0 })).toThrow(
      "lengthScale expected a finite number > 0",
    );
    expect(() => matern({ ...fine, nu: 0.5, times: [0, 2, 1] })).toThrow(
      "matern: times[2] expected a time ≥ 2, the one before it, got 1. Sort the rows by time.",
    );
    expect(() => matern({ ...fine, nu: 0.5, times: [] })).toThrow("at least one time");
    expect(() => matern({ ...fine, nu: 0.5, times: [0, 1], dt: 1 })).toThrow("nothing beside times");
    expect(() => matern({ ...fine, nu: 0.5, dt: -1 })).toThrow("dt expected a finite number > 0, got -1");
    expect(() => matern({ ...fine, nu: 0.5, lenghtScale: 1 } as never)).toThrow(
      'Did you mean "lengthScale"?',
    );
  });
});

suite("lowerGamma()", () => {
  test("is 1 − e^−y for k = 1, and y^k/k! for small y", () => {
    for (const y of [1e-12, 1e-6, 0.1, 1, 1.9, 2, 2.1, 5, 40]) {
      expect(Math.abs(lowerGamma(1, y) / -Math.expm1(-y) - 1)).toBeLessThan(1e-15);
    }
    expect(Math.abs(lowerGamma(5, 1e-30) / (1e-150 / 120) - 1)).toBeLessThan(1e-15);
    expect(lowerGamma(5, 0)).toBe(0);
    expect(lowerGamma(3, 1e4)).toBe(1);
  });

  test("the series and the complement meet where they change over", () => {
    for (const k of [1, 3, 5]) {
      const [below, above] = [lowerGamma(k, (k + 1) * (1 - 1e-15)), lowerGamma(k, k + 1)];
      expect(Math.abs(below / above - 1)).toBeLessThan(1e-14);
    }
  });
});
