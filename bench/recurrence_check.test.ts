import { expect, suite, test } from "vitest";
import { checkStates, measureRecurrence, trajectoryOf } from "./measure_recurrence.ts";
import { RECURRENCES, recurrenceBenchProblem } from "./recurrence_problems.ts";

const SIZE = { n: 2, gain: 0.9, T: 20, series: 2 };

suite("recurrenceBenchProblem()", () => {
  test.each(RECURRENCES)("%s depends on sizes and seed alone, and runs", async system => {
    const bench = await recurrenceBenchProblem({ ...SIZE, system }, 1);
    const again = await recurrenceBenchProblem({ ...SIZE, system }, 1);
    const other = await recurrenceBenchProblem({ ...SIZE, system }, 2);
    expect(again.inputs).toEqual(bench.inputs);
    expect(again.guess).toEqual(bench.guess);
    expect(other.guess).not.toEqual(bench.guess);
    const states = await trajectoryOf(bench);
    expect(states).toHaveLength(2 * 20 * (system === "observer" ? 3 : 2));
    expect(states.every(Number.isFinite)).toBe(true);
  });
});

suite("checkStates()", () => {
  const exact = Float64Array.of(1, -4, 2);
  test("is the largest difference beside the largest state", () => {
    expect(checkStates(exact, exact)).toEqual({ states: 0, passed: true });
    expect(checkStates([1, -4, 2.002], exact).passed).toBe(true);
    const wrong = checkStates([1.01, -4, 2], exact);
    expect(wrong.passed).toBe(false);
    expect(wrong.states).toBeCloseTo(0.0025, 12);
  });

  test("a state that is no number fails", () => {
    expect(checkStates([1, Number.NaN, 2], exact)).toEqual({
      states: Number.POSITIVE_INFINITY,
      passed: false,
    });
  });
});

test("the host's cell is the reference and is timed", async () => {
  const bench = await recurrenceBenchProblem({ ...SIZE, system: "gru" }, 1);
  const cell = await measureRecurrence(undefined, bench, await trajectoryOf(bench), {
    method: "cpu",
    repeat: 2,
    budget: 1000,
  });
  expect(cell).toMatchObject({ outcome: "timed", check: "reference" });
  expect(cell.phases?.total.count).toBe(2);
});
