import { expect, suite, test } from "vitest";
import { crossover, crossoverText, fastest, type Timed } from "./crossover.ts";

/** Times at T = 10, 100, 1000, …, with quartiles 10 % around them. */
const times = (...medians: number[]): Timed[] =>
  medians.map((median, i) => ({ T: 10 ** (i + 1), median, q1: 0.9 * median, q3: 1.1 * median }));

suite("crossover()", () => {
  test("lies where the lines of a log-log chart meet", () => {
    const found = crossover(times(1, 1, 1), times(0.01, 0.1, 10));
    expect(found).toMatchObject({ kind: "at", clear: true, gain: 10, last: 1000 });
    expect((found as { T: number }).T).toBeCloseTo(10 ** 2.5, 6);
    expect(crossoverText("the CPU", found)).toBe(
      "GPU parallel was faster than the CPU from T ≈ 320 on, 10.0 times at T = 1000.",
    );
  });

  test("is the last one where lines cross several times", () => {
    const found = crossover(times(1, 1, 1, 1), times(2, 0.5, 0.5, 2));
    expect((found as { T: number }).T).toBeCloseTo(10 ** 3.5, 6);
  });

  test("is not clear where quartiles overlap", () => {
    const found = crossover(times(1, 1), times(0.5, 1.1));
    expect(found).toMatchObject({ kind: "at", clear: false });
    expect(crossoverText("x", found)).toContain("within the spread");
  });

  test("there is none below the first or beyond the last length, and that is said", () => {
    const always = crossover(times(1, 1), times(2, 4));
    expect(always).toEqual({ kind: "always", first: 10, last: 100, gain: 4 });
    expect(crossoverText("x", always)).toContain("at every T measured");
    const never = crossover(times(4, 4), times(8, 1));
    expect(never).toEqual({ kind: "never", first: 10, last: 100, loss: 4 });
    expect(crossoverText("x", crossover(times(4), times(1)))).toBe(
      "GPU parallel took 4.00 times as long as x at T = 10, the only length measured.",
    );
    expect(crossoverText("x", never)).toContain("No crossover with x: at T = 100");
  });

  test("needs a length that both have", () => {
    expect(crossover(times(1), []).kind).toBe("unmeasured");
    expect(crossoverText("x", { kind: "unmeasured" })).toBeUndefined();
  });

  test("is not thrown off by a clock that saw no time pass", () => {
    expect(crossover(times(1, 1), times(0, 2)).kind).toBe("at");
  });
});

suite("fastest()", () => {
  test("takes the best of every T", () => {
    const best = fastest([times(1, 5), times(3, 2, 7)]);
    expect(best.map(({ T, median }) => [T, median])).toEqual([
      [10, 1],
      [100, 2],
      [1000, 7],
    ]);
  });
});
