import type { ArrayInput, Engine, Status } from "../engine/index.ts";
import type { Guess, Recurrence, SeriesInput } from "../models/index.ts";
import { recurrenceCalls } from "./parts.ts";
import type { InferenceOptions, ResultArray, ResultBase } from "./types.ts";

/** How a recurrence is evaluated; see EvaluateOptions. */
export type EvaluationMethod =
  | "auto"
  | "newton"
  | "quasi"
  | "blockQuasi"
  | "picard"
  | "jacobi"
  | "elk"
  | "quasiElk"
  | "gradient"
  | "sequential";

/** Options of evaluate(). */
export interface EvaluateOptions
  extends Pick<
    InferenceOptions,
    "backend" | "dtype" | "signal" | "onProgress" | "throwOnFailure" | "memoryLimit" | "chunkLength"
  > {
  readonly engine?: Engine;
  /**
   * All methods but sequential start from a guess of the whole trajectory and update it, s'_t = f(s_{t−1}) + A_t (s'_{t−1} − s_{t−1}), all
   * steps at once. newton: A is the Jacobian (DEER). quasi: its diagonal (quasi-DEER). blockQuasi: the diagonals of its blocks. picard:
   * the identity. jacobi: 0. elk, quasiElk: Jacobian or diagonal within a trust region (Levenberg–Marquardt by a Kalman filter).
   * gradient: steps down the merit, for reference. sequential: one step after the other. auto: the least predicted time, from the
   * Lyapunov exponent, the Jacobian's structure and the adapter; run.plan lists the methods and says why. Default auto.
   */
  readonly method?: EvaluationMethod;
  /** First trajectory; default "normal". */
  readonly guess?: Guess;
  /** Of the guess and of the probe; default 0. */
  readonly seed?: number;
  /** Updates end when the merit per step, Σ |s_t − f(s_{t−1})|² / 2T, is at most this; default 1e-10. */
  readonly tolerance?: number;
  /**
   * Most updates until then; default the smaller of T and 1000; with a window, for each of ⌈T / W⌉ windows, the smaller of W and 1000, and
   * `polish`. After T updates of all steps every method but elk, quasiElk and gradient is at the solution.
   */
  readonly maxIterations?: number;
  /** Updates after the tolerance is met; default 1, as Newton's last update squares the error. */
  readonly polish?: number;
  /** k: A is multiplied by 1 − k; default 0. */
  readonly damping?: number;
  /** Entries of A and states are held within ± these; a number is for A. Default none. */
  readonly clip?: number | { readonly jacobian?: number; readonly states?: number };
  /** Where quasi, blockQuasi and quasiElk have the diagonal from: the Jacobian, or one product with a random probe. Default exact. */
  readonly diagonal?: "exact" | "hutchinson";
  /** B of blockQuasi: the Jacobian is B × B blocks; default 2. */
  readonly blocks?: number;
  /** σ² of elk and quasiElk; default 100. Infinity would be Newton. */
  readonly trustRegion?: number;
  /** Length of the steps of gradient; default 0.25. */
  readonly stepSize?: number;
  /**
   * W: updates of W steps at a time. The window slides: it starts behind the longest prefix whose merit per step has met the tolerance.
   * Default all steps.
   */
  readonly window?: number;
  /** Lengths of which the number of updates is wanted too: states up to a step never depend on later ones. */
  readonly prefixes?: readonly number[];
  /**
   * Look at the growth of differences along the states too: fields lyapunov, overshoot, stateError and predictedIterations. It takes about
   * as long as two updates of newton. Default true.
   */
  readonly lyapunov?: boolean;
  /** Keep the trajectory before and after every update. Default false. */
  readonly trace?: boolean;
}

/** Result of evaluate(); a leading [N] series axis for batches, NaN past the end of short series. */
export interface Evaluation extends ResultBase {
  /** s_t [T, D] */
  readonly states: ResultArray;
  /** [N] whether the merit met the tolerance */
  readonly converged: readonly boolean[];
  /** [N] updates until then, of at most a window each, without those that polish; 0 for sequential */
  readonly iterations: Uint32Array;
  /** [N] merit per step of the last trajectory that was looked at */
  readonly merit: Float64Array;
  /** [N] merits per step: of the guess, and after every update; with a window, of the window, and last of all steps */
  readonly merits: readonly Float64Array[];
  /** [N] largest difference from the trajectory of the recurrence, to first order; in the units of the state */
  readonly stateError: Float64Array;
  /** [N] largest Lyapunov exponent along the states, per step: below 0 the recurrence is predictable */
  readonly lyapunov: Float64Array;
  /** [N] log of the overshoot: the most by which differences grow beyond exp(λ t) */
  readonly overshoot: Float64Array;
  /** [N] updates of Newton to be expected from λ and T alone; 0 where the recurrence has no value */
  readonly predictedIterations: Uint32Array;
  /** [N] updates in which states went astray and became those of the guess; on a GPU those alone whose merit was not finite */
  readonly resets: Uint32Array;
  /** [N] first step at which f has no finite value on the trajectory; −1: nowhere */
  readonly failedSteps: Int32Array;
  /** [N, prefixes] updates that each prefix took; 0xffffffff where it did not converge. Only where asked for */
  readonly prefixIterations: { readonly data: Uint32Array; readonly shape: readonly number[] };
  /** Trajectories before and after every update, K + 1 of [T, D]. Only with trace, of one series */
  readonly iterates: readonly ResultArray[];
}

/**
 * All states of s_t = f(s_{t−1}, u_t, t), t = 0 … T−1: one after the other, or in parallel by iterations over the whole trajectory.
 * @param model from recurrence() or the library of systems
 * @param initialState s_{−1} [D] or [N, D]; undefined: that of the recurrence
 * @param inputs u [T, d], [N, T, d] or a list of [T_i, d]; the number of steps T where f takes none
 * @throws ParameterError, ShapeError, DataError for bad input; NumericalError naming the step where f has no finite value on the
 *   trajectory, unless throwOnFailure is false. Not to converge is a status: maxIterations or diverged
 * @see arXiv:2309.12252, arXiv:2407.19115, arXiv:2508.16817
 */
export async function evaluate(
  model: Recurrence,
  initialState: ArrayInput | undefined,
  inputs: SeriesInput | number,
  options: EvaluateOptions = {},
): Promise<Evaluation> {
  return (await recurrenceCalls("evaluate")).evaluateRecurrence(model, initialState, inputs, options);
}

/** Options of lyapunov(). */
export interface LyapunovOptions
  extends Pick<
    InferenceOptions,
    "backend" | "signal" | "onProgress" | "throwOnFailure" | "memoryLimit" | "chunkLength"
  > {
  readonly engine?: Engine;
  /** All D exponents, by orthonormal directions; default false, the largest alone. */
  readonly spectrum?: boolean;
  /** Steps taken before anything counts; default 0. */
  readonly discard?: number;
}

/** Result of lyapunov(). */
export interface LyapunovResult {
  /** [N, 1], or [N, D] in falling order with spectrum; without [N] for one series. Per step. */
  readonly exponents: ResultArray;
  /** The same per unit of time, where the recurrence has a time step. */
  readonly exponentsPerTime: ResultArray | undefined;
  /** [N] log of the overshoot */
  readonly overshoot: Float64Array;
  /** [N] ok; nonFinite, with throwOnFailure: false, where f has no finite value on the way: exponents are NaN */
  readonly statuses: readonly Status[];
  /** [N] first step at which it has none; −1: nowhere */
  readonly failedSteps: Int32Array;
  readonly run: ResultBase["run"];
}

/**
 * Lyapunov exponents of a recurrence along its trajectory: the rates at which small differences grow, in nats per step.
 * @param model, initialState, inputs as evaluate()
 * @throws as evaluate()
 * @see doi:10.1007/BF02128236
 */
export async function lyapunov(
  model: Recurrence,
  initialState: ArrayInput | undefined,
  inputs: SeriesInput | number,
  options: LyapunovOptions = {},
): Promise<LyapunovResult> {
  return (await recurrenceCalls("lyapunov")).lyapunovExponents(model, initialState, inputs, options);
}
