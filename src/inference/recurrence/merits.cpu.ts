/** Merits of trajectories in float64: ½ Σ |f(s_{t−1}) − s_t|², which is 0 on the trajectory of the recurrence alone. */
import type { Floats } from "../linear_gaussian_problem.ts";
import { type RecurrenceProblem, stateBefore, stepInputs } from "./recurrence_problem.ts";

/** Steps from … to − 1 of a series. */
export interface StepRange {
  readonly series: number;
  readonly from: number;
  readonly to: number;
}

/** Sees step t, and the sum from the first step of a range up to it. */
export type MeritSeen = (t: number, sum: number) => void;

/** Two units in the last place of float32, which count as no difference: shaders/recurrence/trajectory.wgsl. */
const FLOAT32_ROUNDING = 2.4e-7;

/** ½ |value − s_t|² */
export function meritOfStep(value: Float64Array, states: ArrayLike<number>, at: number): number {
  const rounding = states instanceof Float32Array ? FLOAT32_ROUNDING : 0;
  let sum = 0;
  for (let i = 0; i < value.length; i++) {
    const residual = Math.abs(value[i] - states[at + i]) - rounding * Math.abs(value[i]);
    // Not so by Math.max: what is no number counts.
    if (!(residual <= 0)) sum += 0.5 * residual ** 2;
  }
  return sum;
}

/** Per step; not a number counts as infinite. */
export const meritPerStep = (sum: number, steps: number): number =>
  Number.isNaN(sum) ? Number.POSITIVE_INFINITY : sum / steps;

/** Merit per step of all steps of series s. @param states [T, D] of the series */
export function wholeMerit(problem: RecurrenceProblem, s: number, states: Floats): number {
  const length = problem.lengths[s];
  return meritPerStep(
    walkMerits(problem, { series: s, from: 0, to: length }, states, () => {}),
    length,
  );
}

/** Evaluates f over a range. @param states [T, D] of the series. @returns the sum */
export function walkMerits(
  problem: RecurrenceProblem,
  { series: s, from, to }: StepRange,
  states: Floats,
  seen: MeritSeen,
): number {
  const { stateDim: D, step } = problem;
  const value = new Float64Array(D);
  let sum = 0;
  for (let t = from; t < to; t++) {
    step.value(value, stateBefore(problem, s, t, states), stepInputs(problem, s, t), t);
    sum += meritOfStep(value, states, t * D);
    seen(t, sum);
  }
  return sum;
}
