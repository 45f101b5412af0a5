/** What the page's charts show. */

import type { ChartSpec } from "../site/chart.ts";
import { boundsOf, logs, numberText, rangeOf } from "../site/logs.ts";
import { D, type Evaluated } from "./compute.ts";
import { iterateOf } from "./pictures.ts";
import { STEP } from "./settings.ts";

const coordinate = (states: ArrayLike<number>, i: number): Float64Array =>
  Float64Array.from({ length: states.length / D }, (_, t) => states[D * t + i]!);

export const nameOf = (k: number): string =>
  k === 0 ? "the guess" : k === 1 ? "after 1 update" : `after ${k} updates`;

/** x over time: the trajectory and iterate k. */
export function timeChart(found: Evaluated, k: number): ChartSpec {
  const truth = coordinate(found.truth, 0);
  return {
    description: `x over ${Number((truth.length * STEP).toPrecision(4))} units of time: the trajectory, and ${nameOf(k)}, at most ${numberText(found.errors[k]!)} from it.`,
    x: truth.map((_, t) => (t + 1) * STEP),
    xLabel: "time",
    yLabel: "x",
    height: 220,
    y: rangeOf(truth),
    lines: [
      { label: "shown", values: coordinate(iterateOf(found, k), 0), colour: "c2", width: 1.6 },
      { label: "trajectory", values: truth, colour: "c6", dash: [6, 4], width: 1.6 },
    ],
    legend: false,
  };
}

/** Merit and largest error against the update, with a mark at the one that is shown. */
export function meritChart(found: Evaluated, k: number): ChartSpec {
  const { merits, errors, iterations, converged } = found;
  const lines = [logs(merits), logs(errors)];
  return {
    description: `Merit per step and largest error against updates, from ${numberText(merits[0]!)} and ${numberText(errors[0]!)} at the guess to ${numberText(merits.at(-1)!)} and ${numberText(errors.at(-1)!)}.`,
    x: merits.map((_, at) => at),
    xLabel: "update",
    yLabel: "log₁₀",
    height: 220,
    y: boundsOf(lines),
    lines: [
      { label: "merit per step", values: lines[0]!, colour: "c1", mark: "both" },
      { label: "largest error", values: lines[1]!, colour: "c3", mark: "both" },
    ],
    marks: [
      ...(converged ? [{ x: iterations, label: k === iterations ? "" : "tolerance met" }] : []),
      { x: k, label: "shown" },
    ],
    legend: true,
  };
}
