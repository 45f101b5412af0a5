import type { HiddenMarkovModel, LinearGaussianSSM, NonlinearSSM, SeriesInput } from "../models/index.ts";
import { isHmm } from "./check_hmm.ts";
import { isNonlinear } from "./check_nonlinear.ts";
import type { HmmPrediction, HmmPredictOptions } from "./hmm_types.ts";
import type { NonlinearPrediction, NonlinearPredictOptions } from "./nonlinear_types.ts";
import { hiddenMarkovCalls, linearGaussianCalls, nonlinearCalls } from "./parts.ts";
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
 * @param model as filter() takes it
 * @param observations as filter()
 * @returns means [T, m], covariances [T, m, m], lower and upper [T, m], innovations and standardizedInnovations [T, m]; a
 *   leading [N] axis for batches. Missing observations are predicted too; their innovations are NaN. Hidden Markov models:
 *   predictedProbs, categoryProbs, and quantiles of the mixture as lower and upper; no standardizedInnovations. Nonlinear models: the moments
 *   by the emission made affine around the predicted state (m the statistics of angles and categories), and quantileResiduals
 * @throws as filter(); ParameterError for emissions by a log density, which have no moments
 * @see Durbin & Koopman, Time Series Analysis by State Space Methods, 2nd ed., sections 4.3 and 7.5;
 *   quantile residuals: Dunn & Smyth 1996, doi:10.1080/10618600.1996.10474708
 */
export async function predict(
  model: HiddenMarkovModel,
  observations: SeriesInput,
  options?: HmmPredictOptions,
): Promise<HmmPrediction>;
export async function predict(
  model: NonlinearSSM,
  observations: SeriesInput,
  options?: NonlinearPredictOptions,
): Promise<NonlinearPrediction>;
export async function predict(
  model: LinearGaussianSSM,
  observations: SeriesInput,
  options?: PredictOptions,
): Promise<Prediction>;
export async function predict(
  model: LinearGaussianSSM | HiddenMarkovModel | NonlinearSSM,
  observations: SeriesInput,
  options: object = {},
): Promise<Prediction | HmmPrediction | NonlinearPrediction> {
  if (isNonlinear(model)) return (await nonlinearCalls(CALL)).predictNonlinear(model, observations, options);
  return isHmm(model)
    ? (await hiddenMarkovCalls(CALL)).predictHmm(model, observations, options)
    : (await linearGaussianCalls(CALL)).predictMoments(model, observations, options);
}
