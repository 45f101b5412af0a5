/** s_t = f(s_{t−1}, u_t, t), one step after the other, in float64. */
import { cooperation, type LoopOptions, stepsPerLook } from "../cooperate.ts";
import { type RecurrenceProblem, stateBefore, stepInputs } from "./recurrence_problem.ts";

/**
 * Series s.
 * @param out [T, D] where wanted
 * @returns the first step without a finite value; the length of the series where there is none
 */
export function evaluateSequentially(problem: RecurrenceProblem, s: number, out?: Float64Array): number {
  const { stateDim: D, lengths, initial, step } = problem;
  let x = initial.slice(s * D, (s + 1) * D);
  let next = new Float64Array(D);
  for (let t = 0; t < lengths[s]; t++) {
    step.value(next, x, stepInputs(problem, s, t), t);
    if (!next.every(Number.isFinite)) return t;
    out?.set(next, t * D);
    [x, next] = [next, x];
  }
  return lengths[s];
}

/**
 * Of series s where f may have no finite value: then its states [N, T, D] become those before it, one step after the other, and NaN from
 * there on.
 * @returns the first step without a finite value; the length of the series where there is none
 */
export function cutAtFailure(problem: RecurrenceProblem, s: number, states: Float64Array): number {
  const { stateDim: D, numSteps: T, lengths } = problem;
  const step = evaluateSequentially(problem, s);
  if (step === lengths[s]) return step;
  const own = states.subarray(s * T * D, (s * T + lengths[s]) * D);
  evaluateSequentially(problem, s, own);
  own.fill(Number.NaN, step * D);
  return step;
}

/** The first step of series s at which f has no finite value at the states [N, T, D] before it; the length where there is none. */
export function firstWithoutValue(problem: RecurrenceProblem, s: number, states: Float64Array): number {
  const { stateDim: D, numSteps: T, lengths, step } = problem;
  const own = states.subarray(s * T * D);
  const value = new Float64Array(D);
  for (let t = 0; t < lengths[s]; t++) {
    step.value(value, stateBefore(problem, s, t, own), stepInputs(problem, s, t), t);
    if (!value.every(Number.isFinite)) return t;
  }
  return lengths[s];
}

/**
 * All series; NaN from a step without a finite value on.
 * @throws AbortedError
 */
export async function sequentialCpu(
  problem: RecurrenceProblem,
  options: LoopOptions & { readonly call: string },
): Promise<{ readonly states: Float64Array; readonly failed: Uint32Array }> {
  const { stateDim: D, numSeries: N, numSteps: T, lengths, step } = problem;
  const states = new Float64Array(N * T * D);
  const failed = Uint32Array.from(lengths);
  const breathe = cooperation(options.call, "evaluate", N * T, options);
  const look = stepsPerLook(D);
  const value = new Float64Array(D);
  for (let s = 0; s < N; s++) {
    const own = states.subarray(s * T * D, (s * T + lengths[s]) * D);
    for (let t = 0; t < lengths[s]; t++) {
      step.value(value, stateBefore(problem, s, t, own), stepInputs(problem, s, t), t);
      if (!value.every(Number.isFinite)) {
        own.fill(Number.NaN, t * D);
        failed[s] = t;
        break;
      }
      own.set(value, t * D);
      if (t % look === look - 1) await breathe(s * T + t);
    }
  }
  await breathe(N * T);
  return { states, failed };
}
