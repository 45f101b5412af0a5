/** What the page's charts show. */

import type { Band, ChartSpec, Colour, Line } from "../site/chart.ts";
import { type Estimate, type EstimatorName, errors, radiusOf, scaledErrors } from "./estimate.ts";
import type { World } from "./protocol.ts";
import { type Parameters, SHOWN, STEP } from "./systems.ts";

export const NAMES: Readonly<Record<EstimatorName, string>> = {
  ekf: "extended Kalman filter",
  ukf: "unscented Kalman filter",
  smoother: "iterated smoother",
  particles: "particle filter",
};
export const COLOURS: Readonly<Record<EstimatorName, Colour>> = {
  ekf: "c2",
  ukf: "c3",
  smoother: "c1",
  particles: "c4",
};

/** Everything a chart is made of. */
export interface Scene {
  readonly parameters: Parameters;
  readonly world: World;
  /** Those that are to be shown and have come. */
  readonly estimates: readonly Estimate[];
}

const times = ({ system, numSteps }: Parameters): Float64Array =>
  Float64Array.from({ length: numSteps }, (_, t) => t * STEP[system]);
const listed = (estimates: readonly Estimate[]): string =>
  estimates.map(({ name }) => NAMES[name]).join(", ") || "nothing else";

/** The angle against time, with the sines that were seen. */
export function angleChart({ parameters, world, estimates }: Scene): ChartSpec {
  const radius = radiusOf(1);
  const edge = ({ means, covariances }: Estimate, side: number) =>
    means.map((mean, t) => mean + side * radius * Math.sqrt(covariances[t]!));
  return {
    description: `The angle of the pendulum over ${(parameters.numSteps * STEP.pendulum).toFixed(1)} seconds: the truth, the measurements of its sine, and ${listed(estimates)} with 95 % bands.`,
    x: times(parameters),
    xLabel: "time, s",
    yLabel: "angle, rad",
    height: 340,
    sync: "nonlinear",
    lines: [
      { label: "measured sine", values: world.observations, colour: "dots", mark: "points" },
      ...estimates.map(
        (found): Line => ({
          label: NAMES[found.name],
          values: found.means,
          colour: COLOURS[found.name],
          width: 1.6,
        }),
      ),
      { label: "truth", values: world.truth, colour: "c6", dash: [6, 4] },
    ],
    bands: estimates.map(
      (found): Band => ({
        label: NAMES[found.name],
        lower: edge(found, -1),
        upper: edge(found, 1),
        colour: COLOURS[found.name],
      }),
    ),
    legend: false,
  };
}

/** How far every estimate is from the truth. */
export function errorChart({ parameters, world, estimates }: Scene): ChartSpec {
  const k = SHOWN[parameters.system];
  const unit = k === 1 ? "rad" : "m";
  return {
    description: `Distance from the truth over time, in ${unit}, of ${listed(estimates)}.`,
    x: times(parameters),
    xLabel: "time, s",
    yLabel: `error, ${unit}`,
    height: 190,
    sync: "nonlinear",
    lines: estimates.map(
      (found): Line => ({
        label: NAMES[found.name],
        values: errors(found, world.truth, k),
        colour: COLOURS[found.name],
        width: 1.6,
      }),
    ),
    legend: false,
  };
}

/** The same in standard deviations, with the line that 95 % should stay under. */
export function calibrationChart({ parameters, world, estimates }: Scene): ChartSpec {
  const k = SHOWN[parameters.system];
  const radius = radiusOf(k);
  return {
    description: `Distance from the truth in the estimators' own standard deviations, and the line at ${radius.toFixed(2)} that 95 % of the steps should stay under: ${listed(estimates)}.`,
    x: times(parameters),
    xLabel: "time, s",
    yLabel: "error / sd",
    height: 190,
    sync: "nonlinear",
    lines: [
      ...estimates.map(
        (found): Line => ({
          label: NAMES[found.name],
          values: scaledErrors(found, world.truth, k),
          colour: COLOURS[found.name],
          width: 1.6,
        }),
      ),
      {
        label: "95 %",
        values: new Float64Array(parameters.numSteps).fill(radius),
        colour: "soft",
        dash: [4, 4],
        width: 1.5,
      },
    ],
    legend: false,
  };
}
