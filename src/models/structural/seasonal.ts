/**
 * Seasonals of period s.
 *
 *   dummySeasonal          γ_t = −(γ_{t−1} + … + γ_{t−s+1}) + ω_t                      s − 1 states
 *   trigonometricSeasonal  γ_t = Σ_j γ_jt,  a rotation by λ_j = 2πj/s for each harmonic j, noise on both of its states
 *
 *     γ_jt  =  cos λ_j γ_j,t−1 + sin λ_j γ*_j,t−1 + ω_jt
 *     γ*_jt = −sin λ_j γ_j,t−1 + cos λ_j γ*_j,t−1 + ω*_jt
 *
 * For j = s/2 the second state never reaches y and is left out. All start diffuse. ω, ω* ~ N(0, variance), the same for all.
 * With every harmonic and no noise the two are one model in different coordinates; their diffuse log-likelihoods differ by
 * the log-determinant of the map between them.
 * Source: Durbin & Koopman 2012, §3.2.2; Harvey, Forecasting, Structural Time Series Models and the Kalman Filter 1989.
 */

import { ParameterError } from "../../engine/index.ts";
import { checkKeys } from "../check_keys.ts";
import { say, valueText } from "../say.ts";
import { positive, variance, whole } from "./arguments.ts";
import { type Component, type ComponentOptions, component, diagonal } from "./component.ts";

/** Options of dummySeasonal(). */
export interface DummySeasonalOptions extends ComponentOptions {
  /** s, steps per season: a whole number ≥ 2 */
  readonly period: number;
  /** Squared units of y; 0 = fixed pattern. */
  readonly variance: number;
}

/**
 * A seasonal pattern whose s effects sum to noise. States `now`, `lag1` … `lag{s−2}`: the effect of this step and of those
 * before.
 * @throws ParameterError
 */
export function dummySeasonal(options: DummySeasonalOptions): Component {
  const call = "dummySeasonal";
  checkKeys(call, "", options, ["name", "initial", "period", "variance"], ["period", "variance"]);
  const k = whole(call, "period", options.period, 2, "Give the number of steps in a season.") - 1;
  const transition = new Float64Array(k * k);
  for (let j = 0; j < k; j++) {
    transition[j] = -1;
    if (j > 0) transition[j * k + j - 1] = 1;
  }
  const noise = new Array<number>(k).fill(0);
  noise[0] = variance(call, "variance", options.variance);
  const weights = new Float64Array(k);
  weights[0] = 1;
  return component(call, options, {
    kind: call,
    defaultName: "seasonal",
    states: Array.from({ length: k }, (_, j) => (j === 0 ? "now" : `lag${j}`)),
    system: { transition, covariance: diagonal(noise), weights },
  });
}

/** Options of trigonometricSeasonal(). */
export interface TrigonometricSeasonalOptions extends ComponentOptions {
  /** s ≥ 2 steps per season; need not be whole (365.25). */
  readonly period: number;
  /** How many, from the lowest frequency up; at most s/2. Default: all, the largest whole number ≤ s/2. */
  readonly harmonics?: number;
  /** Of each state, squared units of y; 0 = fixed pattern. */
  readonly variance: number;
}

/**
 * A seasonal pattern of harmonics. States `cos1`, `sin1`, `cos2` …; without `sin` for the harmonic of period 2.
 * @throws ParameterError
 */
export function trigonometricSeasonal(options: TrigonometricSeasonalOptions): Component {
  const call = "trigonometricSeasonal";
  checkKeys(
    call,
    "",
    options,
    ["name", "initial", "period", "harmonics", "variance"],
    ["period", "variance"],
  );
  const period = positive(call, "period", options.period);
  if (period < 2) {
    throw new ParameterError(
      say(call, "period", "at least 2", `${period}`, "Give the number of steps in a season."),
    );
  }
  const most = Math.floor(period / 2);
  const harmonics = whole(call, "harmonics", options.harmonics ?? most, 1, "Leave it out for all of them.");
  if (harmonics > most) {
    throw new ParameterError(
      say(
        call,
        "harmonics",
        `at most ${most}, half the period`,
        valueText(harmonics),
        "Higher ones repeat these.",
      ),
    );
  }
  const single = harmonics * 2 === period;
  const k = 2 * harmonics - (single ? 1 : 0);
  const transition = new Float64Array(k * k);
  const weights = new Float64Array(k);
  const states: string[] = [];
  for (let j = 1; j <= harmonics; j++) {
    const at = 2 * (j - 1);
    states.push(`cos${j}`);
    weights[at] = 1;
    if (at === k - 1) {
      transition[at * k + at] = -1;
      continue;
    }
    states.push(`sin${j}`);
    rotation(transition, k, at, (2 * Math.PI * j) / period, 1);
  }
  return component(call, options, {
    kind: call,
    defaultName: "seasonal",
    states,
    system: {
      transition,
      covariance: diagonal(states.map(() => variance(call, "variance", options.variance))),
      weights,
    },
  });
}

/** ρ [[cos λ, sin λ], [−sin λ, cos λ]] written at (at, at) of a matrix [k, k]. */
export function rotation(matrix: Float64Array, k: number, at: number, angle: number, damping: number): void {
  const [c, s] = [damping * Math.cos(angle), damping * Math.sin(angle)];
  matrix[at * k + at] = c;
  matrix[at * k + at + 1] = s;
  matrix[(at + 1) * k + at] = -s;
  matrix[(at + 1) * k + at + 1] = c;
}
