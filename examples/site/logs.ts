/** Numbers over many powers of ten, for charts and words. */

/** log10 of values that are still shown: what explodes leaves a chart. */
const HIGHEST = 12;

/** log10; 0 has none and is a gap. */
export const logs = (values: Float64Array): Float64Array =>
  values.map(v => (v > 0 ? Math.log10(v) : Number.NaN));

/** Bounds of an axis for logs(). */
export function boundsOf(lines: readonly Float64Array[]): [low: number, high: number] {
  const [low, high] = rangeOf(lines.flatMap(values => [...values]).filter(Number.isFinite));
  return [low, Math.max(low + 1, Math.min(high, HIGHEST))];
}

/** [low, high] of the values with some room */
export function rangeOf(values: ArrayLike<number>): [low: number, high: number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < values.length; i++) {
    low = Math.min(low, values[i]!);
    high = Math.max(high, values[i]!);
  }
  if (low > high) return [0, 1];
  const room = 0.08 * (high - low) || 1;
  return [low - room, high + room];
}

/** Two digits: "0.13", "3.2e-30", "0" */
export const numberText = (value: number): string =>
  value === 0 ? "0" : value.toPrecision(2).replace(/\.0(?=e|$)/, "");

/** "1 update", "2 updates" */
export const plural = (count: number, what: string): string => `${count} ${what}${count === 1 ? "" : "s"}`;
