import { expect, suite, test } from "vitest";
import { betaDistribution, fDistribution } from "./incomplete_beta.ts";
import { chiSquareTail, logGamma, normalTail, upperGamma } from "./incomplete_gamma.ts";
import { normalUpperQuantile } from "./normal_quantile.ts";
import { residualTests } from "./residual_tests.ts";

/** Simpson's rule: an oracle that knows no continued fraction. */
function integrate(f: (x: number) => number, a: number, b: number, pieces = 20_000): number {
  const h = (b - a) / pieces;
  let sum = f(a) + f(b);
  for (let i = 1; i < pieces; i++) sum += (i % 2 === 1 ? 4 : 2) * f(a + i * h);
  return (sum * h) / 3;
}

const relative = (got: number, wanted: number) => Math.abs(got / wanted - 1);

suite("logGamma()", () => {
  test("gives factorials and Γ(1/2)", () => {
    let factorial = 0;
    for (let k = 1; k < 60; k++) {
      expect(logGamma(k)).toBeCloseTo(factorial, 11);
      factorial += Math.log(k);
    }
    expect(logGamma(0.5)).toBeCloseTo(0.5 * Math.log(Math.PI), 14);
    expect(logGamma(0.1)).toBeCloseTo(2.252712651734206, 13);
  });
});

suite("chiSquareTail()", () => {
  test("is exact for two and four degrees of freedom", () => {
    for (const x of [1e-3, 0.5, 2, 3, 9, 40, 200]) {
      expect(relative(chiSquareTail(x, 2), Math.exp(-x / 2))).toBeLessThan(1e-12);
      expect(relative(chiSquareTail(x, 4), Math.exp(-x / 2) * (1 + x / 2))).toBeLessThan(1e-12);
    }
  });

  test("has the tabulated 5 and 1 per cent points", () => {
    const table: [number, number, number][] = [
      [1, 3.841458820694124, 0.05],
      [9, 16.918977604620448, 0.05],
      [30, 50.89218131151707, 0.01],
    ];
    for (const [degrees, x, tail] of table)
      expect(relative(chiSquareTail(x, degrees), tail)).toBeLessThan(1e-12);
  });

  test("is an integral of the density, at odd and large degrees", () => {
    for (const [degrees, x] of [
      [3, 2.5],
      [7, 20],
      [101, 90],
      [400, 460],
    ]) {
      const density = (t: number) =>
        t === 0
          ? 0
          : Math.exp(
              (degrees / 2 - 1) * Math.log(t) - t / 2 - (degrees / 2) * Math.log(2) - logGamma(degrees / 2),
            );
      // The square root at 0 for three degrees costs Simpson's rule digits.
      expect(1 - chiSquareTail(x, degrees)).toBeCloseTo(integrate(density, 0, x), degrees === 3 ? 6 : 10);
    }
  });

  test("has its limits, and NaN outside", () => {
    expect(upperGamma(2, 0)).toBe(1);
    expect(upperGamma(2, Number.POSITIVE_INFINITY)).toBe(0);
    expect(upperGamma(0, 1)).toBeNaN();
    expect(upperGamma(1, -1)).toBeNaN();
    expect(chiSquareTail(Number.NaN, 3)).toBeNaN();
  });
});

suite("fDistribution()", () => {
  test("is exact where it is elementary", () => {
    for (const x of [0.01, 0.7, 1, 3, 50]) {
      // d1 = d2 = 2: x/(1+x); d2 = 2: (d1 x/(d1 x + 2))^(d1/2); d1 = d2 = 1: 2/π atan √x
      expect(relative(fDistribution(x, 2, 2), x / (1 + x))).toBeLessThan(1e-13);
      expect(relative(fDistribution(x, 7, 2), ((7 * x) / (7 * x + 2)) ** 3.5)).toBeLessThan(1e-12);
      expect(relative(fDistribution(x, 1, 1), (2 / Math.PI) * Math.atan(Math.sqrt(x)))).toBeLessThan(1e-12);
    }
  });

  test("is one half at 1 for equal degrees, symmetric under inversion, and has the tabulated 5 per cent point", () => {
    for (const d of [1, 5, 33, 1000]) {
      expect(fDistribution(1, d, d)).toBeCloseTo(0.5, 12);
      expect(fDistribution(1.7, d, d)).toBeCloseTo(1 - fDistribution(1 / 1.7, d, d), 12);
    }
    expect(1 - fDistribution(4.102821, 2, 10)).toBeCloseTo(0.05, 7);
    expect(fDistribution(Number.POSITIVE_INFINITY, 3, 4)).toBe(1);
    expect(betaDistribution(-0.1, 1, 1)).toBeNaN();
  });

  test("is an integral of the density", () => {
    const [a, b, x] = [16.5, 9.25, 0.6];
    const density = (t: number) =>
      Math.exp(
        (a - 1) * Math.log(t) + (b - 1) * Math.log1p(-t) + logGamma(a + b) - logGamma(a) - logGamma(b),
      );
    expect(betaDistribution(x, a, b)).toBeCloseTo(integrate(density, 1e-9, x), 10);
  });
});

suite("normalUpperQuantile()", () => {
  test("has the known points", () => {
    expect(normalUpperQuantile(0.5)).toBeCloseTo(0, 14);
    expect(normalUpperQuantile(0.025)).toBeCloseTo(1.959963984540054, 13);
    expect(normalUpperQuantile(0.05)).toBeCloseTo(1.6448536269514722, 13);
    expect(normalUpperQuantile(0.1)).toBeCloseTo(1.2815515655446004, 13);
    expect(normalUpperQuantile(0.0005)).toBeCloseTo(3.2905267314919255, 13);
    expect(normalUpperQuantile(1e-9)).toBeCloseTo(5.9978070150076865, 12);
  });

  test("inverts the tail from 1/2 down to 1e-280", () => {
    for (let p = 0.5; p > 1e-280; p *= 0.37) {
      expect(relative(normalTail(normalUpperQuantile(p)), p)).toBeLessThan(1e-11);
    }
    expect(normalTail(-1)).toBeCloseTo(0.8413447460685429, 14);
    expect(normalUpperQuantile(0)).toBeNaN();
    expect(normalUpperQuantile(0.6)).toBeNaN();
  });
});

suite("residualTests()", () => {
  test("is the definitions, by hand", () => {
    const tests = residualTests([-3, 1, 2, 2, 1, -3, 0, 0, 0], 2, 1);
    expect(tests.count).toBe(9);
    const e = [-3, 1, 2, 2, 1, -3, 0, 0, 0];
    const m2 = 28 / 9;
    expect(tests.skewness).toBeCloseTo((-54 + 18) / 9 / m2 ** 1.5, 13);
    expect(tests.kurtosis).toBeCloseTo((162 + 34) / 9 / m2 ** 2, 13);
    const lag = (j: number) => e.slice(j).reduce((sum, x, t) => sum + x * e[t], 0) / 28;
    expect(tests.serialCorrelation.statistic).toBeCloseTo(99 * (lag(1) ** 2 / 8 + lag(2) ** 2 / 7), 12);
    expect(tests.serialCorrelation.degreesOfFreedom).toBe(1);
    expect(tests.heteroskedasticity).toMatchObject({ statistic: 0, pValue: 0, blockLength: 3 });
  });

  test("a gap keeps the lags of time", () => {
    // Alternating signs with a hole of one: with the hole closed, lag 1 would lose a pair of opposite signs.
    const { statistic } = residualTests([1, -1, Number.NaN, -1, 1, -1], 1, 0).serialCorrelation;
    const mean = -0.2;
    const m2 = 0.96;
    const products = [
      [1, -1],
      [-1, 1],
      [1, -1],
    ].reduce((sum, [a, b]) => sum + (a - mean) * (b - mean), 0);
    expect(statistic).toBeCloseTo((5 * 7 * (products / (5 * m2)) ** 2) / 3, 12);
  });

  test("too few values give NaN, not a number", () => {
    const tests = residualTests([0.3, Number.NaN], undefined, 0);
    expect(tests.count).toBe(1);
    expect(tests.heteroskedasticity.statistic).toBeNaN();
    expect(tests.heteroskedasticity.pValue).toBeNaN();
    expect(tests.serialCorrelation.pValue).toBeNaN();
    expect(residualTests([], undefined, 0).normality.pValue).toBeNaN();
    expect(residualTests([1, 2, 3, 5, 4, 8], 2, 2).serialCorrelation.pValue).toBeNaN();
  });
});
