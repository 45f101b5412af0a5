/**
 * Autoregressive moving averages, exact: the states start at their stationary moments.
 *
 *   x_t = φ₁ x_{t−1} + … + φ_p x_{t−p} + ε_t + θ₁ ε_{t−1} + … + θ_q ε_{t−q},   ε ~ N(0, variance)
 *
 * With r = max(p, q + 1): the first state is x_t, state i what x_{t−1}, x_{t−2} … and ε_t, ε_{t−1} … already say about
 * x_{t+i}.
 *
 *   F = [φ | shift],   noise enters by (1, θ₁, …, θ_{r−1})
 *
 * The autoregression must be stationary; the moving average need not be invertible.
 * Source: Harvey, Forecasting, Structural Time Series Models and the Kalman Filter 1989, §3.3; Durbin & Koopman 2012, §3.4.
 */

import { checkKeys } from "../check_keys.ts";
import { stationaryMoments } from "../stationary.ts";
import { finite, numbers, variance } from "./arguments.ts";
import { type Component, type ComponentOptions, component, proper } from "./component.ts";
import { checkStationary } from "./polynomial.ts";

const FIX = "Shrink the coefficients, or difference the series with sarima().";

/** Options of autoregressive(). */
export interface AutoregressiveOptions extends ComponentOptions {
  /** φ₁ … φ_p; none = white noise */
  readonly coefficients: readonly number[];
  /** Of ε, squared units of y */
  readonly variance: number;
  /** E x_t, units of y; default 0 */
  readonly mean?: number;
}

/**
 * AR(p), started at its stationary moments. States `now`, `ahead1` … `ahead{p−1}`.
 * @throws ParameterError naming the offending root when the coefficients are not stationary
 */
export function autoregressive(options: AutoregressiveOptions): Component {
  const call = "autoregressive";
  const keys = ["name", "initial", "coefficients", "variance", "mean"];
  checkKeys(call, "", options, keys, ["coefficients", "variance"]);
  const ar = numbers(call, "coefficients", options.coefficients);
  checkStationary(call, "coefficients", ar, FIX);
  return make(call, options, ar, []);
}

/** Options of arma(). */
export interface ArmaOptions extends ComponentOptions {
  /** φ₁ … φ_p; default none */
  readonly ar?: readonly number[];
  /** θ₁ … θ_q, added: x_t = … + ε_t + θ₁ ε_{t−1}; default none */
  readonly ma?: readonly number[];
  /** Of ε, squared units of y */
  readonly variance: number;
  /** E x_t, units of y; default 0 */
  readonly mean?: number;
}

/**
 * ARMA(p, q), started at its stationary moments. States `now`, `ahead1` … `ahead{r−1}`, r = max(p, q + 1).
 * @throws ParameterError naming the offending root when the autoregression is not stationary
 */
export function arma(options: ArmaOptions): Component {
  const call = "arma";
  checkKeys(call, "", options, ["name", "initial", "ar", "ma", "variance", "mean"], ["variance"]);
  const ar = numbers(call, "ar", options.ar ?? []);
  const ma = numbers(call, "ma", options.ma ?? []);
  checkStationary(call, "ar", ar, FIX);
  return make(call, options, ar, ma);
}

function make(call: string, options: ArmaOptions, ar: readonly number[], ma: readonly number[]): Component {
  const block = armaBlock(ar, ma, variance(call, "variance", options.variance));
  const weights = new Float64Array(block.size);
  weights[0] = 1;
  return component(call, options, {
    kind: call,
    states: aheadNames(block.size),
    system: {
      transition: block.transition,
      covariance: block.covariance,
      weights,
      initial: proper(block.stationary),
      offset: options.mean === undefined ? 0 : finite(call, "mean", options.mean),
    },
  });
}

/** now, ahead1, … */
export const aheadNames = (size: number): string[] =>
  Array.from({ length: size }, (_, i) => (i === 0 ? "now" : `ahead${i}`));

/** F, Q and the stationary covariance [r, r] of a stationary ARMA process. */
export function armaBlock(
  ar: readonly number[],
  ma: readonly number[],
  noise: number,
): { size: number; transition: Float64Array; covariance: Float64Array; stationary: Float64Array } {
  const size = Math.max(ar.length, ma.length + 1);
  const transition = new Float64Array(size * size);
  const covariance = new Float64Array(size * size);
  const enters = (i: number): number => (i === 0 ? 1 : (ma[i - 1] ?? 0));
  for (let i = 0; i < size; i++) {
    transition[i * size] = ar[i] ?? 0;
    if (i + 1 < size) transition[i * size + i + 1] = 1;
    for (let j = 0; j < size; j++) covariance[i * size + j] = noise * enters(i) * enters(j);
  }
  const shape = [size, size];
  const moments = stationaryMoments({ data: transition, shape }, undefined, { data: covariance, shape });
  return { size, transition, covariance, stationary: moments.covariance.data };
}
