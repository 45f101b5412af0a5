import type { LinearGaussianProblem } from "../inference/index.ts";
import { covarianceFactor } from "./covariance_factor.ts";
import type { LinearGaussianSSM } from "./linear_gaussian.ts";

type Records = Pick<
  LinearGaussianProblem,
  "emissionWeights" | "emissionFactor" | "observedCounts" | "emissionIndex"
>;

/**
 * One record of H and Lr for every distinct (time index, series index, pattern of missing entries) that occurs.
 * @param y [N, T, m], NaN where missing or past the end
 */
export function emissionRecords(
  call: string,
  model: LinearGaussianSSM,
  y: Float64Array,
  numSeries: number,
  numSteps: number,
  lengths: Uint32Array,
): Records {
  const { stateDim: n, emissionDim: m, parameters, factors } = model;
  const { weights, covariance } = parameters.emissions;
  const perStep = weights.stepStride > 0 || covariance.stepStride > 0;
  const perSeries = weights.seriesStride > 0 || covariance.seriesStride > 0;
  const unique = perStep && (perSeries || numSeries === 1);

  // First pass: which record every step uses, and one step that shows its pattern.
  const index = new Uint32Array(numSeries * numSteps);
  const shownBy: number[] = [];
  const found = new Map<number | string, number>();
  const numeric = m <= 20;
  let lastKey: number | string = -1;
  let lastRecord = 0;
  for (let s = 0; s < numSeries; s++) {
    for (let t = 0; t < lengths[s]; t++) {
      const at = s * numSteps + t;
      if (unique) {
        index[at] = shownBy.push(at) - 1;
        continue;
      }
      const key = patternKey(y, at * m, m, numeric, perStep ? t : perSeries ? s : 0);
      if (key !== lastKey) {
        let record = found.get(key);
        if (record === undefined) {
          record = shownBy.push(at) - 1;
          found.set(key, record);
        }
        lastKey = key;
        lastRecord = record;
      }
      index[at] = lastRecord;
    }
  }

  // Second pass: fill the records.
  const count = shownBy.length;
  const emissionWeights = new Float64Array(count * m * n);
  const emissionFactor = new Float64Array(count * m * m);
  const observedCounts = new Uint32Array(count);
  for (let r = 0; r < count; r++) {
    const at = shownBy[r];
    const s = Math.floor(at / numSteps);
    const t = at % numSteps;
    const h = s * weights.seriesStride + t * weights.stepStride;
    const c = s * covariance.seriesStride + t * covariance.stepStride;
    const present: number[] = [];
    for (let i = 0; i < m; i++) if (!Number.isNaN(y[at * m + i])) present.push(i);
    observedCounts[r] = present.length;
    for (const i of present) {
      for (let k = 0; k < n; k++) emissionWeights[(r * m + i) * n + k] = weights.data[h + i * n + k];
    }
    if (present.length === m) {
      const from = factors.emissions.data;
      for (let k = 0; k < m * m; k++) emissionFactor[r * m * m + k] = from[c + k];
      continue;
    }
    for (let i = 0; i < m; i++) emissionFactor[(r * m + i) * m + i] = 1;
    embedFactor(call, covariance.data, c, m, present, emissionFactor, r * m * m);
  }
  const single = count === 1;
  return {
    emissionWeights,
    emissionFactor,
    observedCounts,
    emissionIndex: single
      ? { data: new Uint32Array(1), stepStride: 0, seriesStride: 0 }
      : { data: index, stepStride: 1, seriesStride: numSteps },
  };
}

/** Pattern of missing entries with the parameter index; a number where that is exact. */
function patternKey(
  y: Float64Array,
  at: number,
  m: number,
  numeric: boolean,
  parameter: number,
): number | string {
  if (numeric) {
    let key = parameter;
    for (let i = at; i < at + m; i++) key = key * 2 + (Number.isNaN(y[i]) ? 1 : 0);
    return key;
  }
  let key = `${parameter}:`;
  for (let i = at; i < at + m; i++) key += Number.isNaN(y[i]) ? "1" : "0";
  return key;
}

/** Factor of R restricted to the observed rows, written into their places. */
function embedFactor(
  call: string,
  covariance: Float64Array,
  at: number,
  m: number,
  present: readonly number[],
  out: Float64Array,
  to: number,
): void {
  const k = present.length;
  const sub = new Float64Array(k * k);
  const factor = new Float64Array(k * k);
  for (let i = 0; i < k; i++)
    for (let j = 0; j < k; j++) sub[i * k + j] = covariance[at + present[i] * m + present[j]];
  covarianceFactor(call, "emissions.covariance", sub, 0, k, factor, 0);
  for (let i = 0; i < k; i++)
    for (let j = 0; j <= i; j++) out[to + present[i] * m + present[j]] = factor[i * k + j];
}
