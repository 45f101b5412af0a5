/** Thinned columns keep every extreme, in its place. */
import { expect, suite, test } from "vitest";
import { thin } from "./decimate.ts";

suite("thin()", () => {
  test("leaves short series as they are", () => {
    const { x, columns } = thin([1, 2, 3], [[4, Number.NaN, 6]], 2);
    expect([...x]).toEqual([1, 2, 3]);
    expect([...columns[0]!]).toEqual([4, Number.NaN, 6]);
  });

  test("keeps the smallest and largest value of every stretch, whatever is missing", () => {
    const T = 10_007;
    const values = Float64Array.from({ length: T }, (_, t) => (t % 11 === 0 ? Number.NaN : Math.sin(t * t)));
    values[5000] = 99;
    values[9999] = -99;
    const { x, columns } = thin(
      Float64Array.from(values, (_, t) => t),
      [values],
      100,
    );
    expect(x.length).toBe(200);
    expect([x[0], x[199]]).toEqual([0, T - 1]);
    for (let b = 0; b < 100; b++) {
      const stretch = values
        .slice(Math.floor((b * T) / 100), Math.floor(((b + 1) * T) / 100))
        .filter(v => !Number.isNaN(v));
      expect(columns[0]![2 * b]).toBe(Math.min(...stretch));
      expect(columns[0]![2 * b + 1]).toBe(Math.max(...stretch));
    }
  });

  test("a stretch without values is a gap", () => {
    const { columns } = thin(
      new Float64Array(100).map((_, t) => t),
      [new Float64Array(100).fill(Number.NaN)],
      10,
    );
    expect(columns[0]!.every(Number.isNaN)).toBe(true);
  });
});
