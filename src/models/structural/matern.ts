/**
 * Gaussian processes with a Matérn covariance, as state space models: exact at the given times, linear in their number.
 *
 *   ν = 1/2   σ² e^{−x}                      x = √(2ν) |Δ| / lengthScale = λ |Δ|
 *   ν = 3/2   σ² (1 + x) e^{−x}
 *   ν = 5/2   σ² (1 + x + x²/3) e^{−x}
 *
 * The state is f and its ν − 1/2 derivatives; (d/dt + λ)^{ν + 1/2} f is white noise. F = exp(A Δ) in closed form. Q is not
 * computed as P − F P F', which loses all digits for small Δ, but as the integral of the noise's response, whose terms are
 * polynomials in y = 2x times e^{−y} and incomplete gamma functions (all of one sign where it matters).
 * Source: Hartikainen & Särkkä 2010, doi:10.1109/MLSP.2010.5589113 (the models); the closed forms of Q are integrals by parts.
 */

import { ParameterError } from "../../engine/index.ts";
import { checkKeys } from "../check_keys.ts";
import { say, valueText } from "../say.ts";
import { positive, timeGaps, variance } from "./arguments.ts";
import { type Component, type ComponentOptions, component, proper } from "./component.ts";
import { lowerGamma, poisson } from "./incomplete_gamma.ts";

/** Options of matern(). At most one of times and dt. */
export interface MaternOptions extends ComponentOptions {
  /** Smoothness: 0.5, 1.5 or 2.5 */
  readonly nu: 0.5 | 1.5 | 2.5;
  /** Units of time, > 0 */
  readonly lengthScale: number;
  /** σ² = Var f(t), squared units of y */
  readonly variance: number;
  /** [T], never decreasing; equal times are two observations of one value. The model then has T steps. */
  readonly times?: readonly number[] | Float64Array;
  /** Time from step to step, > 0; default 1 */
  readonly dt?: number;
}

/**
 * A Matérn Gaussian process, started stationary. States `value`, `derivative`, `curvature`: as many as ν + 1/2; derivatives
 * per unit of time.
 * @throws ParameterError
 */
export function matern(options: MaternOptions): Component {
  const call = "matern";
  const keys = ["name", "initial", "nu", "lengthScale", "variance", "times", "dt"];
  checkKeys(call, "", options, keys, ["nu", "lengthScale", "variance"]);
  const { nu } = options;
  if (nu !== 0.5 && nu !== 1.5 && nu !== 2.5) {
    throw new ParameterError(
      say(call, "nu", "0.5, 1.5 or 2.5", valueText(nu), "Other smoothness has no exact model of few states."),
    );
  }
  const k = nu + 0.5;
  const rate = Math.sqrt(2 * nu) / positive(call, "lengthScale", options.lengthScale);
  const sigma2 = variance(call, "variance", options.variance);
  const { gaps, numSteps } = timeGaps(call, options.times, options.dt);
  const transition = new Float64Array(gaps.length * k * k);
  const covariance = new Float64Array(gaps.length * k * k);
  const weights = new Float64Array(k);
  weights[0] = 1;
  gaps.forEach((gap, t) => {
    transition.set(maternTransition(k, rate, gap), t * k * k);
    covariance.set(maternNoise(k, rate, gap, sigma2), t * k * k);
  });
  return component(call, options, {
    kind: call,
    states: ["value", "derivative", "curvature"].slice(0, k),
    system: { numSteps, transition, covariance, weights, initial: proper(stationary(k, rate, sigma2)) },
  });
}

/** Covariance [k, k] of f and its derivatives at one time. */
function stationary(k: number, rate: number, sigma2: number): Float64Array {
  const [a, b, c] = [sigma2, sigma2 * rate ** 2, sigma2 * rate ** 4];
  if (k === 1) return Float64Array.of(a);
  if (k === 2) return Float64Array.of(a, 0, 0, b);
  return Float64Array.of(a, 0, -b / 3, 0, b / 3, 0, -b / 3, 0, c);
}

/** exp(A Δ) [k, k] */
export function maternTransition(k: number, rate: number, gap: number): Float64Array {
  const x = rate * gap;
  const e = Math.exp(-x);
  if (e === 0) return new Float64Array(k * k);
  if (k === 1) return Float64Array.of(e);
  if (k === 2) return Float64Array.of(1 + x, gap, -rate * x, 1 - x).map(entry => e * entry);
  return Float64Array.of(
    1 + x + (x * x) / 2,
    gap * (1 + x),
    (gap * gap) / 2,
    (-rate * x * x) / 2,
    1 + x - x * x,
    gap * (1 - x / 2),
    -rate * rate * x * (1 - x / 2),
    rate * x * (x - 3),
    1 - 2 * x + (x * x) / 2,
  ).map(entry => e * entry);
}

/** Q = ∫₀^Δ exp(A s) · noise · exp(A s)' ds [k, k] */
export function maternNoise(k: number, rate: number, gap: number, sigma2: number): Float64Array {
  const x = rate * gap;
  const y = 2 * x;
  if (Math.exp(-x) === 0) return stationary(k, rate, sigma2);
  if (k === 1) return Float64Array.of(-sigma2 * Math.expm1(-y));
  if (k === 2) {
    const p = lowerGamma(3, y);
    const cross = sigma2 * rate * poisson(2, y);
    return Float64Array.of(sigma2 * p, cross, cross, sigma2 * rate * rate * (p + 2 * poisson(1, y)));
  }
  const p = lowerGamma(5, y);
  const [t1, t2, t3, t4] = [1, 2, 3, 4].map(j => poisson(j, y));
  const q11 = sigma2 * p;
  const q12 = sigma2 * rate * t4;
  const q13 = (sigma2 * rate ** 2 * (2 * t3 - 4 * t4 - p)) / 3;
  const q22 = (sigma2 * rate ** 2 * (p + 4 * t3 - 2 * t4)) / 3;
  const q23 = (2 / 3) * sigma2 * rate ** 3 * (x * (2 - x) * Math.exp(-x)) ** 2;
  const q33 = sigma2 * rate ** 4 * (p + 4 * t3 - (8 / 3) * t2 + (8 / 3) * t1);
  return Float64Array.of(q11, q12, q13, q12, q22, q23, q13, q23, q33);
}
