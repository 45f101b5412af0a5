/** How many steps a season has: what the calendar offers, or the distance at which the data repeat. */

import { fitHarmonics } from "./estimates.ts";
import type { Series } from "./series.ts";
import type { Step } from "./steps.ts";

const [HOUR, DAY, WEEK, YEAR] = [3600, 86400, 604800, 365.25 * 86400];

/** A season has at least two steps, and the data at least two seasons. */
export function likelyPeriod({
  values,
  step,
  numSteps,
  dates,
}: Pick<Series, "values" | "step" | "numSteps" | "dates">): { period: number; harmonics: number } {
  const calendar = dates && step ? calendarPeriods(step).filter(period => 2 * period <= numSteps) : undefined;
  const lags =
    calendar?.filter(period => period <= SHORT) ??
    Array.from({ length: 400 }, (_, i) => i + 2).filter(k => 3 * k <= numSteps);
  const differences = withoutTrend(values[0]!);
  let best: { period: number | undefined; similarity: number } = { period: undefined, similarity: CLEAR };
  for (const period of lags) {
    const similarity = correlation(differences, Math.round(period));
    if (similarity > best.similarity + 0.02) best = { period, similarity };
  }
  // Of long seasons a step shows little: those are the ones whose waves explain much.
  const long = calendar?.filter(period => period > SHORT && explained(values[0]!, period) > CLEAR);
  const period = best.period ?? long?.at(-1) ?? calendar?.[0] ?? 12;
  return { period, harmonics: period <= 12 ? Math.floor(period / 2) : period <= 24 ? 4 : 2 };
}

/** Seasons of more steps are looked for by their waves. */
const SHORT = 60;
/** Correlation, or share of the variance, of a season that is clearly there. */
const CLEAR = 0.3;

/** Share of the variance that two waves of this period account for. */
function explained(y: Float64Array, period: number): number {
  const waves = fitHarmonics(y, period, 2);
  let [sum, squares, waved, count] = [0, 0, 0, 0];
  for (let t = 0; t < y.length; t++) {
    if (Number.isNaN(y[t])) continue;
    sum += y[t]!;
    squares += y[t]! ** 2;
    waved += waves[t]! ** 2;
    count++;
  }
  const variance = squares / count - (sum / count) ** 2;
  return variance > 0 ? waved / count / variance : 0;
}

function calendarPeriods(step: Step): number[] {
  if (step.kind === "months")
    return step.size < 12 && 12 % step.size === 0 && step.size < 7 ? [12 / step.size] : [];
  if (step.kind === "number") return [];
  return [HOUR, DAY, WEEK, YEAR]
    .map(season => season / step.size)
    .filter(period => period >= 2 && period <= 20_000);
}

/** Differences: what wanders goes, what comes back stays. */
function withoutTrend(y: Float64Array): Float64Array {
  return Float64Array.from({ length: Math.min(y.length, 50_000) }, (_, t) =>
    t === 0 ? Number.NaN : y[t]! - y[t - 1]!,
  );
}

function correlation(y: Float64Array, lag: number): number {
  let [xy, xx] = [0, 0];
  for (let t = 0; t + lag < y.length; t++) {
    const product = y[t]! * y[t + lag]!;
    if (Number.isNaN(product)) continue;
    xy += product;
    xx += (y[t]! ** 2 + y[t + lag]! ** 2) / 2;
  }
  return xx > 0 ? xy / xx : 0;
}
