import { expect, suite, test } from "vitest";
import { relativeError } from "../../api/testing/dense_gaussian.ts";
import { arma, armaBlock, autoregressive } from "./arma.ts";
import { isStationary, lagPolynomial, multiply, polynomialRoots } from "./polynomial.ts";
import { sarima } from "./sarima.ts";

/** Autocovariances from the moving average representation x_t = Σ ψ_j ε_{t−j}: γ_h = σ² Σ_j ψ_j ψ_{j+h}. */
function autocovariances(ar: number[], ma: number[], variance: number, lags: number, terms = 4000): number[] {
  const psi: number[] = [];
  for (let j = 0; j < terms; j++) {
    let sum = j === 0 ? 1 : (ma[j - 1] ?? 0);
    for (let i = 1; i <= Math.min(j, ar.length); i++) sum += ar[i - 1] * psi[j - i];
    psi.push(sum);
  }
  return Array.from({ length: lags }, (_, h) => {
    let sum = 0;
    for (let j = terms - 1 - h; j >= 0; j--) sum += psi[j] * psi[j + h];
    return variance * sum;
  });
}

const processes: [string, number[], number[]][] = [
  ["white noise", [], []],
  ["AR(1)", [0.57], []],
  ["AR(2), complex roots", [1.3, -0.7], []],
  ["AR(1) near 1", [0.99], []],
  ["MA(2)", [], [0.4, -0.3]],
  ["MA(1), not invertible", [], [2.5]],
  ["ARMA(1,1)", [0.65], [0.53]],
  ["ARMA(3,2)", [0.5, -0.3, 0.4], [0.6, 0.2]],
  ["ARMA(1,3)", [-0.8], [0.1, 0.2, 0.9]],
];

suite("arma()", () => {
  test.each(processes)("%s has the autocovariances of its moving average form", (_, ar, ma) => {
    const { size, transition: F, stationary } = armaBlock(ar, ma, 1.7);
    const expected = autocovariances(ar, ma, 1.7, 6);
    // γ_h = e₁' Fʰ P e₁
    let column = Array.from({ length: size }, (_, i) => stationary[i * size]);
    for (let h = 0; h < 6; h++) {
      expect(Math.abs(column[0] - expected[h]), `lag ${h}`).toBeLessThan(1e-13 * expected[0]);
      column = column.map((_, i) => column.reduce((sum, value, k) => sum + F[i * size + k] * value, 0));
    }
  });

  test("AR(1) with φ = 1 − 1e-6 keeps its digits: σ² / (1 − φ²)", () => {
    const phi = 1 - 1e-6;
    const { stationary } = armaBlock([phi], [], 1);
    expect(relativeError(stationary[0], 1 / ((1 - phi) * (1 + phi)))).toBeLessThan(1e-14);
  });

  test("names its states and keeps its mean", () => {
    const part = arma({ name: "errors", ar: [0.5], ma: [0.1, 0.2], variance: 1, mean: 3 });
    expect(part.stateNames).toEqual(["errors.now", "errors.ahead1", "errors.ahead2"]);
    expect(part.system.offset).toBe(3);
    expect(part.parameters).toEqual({ name: "errors", ar: [0.5], ma: [0.1, 0.2], variance: 1, mean: 3 });
    expect(Object.isFrozen(part) && Object.isFrozen(part.parameters["ar"])).toBe(true);
  });

  test("refuses an autoregression that is not stationary, with the root", () => {
    expect(() => autoregressive({ coefficients: [1.25], variance: 1 })).toThrow(
      "autoregressive: coefficients expected a stationary autoregression, all roots of 1 − φ₁z − φ₂z² − … outside the unit circle, got a root at 0.8, of modulus 0.8. Shrink",
    );
    expect(() => arma({ ar: [1], variance: 1 })).toThrow("a root at 1, of modulus 1");
    expect(() => arma({ ar: [0, -1.5625], variance: 1 })).toThrow(
      /got a root at 0 [+−] 0\.8i, of modulus 0\.8/,
    );
    expect(() => sarima({ seasonalAr: [1.1], period: 4, variance: 1 })).toThrow(
      "sarima: seasonalAr expected",
    );
  });

  test("refuses what is not a coefficient or a variance", () => {
    expect(() => arma({ ar: [Number.NaN], variance: 1 })).toThrow(
      "arma: ar[0] expected a finite number, got NaN",
    );
    expect(() => arma({ ar: 0.5 as never, variance: 1 })).toThrow("Put a single number in brackets.");
    expect(() => arma({ ar: [0.5], variance: -1 })).toThrow(
      "arma: variance expected a finite number ≥ 0, got -1",
    );
    expect(() => arma({ ar: [0.5] } as never)).toThrow(
      'arma: variance expected a value, got nothing. Add "variance".',
    );
    expect(() => arma({ ar: [0.5], variance: 1, ma: [1], sigma: 1 } as never)).toThrow(
      'the unknown key "sigma"',
    );
  });
});

suite("sarima()", () => {
  test("is arma() when nothing is differenced", () => {
    const [a, b] = [
      sarima({ ar: [0.5], ma: [0.2], variance: 2 }),
      arma({ ar: [0.5], ma: [0.2], variance: 2 }),
    ];
    expect(a.system.transition).toEqual(b.system.transition);
    expect(a.system.initial).toEqual(b.system.initial);
  });

  test("has the product of its polynomials, and the lags of its differences", () => {
    const part = sarima({
      ar: [0.5],
      ma: [0.4],
      seasonalMa: [0.3],
      seasonalAr: [0.2],
      differences: 1,
      seasonalDifferences: 1,
      period: 2,
      variance: 1,
      mean: 7,
    });
    // φ: 0.5 at 1, 0.2 at 2, −0.1 at 3; (1 − B)(1 − B²) = 1 − B − B² + B³
    const [r, k] = [4, 7];
    const F = part.system.transition;
    expect([0, 1, 2, 3].map(i => F[i * k])).toEqual([0.5, 0.2, -0.1, 0]);
    expect([...part.system.weights]).toEqual([1, 0, 0, 0, 1, 1, -1]);
    expect([...F.slice(r * k, (r + 1) * k)]).toEqual([1, 0, 0, 0, 1, 1, -1]);
    expect(part.system.covariance[3 * k]).toBeCloseTo(0.12, 15);
    expect([...(part.system.bias ?? [])]).toEqual([0, 0, 0, 0, 7, 0, 0]);
    expect(part.system.initial.diffuse).toEqual([false, false, false, false, true, true, true]);
    expect(part.stateNames.slice(3)).toEqual(["sarima.ahead3", "sarima.lag1", "sarima.lag2", "sarima.lag3"]);
  });

  test("refuses periods and differences that are none", () => {
    expect(() => sarima({ seasonalMa: [0.5], variance: 1 })).toThrow(
      "sarima: period expected a whole number ≥ 2, got undefined. Give the number of steps in a season.",
    );
    expect(() => sarima({ seasonalMa: [0.5], period: 1, variance: 1 })).toThrow(
      "period expected a whole number ≥ 2",
    );
    expect(() => sarima({ differences: -1, variance: 1 })).toThrow(
      "differences expected a whole number ≥ 0, got -1",
    );
    expect(() => sarima({ seasonalDifferences: 0.5, period: 4, variance: 1 })).toThrow(
      "seasonalDifferences expected",
    );
  });
});

suite("polynomials", () => {
  test("stationarity is that of the roots", () => {
    expect(isStationary([])).toBe(true);
    expect(isStationary([0.5, 0.3])).toBe(true);
    expect(isStationary([0.5, 0.5])).toBe(false);
    expect(isStationary([1.3, -0.7])).toBe(true);
    expect(isStationary([-1])).toBe(false);
    // (1 − 0.9B)(1 − 0.8B)(1 + 0.99B²), and with the last root moved out
    const inside = multiply(multiply([1, -0.9], [1, -0.8]), [1, 0, 0.99]);
    expect(isStationary(inside.slice(1).map(c => -c))).toBe(true);
    const outside = multiply(multiply([1, -0.9], [1, -0.8]), [1, 0, 1.01]);
    expect(isStationary(outside.slice(1).map(c => -c))).toBe(false);
  });

  test("roots of a product are those of its factors", () => {
    const roots = polynomialRoots(multiply(multiply([1, -0.5], [1, 0.25]), lagPolynomial([0.5], 1, 2)));
    const sorted = roots.map(([re, im]) => Math.hypot(re, im)).sort((a, b) => a - b);
    [Math.SQRT2, Math.SQRT2, 2, 4].forEach((modulus, i) => {
      expect(sorted[i]).toBeCloseTo(modulus, 10);
    });
  });
});
