import {
  GaussianSteps,
  type HiddenMarkovModel,
  type LinearGaussianSSM,
  observationLayout,
  readInputs,
  readObservations,
  type SeriesInput,
  spareFirst,
} from "../models/index.ts";
import { isHmm } from "./check_hmm.ts";
import { infer } from "./filter.ts";
import { predictHmm } from "./hmm_predict.ts";
import type { HmmPrediction, HmmPredictOptions } from "./hmm_types.ts";
import { DEFAULT_LEVEL } from "./intervals.ts";
import { checkLevel, checkOptions } from "./options.ts";
import { type Prediction, PredictionResult } from "./prediction_result.ts";
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
    ? predictHmm(model, observations, options)
    : predictMoments(model, observations, options);
}

async function predictMoments(
  model: LinearGaussianSSM,
  observations: SeriesInput,
  options: PredictOptions,
): Promise<Prediction> {
  const { level = DEFAULT_LEVEL, ...inference } = options;
  checkOptions(CALL, options, { add: ["level"], drop: ["outputs"] });
  checkLevel(CALL, level);
  const source = await infer(CALL, "filter", model, observations, { ...inference, outputs: ["predicted"] });
  const layout = observationLayout(CALL, model, observations);
  return new PredictionResult({
    ...source,
    level,
    emissionDim: model.emissionDim,
    inputDim: model.inputDim,
    observed: readObservations(CALL, layout, options.mask),
    inputs: readInputs(CALL, layout, options.inputs, model.inputDim, spareFirst(model)),
    steps: new GaussianSteps(model),
  });
}
