/** predict() of a linear Gaussian model. */

import {
  GaussianSteps,
  type LinearGaussianSSM,
  observationLayout,
  readInputs,
  readObservations,
  type SeriesInput,
  spareFirst,
} from "../models/index.ts";
import { infer } from "./infer.ts";
import { DEFAULT_LEVEL } from "./intervals.ts";
import { checkLevel, checkOptions } from "./options.ts";
import type { PredictOptions } from "./predict.ts";
import { type Prediction, PredictionResult } from "./prediction_result.ts";

const CALL = "predict";

/** p(y_t | y_0:t−1) for every t. */
export async function predictMoments(
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
