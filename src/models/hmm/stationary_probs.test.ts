import { expect, suite, test } from "vitest";
import { CounterRandom } from "../../inference/index.ts";
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

  test("and over many blocks of states", () => {
    const [up, down] = [1e-3, 0.5];
    const K = 97;
    const pi = solve(
      Array.from({ length: K }, (_, i) =>
        Array.from({ length: K }, (_, j) => {
          if (j === i + 1) return up;
          if (j === i - 1) return down;
          return j === i ? 1 - (i + 1 < K ? up : 0) - (i > 0 ? down : 0) : 0;
        }),
      ),
    );
    // π_k is 1e-260 at the end, a product of 96 ratios of three roundings each.
    for (let k = 1; k < K; k++) expect(Math.abs(pi[k] / ((up / down) ** k * pi[0]) - 1)).toBeLessThan(1e-13);
  });

  test("is left as it is by chains of any size", () => {
    for (const K of [2, 31, 32, 33, 64, 65, 300]) {
      const random = new CounterRandom(K, 0, 0);
      const rows = Array.from({ length: K }, () => {
        const row = Array.from({ length: K }, () => (random.uniform() < 0.5 ? random.uniform() : 0));
        row[0] += 0.1;
        const sum = row.reduce((a, b) => a + b, 0);
        return row.map(value => value / sum);
      });
      const pi = solve(rows);
      for (let k = 0; k < K; k++) {
        const next = pi.reduce((sum, value, i) => sum + value * rows[i][k], 0);
        // Sums of K terms above 0.
        expect(Math.abs(next / pi[k] - 1)).toBeLessThan(1e-14);
      }
    }
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
