/** What the page's charts show. */

import type { ChartSpec, Colour, Line } from "../site/chart.ts";
import type { Answer, Asked } from "./infer.ts";
import { namesOf } from "./model.ts";

/** Rolls or counts, with the mean of the regime on the most probable path. */
export function dataChart({ data, parameters }: Asked, { path }: Answer): ChartSpec {
  const { six, rates } = parameters;
  const casino = parameters.data === "casino";
  const means = casino ? [3.5, 6 * six + 3 * (1 - six)] : rates;
  const shown = casino ? Array.from(data.values, face => face + 1) : data.values;
  return {
    description: `${data.name}: the data, and the mean of the regime on the most probable path, which changes ${switches(path)} times.`,
    x: data.x,
    xLabel: data.xLabel,
    yLabel: casino ? "pips" : "earthquakes",
    height: 230,
    sync: "regimes",
    legend: false,
    lines: [
      { label: casino ? "pips" : "count", values: shown, colour: "dots", mark: "points" },
      {
        label: "mean of the regime",
        values: Array.from(path, state => means[state]!),
        colour: "c2",
        mark: "steps",
      },
    ],
    ...(casino ? { y: [0, 7] as const } : {}),
  };
}

/** Probability of the highest regime. */
export function probabilityChart(
  { data, parameters }: Asked,
  { filtered, smoothed, path }: Answer,
): ChartSpec {
  const K = parameters.states;
  const top = (probs: ArrayLike<number>) => Array.from(data.x, (_, t) => probs[t * K + K - 1]!);
  const name = namesOf(parameters).at(-1)!;
  return {
    description: `Filtered and smoothed probability that the regime is ${name}, and where the most probable path is there.`,
    x: data.x,
    xLabel: data.xLabel,
    yLabel: `p(${name})`,
    height: 210,
    sync: "regimes",
    y: [-0.04, 1.04],
    shades: data.truth ? stretches(data.x, data.truth, 1) : [],
    lines: [
      { label: "filtered", values: top(filtered), colour: "c6", width: 1 },
      { label: "smoothed", values: top(smoothed), colour: "c1" },
      {
        label: "most probable path",
        values: Array.from(path, state => (state === K - 1 ? 1.02 : Number.NaN)),
        colour: "c2",
        width: 4,
      },
    ],
  };
}

const COLOURS: readonly Colour[] = ["c1", "c3", "c4", "c5"];

/** One step line for each draw, stacked. */
export function drawsChart({ data, parameters }: Asked, { draws }: Answer): ChartSpec {
  const T = data.x.length;
  const S = draws.length / T;
  const lines = Array.from(
    { length: S },
    (_, s): Line => ({
      label: `draw ${s + 1}`,
      values: Array.from(
        data.x,
        (_, t) => s + 1 + (0.72 * draws[s * T + t]!) / (parameters.states - 1) - 0.36,
      ),
      colour: COLOURS[s % COLOURS.length]!,
      mark: "steps",
      width: 1.2,
    }),
  );
  return {
    description: `${S} draws of the path of regimes, given the data.`,
    x: data.x,
    xLabel: data.xLabel,
    yLabel: "draw",
    height: Math.max(160, 60 + 14 * S),
    sync: "regimes",
    legend: false,
    y: [0.4, S + 0.6],
    lines,
  };
}

export const switches = (path: ArrayLike<number>): number =>
  Array.from(path, (state, t) => Number(t > 0 && state !== path[t - 1])).reduce((sum, one) => sum + one, 0);

/** Where a path is in a state, half a step around. */
function stretches(x: Float64Array, path: Int32Array, state: number): [number, number][] {
  const found: [number, number][] = [];
  path.forEach((value, t) => {
    if (value !== state) return;
    const last = found.at(-1);
    if (last && last[1] === x[t]! - 0.5) last[1] = x[t]! + 0.5;
    else found.push([x[t]! - 0.5, x[t]! + 0.5]);
  });
  return found;
}
