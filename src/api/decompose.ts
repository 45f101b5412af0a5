import type { LinearGaussianSSM, SeriesInput, StructuralModel } from "../models/index.ts";
import type { Decomposition } from "./decomposition.ts";
import { linearGaussianCalls } from "./parts.ts";
import type { InferenceOptions } from "./types.ts";

/** Options of decompose(): those of smooth(), and: */
export interface DecomposeOptions extends InferenceOptions {
  /** Probability that each band holds at each step, 0 < level < 1. Default 0.95. */
  level?: number;
  /** What the states are conditioned on: all of y, or y up to each step. Default smoothed. */
  states?: "smoothed" | "filtered";
}

const CALL = "decompose";

/**
 * What each component of a structural model adds to y: mean, variance and band, given all observations (or those so far).
 * The variance of a component is w'Pw with all covariances between its states; that of `fitted` counts those between
 * components too.
 * @param model from add(), or from parseModelDocument() with type "structural"
 * @param observations y [T] or [T, 1], [N, T, 1], or a list of [T_i, 1]; NaN or null = missing
 * @returns components, fitted and irregular [T], or [N, T] for batches; units of y
 * @throws as smooth(); ParameterError if the model is not one of components
 */
export async function decompose(
  model: StructuralModel | LinearGaussianSSM,
  observations: SeriesInput,
  options: DecomposeOptions = {},
): Promise<Decomposition> {
  return (await linearGaussianCalls(CALL)).decomposeStates(model, observations, options);
}
