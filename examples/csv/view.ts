/** An outcome thinned to what a chart can show. */

import { thin } from "../site/decimate.ts";
import { smoothCommand } from "./exports.ts";
import type { Outcome } from "./infer.ts";
import type { BandView, ResultView } from "./protocol.ts";
import type { Series } from "./series.ts";
import { timeAfter } from "./steps.ts";

/** Stretches that long series are cut into; a chart has fewer pixels. */
const BUCKETS = 2000;

export function makeView(series: Series, outcome: Outcome): ResultView {
  const { numSteps: T, dates, timeName } = series;
  const { columns, probs, settings } = outcome;
  const h = columns.some(({ forecast }) => forecast) ? settings.horizon : 0;
  const all: Float64Array[] = [];
  /** Puts [T] before, or [h] behind, what is missing of T + h steps; its number in `all`. */
  const put = (values: ArrayLike<number>, from = 0): number => {
    const padded = new Float64Array(T + h).fill(Number.NaN);
    for (let t = 0; t < values.length; t++) padded[from + t] = values[t]!;
    return all.push(padded) - 1;
  };
  type Placed = { mean: number; lower?: number; upper?: number };
  const putBand = (
    { mean, lower, upper }: { mean: Float64Array; lower?: Float64Array; upper?: Float64Array },
    from = 0,
  ): Placed => ({
    mean: put(mean, from),
    ...(lower && upper ? { lower: put(lower, from), upper: put(upper, from) } : {}),
  });
  const placed = columns.map(({ name, smoothed, parts, forecast }, c) => ({
    name,
    observed: put(series.values[c]!),
    smoothed: putBand(smoothed),
    forecast: forecast && putBand(forecast, T),
    parts: parts.map(part => ({ name: part.name, ...putBand(part) })),
  }));
  const placedProbs = probs?.map(p => put(p));
  const { x, columns: thinned } = thin(axis(series, h), all, BUCKETS);
  const band = ({ mean, lower, upper }: Placed): BandView => ({
    mean: thinned[mean]!,
    ...(lower !== undefined && upper !== undefined ? { lower: thinned[lower]!, upper: thinned[upper]! } : {}),
  });
  return {
    x,
    dates,
    timeName,
    columns: placed.map(({ name, observed, smoothed, forecast, parts }) => ({
      name,
      observed: thinned[observed]!,
      smoothed: band(smoothed),
      forecast: forecast && band(forecast),
      parts: parts.map(part => ({ name: part.name, ...band(part) })),
    })),
    probs: placedProbs?.map(p => thinned[p]!),
    regimes: outcome.regimes,
    variances: columns.map(({ variances }) => variances),
    logLikelihood: outcome.logLikelihood,
    run: outcome.run,
    command: smoothCommand(series, outcome),
  };
}

/** x of the steps and of the h after them. */
function axis({ x, step, numSteps: T }: Series, h: number): Float64Array {
  const out = new Float64Array(T + h);
  out.set(x);
  const last = x[T - 1]!;
  const mean = (last - x[0]!) / (T - 1);
  for (let k = 1; k <= h; k++) out[T + k - 1] = step ? timeAfter(last, step, k) : last + k * mean;
  return out;
}
