/** Times of rows -> equal steps of the model: what one step is, and which steps have no row. */

export type Step =
  | { readonly kind: "months"; readonly size: number }
  /** Seconds of dates, units of numbers. */
  | { readonly kind: "seconds" | "number"; readonly size: number };

export interface Steps {
  readonly step: Step | undefined;
  /** Step of each row, from 0; undefined when they are 0, 1, 2 …  */
  readonly positions: Uint32Array | undefined;
  /** Why steps are not equal, in words. */
  readonly problem?: string;
}

/** How far from a whole number of steps a time may be. */
const TOLERANCE = 0.03;
/** More steps than this many times the rows: those are no holes. */
const MOST_HOLES = 10;

/** @param times increasing; seconds since 1970 when `dates` */
export function equalSteps(times: Float64Array, dates: boolean): Steps {
  if (times.length < 2) return { step: undefined, positions: undefined };
  const months = dates ? monthsOf(times) : undefined;
  if (months) {
    const found = multiples(months, 0);
    if (found) return { step: { kind: "months", size: found.size }, positions: found.positions };
  }
  const found = multiples(times, TOLERANCE);
  if (!found) return { step: undefined, positions: undefined, problem: "the steps between them differ" };
  return { step: { kind: dates ? "seconds" : "number", size: found.size }, positions: found.positions };
}

/** Times as whole numbers of the smallest difference; undefined when they are none. */
function multiples(
  times: Float64Array,
  tolerance: number,
): { size: number; positions: Uint32Array | undefined } | undefined {
  const T = times.length;
  let size = Number.POSITIVE_INFINITY;
  for (let t = 1; t < T; t++) size = Math.min(size, times[t]! - times[t - 1]!);
  if (!(size > 0)) return undefined;
  const positions = new Uint32Array(T);
  for (let t = 1; t < T; t++) {
    const steps = (times[t]! - times[t - 1]!) / size;
    const whole = Math.round(steps);
    if (Math.abs(steps - whole) > tolerance * whole) return undefined;
    positions[t] = positions[t - 1]! + whole;
    if (positions[t]! > MOST_HOLES * T + 100) return undefined;
  }
  const last = positions[T - 1]!;
  return {
    size: tolerance === 0 ? size : (times[T - 1]! - times[0]!) / last,
    positions: last === T - 1 ? undefined : positions,
  };
}

/** Months since 1970 of dates that all have one day of the month (or all the last one) and one clock time. */
function monthsOf(times: Float64Array): Float64Array | undefined {
  const months = new Float64Array(times.length);
  const first = parts(times[0]!);
  let [sameDay, lastDay] = [true, true];
  for (let t = 0; t < times.length; t++) {
    const { month, day, clock, isLast } = parts(times[t]!);
    if (clock !== first.clock) return undefined;
    if (day !== first.day) sameDay = false;
    if (!isLast) lastDay = false;
    if (!sameDay && !lastDay) return undefined;
    months[t] = month;
  }
  return months;
}

function parts(seconds: number): { month: number; day: number; clock: number; isLast: boolean } {
  const date = new Date(seconds * 1000);
  const [year, month, day] = [date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()];
  const isLast = day >= 28 && new Date(Date.UTC(year, month, day + 1)).getUTCDate() === 1;
  return {
    month: 12 * (year - 1970) + month,
    day,
    clock: seconds - 86400 * Math.floor(seconds / 86400),
    isLast,
  };
}

/** The time `count` steps after `time`. */
export function timeAfter(time: number, step: Step, count: number): number {
  if (step.kind !== "months") return time + count * step.size;
  const { month, day, clock, isLast } = parts(time);
  const to = month + count * step.size;
  const days = new Date(Date.UTC(1970, to + 1, 0)).getUTCDate();
  return Date.UTC(1970, to, isLast || day > days ? days : day) / 1000 + clock;
}

/** "every day", "every 3 months", "every 0.5". */
export function stepWords(step: Step): string {
  if (step.kind === "number") return `every ${Number(step.size.toPrecision(6))}`;
  if (step.kind === "months") {
    const years = step.size % 12 === 0;
    return every(years ? step.size / 12 : step.size, years ? "year" : "month");
  }
  const units = [
    [604800, "week"],
    [86400, "day"],
    [3600, "hour"],
    [60, "minute"],
    [1, "second"],
  ] as const;
  const [size, unit] = units.find(([seconds]) => Math.abs(step.size % seconds) < 1e-3) ?? units[4];
  return every(Number((step.size / size).toPrecision(6)), unit);
}

const every = (count: number, unit: string): string =>
  count === 1 ? `every ${unit}` : `every ${count} ${unit}s`;
