/** method "auto" of evaluate(): what it will cost, one after the other and in parallel. */
import {
  evaluateSequentially,
  type IterativeMethod,
  lyapunovSync,
  predictedUpdates,
  type RecurrenceProblem,
} from "../inference/index.ts";
import type { Recurrence } from "../models/index.ts";
import type { EvaluationMethod } from "./evaluate.ts";
import type { RecurrencePlace } from "./recurrence_place.ts";

/** Steps that tell the Lyapunov exponent well enough. */
const PROBED = 1000;
/** Seconds of a step of one lone invocation, beside its arithmetic; seconds per flop of it; and of a dispatch. */
const STEP = 5e-7;
const LONE_FLOP = 4e-9;
const DISPATCH = 1e-5;
/** Dispatches of an update. */
const DISPATCHES = 6;

export interface Chosen {
  readonly method: IterativeMethod | "sequential";
  readonly words: string;
}

export function chooseMethod(
  given: EvaluationMethod,
  model: Recurrence,
  problem: RecurrenceProblem,
  place: RecurrencePlace,
): Chosen {
  if (given !== "auto") return { method: given, words: `${given} as asked for` };
  if (place.run.backend === "cpu")
    return {
      method: "sequential",
      words: "sequential: one core gains nothing from updates of a whole trajectory",
    };
  const { numSeries: N, numSteps: T, stateDim: D } = problem;
  const { states, steps } = firstSteps(problem, PROBED);
  if (steps < Math.min(T, PROBED))
    return { method: "sequential", words: "sequential: the function has no finite value on the way" };
  const { lambda } = lyapunovSync(problem, states, steps);
  const { kind } = model.function.structure;
  const linear =
    kind === "constant" || kind === "zero" || model.function.structure.entries.every(e => e !== "varying");
  const diagonal = kind === "diagonal" || kind === "zero";
  const updates = linear ? 1 : predictedUpdates(lambda, T);
  const value = 20 * D + 2 * D * D;
  const update = diagonal ? 3 * value : 2 * D ** 3 + (D + 1) * value;
  const lone = T * (STEP + value * LONE_FLOP) * Math.max(1, N / place.lanes);
  const parallel = (updates + 2) * (DISPATCHES * DISPATCH + (N * T * update) / place.throughput);
  const why = `λ ≈ ${lambda.toPrecision(2)} a step over the first ${steps}, ${updates} updates expected, ${seconds(parallel)} in parallel against ${seconds(lone)} one after the other`;
  if (lambda > 0 && !linear) return { method: "sequential", words: `sequential: not predictable, ${why}` };
  if (parallel >= lone) return { method: "sequential", words: `sequential: ${why}` };
  return {
    method: diagonal ? "quasi" : "newton",
    words: `${diagonal ? "quasi (the Jacobian is diagonal)" : "newton"}: ${why}`,
  };
}

const seconds = (s: number): string =>
  s < 1e-3
    ? `${(s * 1e6).toPrecision(2)} µs`
    : s < 1
      ? `${(s * 1e3).toPrecision(2)} ms`
      : `${s.toPrecision(2)} s`;

/** The trajectory of the first series in float64, as far as it goes. */
function firstSteps(problem: RecurrenceProblem, most: number): { states: Float64Array; steps: number } {
  const steps = Math.min(problem.lengths[0], most);
  const states = new Float64Array(steps * problem.stateDim);
  const finite = evaluateSequentially({ ...problem, lengths: Uint32Array.of(steps) }, 0, states);
  return { states, steps: finite };
}
