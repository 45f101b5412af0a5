import { expect, suite, test } from "vitest";
import { stationaryProbs } from "./stationary_probs.ts";

const solve = (rows: number[][]): number[] => [
  ...stationaryProbs("test", Float64Array.from(rows.flat()), 0, rows.length),
];

suite("stationaryProbs()", () => {
  test("keeps the relative accuracy of tiny probabilities", () => {
    // A birth-death chain: π_k+1 / π_k = up / down, with 1e-12 of going up.
    const [up, down] = [1e-12, 0.5];
    const rows = [
      [1 - up, up, 0, 0],
      [down, 1 - up - down, up, 0],
      [0, down, 1 - up - down, up],
      [0, 0, down, 1 - down],
    ];
    const pi = solve(rows);
    for (let k = 1; k < 4; k++) expect(pi[k] / (up / down) ** k / pi[0]).toBeCloseTo(1, 14);
  });

  test("gives 0 to states that the chain leaves for ever", () => {
    const pi = solve([
      [0.5, 0.5, 0, 0],
      [0, 0, 1, 0],
      [0, 0.25, 0.75, 0],
      [0.1, 0, 0, 0.9],
    ]);
    expect(pi[0]).toBe(0);
    expect(pi[3]).toBe(0);
    expect(pi[1]).toBeCloseTo(0.2, 15);
    expect(pi[2]).toBeCloseTo(0.8, 15);
  });

  test("takes chains that go in circles, and one state", () => {
    expect(
      solve([
        [0, 1, 0],
        [0, 0, 1],
        [1, 0, 0],
      ]),
    ).toEqual([1 / 3, 1 / 3, 1 / 3]);
    expect(solve([[1]])).toEqual([1]);
  });

  test("names the sets of states when there is more than one", () => {
    const rows = [
      [1, 0, 0, 0],
      [0.5, 0, 0.5, 0],
      [0, 0, 0.5, 0.5],
      [0, 0, 0.5, 0.5],
    ];
    expect(() => solve(rows)).toThrow("never leaves each of the sets of states {0} and {2, 3}");
  });
});
