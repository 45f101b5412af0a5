import type { HiddenMarkovModel, LinearGaussianSSM, SeriesInput } from "../models/index.ts";
import { isHmm } from "./check_hmm.ts";
import type { HmmPrediction, HmmPredictOptions } from "./hmm_types.ts";
import { hiddenMarkovCalls, linearGaussianCalls } from "./parts.ts";
import type { Prediction } from "./prediction_result.ts";
import type { InferenceOptions } from "./types.ts";

/** Options of predict(). */
export interface PredictOptions extends Omit<InferenceOptions, "outputs"> {
  /** Probability that an observation lies between lower and upper; default 0.95. */
  readonly level?: number;
}

const CALL = "predict";

/**
 * Predict every observation from those before it: p(y_t | y_0:t−1), and the innovations against what was observed.
 * @param model from linearGaussianSSM(), hiddenMarkovModel() or parseModelDocument()
 * @param observations as filter()
 * @returns means [T, m], covariances [T, m, m], lower and upper [T, m], innovations and standardizedInnovations [T, m]; a
 *   leading [N] axis for batches. Missing observations are predicted too; their innovations are NaN. Hidden Markov models:
 *   predictedProbs, categoryProbs, and quantiles of the mixture as lower and upper; no standardizedInnovations
 * @throws as filter()
 * @see Durbin & Koopman, Time Series Analysis by State Space Methods, 2nd ed., sections 4.3 and 7.5
 */
export async function predict(
  model: HiddenMarkovModel,
  observations: SeriesInput,
  options?: HmmPredictOptions,
): Promise<HmmPrediction>;
export async function predict(
  model: LinearGaussianSSM,
  observations: SeriesInput,
  options?: PredictOptions,
): Promise<Prediction>;
export async function predict(
  model: LinearGaussianSSM | HiddenMarkovModel,
  observations: SeriesInput,
  options: PredictOptions | HmmPredictOptions = {},
): Promise<Prediction | HmmPrediction> {
  return isHmm(model)
    ? (await hiddenMarkovCalls(CALL)).predictHmm(model, observations, options)
    : (await linearGaussianCalls(CALL)).predictMoments(model, observations, options);
}
