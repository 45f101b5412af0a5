/** Rows of a head, step by step, and of the rest of the problem, as one. */

import type { Moments, Rows } from "./linear_gaussian_problem.ts";

/** Where the rows of every series come from. */
export interface JoinLayout {
  readonly numSeries: number;
  /** Steps of a series that are in the head. */
  readonly headSteps: (series: number) => number;
  /** Step at which the rest starts. */
  readonly restStart: number;
  /** Index of a series in the rest, −1 for none. */
  readonly restOf: ArrayLike<number>;
  /** Number of series and longest series of the rest. */
  readonly restSeries: number;
  readonly restSteps: number;
  /** A series without an answer: NaN at every step. */
  readonly blank?: (series: number) => boolean;
}

/**
 * Rows of `size` in float64.
 * @param head the row of a step of the head
 * @param rest rows of the rest; its steps may go on sharing rows
 */
export function joinRows(
  layout: JoinLayout,
  size: number,
  head: (series: number, step: number) => ArrayLike<number>,
  rest: Rows | undefined,
): Rows {
  const { numSeries, headSteps, restStart, restOf, restSeries, restSteps, blank = () => false } = layout;
  const starts = new Float64Array(numSeries);
  let end = size;
  for (let s = 0; s < numSeries; s++) {
    starts[s] = end;
    if (!blank(s)) end += headSteps(s) * size;
  }
  // Dense unless the steps share rows.
  const dense = restSeries * restSteps * size;
  const shared = rest !== undefined && rest.data.length < dense;
  const data = new Float64Array(end + (rest === undefined ? 0 : shared ? rest.data.length : dense));
  data.fill(Number.NaN, 0, size);
  for (let s = 0; s < numSeries; s++)
    if (!blank(s)) for (let t = 0; t < headSteps(s); t++) data.set(head(s, t), starts[s] + t * size);
  const restAt = (i: number, t: number): number =>
    shared ? end + rest.at(i, t) : end + (i * restSteps + t) * size;
  if (shared) {
    data.set(rest.data, end);
  } else if (rest !== undefined) {
    for (let i = 0; i < restSeries; i++) {
      for (let t = 0; t < restSteps; t++) {
        const from = rest.at(i, t);
        const to = restAt(i, t);
        for (let j = 0; j < size; j++) data[to + j] = rest.data[from + j];
      }
    }
  }
  return {
    data,
    at: (s, t) => (blank(s) ? 0 : t < headSteps(s) ? starts[s] + t * size : restAt(restOf[s], t - restStart)),
  };
}

/** Means and packed factors; the head's factors are [n, n]. */
export function joinMoments(
  layout: JoinLayout,
  n: number,
  head: (series: number, step: number) => { readonly mean: Float64Array; readonly factor: Float64Array },
  rest: Moments | undefined,
): Moments {
  return {
    means: joinRows(layout, n, (s, t) => head(s, t).mean, rest?.means),
    factors: joinRows(layout, (n * (n + 1)) / 2, (s, t) => pack(head(s, t).factor, n), rest?.factors),
  };
}

/** Mean [n] and factor [n, n] of one step. */
export function unpackMoments(
  { means, factors }: Moments,
  n: number,
  series: number,
  step: number,
): { mean: Float64Array; factor: Float64Array } {
  const from = means.at(series, step);
  const mean = Float64Array.from(means.data.subarray(from, from + n));
  const factor = new Float64Array(n * n);
  let p = factors.at(series, step);
  for (let i = 0; i < n; i++) for (let j = 0; j <= i; j++) factor[i * n + j] = factors.data[p++];
  return { mean, factor };
}

function pack(factor: Float64Array, n: number): Float64Array {
  const out = new Float64Array((n * (n + 1)) / 2);
  let p = 0;
  for (let i = 0; i < n; i++) for (let j = 0; j <= i; j++) out[p++] = factor[i * n + j];
  return out;
}
