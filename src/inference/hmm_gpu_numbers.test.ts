import { expect, suite, test } from "vitest";
import { splitNumber } from "./hmm_blocks.ts";
import { chooseForm } from "./hmm_form.ts";
import type { HmmProblem } from "./hmm_problem.ts";
import { scoreOf } from "./hmm_scores.ts";

suite("splitNumber()", () => {
  test("is x 2^e with x in [1, 2) after rounding to float32, over all of float64", () => {
    for (const v of [1, 0.5, 0.75, 1 - 2 ** -53, 2 ** -149, 1e-300, 5e-324, 2.5e-310, 0.1, 3]) {
      const [x, e] = splitNumber(v);
      expect(Math.fround(x)).toBeGreaterThanOrEqual(1);
      expect(Math.fround(x)).toBeLessThan(2);
      // Products below 1e-308 have no digits of their own: compare logarithms.
      expect(Math.log2(x) + e).toBeCloseTo(Math.log2(v), 6);
    }
    expect(splitNumber(0)).toEqual([0, -(2 ** 30)]);
  });
});

suite("scoreOf()", () => {
  test("is log p as whole and part, to 2^−33", () => {
    for (const p of [1, 0.5, 0.999999, 1e-300, 0.1, Math.exp(-3), 1 - 1e-16]) {
      const [whole, part] = scoreOf(p);
      expect(Math.abs(whole + part * 2 ** -32 - Math.log(p))).toBeLessThanOrEqual(2 ** -33);
      expect(Number.isInteger(part) && part >= 0 && part < 2 ** 32).toBe(true);
    }
    expect(scoreOf(0)[0]).toBe(-(2 ** 30));
  });
});

suite("chooseForm()", () => {
  const formOf = (A: number[], initial = [0.5, 0.5]) =>
    chooseForm({
      numStates: 2,
      numSeries: 1,
      numSteps: 5,
      lengths: Uint32Array.of(5),
      initialProbs: { data: Float64Array.from(initial), stepStride: 0, seriesStride: 0 },
      transitionMatrix: { data: Float64Array.from(A), stepStride: 0, seriesStride: 0 },
    } as HmmProblem);
  test("watches for losses only where A has zeros, and extends where entries are too small for that", () => {
    expect(formOf([0.9, 0.1, 0.5, 0.5])).toEqual({ form: "scaled", lostBits: 0 });
    expect(formOf([1 - 2 ** -90, 2 ** -90, 0.5, 0.5])).toEqual({ form: "scaled", lostBits: 0 });
    expect(formOf([0.9, 0.1, 0, 1])).toEqual({ form: "scaled", lostBits: 100 });
    expect(formOf([0.9, 0.1, 0.5, 0.5], [1, 0])).toEqual({ form: "scaled", lostBits: 0 });
    expect(formOf([1, 2 ** -60, 0, 1])).toEqual({ form: "scaled", lostBits: 64 });
    expect(formOf([1, 1e-40, 0.5, 0.5])).toEqual({ form: "extended", lostBits: 0 });
    expect(formOf([0.9, 0.1, 0.5, 0.5], [1, 1e-200])).toEqual({ form: "extended", lostBits: 0 });
  });
});
