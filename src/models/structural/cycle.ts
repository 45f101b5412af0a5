/**
 * A stochastic cycle: a rotation by λ, damped by ρ.
 *
 *   ψ_t  = ρ ( cos λ ψ_{t−1} + sin λ ψ*_{t−1}) + κ_t
 *   ψ*_t = ρ (−sin λ ψ_{t−1} + cos λ ψ*_{t−1}) + κ*_t,   κ, κ* ~ N(0, variance)
 *
 * Source: Harvey 1989, §2.3.3; Durbin & Koopman 2012, §3.2.4.
 */

import { ParameterError } from "../../engine/index.ts";
import { checkKeys } from "../check_keys.ts";
import { say, valueText } from "../say.ts";
import { between, finite, variance } from "./arguments.ts";
import { type Component, type ComponentOptions, component, diagonal, diffuse, proper } from "./component.ts";
import { rotation } from "./seasonal.ts";

/** Options of cycle(). One of period and frequency. */
export interface CycleOptions extends ComponentOptions {
  /** Steps per turn, > 2 */
  readonly period?: number;
  /** λ, radians per step, 0 < λ < π */
  readonly frequency?: number;
  /** ρ, 0 … 1. Below 1 the cycle is stationary and starts so, with variance / (1 − ρ²); at 1 it starts diffuse. Default 1. */
  readonly damping?: number;
  /** Of κ and κ*, squared units of y; 0 with damping 1 = a fixed sinusoid. */
  readonly variance: number;
}

/**
 * A cycle whose amplitude and phase wander. States `cos`, `sin`.
 * @throws ParameterError
 */
export function cycle(options: CycleOptions): Component {
  const call = "cycle";
  checkKeys(
    call,
    "",
    options,
    ["name", "initial", "period", "frequency", "damping", "variance"],
    ["variance"],
  );
  const noise = variance(call, "variance", options.variance);
  const damping = options.damping === undefined ? 1 : between(call, "damping", options.damping, 0, 1);
  const transition = new Float64Array(4);
  rotation(transition, 2, 0, frequencyOf(call, options), damping);
  // (1 − ρ)(1 + ρ) keeps its digits where 1 − ρ² does not.
  const stationary = noise / ((1 - damping) * (1 + damping));
  return component(call, options, {
    kind: call,
    states: ["cos", "sin"],
    system: {
      transition,
      covariance: diagonal([noise, noise]),
      weights: Float64Array.of(1, 0),
      initial: damping < 1 ? proper(diagonal([stationary, stationary])) : diffuse(2),
    },
  });
}

function frequencyOf(call: string, { period, frequency }: CycleOptions): number {
  if ((period === undefined) === (frequency === undefined)) {
    const got = period === undefined ? "neither" : "both";
    throw new ParameterError(
      say(call, "period", "either period or frequency", got, "Give one; frequency is 2π / period."),
    );
  }
  if (period !== undefined) {
    if (finite(call, "period", period) > 2) return (2 * Math.PI) / period;
    throw new ParameterError(
      say(
        call,
        "period",
        "more than 2 steps",
        valueText(period),
        "Shorter cycles cannot be told from longer ones.",
      ),
    );
  }
  const angle = finite(call, "frequency", frequency);
  if (angle > 0 && angle < Math.PI) return angle;
  throw new ParameterError(
    say(call, "frequency", "radians between 0 and π", valueText(frequency), "2π / period, in steps."),
  );
}
