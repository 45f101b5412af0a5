/** What the page's charts show. */

import type { ChartSpec } from "../site/chart.ts";
import { boundsOf, logs, numberText, plural, rangeOf } from "../site/logs.ts";
import { GAINS, type Measured } from "./compute.ts";

/** Points of the sweep by their gain. */
export type Points = ReadonlyMap<number, Measured>;

const along = (points: Points, value: (point: Measured) => number): Float64Array =>
  Float64Array.from(GAINS, gain => {
    const point = points.get(gain);
    return point ? value(point) : Number.NaN;
  });

const x = Float64Array.from(GAINS);
const shared = { x, xLabel: "gain g", height: 210, sync: "predictable" } as const;
const markAt = (gain: number) => [{ x: gain, label: "" }];

/** λ against g. */
export function exponentChart(points: Points, gain: number): ChartSpec {
  const values = along(points, p => p.lyapunov);
  const chaotic = GAINS.filter(g => (points.get(g)?.lyapunov ?? -1) > 0);
  return {
    ...shared,
    description: `Lyapunov exponent against the gain, ${points.size} of ${GAINS.length} gains. Above 0: ${chaotic.join(", ") || "none"}.`,
    yLabel: "exponent λ",
    lines: [
      { label: "λ", values, colour: "c3", mark: "both" },
      { label: "0", values: new Float64Array(x.length), colour: "soft", dash: [4, 4], width: 1.5 },
    ],
    marks: markAt(gain),
    legend: false,
  };
}

/** Updates against g, those that were made and those that λ predicts. */
export function updateChart(points: Points, gain: number): ChartSpec {
  const words = [...points.values()]
    .sort((a, b) => a.gain - b.gain)
    .map(p => `${p.gain}: ${p.converged ? p.iterations : "not converged"}`);
  return {
    ...shared,
    description: `Updates against the gain. ${words.join(", ")}.`,
    yLabel: "updates",
    log: { y: true },
    lines: [
      { label: "predicted", values: along(points, p => p.predicted), colour: "c6", dash: [6, 4] },
      {
        label: "made",
        values: along(points, p => (p.converged ? p.iterations : Number.NaN)),
        colour: "c1",
        mark: "both",
      },
      {
        label: "not enough",
        values: along(points, p => (p.converged ? Number.NaN : p.iterations)),
        colour: "c2",
        mark: "points",
      },
    ],
    marks: markAt(gain),
    legend: false,
  };
}

/** Times against g. */
export function timesChart(points: Points, gain: number): ChartSpec {
  const wins = GAINS.filter(g => {
    const point = points.get(g);
    return point?.converged && point.run.seconds < point.sequentialSeconds;
  });
  return {
    ...shared,
    description: `Time against the gain, all at once and one after the other. All at once is faster at ${plural(wins.length, "gain")} of ${points.size}.`,
    yLabel: "time, ms",
    log: { y: true },
    lines: [
      { label: "all at once", values: along(points, p => 1000 * p.run.seconds), colour: "c1", mark: "both" },
      {
        label: "one after the other",
        values: along(points, p => 1000 * p.sequentialSeconds),
        colour: "c5",
        mark: "both",
      },
    ],
    marks: markAt(gain),
    legend: false,
  };
}

/** Merit against updates of one network. */
export function meritChart({ merits, gain }: Measured): ChartSpec {
  const values = logs(merits);
  return {
    description: `Merit per step against updates at g = ${gain}, from ${numberText(merits[0]!)} at the guess to ${numberText(merits.at(-1)!)} after ${plural(merits.length - 1, "update")}.`,
    x: merits.map((_, k) => k),
    xLabel: "update",
    yLabel: "log₁₀ merit",
    height: 190,
    y: boundsOf([values]),
    lines: [{ label: "merit", values, colour: "c1", mark: "both" }],
    legend: false,
  };
}

/** One unit of the network over time. */
export function unitChart({ truth, found, gain, error }: Measured): ChartSpec {
  return {
    description: `One unit of the network over ${truth.length} steps at g = ${gain}: the trajectory, and as the updates left it, at most ${numberText(error)} apart in any unit.`,
    x: truth.map((_, t) => t),
    xLabel: "step",
    yLabel: "one unit",
    height: 190,
    y: rangeOf(truth),
    lines: [
      { label: "found", values: found, colour: "c2", width: 1.6 },
      { label: "trajectory", values: truth, colour: "c6", dash: [6, 4], width: 1.6 },
    ],
    legend: false,
  };
}
