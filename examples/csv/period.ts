/** How many steps a season has: what the calendar offers, or the distance at which the data repeat. */

import type { Series } from "./series.ts";
import type { Step } from "./steps.ts";

const [HOUR, DAY, WEEK, YEAR] = [3600, 86400, 604800, 365.25 * 86400];

/** A season has at least two steps, and the data at least two seasons. */
export function likelyPeriod({
  values,
  step,
  numSteps,
  dates,
}: Pick<Series, "values" | "step" | "numSteps" | "dates">): {
  period: number;
  harmonics: number;
} {
  const y = withoutTrend(values[0]!);
  const calendar = dates && step ? calendarPeriods(step).filter(period => 2 * period <= numSteps) : [];
  const lags =
    calendar.length > 0
      ? calendar
      : Array.from({ length: 400 }, (_, i) => i + 2).filter(k => 3 * k <= numSteps);
  let best = { period: 12, similarity: calendar.length > 0 ? Number.NEGATIVE_INFINITY : 0.3 };
  for (const period of lags) {
    const similarity = correlation(y, Math.round(period));
    if (similarity > best.similarity + 0.02) best = { period, similarity };
  }
  const { period } = best;
  return { period, harmonics: period <= 12 ? Math.max(1, Math.floor(period / 2)) : period <= 24 ? 4 : 2 };
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
