/** predict() of a hidden Markov model. */

import type { Rows } from "../inference/index.ts";
import { emissionData, type HiddenMarkovModel, hmmLayout, type SeriesInput } from "../models/index.ts";
import { inferHmm } from "./hmm_infer.ts";
import { EmissionMixture } from "./hmm_moments.ts";
import { checkHmmOptions } from "./hmm_options.ts";
import { OutlookResult, type OutlookSource } from "./hmm_outlook.ts";
import type { HmmPrediction, HmmPredictOptions } from "./hmm_types.ts";
import { DEFAULT_LEVEL } from "./intervals.ts";
import { checkLevel } from "./options.ts";
import type { ResultArray } from "./types.ts";

const CALL = "predict";

/** p(y_t | y_0:t−1) for every t. */
export async function predictHmm(
  model: HiddenMarkovModel,
  observations: SeriesInput,
  options: HmmPredictOptions,
): Promise<HmmPrediction> {
  checkHmmOptions(CALL, options, { add: ["level"] });
  const { level = DEFAULT_LEVEL, ...inference } = options;
  checkLevel(CALL, level);
  const source = await inferHmm(CALL, "filter", model, observations, {
    ...inference,
    outputs: ["predicted"],
  });
  const layout = hmmLayout(CALL, model, observations);
  const { observations: observed, inputs } = emissionData(CALL, model, layout, {
    inputs: options.inputs,
    mask: options.mask,
  });
  const { emissionDim: m, inputDim: d } = model;
  return new PredictionResult({
    ...source,
    level,
    mixture: new EmissionMixture(model),
    weights: source.records.predictedProbs as Rows,
    observed,
    row: (s, t) => ({
      observations: observed,
      at: (s * source.numSteps + t) * m,
      step: t,
      inputs: inputs?.data,
      inputsAt: inputs === undefined ? 0 : s * inputs.seriesStride + t * d,
    }),
  });
}

interface PredictionSource extends OutlookSource {
  /** y [N, T, m], NaN where missing */
  readonly observed: Float64Array;
}

class PredictionResult extends OutlookResult<PredictionSource> implements HmmPrediction {
  protected like(source: PredictionSource, view: number | undefined): this {
    return new PredictionResult(source, view) as this;
  }

  get predictedProbs(): ResultArray {
    return this.states("predictedProbs");
  }

  get innovations(): ResultArray {
    const { mixture, observed, numSteps } = this.source;
    const m = mixture.family.emissionDim;
    const { data: means } = this.means;
    return this.expand("innovations", { entry: [m] }, (data, to, s, t) => {
      for (let i = 0; i < m; i++) data[to + i] = observed[(s * numSteps + t) * m + i] - means[to + i];
    });
  }
}
