import type { ArrayInput } from "../engine/index.ts";
import type { Recurrence, SeriesInput } from "../models/index.ts";
import { recurrenceCalls } from "./parts.ts";
import type { InferenceOptions, ResultArray } from "./types.ts";

/** Options of evaluationGradient() and evaluationTangent(). */
export interface SensitivityOptions extends Pick<InferenceOptions, "signal" | "onProgress"> {
  /** The trajectory [T, D] or [N, T, D], as the states of evaluate(); default: evaluated in float64. */
  readonly states?: ArrayInput;
}

/** What evaluationGradient() gives; [N] only for batches. Fields of inputs and parameters need a function made of expressions. */
export interface EvaluationGradient {
  /** ∂L/∂s_{−1} [D] */
  readonly initialState: ResultArray;
  /** ∂L/∂u [T, d] */
  readonly inputs: ResultArray | undefined;
  /** ∂L/∂p [P], summed over the series */
  readonly parameters: Float64Array | undefined;
}

/**
 * The gradient of a loss L of the states of a recurrence, by one linear recursion back along the trajectory: no iterations are
 * differentiated. In float64 on the CPU.
 * @param model, initialState, inputs as evaluate()
 * @param cotangents ∂L/∂s_t [T, D] or [N, T, D], each as if the others did not depend on it
 * @throws ShapeError, ParameterError, DataError
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
  /** [T, d] or [N, T, d]; needs a function made of expressions, as parameters do */
  readonly inputs?: ArrayInput;
  /** [P] */
  readonly parameters?: ArrayInput;
}

/**
 * What a small change of initial state, inputs and parameters makes of the states [T, D], to first order.
 * @param model, initialState, inputs as evaluate()
 * @throws as evaluationGradient()
 */
export async function evaluationTangent(
  model: Recurrence,
  initialState: ArrayInput | undefined,
  inputs: SeriesInput | number,
  change: EvaluationChange,
  options: SensitivityOptions = {},
): Promise<ResultArray> {
  return (await recurrenceCalls("evaluationTangent")).tangentOf(model, initialState, inputs, change, options);
}
