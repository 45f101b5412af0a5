/**
 * Tracking in one or more dimensions: integrated Wiener processes, exact at the given times.
 *
 *   constantVelocity      d velocity     = white noise of spectral density q
 *   constantAcceleration  d acceleration = white noise of spectral density q
 *
 * With p = 1 or 2 integrations, over a gap Δ, i, j = 0 … p:
 *
 *   F_ij = Δ^{j−i} / (j − i)!                                                     j ≥ i
 *   Q_ij = q Δ^{2p+1−i−j} / ((2p + 1 − i − j) (p − i)! (p − j)!)
 *
 * Source: Särkkä, Bayesian Filtering and Smoothing 2013, example 3.6; Bar-Shalom, Li & Kirubarajan 2001, §6.2.
 */

import { ParameterError } from "../../engine/index.ts";
import { checkKeys } from "../check_keys.ts";
import { type LinearGaussianSSM, linearGaussianSSM } from "../linear_gaussian.ts";
import { say } from "../say.ts";
import { numbers, rows, timeGaps, variance, whole } from "./arguments.ts";

/** Options of constantVelocity() and constantAcceleration(). At most one of times and dt. */
export interface TrackingOptions {
  /** How many coordinates are tracked and observed, ≥ 1. Default 2. */
  readonly dimensions?: number;
  /** q of each coordinate, one number or [dimensions]: units² / time³ for velocity, units² / time⁵ for acceleration. */
  readonly spectralDensity: number | readonly number[];
  /** R of the observed positions, units²: one number, [dimensions], or a matrix [dimensions, dimensions] */
  readonly measurementVariance: number | readonly number[] | readonly (readonly number[])[];
  /** [T], never decreasing; equal times are two observations of one state. The model then has T steps. */
  readonly times?: readonly number[] | Float64Array;
  /** Time from step to step, > 0; default 1 */
  readonly dt?: number;
  /** Prior of the state; default diffuse */
  readonly initial?:
    | "diffuse"
    | { readonly mean: readonly number[]; readonly covariance: readonly (readonly number[])[] };
}

/** A tracking model; every call takes it as the linear Gaussian model it is. */
export interface TrackingModel extends LinearGaussianSSM {
  /** [n] all positions, then all velocities, then all accelerations: position.x, position.y, velocity.x, … */
  readonly stateNames: readonly string[];
  /** Motion and arguments, as a model document holds them. */
  readonly tracking: { readonly motion: "constantVelocity" | "constantAcceleration" } & TrackingOptions;
}

/**
 * A point that moves with a slowly changing velocity. States: positions, then velocities.
 * @throws ParameterError; ShapeError for an initial state of another size
 */
export const constantVelocity = (options: TrackingOptions): TrackingModel =>
  integratedNoise("constantVelocity", 1, options);

/**
 * A point that moves with a slowly changing acceleration. States: positions, velocities, accelerations.
 * @throws ParameterError; ShapeError for an initial state of another size
 */
export const constantAcceleration = (options: TrackingOptions): TrackingModel =>
  integratedNoise("constantAcceleration", 2, options);

const KEYS = ["dimensions", "spectralDensity", "measurementVariance", "times", "dt", "initial"];
const PARTS = ["position", "velocity", "acceleration"];

function integratedNoise(
  call: "constantVelocity" | "constantAcceleration",
  order: 1 | 2,
  options: TrackingOptions,
): TrackingModel {
  checkKeys(call, "", options, KEYS, ["spectralDensity", "measurementVariance"]);
  const d = whole(call, "dimensions", options.dimensions ?? 2, 1, "Count the coordinates.");
  const density = perDimension(call, "spectralDensity", options.spectralDensity, d);
  const { gaps, numSteps } = timeGaps(call, options.times, options.dt);
  const n = (order + 1) * d;
  const steps = gaps.length;
  const transition = new Float64Array(steps * n * n);
  const covariance = new Float64Array(steps * n * n);
  gaps.forEach((gap, t) => {
    for (let i = 0; i <= order; i++) {
      for (let j = 0; j <= order; j++) {
        const power = 2 * order + 1 - i - j;
        const noise = gap ** power / (power * factorial(order - i) * factorial(order - j));
        for (let axis = 0; axis < d; axis++) {
          const at = (t * n + i * d + axis) * n + j * d + axis;
          transition[at] = j < i ? 0 : gap ** (j - i) / factorial(j - i);
          covariance[at] = density[axis] * noise;
        }
      }
    }
  });
  const weights = new Float64Array(d * n);
  for (let axis = 0; axis < d; axis++) weights[axis * n + axis] = 1;
  const axes = Array.from({ length: d }, (_, i) => (d <= 3 ? "xyz"[i] : `${i}`));
  const shape = steps > 1 ? [steps, n, n] : [n, n];
  if (typeof options.initial === "object") {
    const size = numbers(call, "initial.mean", options.initial.mean).length;
    if (size !== n) {
      const fix = "Positions come first, then velocities.";
      throw new ParameterError(say(call, "initial.mean", `${n} numbers`, `${size}`, fix));
    }
  }
  const model = linearGaussianSSM({
    initial: options.initial ?? "diffuse",
    dynamics: { weights: { data: transition, shape }, covariance: { data: covariance, shape } },
    emissions: {
      weights: { data: weights, shape: [d, n] },
      covariance: { data: measurement(call, options.measurementVariance, d), shape: [d, d] },
    },
  });
  return {
    ...model,
    numSteps,
    stateNames: Object.freeze(PARTS.slice(0, order + 1).flatMap(part => axes.map(axis => `${part}.${axis}`))),
    tracking: Object.freeze({ motion: call, ...plain(options) }),
  };
}

const factorial = (k: number): number => (k < 2 ? 1 : k * factorial(k - 1));

/** One number for all coordinates, or one for each. */
function perDimension(call: string, argument: string, given: unknown, d: number): number[] {
  if (typeof given === "number") return new Array<number>(d).fill(variance(call, argument, given));
  const list = numbers(call, argument, given).map((value, i) => variance(call, `${argument}[${i}]`, value));
  if (list.length === d) return list;
  throw new ParameterError(
    say(call, argument, `one number, or ${d}`, `${list.length}`, "Give one per coordinate."),
  );
}

/** R [d, d] */
function measurement(call: string, given: unknown, d: number): Float64Array {
  const data = new Float64Array(d * d);
  if (Array.isArray(given) && Array.isArray(given[0])) {
    const matrix = rows(call, "measurementVariance", given);
    if (matrix.length !== d || matrix[0].length !== d) {
      throw new ParameterError(
        say(
          call,
          "measurementVariance",
          `[${d}, ${d}]`,
          `[${matrix.length}, ${matrix[0].length}]`,
          "Match dimensions.",
        ),
      );
    }
    data.set(matrix.flat());
    return data;
  }
  perDimension(call, "measurementVariance", given, d).forEach((value, i) => {
    data[i * d + i] = value;
  });
  return data;
}

/** Arguments with typed arrays made plain, as JSON holds them. */
function plain(options: TrackingOptions): TrackingOptions {
  const times = options.times === undefined ? {} : { times: Array.from(options.times) };
  return { ...structuredClone(options), ...times };
}
