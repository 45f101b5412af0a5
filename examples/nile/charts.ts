/** What the page's charts show. */

import type { Band, ChartSpec } from "../site/chart.ts";
import type { Analysis, Asked, Part } from "./analyse.ts";
import { xAhead } from "./series.ts";

/** Standard deviations on either side that hold a share of a normal distribution. */
const FAN = [
  [0.95, 1.959963984540054],
  [0.8, 1.2815515655446004],
  [0.5, 0.6744897501960817],
] as const;

export function fittedChart(
  { series, hidden, horizon, level }: Asked,
  { fitted, ahead, seen }: Analysis,
): ChartSpec {
  const T = series.values.length;
  const x = Float64Array.from({ length: T + horizon }, (_, t) =>
    t < T ? series.x[t]! : xAhead(series, t - T + 1),
  );
  const past = (values: ArrayLike<number>) =>
    Float64Array.from(x, (_, t) => (t < T ? values[t]! : Number.NaN));
  const future = (value: (k: number) => number) =>
    Float64Array.from(x, (_, t) => (t < T ? Number.NaN : value(t - T)));
  const edge = (k: number, sd: number) => ahead.means[k]! + sd * Math.sqrt(ahead.variances[k]!);
  const fan = FAN.map(
    ([share, sd]): Band => ({
      label: `forecast ${100 * share} %`,
      lower: future(k => edge(k, -sd)),
      upper: future(k => edge(k, sd)),
      colour: "c2",
    }),
  );
  const held = series.values.map((value, t) => (Number.isNaN(seen[t]!) ? value : Number.NaN));
  return {
    ...axes(series, hidden),
    description: `${series.name}: observations, fitted values with a ${100 * level} % band, and a forecast of ${horizon} steps that ends at ${edge(horizon - 1, 0).toFixed(1)}.`,
    x,
    height: 340,
    lines: [
      { label: "observed", values: past(seen), colour: "dots", mark: "points" },
      { label: "hidden", values: past(held), colour: "c5", mark: "points" },
      { label: "fitted", values: past(fitted.mean), colour: "c1" },
      { label: "forecast", values: future(k => ahead.means[k]!), colour: "c2" },
    ],
    bands: [
      { label: `${100 * level} %`, lower: past(fitted.lower), upper: past(fitted.upper), colour: "c1" },
      ...fan,
    ],
  };
}

export function partChart(
  { series, hidden, level }: Asked,
  part: Part,
  name: string,
  colour: "c1" | "c3",
): ChartSpec {
  return {
    ...axes(series, hidden),
    description: `${name} of ${series.name} with a ${100 * level} % band.`,
    lines: [{ label: name, values: part.mean, colour }],
    bands: [{ label: `${100 * level} %`, lower: part.lower, upper: part.upper, colour }],
  };
}

export function restChart({ series, hidden }: Asked, { rest }: Analysis): ChartSpec {
  return {
    ...axes(series, hidden),
    description: `What is left of ${series.name} when trend and season are taken off.`,
    lines: [{ label: "rest", values: rest, colour: "c6", mark: "both", width: 1 }],
  };
}

const axes = (series: Asked["series"], [from, to]: Asked["hidden"]) => {
  const half = (series.x[1]! - series.x[0]!) / 2;
  return {
    x: series.x,
    dates: series.dates,
    yLabel: series.unit,
    height: 190,
    legend: false,
    shades: to > from ? ([[series.x[from]! - half, series.x[to - 1]! + half]] as const) : [],
  };
};
