import { ShapeError } from "../../engine/index.ts";
import type { HmmProblem } from "../../inference/index.ts";
import { readInputs, readObservations } from "../observations.ts";
import type { PrepareOptions } from "../prepare_linear_gaussian.ts";
import { type SeriesInput, type SeriesLayout, seriesLayout } from "../read_series.ts";
import { say } from "../say.ts";
import type { EmissionData } from "./emissions/family.ts";
import type { HiddenMarkovModel } from "./hidden_markov_model.ts";

/**
 * Where the series of the observations are, checked against the model; nothing is copied yet.
 * @throws ShapeError, DataError
 */
export function hmmLayout(call: string, model: HiddenMarkovModel, observations: SeriesInput): SeriesLayout {
  const layout = seriesLayout(call, "observations", observations, model.emissionDim);
  if (model.numSteps !== undefined && layout.numSteps !== model.numSteps) {
    const expected = `${model.numSteps} rows as in the time-varying transitions`;
    const fix = "Give a row per step; missing rows are NaN.";
    throw new ShapeError(say(call, "observations", expected, `${layout.numSteps}`, fix));
  }
  if (model.numSeries !== undefined && model.numSeries > 1 && layout.numSeries !== model.numSeries) {
    const expected = `${model.numSeries} series as in the parameters`;
    const fix = "Give one series per set of parameters.";
    throw new ShapeError(say(call, "observations", expected, `${layout.numSeries}`, fix));
  }
  return layout;
}

/**
 * A hidden Markov model and its data, packed for inference. Nothing given is changed or kept.
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

/** Observations and inputs as emission families read them: also for their sufficientStatistics(). */
export function emissionData(
  call: string,
  model: HiddenMarkovModel,
  layout: SeriesLayout,
  options: PrepareOptions,
): EmissionData {
  const { numSeries, numSteps, lengths, batch, width } = layout;
  return {
    observations: readObservations(call, layout, options.mask, model.emissions.infinities),
    numSeries,
    numSteps,
    lengths,
    inputs: readHmmInputs(call, model, layout, options.inputs),
    where: (s, t, i) => `observations${batch ? `[${s}]` : ""}[${t}]${width > 1 ? `[${i}]` : ""}`,
  };
}

/** u of all steps; @throws ShapeError where they are given to a model that takes none, or not to one that does */
export function readHmmInputs(
  call: string,
  model: HiddenMarkovModel,
  layout: SeriesLayout,
  inputs: SeriesInput | undefined,
  like?: string,
): EmissionData["inputs"] {
  if (model.inputDim === 0 && inputs !== undefined) {
    const fix = "Leave inputs out, or use regression emissions or input-driven transitions.";
    throw new ShapeError(say(call, "inputs", "none, as the model takes no inputs", "inputs", fix));
  }
  return readInputs(call, layout, inputs, model.inputDim, {
    like,
    why: "the model takes inputs",
    // The first step has no transition.
    spareFirst: model.emissions.inputDim === 0,
  });
}
