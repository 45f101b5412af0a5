/** Log-densities of every family against values worked out from the definitions in 40 digits: testing/make_densities.py. */
import { expect, suite, test } from "vitest";
import { DENSITY_CASES, densitiesOf } from "./testing/density_cases.ts";

suite("log-densities", () => {
  for (const given of DENSITY_CASES) {
    test(`of ${given.name} are those of their definition`, () => {
      const { rows } = densitiesOf(given);
      let worst = 0;
      given.expected.forEach((row, t) => {
        row.forEach((expected, k) => {
          const value = rows[t][k];
          if (expected === null) expect(value).toBe(Number.NEGATIVE_INFINITY);
          else worst = Math.max(worst, Math.abs(value - expected) / (1 + Math.abs(expected)));
        });
      });
      // Rounding of float64 in sums of terms up to about 1e7 (counts and concentrations of 1e6).
      expect(worst).toBeLessThan(2e-13);
    });
  }
});
