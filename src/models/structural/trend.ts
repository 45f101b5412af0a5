/**
 * Trends.
 *
 *   level              μ_t = μ_{t−1} + η_t
 *   localLinearTrend   μ_t = μ_{t−1} + ν_{t−1} + η_t,   ν_t = φ ν_{t−1} + ζ_t
 *   smoothTrend        the same with no level noise: an integrated random walk
 *
 * η ~ N(0, levelVariance), ζ ~ N(0, slopeVariance), φ = damping. All start diffuse.
 * Source: Durbin & Koopman, Time Series Analysis by State Space Methods, 2nd ed. 2012, §3.2; damping: Gardner &
 * McKenzie 1985, doi:10.1287/mnsc.31.10.1237.
 */

import { checkKeys } from "../check_keys.ts";
import { between, variance } from "./arguments.ts";
import { type Component, type ComponentOptions, component, diagonal } from "./component.ts";

/** Options of level(). */
export interface LevelOptions extends ComponentOptions {
  /** Of the step of the random walk, squared units of y per step; 0 = constant. */
  readonly variance: number;
}

/**
 * A random walk, or a constant when the variance is 0. One state, named as the component.
 * @throws ParameterError
 */
export function level(options: LevelOptions): Component {
  const call = "level";
  checkKeys(call, "", options, ["name", "initial", "variance"], ["variance"]);
  return component(call, options, {
    kind: "level",
    states: [""],
    system: {
      transition: Float64Array.of(1),
      covariance: Float64Array.of(variance(call, "variance", options.variance)),
      weights: Float64Array.of(1),
    },
  });
}

/** Options of localLinearTrend(). */
export interface LocalLinearTrendOptions extends ComponentOptions {
  /** Squared units of y per step; 0 = smooth trend. */
  readonly levelVariance: number;
  /** Squared units of y per step³; 0 = fixed slope. */
  readonly slopeVariance: number;
  /** φ, 0 … 1: what is left of the slope after a step. Default 1: not damped. */
  readonly damping?: number;
}

/**
 * A level with a slope that itself wanders. States `level` and `slope` (units of y per step), both diffuse, the slope also
 * when it is damped: pass `initial` to start a damped slope at its stationary moments.
 * @throws ParameterError
 */
export function localLinearTrend(options: LocalLinearTrendOptions): Component {
  const call = "localLinearTrend";
  const keys = ["name", "initial", "levelVariance", "slopeVariance", "damping"];
  checkKeys(call, "", options, keys, ["levelVariance", "slopeVariance"]);
  const levelVariance = variance(call, "levelVariance", options.levelVariance);
  return trend(call, options, levelVariance);
}

/** Options of smoothTrend(). */
export interface SmoothTrendOptions extends ComponentOptions {
  /** Squared units of y per step³; 0 = a straight line. */
  readonly slopeVariance: number;
  /** φ, 0 … 1: what is left of the slope after a step. Default 1: not damped. */
  readonly damping?: number;
}

/**
 * An integrated random walk: localLinearTrend() without noise on the level. States `level` and `slope`.
 * @throws ParameterError
 */
export function smoothTrend(options: SmoothTrendOptions): Component {
  const call = "smoothTrend";
  checkKeys(call, "", options, ["name", "initial", "slopeVariance", "damping"], ["slopeVariance"]);
  return trend(call, options, 0);
}

function trend(call: string, options: SmoothTrendOptions, levelVariance: number): Component {
  const slopeVariance = variance(call, "slopeVariance", options.slopeVariance);
  const damping = options.damping === undefined ? 1 : between(call, "damping", options.damping, 0, 1);
  return component(call, options, {
    kind: call,
    defaultName: "trend",
    states: ["level", "slope"],
    system: {
      transition: Float64Array.of(1, 1, 0, damping),
      covariance: diagonal([levelVariance, slopeVariance]),
      weights: Float64Array.of(1, 0),
    },
  });
}
