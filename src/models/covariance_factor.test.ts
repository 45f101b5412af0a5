import { expect, suite, test } from "vitest";
import { TestRandom } from "../../test-browser/oracle_models.ts";
import { covarianceFactor, symmetrise } from "./covariance_factor.ts";

/** Largest |L L' − A| / √(a_ii a_jj), and whether L is lower triangular. */
function residual(a: number[][]): number {
  const n = a.length;
  const l = new Float64Array(n * n);
  covarianceFactor("test", "A", Float64Array.from(a.flat()), 0, n, l, 0);
  let worst = 0;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      if (j > i) expect(l[i * n + j]).toBe(0);
      let sum = 0;
      for (let k = 0; k < n; k++) sum += l[i * n + k] * l[j * n + k];
      const scale = Math.sqrt(a[i][i] * a[j][j]);
      worst = Math.max(worst, scale === 0 ? Math.abs(sum) : Math.abs(sum - a[i][j]) / scale);
    }
  }
  return worst;
}
const square = (g: number[][]): number[][] => g.map(a => g.map(b => a.reduce((s, x, k) => s + x * b[k], 0)));

suite("covarianceFactor()", () => {
  test("is right to 1e-14 at every rank", () => {
    const random = new TestRandom(1);
    for (let n = 1; n <= 12; n++) {
      for (let rank = 1; rank <= n; rank++)
        expect(residual(square(random.matrix(n, rank)))).toBeLessThan(1e-14);
    }
  });

  test("has as many pivots above zero as the matrix has rank", () => {
    const random = new TestRandom(4);
    for (let n = 2; n <= 8; n++) {
      const l = new Float64Array(n * n);
      const rank = n >> 1;
      covarianceFactor("test", "A", Float64Array.from(square(random.matrix(n, rank)).flat()), 0, n, l, 0);
      const pivots = Array.from({ length: n }, (_, i) => l[i * n + i]);
      expect(pivots.slice(0, rank).every(pivot => pivot > 0)).toBe(true);
      expect(pivots.slice(rank)).toEqual(new Array(n - rank).fill(0));
    }
  });

  test("is right when variances differ by 1e24", () => {
    const random = new TestRandom(2);
    const g = random.matrix(5, 3).map((row, i) => row.map(x => x * 10 ** (3 * i - 6)));
    expect(residual(square(g))).toBeLessThan(1e-14);
  });

  test("takes zero matrices, and zero rows in any place", () => {
    expect(
      residual([
        [0, 0],
        [0, 0],
      ]),
    ).toBe(0);
    expect(
      residual([
        [0, 0, 0],
        [0, 2, 1],
        [0, 1, 2],
      ]),
    ).toBeLessThan(1e-14);
    expect(
      residual([
        [2, 0, 1],
        [0, 0, 0],
        [1, 0, 2],
      ]),
    ).toBeLessThan(1e-14);
  });

  test("takes a singular matrix that was rounded to float32", () => {
    const a = square(new TestRandom(3).matrix(4, 2)).map(row => row.map(Math.fround));
    // What is cut off is the rounding itself, 6e-8.
    expect(residual(a)).toBeLessThan(1e-6);
  });
});

suite("symmetrise()", () => {
  test("averages away rounding and nothing more", () => {
    const a = Float64Array.of(1, 0.5 + 1e-10, 0.5, 1);
    symmetrise("test", "A", a, 0, 2);
    expect(a[1]).toBe(a[2]);
    expect(() => symmetrise("test", "A", Float64Array.of(1, 0.5 + 1e-7, 0.5, 1), 0, 2)).toThrow(/symmetric/);
  });
});
