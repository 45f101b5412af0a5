import { ShapeError } from "../../engine/index.ts";
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
