/** How many updates a method will need, from the first steps: states up to a step never depend on later ones. */
import type { LoopOptions } from "../cooperate.ts";
import { iterateCpu } from "./iterate.cpu.ts";
import { logCondition, predictedUpdates } from "./lyapunov.cpu.ts";
import {
  type IterationOptions,
  type IterativeMethod,
  type RecurrenceProblem,
  stateBefore,
  stepInputs,
} from "./recurrence_problem.ts";
import { slopeOf } from "./slopes.cpu.ts";

/** Most updates that are tried, of Newton's method and of others. */
const MOST_NEWTON = 8;
const MOST = 60;

/** The first steps of the first series. */
export function firstStepsOf(problem: RecurrenceProblem, steps: number): RecurrenceProblem {
  const { stateDim: D, initial } = problem;
  return {
    ...problem,
    numSeries: 1,
    numSteps: steps,
    lengths: Uint32Array.of(steps),
    initial: initial.subarray(0, D),
  };
}

export interface Prediction {
  /** Of firstStepsOf(). */
  readonly first: RecurrenceProblem;
  /** Its trajectory [steps, D]. */
  readonly states: Float64Array;
  /** Of the iterations; the guess is [steps, D]. */
  readonly options: Omit<IterationOptions, "maxIterations" | "method"> & LoopOptions;
  /** Whether A of the method is the whole Jacobian. */
  readonly whole: boolean;
  /** Largest exponent per step. */
  readonly lambda: number;
  /** Of the whole trajectory. */
  readonly steps: number;
}

/**
 * Newton's method is run on the first steps; of others the error is followed, e'_t = A_t e'_{t−1} + (J_t − A_t) e_{t−1} to first order.
 * Beyond those steps the number grows as the condition of the system does, which the exponent tells; a method that has not forgotten its
 * guess after half as many updates as steps moves step by step.
 * @returns Infinity where the method got nowhere
 * @throws AbortedError
 * @see arXiv:2508.16817, theorem 2
 */
export async function predictUpdates(method: IterativeMethod, given: Prediction): Promise<number> {
  const { first, lambda, steps, whole } = given;
  const P = first.numSteps;
  const tried = whole ? await newtonUpdates(method, given) : errorUpdates(method, given);
  if (tried === Number.POSITIVE_INFINITY) return whole ? predictedUpdates(lambda, steps) : tried;
  if (steps <= P) return tried;
  if (tried > P / 2) return steps;
  // What forgets at once is as well conditioned over all steps as over these.
  if (lambda === Number.NEGATIVE_INFINITY) return tried;
  const growth = logCondition(lambda, 0, steps) / logCondition(lambda, 0, P);
  return Math.min(steps, Math.ceil(tried * Math.max(1, growth)));
}

async function newtonUpdates(method: IterativeMethod, { first, options }: Prediction): Promise<number> {
  const maxIterations = Math.min(first.numSteps, MOST_NEWTON);
  const { onProgress: _, onIterate: __, prefixes: ___, window: ____, ...plain } = options;
  const { iterations, statuses } = await iterateCpu(first, { ...plain, method, maxIterations, polish: 0 });
  return statuses[0] === "ok" ? iterations[0] : Number.POSITIVE_INFINITY;
}

/** Updates until the residuals e_t − J_t e_{t−1} of the error meet the tolerance. */
function errorUpdates(method: IterativeMethod, { first, states, options }: Prediction): number {
  const { stateDim: D, numSteps: P, step } = first;
  const slope = slopeOf(step, D, { ...options, method });
  const jacobians = new Float64Array(P * D * D);
  const errors = options.guess.map((value, at) => value - states[at]);
  const [moved, before, old, change] = Array.from({ length: 4 }, () => new Float64Array(D));
  for (let t = 0; t < P; t++) {
    const x = stateBefore(first, 0, t, states);
    step.jacobian(jacobians.subarray(t * D * D, (t + 1) * D * D), x, stepInputs(first, 0, t), t);
  }
  const most = Math.min(P, MOST);
  for (let k = 0; k <= most; k++) {
    let sum = 0;
    before.fill(0);
    change.fill(0);
    for (let t = 0; t < P; t++) {
      const e = errors.subarray(t * D, (t + 1) * D);
      const J = jacobians.subarray(t * D * D, (t + 1) * D * D);
      old.set(e);
      // e' = J e_{t−1} + A (e'_{t−1} − e_{t−1}), with A of this J
      for (let i = 0; i < D; i++) {
        moved[i] = 0;
        for (let j = 0; j < D; j++) moved[i] += J[i * D + j] * before[j];
        sum += 0.5 * (moved[i] - e[i]) ** 2;
      }
      if (t > 0) {
        slope.take(J);
        slope.addProduct(moved, change);
      }
      for (let i = 0; i < D; i++) change[i] = moved[i] - old[i];
      e.set(moved);
      before.set(old);
    }
    if (sum / P <= options.tolerance) return k;
    if (!Number.isFinite(sum)) break;
  }
  return Number.POSITIVE_INFINITY;
}
