/**
 * Orthogonal triangularisation in place, the only factorisation the square-root recursions need.
 *
 * Both functions multiply a matrix from the right by Householder reflections (which are never stored), so that
 * A A' stays what it was. Diagonals come out non-negative, which makes the factors unique for regular A A' and
 * lets a recursion settle on one factor instead of flipping signs. A pivot that vanishes against its own row is set
 * to zero, so singular covariances need no special care.
 * Source: Golub & Van Loan, Matrix Computations, 4th ed., algorithm 5.1.1 (the Householder vector with positive pivot).
 */

import { reflectRows } from "./reflect_rows.ts";

const EPS = Number.EPSILON;
/** Below this squared ratio of tail to pivot a reflection would change nothing that float64 can hold. */
const NEGLIGIBLE = 1e-34;

/**
 * [[L, W], [0, V]] -> [[L', 0], [G, V']] with L lower triangular [p, p], W [p, c], V [rows − p, c].
 *
 * As L is triangular already, each Householder vector has c + 1 entries. When a pivot vanishes, what stands below it
 * in its column is moved to a new column at the right, so that a zero pivot always has a zero column: the solve
 * with L' then is the one of the pseudo-inverse. Above the diagonal of L', and in its rows from column p on, values are
 * left over: read them as zero.
 * @param a row-major with `stride` ≥ 2p + c; spare columns need no value
 * @returns number of columns of V', c plus those moved
 */
export function triangulariseBlock(
  a: Float64Array,
  stride: number,
  p: number,
  rows: number,
  c: number,
): number {
  let end = p + c;
  const tolerance = (p + c) * 2 * EPS;
  for (let k = 0; k < p; k++) {
    const row = k * stride;
    const pivot = a[row + k];
    let tail = 0;
    for (let j = row + p; j < row + end; j++) tail += a[j] * a[j];
    if (tail <= NEGLIGIBLE * pivot * pivot && pivot > 0) {
      let head = 0;
      for (let j = row; j < row + k; j++) head += a[j] * a[j];
      if (pivot * pivot > tolerance * tolerance * head) {
        continue;
      }
    }
    const squared = pivot * pivot + tail;
    let head = 0;
    for (let j = row; j < row + k; j++) head += a[j] * a[j];
    if (squared <= tolerance * tolerance * head || squared === 0) {
      a[row + k] = 0;
      end = moveColumn(a, stride, k, p, rows, end);
      continue;
    }
    const norm = Math.sqrt(squared);
    const v = pivot <= 0 ? pivot - norm : -tail / (pivot + norm);
    const beta = -1 / (norm * v);
    a[row + k] = norm;
    reflectRows(a, stride, k, k, p, end - p, k + 1, rows, v, beta);
  }
  return end - p;
}

/** Moves column k below row k to a new column `end` unless it is zero; returns the new end. */
function moveColumn(
  a: Float64Array,
  stride: number,
  k: number,
  p: number,
  rows: number,
  end: number,
): number {
  let any = false;
  for (let i = k + 1; i < p; i++) if (a[i * stride + k] !== 0) any = true;
  if (!any) return end;
  for (let i = 0; i < rows; i++) {
    a[i * stride + end] = i > k && i < p ? a[i * stride + k] : 0;
    if (i > k) a[i * stride + k] = 0;
  }
  return end + 1;
}

/**
 * A [n, c], its corner at (firstRow, column) -> lower triangular L [n, min(n, c)] with L L' = A A'. What stands above the
 * diagonal afterwards is left over: read it as zero.
 * @param a row-major with `stride`
 */
export function triangularise(
  a: Float64Array,
  stride: number,
  firstRow: number,
  column: number,
  n: number,
  c: number,
): void {
  const tolerance = c * 2 * EPS;
  for (let k = 0; k < n && k < c; k++) {
    const row = (firstRow + k) * stride + column;
    const end = row + c;
    const pivot = a[row + k];
    let tail = 0;
    for (let j = row + k + 1; j < end; j++) tail += a[j] * a[j];
    const squared = pivot * pivot + tail;
    let head = 0;
    for (let j = row; j < row + k; j++) head += a[j] * a[j];
    if (squared <= tolerance * tolerance * head || squared === 0) {
      for (let j = row + k; j < end; j++) a[j] = 0;
      continue;
    }
    if (pivot > 0 && tail <= NEGLIGIBLE * squared) {
      continue;
    }
    const norm = Math.sqrt(squared);
    const v = pivot <= 0 ? pivot - norm : -tail / (pivot + norm);
    const beta = -1 / (norm * v);
    a[row + k] = norm;
    reflectRows(
      a,
      stride,
      firstRow + k,
      column + k,
      column + k + 1,
      c - k - 1,
      firstRow + k + 1,
      firstRow + n,
      v,
      beta,
    );
  }
}
