/**
 * Derivatives through a recurrence, along a trajectory that is known: two linear recursions, no iterations.
 *
 *   tangent  d_t = J_t d_{t−1} + (∂f_t/∂u) du_t + (∂f_t/∂p) dp            forwards
 *   adjoint  λ_t = g_t + J_{t+1}' λ_{t+1},  dL/ds_{−1} = J_0' λ_0,  dL/du_t = (∂f_t/∂u)' λ_t,  dL/dp = Σ (∂f_t/∂p)' λ_t   backwards
 *
 * Functions must have pullback() and pushforward().
 * @see Lim et al. 2023, arXiv:2309.12252, §3.3
 */
import { cooperation, type LoopOptions, stepsPerLook } from "../cooperate.ts";
import { type RecurrenceProblem, type StepFunction, stateBefore, stepInputs } from "./recurrence_problem.ts";

export interface AdjointRecords {
  /** dL/ds_{−1} [N, D] */
  readonly initialState: Float64Array;
  /** dL/du [N, T, d] */
  readonly inputs: Float64Array;
  /** dL/dp of each series [N, P] */
  readonly parameters: Float64Array;
  /** How, in words. */
  readonly words: string;
}

/** A change of what a trajectory comes from; what is left out does not change. */
export interface Change {
  /** [N, D] */
  readonly initialState: Float64Array;
  /** [N, T, d] */
  readonly inputs?: Float64Array;
  /** [P] */
  readonly parameters?: Float64Array;
}

export interface TangentRecords {
  /** d [N, T, D], what a change makes of the states to first order */
  readonly states: Float64Array;
  readonly words: string;
}

export type DerivativeOptions = LoopOptions & { readonly call: string };

type Pullback = NonNullable<StepFunction["pullback"]>;
type Pushforward = NonNullable<StepFunction["pushforward"]>;

/**
 * @param states [N, T, D]
 * @param cotangents g = ∂L/∂s_t [N, T, D], as if every state stood by itself
 * @throws AbortedError
 */
export async function adjointCpu(
  problem: RecurrenceProblem,
  states: Float64Array,
  cotangents: Float64Array,
  { call, ...loop }: DerivativeOptions,
): Promise<AdjointRecords> {
  const { stateDim: D, numSeries: N, numSteps: T, lengths } = problem;
  const initialState = new Float64Array(N * D);
  const contraction = new Contraction(problem, states);
  const breathe = cooperation(call, "adjoint", N * T, loop);
  const look = stepsPerLook(D);
  for (let s = 0; s < N; s++) {
    const lambda = new Float64Array(D);
    for (let t = lengths[s] - 1; t >= 0; t--) {
      const at = (s * T + t) * D;
      for (let i = 0; i < D; i++) lambda[i] += cotangents[at + i];
      lambda.set(contraction.add(s, t, lambda));
      if (t % look === look - 1) await breathe(s * T + lengths[s] - t);
    }
    initialState.set(lambda, s * D);
  }
  await breathe(N * T);
  const { inputs, parameters } = contraction;
  return {
    initialState,
    inputs,
    parameters,
    words: "adjoint in float64, one step after the other back in time",
  };
}

/** (∂f/∂u)' λ_t and Σ (∂f/∂p)' λ_t, step by step in any order. */
class Contraction {
  /** [N, T, d] */
  readonly inputs: Float64Array;
  /** [N, P] */
  readonly parameters: Float64Array;
  readonly #problem: RecurrenceProblem;
  readonly #states: Float64Array;
  readonly #out: Float64Array;

  constructor(problem: RecurrenceProblem, states: Float64Array) {
    const { stateDim: D, numSeries: N, numSteps: T, inputs, shader } = problem;
    this.#problem = problem;
    this.#states = states;
    this.inputs = new Float64Array(N * T * inputs.dim);
    this.parameters = new Float64Array(N * shader.parameters.length);
    this.#out = new Float64Array(D + inputs.dim + shader.parameters.length);
  }

  /** @returns J_t' λ_t [D]; a view that lasts until the next call */
  add(s: number, t: number, lambda: Float64Array): Float64Array {
    const { stateDim: D, numSteps: T, inputs, shader, step } = this.#problem;
    const [d, P] = [inputs.dim, shader.parameters.length];
    const out = this.#out;
    const x = stateBefore(this.#problem, s, t, this.#states.subarray(s * T * D));
    (step.pullback as Pullback)(out, x, stepInputs(this.#problem, s, t), t, lambda);
    for (let k = 0; k < d; k++) this.inputs[(s * T + t) * d + k] = out[D + k];
    for (let k = 0; k < P; k++) this.parameters[s * P + k] += out[D + d + k];
    return out.subarray(0, D);
  }
}

/**
 * The gradients of inputs and parameters from λ [N, T, D].
 * @throws AbortedError
 */
export async function contractCpu(
  problem: RecurrenceProblem,
  states: Float64Array,
  adjoints: Float64Array,
  { call, ...loop }: DerivativeOptions,
): Promise<Pick<AdjointRecords, "inputs" | "parameters">> {
  const { stateDim: D, numSeries: N, numSteps: T, lengths } = problem;
  const contraction = new Contraction(problem, states);
  const breathe = cooperation(call, "contract", N * T, loop);
  const look = stepsPerLook(D);
  for (let s = 0; s < N; s++)
    for (let t = 0; t < lengths[s]; t++) {
      const at = (s * T + t) * D;
      contraction.add(s, t, adjoints.subarray(at, at + D));
      if (t % look === look - 1) await breathe(s * T + t);
    }
  await breathe(N * T);
  return contraction;
}

/** @param states [N, T, D] @throws AbortedError */
export async function tangentCpu(
  problem: RecurrenceProblem,
  states: Float64Array,
  change: Change,
  options: DerivativeOptions,
): Promise<TangentRecords> {
  const { stateDim: D } = problem;
  const out = await alongSteps(problem, states, change, options, (before, s, t) =>
    t > 0 ? before : change.initialState.subarray(s * D, (s + 1) * D),
  );
  return { states: out, words: "tangent in float64, one step after the other" };
}

/** (∂f/∂u) du_t + (∂f/∂p) dp of every step [N, T, D]. @throws AbortedError */
export function pushCpu(
  problem: RecurrenceProblem,
  states: Float64Array,
  change: Change,
  options: DerivativeOptions,
): Promise<Float64Array> {
  const none = new Float64Array(problem.stateDim);
  return alongSteps(problem, states, change, options, () => none);
}

/** @param directionAt dx of a step, of what came out of the step before */
async function alongSteps(
  problem: RecurrenceProblem,
  states: Float64Array,
  { inputs: du, parameters }: Change,
  { call, ...loop }: DerivativeOptions,
  directionAt: (before: Float64Array, s: number, t: number) => Float64Array,
): Promise<Float64Array> {
  const { stateDim: D, numSeries: N, numSteps: T, lengths, inputs, step, shader } = problem;
  const d = inputs.dim;
  const dp = parameters ?? new Float64Array(shader.parameters.length);
  const still = new Float64Array(d);
  const out = new Float64Array(N * T * D);
  const row = new Float64Array(D);
  const breathe = cooperation(call, "tangent", N * T, loop);
  const look = stepsPerLook(D);
  for (let s = 0; s < N; s++) {
    const own = states.subarray(s * T * D);
    for (let t = 0; t < lengths[s]; t++) {
      const at = s * T + t;
      const x = stateBefore(problem, s, t, own);
      const dx = directionAt(out.subarray(Math.max(0, at - 1) * D, at * D), s, t);
      const moved = du ? du.subarray(at * d, (at + 1) * d) : still;
      (step.pushforward as Pushforward)(row, x, stepInputs(problem, s, t), t, dx, moved, dp);
      out.set(row, at * D);
      if (t % look === look - 1) await breathe(at);
    }
  }
  await breathe(N * T);
  return out;
}
