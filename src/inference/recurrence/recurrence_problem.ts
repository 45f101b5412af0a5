/**
 * s_t = f(s_{t−1}, u_t, t), t = 0 … T−1, from s_{−1} given: packed for the recursions, plain float64 arrays and functions, no model.
 */
import type { Status } from "../../engine/index.ts";
import type { LoopOptions } from "../cooperate.ts";
import type { Floats } from "../linear_gaussian_problem.ts";

/** s = f(x, u, t) with its derivatives with respect to x, parameters bound. All write into arrays that are given. */
export interface StepFunction {
  /** out [D + d + P]: Σ_i weights_i ∂f_i/∂(x, u, p). This and pushforward() are there for derivatives through the recurrence. */
  pullback?(
    out: Float64Array,
    x: ArrayLike<number>,
    u: ArrayLike<number>,
    t: number,
    weights: ArrayLike<number>,
  ): void;
  /** out [D]: ∂f/∂x dx + ∂f/∂u du + ∂f/∂p dp */
  pushforward?(
    out: Float64Array,
    x: ArrayLike<number>,
    u: ArrayLike<number>,
    t: number,
    dx: ArrayLike<number>,
    du: ArrayLike<number>,
    dp: ArrayLike<number>,
  ): void;
  /** The shader has a value only where this one has. */
  readonly everywhere: boolean;
  /** out [D] */
  value(out: Float64Array, x: ArrayLike<number>, u: ArrayLike<number>, t: number): void;
  /** out [D · D], row-major: ∂f_i/∂x_j */
  jacobian(out: Float64Array, x: ArrayLike<number>, u: ArrayLike<number>, t: number): void;
}

/** The same function in WGSL. */
export interface StepShader {
  /**
   * Declares, with the conventions of VectorFunction.wgsl("system"), system and system_jacobian; or, where it is wide, what
   * shaders/recurrence/cooperate_*.wgsl names.
   */
  readonly code: string;
  /** `code` with system_push or system_pull, as Sensitivities.wgsl() says; of functions that one invocation evaluates. */
  readonly sensitivity?: (which: "push" | "pull") => string;
  /** p [P] */
  readonly parameters: Float64Array;
  /** Whether `code` fills F and A by a whole team, from parameters in storage. */
  readonly cooperative: boolean;
}

export interface RecurrenceProblem {
  /** D */
  readonly stateDim: number;
  /** N */
  readonly numSeries: number;
  /** Longest series, T. */
  readonly numSteps: number;
  /** [N] steps of each series, 1 … T. */
  readonly lengths: Uint32Array;
  /** The state before the first step [N, D]. */
  readonly initial: Float64Array;
  /** u [N or 1, T, d] */
  readonly inputs: { readonly data: Float64Array; readonly dim: number; readonly seriesStride: number };
  readonly step: StepFunction;
  readonly shader: StepShader;
}

/**
 * How the linear part A_t of an update comes from the Jacobian J_t. newton: J; quasi: its diagonal; blockQuasi: the diagonals of its
 * blocks; picard: I; jacobi: 0; elk: J within a trust region; quasiElk: diagonal within one; gradient: none, steps down the merit.
 */
export type IterativeMethod =
  | "newton"
  | "quasi"
  | "blockQuasi"
  | "picard"
  | "jacobi"
  | "elk"
  | "quasiElk"
  | "gradient";

export interface IterationOptions extends LoopOptions {
  readonly call: string;
  readonly method: IterativeMethod;
  /** First trajectory [N, T, D]. */
  readonly guess: Float64Array;
  /** Iterations end when the merit per step, Σ |r_t|² / 2T, of the new trajectory is at most this. */
  readonly tolerance: number;
  /** Most updates. */
  readonly maxIterations: number;
  /** Updates after the merit has reached the tolerance. */
  readonly polish: number;
  /** k: A is multiplied by 1 − k. */
  readonly damping: number;
  /** Entries of A are held within ± this. */
  readonly clip: number;
  /** States are held within ± this. */
  readonly bound: number;
  /** B: blocks of blockQuasi; coordinate i belongs to row ⌊i B / D⌋ of blocks. */
  readonly blocks: number;
  /** σ² of elk and quasiElk. */
  readonly trustRegion: number;
  /** Length of steps of gradient. */
  readonly stepSize: number;
  /**
   * W: updates of W steps at a time. The window of a series starts behind its longest prefix whose merit per step met the tolerance, with
   * `polish` more updates made. All steps where absent.
   */
  readonly window?: number;
  /** Probe of ±1 [D] for an estimated diagonal z ∘ J z; exact where absent. */
  readonly probe?: Float64Array;
  /** Lengths whose own number of updates is wanted, ascending. */
  readonly prefixes?: Uint32Array;
  /** Sees every trajectory [T, D] of a series, the guess as iteration 0. */
  readonly onIterate?: (series: number, iteration: number, states: Float64Array, merit: number) => void;
}

/** What became of every series. */
export interface IterationRecords {
  /** [N, T, D] */
  readonly states: Float64Array;
  /** [N] updates until the tolerance was met, of at most a window each, without those that polish. */
  readonly iterations: Uint32Array;
  /** ok; maxIterations; diverged (the merit was not finite at the end); nonFinite (f has no value on the trajectory itself). */
  readonly statuses: readonly Status[];
  /** [N] the step at which f has no finite value, where nonFinite. */
  readonly failed: Uint32Array;
  /**
   * [N] merits per step, of the guess and after every update that was looked at; with a window, merits of the window, and behind them that
   * of the whole.
   */
  readonly merits: readonly Float64Array[];
  /** [N] updates in which states went astray and became those of the guess; on a GPU those whose merit was not finite. */
  readonly resets: Uint32Array;
  /** [N, prefixes] updates until the merit of each prefix met the tolerance; 0xffffffff where it did not. */
  readonly prefixIterations?: Uint32Array;
}

/** u of a step; a view. */
export function stepInputs(
  { inputs }: Pick<RecurrenceProblem, "inputs">,
  s: number,
  t: number,
): Float64Array {
  const at = s * inputs.seriesStride + t * inputs.dim;
  return inputs.data.subarray(at, at + inputs.dim);
}

/** x of step t of the trajectory [T, D] of series s; a view. */
export const stateBefore = (
  { stateDim: D, initial }: Pick<RecurrenceProblem, "stateDim" | "initial">,
  s: number,
  t: number,
  states: Floats,
): Floats => (t > 0 ? states.subarray((t - 1) * D, t * D) : initial.subarray(s * D, (s + 1) * D));

export const NOT_REACHED = 0xffffffff;
