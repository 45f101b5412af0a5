/** What the page's charts show: every state, every column of the data. */

import type { ChartSpec } from "../site/chart.ts";
import type { Answer } from "./compute.ts";

const RADIUS = 1.959963984540054;
const SYNC = "own";

const column = (data: ArrayLike<number>, width: number, i: number): Float64Array =>
  Float64Array.from({ length: data.length / width }, (_, t) => data[t * width + i]!);
const steps = (T: number): Float64Array => Float64Array.from({ length: T }, (_, t) => t);

export function stateChart(answer: Answer, i: number): ChartSpec {
  const { stateNames, states, means, deviations } = answer;
  const n = stateNames.length;
  const [truth, mean, sd] = [states, means, deviations].map(data => column(data, n, i)) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  const edge = (side: number) => mean.map((value, t) => value + side * RADIUS * sd[t]!);
  return {
    description: `State ${stateNames[i]}: what was simulated, and the smoothed mean with its 95 % band.`,
    x: steps(truth.length),
    xLabel: "step",
    yLabel: stateNames[i]!,
    height: 210,
    sync: SYNC,
    legend: false,
    lines: [
      { label: "smoothed", values: mean, colour: "c1" },
      { label: "simulated", values: truth, colour: "c2", dash: [6, 4], width: 1.5 },
    ],
    bands: [{ label: "smoothed", lower: edge(-1), upper: edge(1), colour: "c1" }],
  };
}

export function dataChart({ observations, expected, emissionDim }: Answer, j: number): ChartSpec {
  const data = column(observations, emissionDim, j);
  return {
    description: `Column ${j} of the data: simulated observations, and what the emission gives at the smoothed mean.`,
    x: steps(data.length),
    xLabel: "step",
    yLabel: `y${j}`,
    height: 190,
    sync: SYNC,
    legend: false,
    lines: [
      { label: "observed", values: data, colour: "dots", mark: "points" },
      { label: "emission at the smoothed mean", values: column(expected, emissionDim, j), colour: "c3" },
    ],
  };
}

/** Root mean square error of each state. */
export const errorsOf = ({ stateNames, states, means }: Answer): number[] =>
  stateNames.map((_, i) => {
    const off = column(
      means.map((value, at) => (value - states[at]!) ** 2),
      stateNames.length,
      i,
    );
    return Math.sqrt(off.reduce((sum, value) => sum + value, 0) / off.length);
  });

/** Share of all states of all steps inside their 95 % bands. */
export const insideOf = ({ states, means, deviations }: Answer): number =>
  means.filter((mean, at) => Math.abs(mean - states[at]!) <= RADIUS * deviations[at]!).length / means.length;
