import type { HmmProblem } from "../../inference/index.ts";
import type { PrepareOptions } from "../prepare_linear_gaussian.ts";
import type { SeriesInput } from "../read_series.ts";
import type { HiddenMarkovModel } from "./hidden_markov_model.ts";
import { emissionData, hmmLayout } from "./hmm_data.ts";

/**
 * A hidden Markov model and its data, packed for inference. Nothing given is changed or kept. What model.emissions.load() loads must be there.
 * @param observations [T, m] ([T] when m = 1), [N, T, m], or a list of [T_i, m]; NaN or null = missing
 * @param options.inputs u_t [T, d] for all series, [N, T, d] or a list of [T_i, d], where the model takes inputs
 * @param options.mask 1 or true = observed; shaped as the observations, with or without the last axis
 * @throws ShapeError; DataError for observations that the emission family cannot give
 */
export function prepareHmm(
  model: HiddenMarkovModel,
  observations: SeriesInput,
  options: PrepareOptions = {},
): HmmProblem {
  const call = options.call ?? "prepareHmm";
  const layout = hmmLayout(call, model, observations);
  const data = emissionData(call, model, layout, options);
  const { numSeries, numSteps, lengths } = layout;
  const { numStates, transitions, regimeOf } = model;
  return {
    numStates,
    numSeries,
    numSteps,
    lengths,
    initialProbs: model.initialProbs,
    transitionMatrix: transitions.field(data.inputs, numSeries, numSteps),
    emissions: {
      ...model.emissions.bind(call, data),
      ...(model.numRegimes < numStates && { emissionOf: regimeOf }),
    },
  };
}
