/** The x coordinate against time: what the chart below the drawing shows. */

import type { ChartSpec } from "../site/chart.ts";
import { type Answer, distance, type Estimate } from "./estimate.ts";
import { type Point, STEP } from "./path.ts";

interface Shown {
  readonly path: readonly Point[];
  readonly fixes: Float64Array;
  readonly level: number;
}

export function chartOf({ path, fixes, level }: Shown, { filtered, smoothed }: Answer): ChartSpec {
  const x = (values: ArrayLike<number>) => Float64Array.from(path, (_, t) => values[2 * t]!);
  const sd = normalQuantile(level);
  const band = ({ means, covariances }: Estimate, side: number) =>
    Float64Array.from(path, (_, t) => means[2 * t]! + side * sd * Math.sqrt(covariances[3 * t]!));
  return {
    description: `x coordinate over ${(path.length * STEP).toFixed(1)} seconds with bands of filter and smoother; the smoother's path is ${distance(smoothed.means, path).toFixed(2)} metres off.`,
    x: Float64Array.from(path, (_, t) => t * STEP),
    xLabel: "time, s",
    yLabel: "x, m",
    height: 240,
    lines: [
      { label: "fix", values: x(fixes), colour: "dots", mark: "points" },
      { label: "your path", values: Float64Array.from(path, ([px]) => px), colour: "c6", dash: [5, 4] },
      { label: "filter", values: x(filtered.means), colour: "c2", width: 1.5 },
      { label: "smoother", values: x(smoothed.means), colour: "c1" },
    ],
    bands: [
      { label: "filter", lower: band(filtered, -1), upper: band(filtered, 1), colour: "c2" },
      { label: "smoother", lower: band(smoothed, -1), upper: band(smoothed, 1), colour: "c1" },
    ],
    shades: gapsOf(fixes),
    legend: false,
  };
}

/** Stretches of time without fixes. */
function gapsOf(fixes: Float64Array): [number, number][] {
  const gaps: [number, number][] = [];
  for (let t = 0; 2 * t < fixes.length; t++) {
    if (!Number.isNaN(fixes[2 * t]!)) continue;
    const last = gaps.at(-1);
    if (last && Math.abs(last[1] - (t - 0.5) * STEP) < STEP / 10) last[1] = (t + 0.5) * STEP;
    else gaps.push([(t - 0.5) * STEP, (t + 0.5) * STEP]);
  }
  return gaps;
}

/** Standard deviations around the mean that hold a share of a normal distribution: the three shares of the form. */
const normalQuantile = (level: number): number =>
  ({ 0.5: 0.6744897501960817, 0.9: 1.6448536269514722 })[level] ?? 2.5758293035489004;
