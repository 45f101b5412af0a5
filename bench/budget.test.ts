import { expect, suite, test } from "vitest";
import { Budget } from "./budget.ts";

suite("Budget", () => {
  test("lets everything run of which nothing smaller is known", () => {
    expect(new Budget(10).refusal("filter", 1e6)).toBeUndefined();
  });

  test("refuses what three runs of do not fit, told from the last smaller size", () => {
    const budget = new Budget(10_000);
    budget.note("filter", 1e4, 30);
    expect(budget.refusal("filter", 1e5)).toBeUndefined();
    expect(budget.refusal("filter", 1e7)).toBe(
      "about 30 s a run expected from 10000 steps, three do not fit the budget of 10 s",
    );
    budget.note("filter", 1e5, 100);
    expect(budget.refusal("filter", 1e6)).toBeUndefined();
  });

  test("knows methods apart, and refuses nothing smaller", () => {
    const budget = new Budget(1);
    budget.note("filter", 1e4, 1e6);
    expect(budget.refusal("smoother", 1e6)).toBeUndefined();
    expect(budget.refusal("filter", 1e3)).toBeUndefined();
  });
});
