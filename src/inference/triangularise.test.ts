import { expect, suite, test } from "vitest";
import { TestRandom } from "../../test-browser/oracle_models.ts";
import { reflectRows } from "./reflect_rows.ts";
import { Settling } from "./settling.ts";
import { timesLower, timesLowerTransposed } from "./small_products.ts";
import { triangularise, triangulariseBlock } from "./triangularise.ts";

type Matrix = number[][];
const gram = (a: Matrix): Matrix => a.map(x => a.map(y => x.reduce((s, v, k) => s + v * y[k], 0)));
const expectClose = (a: Matrix, b: Matrix, tolerance: number): void => {
  a.forEach((row, i) => {
    row.forEach((x, j) => {
      expect(Math.abs(x - b[i][j])).toBeLessThan(tolerance * Math.sqrt(b[i][i] * b[j][j]) + 1e-300);
    });
  });
};

/** [[L, W], [0, V]] with rows of the top dependent where `copies` says so, before and after. */
function block(
  p: number,
  q: number,
  c: number,
  random: TestRandom,
  copies: [from: number, to: number][] = [],
) {
  const top = random.matrix(p, p + c).map((row, i) => row.map((x, j) => (j > i && j < p ? 0 : x)));
  for (const [from, to] of copies) top[to] = top[from].map(x => 3 * x);
  const before = [...top, ...random.matrix(q, c).map(row => [...new Array<number>(p).fill(0), ...row])];
  const stride = 2 * p + c;
  const a = new Float64Array((p + q) * stride);
  before.forEach((row, i) => {
    a.set(row, i * stride);
  });
  const columns = triangulariseBlock(a, stride, p, p + q, c);
  const after = before.map((_, i) =>
    Array.from({ length: p + columns }, (_, j) => (i < p && j > i ? 0 : a[i * stride + j])),
  );
  return { before, after };
}

suite("triangulariseBlock()", () => {
  test("keeps A A' for every size", () => {
    const random = new TestRandom(1);
    for (let p = 1; p <= 6; p++) {
      for (let c = 1; c <= 6; c++) {
        const { before, after } = block(p, 3, c, random);
        expectClose(gram(after), gram(before), 1e-14);
        for (let k = 0; k < p; k++) expect(after[k][k]).toBeGreaterThan(0);
      }
    }
  });

  test("a row that depends on those above has a pivot of exactly 0 and a zero column", () => {
    const random = new TestRandom(2);
    for (let trial = 0; trial < 50; trial++) {
      const { before, after } = block(4, 4, 4, random, [[0, 2]]);
      expectClose(gram(after), gram(before), 1e-13);
      expect(after.map(row => row[2])).toEqual(new Array(8).fill(0));
      expect(after[3][3]).toBeGreaterThan(0);
    }
  });

  test("a zero row first, with entries of L below it", () => {
    const stride = 6;
    const a = new Float64Array(2 * stride);
    a.set([0, 0, 0, 0], 0);
    a.set([3, 0, 4, 0], stride);
    expect(triangulariseBlock(a, stride, 2, 2, 2)).toBe(3);
    expect([a[0], a[stride], a[stride + 1]]).toEqual([0, 0, 5]);
  });
});

suite("triangularise()", () => {
  test("keeps A A' for every size and offset, also when rows are dependent", () => {
    const random = new TestRandom(3);
    for (let n = 1; n <= 6; n++) {
      for (let c = 1; c <= 9; c++) {
        const before = random.matrix(n, c);
        if (n > 2) before[1] = before[0].map(x => -x);
        const stride = c + 3;
        const a = new Float64Array((n + 2) * stride);
        before.forEach((row, i) => {
          a.set(row, (i + 2) * stride + 1);
        });
        triangularise(a, stride, 2, 1, n, c);
        const after = before.map((_, i) =>
          Array.from({ length: c }, (_, j) => (j <= i ? a[(i + 2) * stride + 1 + j] : 0)),
        );
        expectClose(gram(after), gram(before), 1e-14);
      }
    }
  });
});

suite("reflectRows()", () => {
  test("is the reflection for short tails, which are written out, and long ones", () => {
    const random = new TestRandom(4);
    for (let length = 0; length <= 6; length++) {
      const rows = random.matrix(4, length + 2);
      const x = [0.7, ...rows[0].slice(2)];
      const beta = 2 / x.reduce((s, v) => s + v * v, 0);
      const a = Float64Array.from(rows.flat());
      reflectRows(a, length + 2, 0, 1, 2, length, 1, 4, x[0], beta);
      rows.forEach((row, i) => {
        const s = i === 0 ? 0 : beta * x.reduce((sum, v, k) => sum + v * row[k + 1], 0);
        row.forEach((value, j) => {
          expect(a[i * (length + 2) + j]).toBeCloseTo(j === 0 ? value : value - s * x[j - 1], 13);
        });
      });
    }
  });
});

suite("products with a lower triangle", () => {
  test("are right for sizes that are written out and others", () => {
    const random = new TestRandom(5);
    for (let n = 1; n <= 6; n++) {
      const u = random.matrix(n, n).map((row, i) => row.map((x, j) => (j > i ? 0 : x)));
      const a = random.matrix(3, n);
      const flat = Float64Array.from(a.flat());
      const lower = Float64Array.from(u.flat());
      const out = new Float64Array(3 * (n + 1));
      timesLower(flat, 0, n, 3, lower, n, out, 1, n + 1);
      const transposed = new Float64Array(3 * n);
      timesLowerTransposed(flat, 0, n, 3, lower, n, transposed);
      for (let i = 0; i < 3; i++) {
        for (let j = 0; j < n; j++) {
          expect(out[1 + i * (n + 1) + j]).toBeCloseTo(
            a[i].reduce((s, x, k) => s + x * u[k][j], 0),
            13,
          );
          expect(transposed[i * n + j]).toBeCloseTo(
            a[i].reduce((s, x, k) => s + x * u[j][k], 0),
            13,
          );
        }
      }
    }
  });
});

suite("Settling", () => {
  const settlesAfter = (factor: (t: number) => number, limit: number): number => {
    const settling = new Settling(1);
    for (let t = 0; t < limit; t++) if (settling.settled(Float64Array.of(factor(t)))) return t;
    return limit;
  };

  test("settles on a constant within a few windows", () => {
    expect(settlesAfter(() => 2, 1000)).toBeLessThan(200);
  });

  test("waits for a geometric approach until what remains is below 1e-13", () => {
    for (const rate of [0.5, 0.9, 0.99, 0.999]) {
      const t = settlesAfter(s => 1 + rate ** s, 100_000);
      expect(t).toBeLessThan(100_000);
      expect(rate ** t).toBeLessThan(1e-13);
    }
  });

  test("does not settle on a drift of one rounding unit per step, nor on NaN", () => {
    expect(settlesAfter(s => 1 + s * Number.EPSILON, 10_000)).toBe(10_000);
    expect(settlesAfter(() => Number.NaN, 10_000)).toBe(10_000);
  });
});
