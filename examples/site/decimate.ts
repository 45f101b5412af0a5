/** Long series for a narrow chart: the smallest and the largest value of every pixel's stretch stay. */

export interface Thinned {
  readonly x: Float64Array;
  readonly columns: readonly Float64Array[];
}

/**
 * @param x T increasing numbers
 * @param columns values [T] each; NaN = missing
 * @param buckets stretches to cut time into; two rows come of each
 * @returns as given when T ≤ 2·buckets. In a stretch, row one has a column's minimum and row two its maximum,
 * whichever came first, so that a line drawn through them covers what the full line would.
 */
export function thin(x: ArrayLike<number>, columns: readonly ArrayLike<number>[], buckets: number): Thinned {
  const T = x.length;
  if (T <= 2 * buckets) return { x: Float64Array.from(x), columns: columns.map(c => Float64Array.from(c)) };
  const times = new Float64Array(2 * buckets);
  const edge = (b: number) => Math.floor((b * T) / buckets);
  for (let b = 0; b < buckets; b++) {
    times[2 * b] = x[edge(b)]!;
    times[2 * b + 1] = x[edge(b + 1) - 1]!;
  }
  const thinned = columns.map(column => {
    const out = new Float64Array(2 * buckets);
    for (let b = 0; b < buckets; b++) {
      let low = Number.NaN;
      let high = Number.NaN;
      for (let t = edge(b); t < edge(b + 1); t++) {
        const value = column[t]!;
        if (Number.isNaN(value)) continue;
        if (!(value >= low)) low = value;
        if (!(value <= high)) high = value;
      }
      out[2 * b] = low;
      out[2 * b + 1] = high;
    }
    return out;
  });
  return { x: times, columns: thinned };
}
