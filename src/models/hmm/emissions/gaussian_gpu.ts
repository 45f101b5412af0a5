import type { GpuEmissions } from "../../../inference/index.ts";
import { firstRow, moveRow } from "./bind_rows.ts";
import type { EmissionData } from "./family.ts";
import type { GaussianPatterns, Pattern } from "./gaussian_patterns.ts";
import { type LinearMeans, residual } from "./linear_means.ts";
import { type StepRecords, stepRecords, tableFits } from "./records.ts";
import { chooseReference, indexOfLargest, MOST_TABLE_FLOATS } from "./references.ts";
import { UNIT, writeFactor, writeTerm } from "./two_words.ts";

/** The densities of a Gaussian family as they are known in float64. */
export interface GaussianModel {
  readonly numEmissions: number;
  readonly emissionDim: number;
  readonly inputDim: number;
  readonly means: LinearMeans;
  readonly patterns: GaussianPatterns;
  /** Added to the log-density when a reference is chosen: log weights of the components of a mixture. */
  readonly weights?: Float64Array;
}

/** What lib/gaussian_ratio.wgsl reads, or undefined where its table would be too large. */
export function gaussianGpu(model: GaussianModel, data: EmissionData): GpuEmissions | undefined {
  const { numEmissions: E, emissionDim: m, means, patterns } = model;
  const p = means.numFeatures;
  const triangle = (m * (m + 1)) / 2;
  const pairFloats = 2 * (triangle + m * p + 1);
  // Every pattern that occurs, and the features on average, before any table.
  const centre = scan(model, data);
  const count = patterns.patterns.length * E;
  if (count * E * pairFloats > MOST_TABLE_FLOATS) return undefined;
  const parameters = new Float32Array(count * E * pairFloats);
  for (const pattern of patterns.patterns)
    for (let r = 0; r < E; r++)
      for (let e = 0; e < E; e++)
        packPair(model, pattern, r, e, centre, parameters, ((pattern.index * E + r) * E + e) * pairFloats);
  if (!tableFits(parameters)) return undefined;
  const row = firstRow(data);
  const x = new Float64Array(p);
  const white = new Float64Array(E * m);
  const logDensities = new Float64Array(E);
  const distances = new Float64Array(E);
  const deviation = new Float64Array(m);
  const scales = channelScales(model);
  /** Whitens the deviations of a row from every mean; the reference, or −1 where the density is 1. */
  const reference = (series: number, step: number): { pattern: Pattern; r: number } => {
    moveRow(row, data, m, model.inputDim, series, step);
    const pattern = patterns.of(row.observations, row.at);
    const { present, whiteners, constants } = pattern;
    const k = present.length;
    if (!means.features(row, x) || k === 0) return { pattern, r: -1 };
    for (let e = 0; e < E; e++) {
      let distance = 0;
      let square = 0;
      for (let i = 0; i < k; i++) {
        deviation[i] = residual(means, x, e * m + present[i], row.observations[row.at + present[i]]);
        distance = Math.max(distance, Math.abs(deviation[i]) / scales[present[i]]);
        let w = 0;
        for (let j = 0; j <= i; j++) w += whiteners[(e * k + i) * k + j] * deviation[j];
        white[e * m + i] = w;
        square += w * w;
      }
      distances[e] = distance;
      logDensities[e] = constants[e] - 0.5 * square + (model.weights?.[e] ?? 0);
    }
    return { pattern, r: chooseReference(logDensities, distances, indexOfLargest(logDensities), 0, E) };
  };
  const recordFloats = 1 + 2 * (m + p - 1);
  const record: StepRecords["record"] = (series, step, out, at) => {
    const { pattern, r } = reference(series, step);
    out.fill(0, at, at + recordFloats);
    out[at] = r < 0 ? -1 : pattern.index * E + r;
    if (r < 0) return 0;
    for (let i = 0; i < pattern.present.length; i++)
      writeFactor(white[r * m + i], out, at + 1 + 2 * pattern.present[i]);
    for (let j = 1; j < p; j++) writeFactor(x[j] - centre[j], out, at + 1 + 2 * (m + j - 1));
    return logDensities[r] - (model.weights?.[r] ?? 0);
  };
  const constants = {
    EMISSION_DIM: m,
    FEATURES: p - 1,
    N_DENSITIES: E,
    SAME_SHAPE: patterns.sameShape ? 1 : 0,
  };
  return stepRecords({ kernel: { stem: "gaussian" }, constants, parameters, recordFloats, record }, data);
}

/** Meets every pattern of missing entries; returns the means of the features [p], 0 for the first. */
function scan(
  { emissionDim: m, inputDim, means, patterns }: GaussianModel,
  data: EmissionData,
): Float64Array {
  const x = new Float64Array(means.numFeatures);
  const sum = new Float64Array(means.numFeatures);
  const row = firstRow(data);
  let count = 0;
  for (let s = 0; s < data.numSeries; s++) {
    for (let t = 0; t < data.lengths[s]; t++) {
      moveRow(row, data, m, inputDim, s, t);
      patterns.of(row.observations, row.at);
      if (means.numFeatures === 1 || !means.features(row, x)) continue;
      count++;
      for (let j = 1; j < x.length; j++) sum[j] += (x[j] - sum[j]) / count;
    }
  }
  return sum;
}

/** [m] a unit for every channel: the smallest standard deviation of any density. */
function channelScales({ numEmissions: E, emissionDim: m, patterns }: GaussianModel): Float64Array {
  const scales = new Float64Array(m).fill(Number.POSITIVE_INFINITY);
  for (let e = 0; e < E; e++)
    for (let i = 0; i < m; i++) scales[i] = Math.min(scales[i], patterns.deviation(e, i));
  return scales;
}

/** D, V and the constant of e against r, rows of missing entries 0. */
function packPair(
  { emissionDim: m, means, patterns }: GaussianModel,
  { present, whiteners, factors, constants }: Pattern,
  r: number,
  e: number,
  centre: Float64Array,
  out: Float32Array,
  at: number,
): void {
  const k = present.length;
  const p = means.numFeatures;
  const shifts = at + m * (m + 1);
  const weights = new Float64Array(p);
  for (let i = 0; i < k; i++) {
    const channel = present[i];
    const line = at + channel * (channel + 1);
    for (let j = 0; j <= i; j++) {
      let sum = i === j ? -1 : 0;
      for (let l = j; l <= i; l++) sum += whiteners[(e * k + i) * k + l] * factors[(r * k + l) * k + j];
      if (e !== r && !patterns.sameShape) writeFactor(UNIT * sum, out, line + 2 * present[j]);
    }
    for (let f = 0; f < p; f++) {
      weights[f] = 0;
      for (let l = 0; l <= i; l++) {
        const difference =
          means.weights[(e * m + present[l]) * p + f] - means.weights[(r * m + present[l]) * p + f];
        weights[f] += whiteners[(e * k + i) * k + l] * difference;
      }
      if (f > 0) weights[0] += weights[f] * centre[f];
      writeFactor(UNIT * weights[f], out, shifts + 2 * (channel * p + f));
    }
    writeTerm(UNIT * weights[0], out, shifts + 2 * channel * p);
  }
  writeTerm(constants[e] - constants[r], out, shifts + 2 * m * p);
}
