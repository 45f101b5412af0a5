/**
 * Rows of a factor that are rounding. A state that is known exactly, as a lag of a series observed without noise, has a row of
 * zeros in the factor of its covariance. Computed by cancellation the row is some 1e-16 instead, and a smoother that divides by
 * it has rounding over rounding in its gain. So a row that is far below the terms it was made from is set to 0.
 */

/** A row below this multiple of n · 2⁻⁵² of the terms it was made from has no digit left. */
const SAFETY = 16;

/** Euclidean norm of `count` entries from `at`. */
export function rowNorm(a: Float64Array, at: number, count: number): number {
  let sum = 0;
  for (let j = at; j < at + count; j++) sum += a[j] * a[j];
  return Math.sqrt(sum);
}

/** Sets `count` entries from `at` to 0 if their norm is the rounding of terms of norm `size`, n states. */
export function clearRounding(a: Float64Array, at: number, count: number, size: number, n: number): void {
  if (rowNorm(a, at, count) <= SAFETY * n * Number.EPSILON * size) a.fill(0, at, at + count);
}

/**
 * In the first n rows of a = [Lq, F U]: rows of F U that are rounding are set to 0 where Lq has nothing to add to them.
 * @param column of F U, `width` wide; Lq is [n, n] at `noise`
 * @param u U, row-major with `width` columns
 */
export function clearPredicted(
  n: number,
  f: Float64Array,
  fAt: number,
  u: Float64Array,
  width: number,
  a: Float64Array,
  stride: number,
  column: number,
  noise: number,
): void {
  for (let i = 0; i < n; i++) {
    if (rowNorm(a, i * stride + noise, i + 1) > 0) continue;
    let size = 0;
    for (let k = 0; k < n; k++) {
      const weight = f[fAt + i * n + k];
      if (weight !== 0) size += Math.abs(weight) * rowNorm(u, k * width, width);
    }
    clearRounding(a, i * stride + column, width, size, n);
  }
}
