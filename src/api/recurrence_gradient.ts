import type { ArrayInput } from "../engine/index.ts";
import type { Recurrence, SeriesInput } from "../models/index.ts";
import { recurrenceCalls } from "./parts.ts";
import type { InferenceOptions, ResultArray, ResultBase } from "./types.ts";

/** Options of evaluationGradient() and evaluationTangent(). */
export interface SensitivityOptions
  extends Pick<
    InferenceOptions,
    "backend" | "engine" | "signal" | "onProgress" | "memoryLimit" | "chunkLength" | "throwOnFailure"
  > {
  /**
   * The trajectory [T, D] or [N, T, D], as the states of evaluate(), however they were evaluated; default: evaluated in float64 on the
   * host, one step after the other.
   */
  readonly states?: ArrayInput;
}

/**
 * What evaluationGradient() gives; a leading [N] series axis for batches, NaN past the end of short series. A series that is not ok
 * has NaN, and so has what is summed with it.
 */
export interface EvaluationGradient extends ResultBase {
  /** ∂L/∂s_{−1} [D] */
  readonly initialState: ResultArray;
  /** ∂L/∂u [T, d]; d is 0 where the function takes no inputs */
  readonly inputs: ResultArray;
  /**
   * ∂L/∂p [P], summed over the series, in the order of `recurrence.parameters`: expressions have theirs one behind the other as they were
   * written, matrices row by row, and so have flows and maps; functions in WGSL have p; networks their weights in the order of their rows in
   * SystemOptions; wells a [K], μ [K, D], Λ [K, D, D]; lorenz96 its forcing. P is 0 where there are none. What is built into a function
   * (a time step, a gain) is no parameter.
   */
  readonly parameters: Float64Array;
  /** [N] first step at which f has no finite value on the trajectory; −1: nowhere */
  readonly failedSteps: Int32Array;
}

/**
 * The gradient of a loss L of the states of a recurrence with respect to initial state, inputs and parameters, by one linear recursion
 * back along the trajectory: no iterations are differentiated. On a GPU that is one reverse scan in float32; what inputs and parameters
 * have of it is worked out there too, or for networks with their weights in storage on the host (`run.plan`). On the CPU it is float64.
 * @param model, initialState, inputs as evaluate()
 * @param cotangents ∂L/∂s_t [T, D] or [N, T, D], each as if the others did not depend on it; finite, but past the end of short series
 * @throws ShapeError, ParameterError, DataError, LimitError; NumericalError where f has no finite value on the trajectory or the
 *   gradient grows beyond the numbers of the backend (status diverged), unless throwOnFailure is false
 * @see arXiv:2309.12252, §3.3
 */
export async function evaluationGradient(
  model: Recurrence,
  initialState: ArrayInput | undefined,
  inputs: SeriesInput | number,
  cotangents: ArrayInput,
  options: SensitivityOptions = {},
): Promise<EvaluationGradient> {
  return (await recurrenceCalls("evaluationGradient")).gradientOf(
    model,
    initialState,
    inputs,
    cotangents,
    options,
  );
}

/** A change of what the states come from; what is left out does not change. */
export interface EvaluationChange {
  /** [D] or [N, D] */
  readonly initialState?: ArrayInput;
  /** [T, d] or [N, T, d] */
  readonly inputs?: ArrayInput;
  /** [P], in the order of the gradient's */
  readonly parameters?: ArrayInput;
}

/** What evaluationTangent() gives. */
export interface EvaluationTangent extends ResultBase {
  /** What becomes of the states to first order [T, D]; [N, T, D] for batches, NaN past the end of short series */
  readonly states: ResultArray;
  /** [N] first step at which f has no finite value on the trajectory; −1: nowhere */
  readonly failedSteps: Int32Array;
}

/**
 * What a small change of initial state, inputs and parameters makes of the states, to first order: one scan forwards on a GPU, one step
 * after the other in float64 on the CPU.
 * @param model, initialState, inputs as evaluate()
 * @throws as evaluationGradient()
 */
export async function evaluationTangent(
  model: Recurrence,
  initialState: ArrayInput | undefined,
  inputs: SeriesInput | number,
  change: EvaluationChange,
  options: SensitivityOptions = {},
): Promise<EvaluationTangent> {
  return (await recurrenceCalls("evaluationTangent")).tangentOf(model, initialState, inputs, change, options);
}
