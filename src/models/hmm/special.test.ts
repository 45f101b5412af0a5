/** Special functions against mpmath 1.4.1 in 40 digits. */
import { expect, suite, test } from "vitest";
import {
  digamma,
  factorialRest,
  log1pMinus,
  logBesselScaled,
  logRatioRest,
  logSumExp,
  softplus,
  stirlingRest,
} from "./special.ts";

const CASES: [string, (x: number) => number, [number, number][]][] = [
  [
    "stirlingRest()",
    stirlingRest,
    [
      [0.001, 2.5422704679670947],
      [0.5, 0.15342640972002736],
      [1, 0.08106146679532726],
      [3.7, 0.022468770580143144],
      [11.99, 0.006948627958543434],
      [12, 0.00694284010720953],
      [100, 0.0008333305556349147],
      [1e6, 8.333333333333055e-8],
    ],
  ],
  [
    "digamma()",
    digamma,
    [
      [0.01, -100.56088545786866],
      [1, -0.5772156649015329],
      [7.5, 1.9467574842460869],
      [1e5, 11.512920464961894],
    ],
  ],
  [
    "logBesselScaled(0, …)",
    x => logBesselScaled(0, x),
    [
      [0, 0],
      [0.1, -0.09750156076612376],
      [5, -1.6953182241774667],
      [29.9, -2.6136146894449044],
      [30, -2.615298566828064],
      [1e4, -5.5240962185677],
    ],
  ],
  [
    "logBesselScaled(1, …)",
    x => logBesselScaled(1, x),
    [
      [0.1, -3.094482533862205],
      [5, -1.8080579694543246],
      [29.9, -2.630625726925142],
      [30, -2.6322519107175926],
      [1e4, -5.524146221067928],
    ],
  ],
  [
    "factorialRest()",
    factorialRest,
    [
      [0, 0],
      [1, 1],
      [2, 1.3068528194400546],
      [2, 1.3068528194400546],
      [5000, 5.1775517955794355],
      [1e6, 7.826693895520143],
    ],
  ],
];

suite("special functions", () => {
  for (const [name, compute, values] of CASES)
    test(`${name} is right to 1e-14`, () => {
      for (const [x, expected] of values)
        expect(Math.abs(compute(x) - expected)).toBeLessThan(1e-14 * (1 + Math.abs(expected)));
    });

  test("log1pMinus() and logRatioRest() keep relative accuracy near 0", () => {
    for (const [x, expected] of [
      [-0.99, -3.6151701859880907],
      [-0.0999, -0.005349410719097487],
      [-1e-9, -5.000000003333334e-19],
      [1e-12, -4.999999999996667e-25],
      [0.05, -0.001209835830567997],
      [0.11, -0.005639984675757232],
      [30, -26.566012795514855],
    ]) {
      expect(Math.abs(log1pMinus(x) / expected - 1)).toBeLessThan(2e-14);
    }
    expect(logRatioRest(1e6 + 1, 1e6)).toBeCloseTo(-0.5e-12, 17);
    // log 1e-18 + 1, where 1e-18 − 1 rounds to −1
    expect(logRatioRest(1e-12, 1e6)).toBeCloseTo(-18 * Math.LN10 + 1, 12);
  });

  test("logSumExp() and softplus() neither overflow nor lose what is small", () => {
    expect(logSumExp([1000, 1000])).toBeCloseTo(1000 + Math.LN2, 12);
    expect(logSumExp([Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY])).toBe(Number.NEGATIVE_INFINITY);
    expect(softplus(-50) / Math.exp(-50)).toBeCloseTo(1, 14);
    expect(softplus(800)).toBe(800);
  });
});
