/**
 * Refinement around a nominal trajectory: float32 holds a mean to 6e-8 of its size, which may be many posterior standard
 * deviations. Given means x̄ of a first run, the same filter is run for δ = z − x̄, whose numbers are small:
 *
 *   δ_0 ~ N(m − x̄_0, S),  δ_t = F δ_{t−1} + (F x̄_{t−1} + b − x̄_t) + q,  y − H x̄_t = H δ_t + r
 *
 * with these residuals in float64. Means are x̄ + δ, covariances and log-likelihood are those of the second run.
 */
import { factorOf, mapMoments } from "./covariance_moments.ts";
import {
  denseRows,
  type Floats,
  type KalmanSmootherRecords,
  type LinearGaussianProblem,
  type Moments,
} from "./linear_gaussian_problem.ts";

type Records = Partial<KalmanSmootherRecords> & Pick<KalmanSmootherRecords, "logLikelihoods">;

type Spreads = Pick<Moments, "factors" | "covariances">;

/** Estimated error of a mean, in posterior standard deviations, above which another pass is run. */
export const REFINE_ABOVE = 2e-4;
/** Relative error of a log-likelihood above which a second pass is run. */
const LIKELIHOOD_ABOVE = 5e-7;
/** Relative standard deviation below which a mean counts as known exactly. */
const EXACT = 1e-14;
/** Passes after which it is enough: the correction shrinks by five digits or more each time. */
export const MOST_PASSES = 4;

/**
 * Estimated error of float32 means, in posterior standard deviations: 20 · 2⁻²⁴ · max |mean| / sd over the filter and, if
 * there, the smoother. Means whose standard deviation is less than rounding of their own size count as nothing: they are as
 * good as float32 holds them.
 */
export function estimatedError(problem: LinearGaussianProblem, records: Records): number {
  const ratios = [records.filtered, records.smoothed].map(m => (m ? largestRatio(problem, m) : 0));
  return errorOfRatio(Math.max(...ratios));
}

/** @param ratio the largest |mean| / sd */
export const errorOfRatio = (ratio: number): number => 20 * 2 ** -24 * ratio;

/**
 * What is to be added for a first pass where nothing is forgotten: while the volume of the filtered covariance still
 * shrinks at the end of a series, the errors of all chunks add up. Measured on static models: 50 · 2⁻²⁴ a step.
 */
export function rememberedError(
  { stateDim: n, numSeries, lengths }: LinearGaussianProblem,
  filtered: Spreads | undefined,
): number {
  let steps = 0;
  for (let s = 0; s < (filtered ? numSeries : 0); s++) {
    const last = lengths[s]! - 1;
    const [end, middle] = [last, last >> 1].map(t => logVolume(filtered as Spreads, n, s, t)) as [
      number,
      number,
    ];
    if (end < middle - 0.05) steps = Math.max(steps, lengths[s]!);
  }
  return 50 * 2 ** -24 * steps;
}

/**
 * Whether means that are off by `error` standard deviations leave the log-likelihood of a series too far off: independent
 * errors of that size in as many innovations of order one. Matters for short series, whose log-likelihood may be small.
 */
export function likelihoodTooFar(
  { emissionDim: m, numSteps: T, lengths }: LinearGaussianProblem,
  logLikelihoods: Floats,
  error: number,
): boolean {
  return lengths.some((length, s) => {
    let sum = 0;
    for (let t = s * T; t < s * T + length; t++) sum += logLikelihoods[t]!;
    return error * Math.sqrt(length * m) > LIKELIHOOD_ABOVE * Math.max(1, Math.abs(sum));
  });
}

/** ½ log det P; −Infinity where it is singular. */
function logVolume(moments: Spreads, n: number, s: number, t: number): number {
  const { data, at } = factorOf(moments, n, s, t);
  let sum = 0;
  for (let i = 0; i < n; i++) sum += Math.log(Math.abs(data[at + (i * (i + 3)) / 2]!));
  return sum;
}

function largestRatio({ stateDim: n, numSeries, lengths }: LinearGaussianProblem, moments: Moments): number {
  const { means, covariances } = moments;
  const spread = covariances ?? moments.factors;
  const [m, f] = [means.data, spread.data];
  const least = EXACT * EXACT;
  // Squares are compared, so that no root is taken for every entry.
  let most = 0;
  for (let s = 0; s < numSeries; s++) {
    const length = lengths[s]!;
    for (let t = 0; t < length; t++) {
      const mean = means.at(s, t);
      let at = spread.at(s, t);
      for (let i = 0; i < n; i++) {
        let variance = 0;
        for (let j = 0; j <= i; j++, at++) variance += f[at]! * f[at]!;
        if (covariances) variance = f[at - 1]!;
        const square = m[mean + i]! * m[mean + i]!;
        if (square > most * variance && variance > least * square) most = square / variance;
      }
    }
  }
  return Math.sqrt(most);
}

/** The means [N, T, n], added to `nominal`. */
export function addMeans(
  { stateDim: n, numSeries, numSteps, lengths }: LinearGaussianProblem,
  { means }: Moments,
  nominal?: Float64Array,
): Float64Array {
  const out = nominal ?? new Float64Array(numSeries * numSteps * n);
  for (let s = 0; s < numSeries; s++) {
    for (let t = 0; t < lengths[s]!; t++) {
      const from = means.at(s, t);
      const to = (s * numSteps + t) * n;
      for (let i = 0; i < n; i++) out[to + i]! += means.data[from + i]!;
    }
  }
  return out;
}

/** The problem for δ = z − nominal; nominal [N, T, n]. */
export function residualProblem<P extends LinearGaussianProblem>(problem: P, nominal: Float64Array): P {
  const { stateDim: n, emissionDim: m, numSeries: N, numSteps: T, lengths } = problem;
  const {
    dynamicsWeights: F,
    dynamicsBias: b,
    emissionIndex: index,
    emissionWeights: H,
    initialMean,
  } = problem;
  const bias = new Float64Array(N * T * n);
  const mean = new Float64Array(N * n);
  const observations = Float64Array.from(problem.observations);
  for (let s = 0; s < N; s++) {
    for (let i = 0; i < n; i++)
      mean[s * n + i] = initialMean.data[s * initialMean.seriesStride + i]! - nominal[s * T * n + i]!;
    for (let t = 0; t < lengths[s]!; t++) {
      const here = (s * T + t) * n;
      const record = index.data[s * index.seriesStride + t * index.stepStride]! * m * n;
      for (let i = 0; i < m; i++) {
        let residual = observations[(s * T + t) * m + i]!;
        for (let j = 0; j < n; j++) residual -= H[record + i * n + j]! * nominal[here + j]!;
        observations[(s * T + t) * m + i] = residual;
      }
      if (t === 0) continue;
      const weights = s * F.seriesStride + t * F.stepStride;
      const offset = s * b.seriesStride + t * b.stepStride;
      for (let i = 0; i < n; i++) {
        let residual = b.data[offset + i]! - nominal[here + i]!;
        for (let j = 0; j < n; j++) residual += F.data[weights + i * n + j]! * nominal[here - n + j]!;
        bias[here + i] = residual;
      }
    }
  }
  return {
    ...problem,
    initialMean: { data: mean, stepStride: 0, seriesStride: n },
    dynamicsBias: { data: bias, stepStride: n, seriesStride: T * n },
    observations,
  };
}

/** Records of δ with the nominal added to their means, in float64. */
export function aroundNominal<R extends Records>(
  problem: LinearGaussianProblem,
  records: R,
  nominal: Float64Array,
): R {
  const { stateDim: n, numSteps } = problem;
  const shift = (moments: Moments | undefined): Moments | undefined =>
    moments &&
    mapMoments(problem, moments, rows =>
      rows === moments.means ? denseRows(addMeans(problem, moments, nominal.slice()), n, numSteps) : rows,
    );
  return {
    ...records,
    filtered: shift(records.filtered),
    predicted: shift(records.predicted),
    smoothed: shift(records.smoothed),
  };
}
