/** Orthogonal steps on the rows of a factor that the diffuse recursions need beyond triangularise.ts. */

import { reflectRows } from "./reflect_rows.ts";

/**
 * One Householder reflection of the columns `column` … `column + count − 1` that turns row `row` to (norm, 0, …, 0), applied to
 * the rows `first` … `last − 1`, none of which is `row`; that row is left as it is, to be read as (norm, 0, …).
 * @returns norm
 */
export function reflectTo(
  a: Float64Array,
  stride: number,
  row: number,
  column: number,
  count: number,
  first: number,
  last: number,
): number {
  const at = row * stride + column;
  const pivot = a[at];
  let tail = 0;
  for (let j = at + 1; j < at + count; j++) tail += a[j] * a[j];
  if (tail === 0 && pivot >= 0) return pivot;
  const norm = Math.sqrt(pivot * pivot + tail);
  const v = pivot <= 0 ? pivot - norm : -tail / (pivot + norm);
  reflectRows(a, stride, row, column, column + 1, count - 1, first, last, v, -1 / (norm * v));
  return norm;
}

/**
 * The regression of one Gaussian vector on another: with rows x = X ζ (the first p of a) and y = Y ζ (the next r), ζ ~ N(0, I),
 *
 *   E(y | x) = G x,    Cov(y | x) = D D'
 *
 * Rows of X that depend on earlier ones get a zero column of G. Overwrites a.
 * @param a [p + r, c], row-major with `stride`
 * @returns gain G [r, p]; `column`: D is what stands in the rows from p on, columns `column` … c − 1
 */
export function conditionalGain(
  a: Float64Array,
  stride: number,
  p: number,
  r: number,
  c: number,
): { gain: Float64Array; column: number } {
  const tolerance = (p + c) * 2 * Number.EPSILON;
  const independent: number[] = [];
  let column = 0;
  for (let i = 0; i < p && column < c; i++) {
    const row = i * stride;
    let head = 0;
    let tail = 0;
    for (let j = 0; j < column; j++) head += a[row + j] ** 2;
    for (let j = column; j < c; j++) tail += a[row + j] ** 2;
    if (tail === 0 || tail <= tolerance * tolerance * head) continue;
    const norm = reflectTo(a, stride, i, column, c - column, i + 1, p + r);
    a[row + column] = norm;
    independent.push(i);
    column++;
  }
  const gain = new Float64Array(r * p);
  for (let y = 0; y < r; y++) {
    for (let k = column - 1; k >= 0; k--) {
      let sum = a[(p + y) * stride + k];
      for (let l = k + 1; l < column; l++)
        sum -= gain[y * p + independent[l]] * a[independent[l] * stride + k];
      gain[y * p + independent[k]] = sum / a[independent[k] * stride + k];
    }
  }
  return { gain, column };
}
