/**
 * Seasonal ARIMA: an exact ARMA process for the differenced series, and the last values of the series as states.
 *
 *   (1 − B)^d (1 − Bˢ)^D (y_t − …) = w_t,   φ(B) Φ(Bˢ) (w_t − mean) = θ(B) Θ(Bˢ) ε_t,   ε ~ N(0, variance)
 *   φ(B) = 1 − φ₁B − …,  θ(B) = 1 + θ₁B + …
 *
 * With (1 − B)^d (1 − Bˢ)^D = 1 − δ₁B − … − δ_m B^m:  y_t = x_t + mean + δ₁ y_{t−1} + … + δ_m y_{t−m}. The lags start
 * diffuse, the ARMA states at their stationary moments; as |δ_m| = 1, the diffuse log-likelihood without its constants is
 * exactly that of the differences.
 * Source: Box & Jenkins 1970; Durbin & Koopman 2012, §3.4 and §5.6.3.
 */

import { checkKeys } from "../check_keys.ts";
import { finite, numbers, variance, whole } from "./arguments.ts";
import { aheadNames, armaBlock } from "./arma.ts";
import { type Component, type ComponentOptions, component } from "./component.ts";
import { checkStationary, lagPolynomial, multiply } from "./polynomial.ts";

/** Options of sarima(). The orders p, q, P, Q are the numbers of coefficients. */
export interface SarimaOptions extends ComponentOptions {
  /** φ₁ … φ_p; default none */
  readonly ar?: readonly number[];
  /** d; default 0 */
  readonly differences?: number;
  /** θ₁ … θ_q; default none */
  readonly ma?: readonly number[];
  /** Φ₁ … Φ_P, at lags s, 2s …; default none */
  readonly seasonalAr?: readonly number[];
  /** D; default 0 */
  readonly seasonalDifferences?: number;
  /** Θ₁ … Θ_Q, at lags s, 2s …; default none */
  readonly seasonalMa?: readonly number[];
  /** s ≥ 2; needed when anything is seasonal */
  readonly period?: number;
  /** Of ε, squared units of y */
  readonly variance: number;
  /** E w_t, the mean of the differenced series: the drift when d = 1. Default 0. */
  readonly mean?: number;
}

const KEYS = [
  "name",
  "initial",
  "ar",
  "differences",
  "ma",
  "seasonalAr",
  "seasonalDifferences",
  "seasonalMa",
  "period",
  "variance",
  "mean",
];
const FIX = "Shrink the coefficients, or difference once more.";

/**
 * ARIMA(p, d, q)(P, D, Q)ₛ. States `now`, `ahead1` … of the ARMA process of the differences, then `lag1` … `lag{d + sD}`:
 * the values before. With others added the lags are those of this component, not of y.
 * @throws ParameterError naming the offending root when an autoregression is not stationary
 */
export function sarima(options: SarimaOptions): Component {
  const call = "sarima";
  checkKeys(call, "", options, KEYS, ["variance"]);
  const list = (key: "ar" | "ma" | "seasonalAr" | "seasonalMa"): number[] =>
    numbers(call, key, options[key] ?? []);
  const count = (key: "differences" | "seasonalDifferences"): number =>
    whole(call, key, options[key] ?? 0, 0, "Say how often to difference.");
  const [ar, ma, seasonalAr, seasonalMa] = [list("ar"), list("ma"), list("seasonalAr"), list("seasonalMa")];
  const [d, D] = [count("differences"), count("seasonalDifferences")];
  const seasonal = seasonalAr.length + seasonalMa.length + D > 0 || options.period !== undefined;
  const s = seasonal ? whole(call, "period", options.period, 2, "Give the number of steps in a season.") : 1;
  checkStationary(call, "ar", ar, FIX);
  checkStationary(call, "seasonalAr", seasonalAr, FIX);

  const tail = (polynomial: readonly number[], sign: 1 | -1): number[] =>
    polynomial.slice(1).map(c => sign * c);
  const phi = tail(multiply(lagPolynomial(ar, -1), lagPolynomial(seasonalAr, -1, s)), -1);
  const theta = tail(multiply(lagPolynomial(ma, 1), lagPolynomial(seasonalMa, 1, s)), 1);
  let differencing = [1];
  for (let i = 0; i < d; i++) differencing = multiply(differencing, [1, -1]);
  for (let i = 0; i < D; i++) differencing = multiply(differencing, lagPolynomial([1], -1, s));
  const delta = tail(differencing, -1);

  const block = armaBlock(phi, theta, variance(call, "variance", options.variance));
  const mean = options.mean === undefined ? 0 : finite(call, "mean", options.mean);
  const [r, m] = [block.size, delta.length];
  const k = r + m;
  const weights = Float64Array.from({ length: k }, (_, i) => (i === 0 ? 1 : i < r ? 0 : delta[i - r]));
  const transition = widen(block.transition, r, k);
  const bias = new Float64Array(k);
  if (m > 0) {
    // The value of this step becomes lag1 of the next.
    transition.set(weights, r * k);
    bias[r] = mean;
    for (let i = 1; i < m; i++) transition[(r + i) * k + r + i - 1] = 1;
  }
  return component(call, options, {
    kind: call,
    states: [...aheadNames(r), ...delta.map((_, i) => `lag${i + 1}`)],
    system: {
      transition,
      bias,
      covariance: widen(block.covariance, r, k),
      weights,
      initial: {
        mean: new Float64Array(k),
        covariance: widen(block.stationary, r, k),
        diffuse: Array.from({ length: k }, (_, i) => i >= r),
      },
      offset: mean,
    },
  });
}

/** [r, r] in the upper left corner of [k, k]. */
function widen(matrix: Float64Array, r: number, k: number): Float64Array {
  const wide = new Float64Array(k * k);
  for (let i = 0; i < r; i++) wide.set(matrix.subarray(i * r, (i + 1) * r), i * k);
  return wide;
}
