import { ShapeError } from "../engine/index.ts";
import type { Field, LinearGaussianProblem } from "../inference/index.ts";
import { emissionRecords } from "./emission_records.ts";
import type { LinearGaussianSSM } from "./linear_gaussian.ts";
import { type InputWords, readInputs, readObservations } from "./observations.ts";
import type { Parameter } from "./parameter.ts";
import { type SeriesInput, type SeriesLayout, seriesLayout } from "./read_series.ts";
import { say } from "./say.ts";

export interface PrepareOptions {
  /** u_t [T, d] for all series, [N, T, d], or a list of [T_i, d]. */
  readonly inputs?: SeriesInput;
  /** 1 or true = observed; shaped as the observations, with or without the last axis. */
  readonly mask?: SeriesInput;
  /** Name of the call in error texts. */
  readonly call?: string;
}

/**
 * Where the series of the observations are, checked against the model; nothing is copied yet.
 * @throws ShapeError, DataError
 */
export function observationLayout(
  call: string,
  model: LinearGaussianSSM,
  observations: SeriesInput,
): SeriesLayout {
  const layout = seriesLayout(call, "observations", observations, model.emissionDim);
  if (model.numSteps !== undefined && layout.numSteps !== model.numSteps) {
    throw new ShapeError(
      say(
        call,
        "observations",
        `${model.numSteps} rows as in the time-varying parameters`,
        `${layout.numSteps}`,
        "Give a row per step; missing rows are NaN.",
      ),
    );
  }
  if (model.numSeries !== undefined && model.numSeries > 1 && layout.numSeries !== model.numSeries) {
    throw new ShapeError(
      say(
        call,
        "observations",
        `${model.numSeries} series as in the parameters`,
        `${layout.numSeries}`,
        "Give one series per set of parameters.",
      ),
    );
  }
  return layout;
}

/** Inputs that only the dynamics read have no use for the first step: u_0 may be missing. */
export const spareFirst = ({ parameters }: LinearGaussianSSM): Pick<InputWords, "spareFirst"> => ({
  spareFirst: parameters.emissions.inputWeights === undefined,
});

/**
 * A model and its data, packed for inference. Linear in T; nothing given is changed or kept.
 * @param observations [T, m] ([T] when m = 1), [N, T, m], or a list of [T_i, m]; NaN or null = missing
 * @throws ShapeError, DataError
 */
export function prepare(
  model: LinearGaussianSSM,
  observations: SeriesInput,
  options: PrepareOptions = {},
): LinearGaussianProblem {
  const call = options.call ?? "prepare";
  const layout = observationLayout(call, model, observations);
  const { numSeries, numSteps, lengths } = layout;
  const { stateDim: n, emissionDim: m, parameters, factors } = model;
  const inputs = readInputs(call, layout, options.inputs, model.inputDim, spareFirst(model));
  const y = readObservations(call, layout, options.mask);
  const records = emissionRecords(call, model, y, numSeries, numSteps, lengths);
  const offsets = affineField(model, "emissions", m, inputs, numSeries, numSteps);
  for (let s = 0; s < numSeries; s++) {
    for (let t = 0; t < numSteps; t++) {
      const at = (s * numSteps + t) * m;
      const offset = s * offsets.seriesStride + t * offsets.stepStride;
      for (let i = 0; i < m; i++)
        y[at + i] = Number.isNaN(y[at + i]) ? 0 : y[at + i] - offsets.data[offset + i];
    }
  }
  return {
    stateDim: n,
    emissionDim: m,
    numSeries,
    numSteps,
    lengths,
    initialMean: parameters.initial.mean,
    initialFactor: factors.initial,
    diffuse: model.diffuse,
    dynamicsWeights: parameters.dynamics.weights,
    dynamicsBias: affineField(model, "dynamics", n, inputs, numSeries, numSteps),
    dynamicsFactor: factors.dynamics,
    ...records,
    observations: y,
  };
}

/** b + B u over time and series, as constant as its parts allow. */
export function affineField(
  model: LinearGaussianSSM,
  part: "dynamics" | "emissions",
  size: number,
  inputs: { data: Float64Array; seriesStride: number } | undefined,
  numSeries: number,
  numSteps: number,
): Field {
  const { bias, inputWeights } = model.parameters[part];
  if (inputs === undefined || inputWeights === undefined) {
    return bias ?? { data: new Float64Array(size), stepStride: 0, seriesStride: 0 };
  }
  const d = model.inputDim;
  const zero: Pick<Parameter, "data" | "stepStride" | "seriesStride"> = {
    data: new Float64Array(size),
    stepStride: 0,
    seriesStride: 0,
  };
  const constant = bias ?? zero;
  const perSeries = constant.seriesStride > 0 || inputWeights.seriesStride > 0 || inputs.seriesStride > 0;
  const count = perSeries ? numSeries : 1;
  const data = new Float64Array(count * numSteps * size);
  for (let s = 0; s < count; s++) {
    for (let t = 0; t < numSteps; t++) {
      const u = s * inputs.seriesStride + t * d;
      const b = s * constant.seriesStride + t * constant.stepStride;
      const w = s * inputWeights.seriesStride + t * inputWeights.stepStride;
      const at = (s * numSteps + t) * size;
      for (let i = 0; i < size; i++) {
        let sum = constant.data[b + i];
        for (let k = 0; k < d; k++) sum += inputWeights.data[w + i * d + k] * inputs.data[u + k];
        data[at + i] = sum;
      }
    }
  }
  return { data, stepStride: size, seriesStride: perSeries ? numSteps * size : 0 };
}
