/** Round numbers for axes. */

/** Steps may be a little smaller than asked for, giving some ticks more. */
const SLACK = 0.7;

/**
 * Ticks at multiples of 1, 2 or 5 times a power of ten that lie within [low, high].
 * @param wanted about how many
 * @param whole no fractions, for years
 */
export function niceTicks(low: number, high: number, wanted = 6, whole = false): number[] {
  if (!(high > low)) return [low];
  const rough = (high - low) / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  const nice = ([1, 2, 5].find(factor => factor * power >= SLACK * rough) ?? 10) * power;
  const step = whole ? Math.max(1, nice) : nice;
  const ticks: number[] = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + 1e-9 * step; k++) ticks.push(k * step || 0);
  return ticks;
}

/** Shortest text that tells neighbouring ticks apart. */
export function tickText(value: number, step: number): string {
  const digits = Math.max(0, -Math.floor(Math.log10(Math.abs(step)) + 1e-9));
  return value.toFixed(Math.min(digits, 12)).replace("-", "\u2212");
}
