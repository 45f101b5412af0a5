/** decompose(): the smoothed or filtered states, and what each component adds to y by them. */

import { ParameterError } from "../engine/index.ts";
import {
  isStructural,
  type LinearGaussianSSM,
  observationLayout,
  type Parameter,
  readInputs,
  readObservations,
  type SeriesInput,
  say,
  spareFirst,
  valueText,
} from "../models/index.ts";
import { isHmm } from "./check_hmm.ts";
import { checkModel } from "./check_model.ts";
import type { DecomposeOptions } from "./decompose.ts";
import { type BandEntries, Decomposition } from "./decomposition.ts";
import { infer } from "./infer.ts";
import { DEFAULT_LEVEL } from "./intervals.ts";
import { checkLevel, checkOptions } from "./options.ts";
import { StateResult } from "./state_result.ts";

const CALL = "decompose";

export async function decomposeStates(
  model: LinearGaussianSSM,
  observations: SeriesInput,
  options: DecomposeOptions,
): Promise<Decomposition> {
  checkOptions(CALL, options, { add: ["level", "states"] });
  const { level = DEFAULT_LEVEL, states: kind = "smoothed", ...inference } = options;
  checkLevel(CALL, level);
  if (kind !== "smoothed" && kind !== "filtered") {
    throw new ParameterError(
      say(
        CALL,
        "options.states",
        '"smoothed" or "filtered"',
        valueText(kind),
        "Correct the option or leave it out.",
      ),
    );
  }
  const hmm = isHmm(model);
  if (!hmm) checkModel(CALL, model);
  if (hmm || !isStructural(model)) {
    throw new ParameterError(
      say(
        CALL,
        "model",
        "a model of components",
        hmm ? valueText(model) : "one without",
        "Make it with add(), as add(level({ variance: 1 })).",
      ),
    );
  }
  const layout = observationLayout(CALL, model, observations);
  const { numSeries, numSteps, lengths, batch } = layout;
  const inputs = readInputs(CALL, layout, inference.inputs, model.inputDim, spareFirst(model));
  const y = readObservations(CALL, layout, inference.mask);
  const source = await infer(CALL, kind === "smoothed" ? "smooth" : "filter", model, observations, {
    ...inference,
    dtype: "float64",
    outputs: inference.outputs ?? [],
  });
  const result = new StateResult(source);
  const means = kind === "smoothed" ? result.smoothedMeans : result.filteredMeans;
  const covariances = kind === "smoothed" ? result.smoothedCovariances : result.filteredCovariances;

  const n = model.stateDim;
  /** Fills [N, T], NaN past the end of short series. */
  const fill = (entry: (series: number, step: number, at: number) => number): Float64Array => {
    const data = new Float64Array(numSeries * numSteps).fill(Number.NaN);
    for (let s = 0; s < numSeries; s++) {
      for (let t = 0; t < lengths[s]; t++) data[s * numSteps + t] = entry(s, t, s * numSteps + t);
    }
    return data;
  };
  /** w'Pw over the states from … to − 1; infinite where it rests on a variance that is. */
  const quadratic = (weights: Float64Array, w: number, from: number, to: number, at: number): number => {
    let sum = 0;
    let infinite = false;
    for (let i = from; i < to; i++) {
      for (let j = from; j < to; j++) {
        const weight = weights[w + i - from] * weights[w + j - from];
        const entry = covariances.data[(at * n + i) * n + j];
        if (weight === 0) continue;
        if (Math.abs(entry) === Number.POSITIVE_INFINITY) infinite = true;
        else sum += weight * entry;
      }
    }
    return infinite ? Number.POSITIVE_INFINITY : Math.max(0, sum);
  };

  const components = model.components
    .filter(part => part.kind !== "irregular")
    .map(({ name, kind, states: [from, to], inputs: [input], system }): BandEntries => {
      const { weights, offset = 0, inputWeights = [] } = system;
      const stride = weights.length === to - from ? 0 : to - from;
      const mean = fill((s, t, at) => {
        let sum = offset;
        for (let i = from; i < to; i++) sum += weights[t * stride + i - from] * means.data[at * n + i];
        inputWeights.forEach((weight, k) => {
          if (inputs) sum += weight * inputs.data[s * inputs.seriesStride + t * model.inputDim + input + k];
        });
        return sum;
      });
      const variance = fill((_, t, at) => quadratic(weights, t * stride, from, to, at));
      return { name, kind, mean, variance };
    });
  const H: Parameter = model.parameters.emissions.weights;
  const R = model.parameters.emissions.covariance.data[0];
  const fitted: BandEntries = {
    name: "fitted",
    kind: "fitted",
    mean: fill((_s, _t, at) => components.reduce((sum, part) => sum + part.mean[at], 0)),
    variance: fill((_, t, at) => quadratic(H.data, t * H.stepStride, 0, n, at)),
  };
  const irregular: BandEntries = {
    name: model.components.find(part => part.kind === "irregular")?.name ?? "irregular",
    kind: "irregular",
    mean: fill((_s, _t, at) => (Number.isNaN(y[at]) ? 0 : y[at] - fitted.mean[at])),
    variance: fill((_s, _t, at) => (Number.isNaN(y[at]) ? R : R === 0 ? 0 : fitted.variance[at])),
  };
  return new Decomposition({
    states: result,
    level,
    batch,
    numSteps,
    dtype: inference.dtype ?? "float64",
    components,
    fitted,
    irregular,
  });
}
