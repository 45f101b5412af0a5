import { expect, suite, test } from "vitest";
import { Budget, startupOf } from "./budget.ts";
import { summarise } from "./statistics.ts";

suite("startupOf()", () => {
  const phases = (times: Record<string, number>) =>
    Object.fromEntries(Object.entries(times).map(([name, ms]) => [name, summarise([ms])]));

  test("is what kernels and packing do not account for, on the GPU alone", () => {
    const gpu = phases({ prepare: 0.5, upload: 1, compute: 2 });
    expect(startupOf({ msEach: 25, phases: gpu })).toBe(15);
    expect(startupOf({ msEach: 5, phases: gpu })).toBe(0);
    expect(startupOf({ msEach: 25, phases: phases({ prepare: 0.5, compute: 2 }) })).toBe(0);
  });
});

suite("Budget", () => {
  test("lets everything run of which nothing smaller is known", () => {
    expect(new Budget(10).refusal("filter", 1e6)).toBeUndefined();
  });

  test("refuses what two runs of do not fit, told from the last smaller size", () => {
    const budget = new Budget(10_000);
    budget.note("filter", 1e4, 30);
    expect(budget.refusal("filter", 1e5)).toBeUndefined();
    expect(budget.refusal("filter", 1e7)).toBe(
      "about 30 s a run expected from 10000 steps, 2 do not fit the budget of 10 s",
    );
    expect(budget.refusal("filter", 3e6, 1)).toBeUndefined();
    budget.note("filter", 1e5, 100);
    expect(budget.refusal("filter", 1e6)).toBeUndefined();
  });

  test("does not stretch what a run takes to start, but for a hundredth", () => {
    const budget = new Budget(10_000);
    budget.note("parallel", 100, 25, 20);
    expect(budget.refusal("parallel", 1e5)).toBe(
      "about 5 s a run expected from 100 steps, 2 do not fit the budget of 10 s",
    );
    expect(budget.refusal("parallel", 5e4)).toBeUndefined();
    budget.note("short", 100, 10, 20);
    expect(budget.refusal("short", 1e7)).toContain("about 10 s");
  });

  test("knows methods apart, and refuses nothing smaller", () => {
    const budget = new Budget(1);
    budget.note("filter", 1e4, 1e6);
    expect(budget.refusal("smoother", 1e6)).toBeUndefined();
    expect(budget.refusal("filter", 1e3)).toBeUndefined();
  });
});
