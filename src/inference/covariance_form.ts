/**
 * What the covariance form of filter and smoother works on: the same problem with its observation noise whitened.
 *
 *   Lr⁻¹ y = Lr⁻¹ H z + r̃,  r̃ ~ N(0, I)        log p(y | ·) = log p(Lr⁻¹ y | ·) − log det Lr
 *
 * Entries of r̃ are independent, so that a step takes them in one by one. Each loses digits by the ratio of what is left of
 * its variance H P Hᵀ to that of its noise, here 1: a float32 covariance is off by about 2⁻²⁴ · ratio.
 */
import type { Field, LinearGaussianProblem } from "./linear_gaussian_problem.ts";

/** Largest ratio the form is used for: covariances stay within about 1e-4. The same in shaders/lib/precondition.wgsl. */
export const LARGEST_RATIO = 1e3;

/**
 * Largest amplification of the smoother's steps, max_i Σ_k E_ik² P⁻_kk / P_ii: how many times over the rounding of the
 * predicted covariance comes back in the smoothed one. It is large where the predicted covariance is nearly singular. In
 * float32 the errors of 128 random models stayed below 4e-5 up to 50, and reached 1e-4 at 85. The same in
 * shaders/lib/precondition.wgsl.
 */
export const LARGEST_AMPLIFICATION = 50;
/**
 * A pivot of a predicted covariance below VANISHING · n of its variance is taken as zero, in float64 as in float32, which cannot
 * tell it from zero: with ratios up to LARGEST_RATIO the data to come know next to nothing of that direction.
 */
export const VANISHING = 2.4e-7;

/** A step that the form was not used for. */
export interface Refusal {
  readonly series: number;
  readonly step: number;
  /** What was too large: the ratio of an update, or the amplification of a smoother's step. */
  readonly of: "update" | "smoothing";
  readonly value: number;
}

/** Why, for messages. */
export function refusalText({ step, of, value }: Omit<Refusal, "series">): string {
  const times = `${value < 1e4 ? value.toFixed(0) : value.toExponential(1).replace("e+", "e")} times`;
  return of === "update"
    ? `at step ${step} the variance H P H' of an entry given the past is ${times} that of its noise, more than ${LARGEST_RATIO}`
    : `at step ${step} the smoother would pass on the rounding of a nearly singular predicted covariance ${times} over, more than ${LARGEST_AMPLIFICATION}`;
}

/** A problem with whitened noise (emissionFactor = I) and its covariances beside their factors. */
export interface CovarianceProblem extends LinearGaussianProblem {
  /** [n, n] covariance of z_0. */
  readonly initialCovariance: Field;
  /** Q_t [n, n]; t = 0 is never read. */
  readonly dynamicsCovariance: Field;
  /** [numEmissionRecords] log det Lr, which the likelihoods of the whitened problem lack. */
  readonly noiseLogDeterminants: Float64Array;
}

export const isCovarianceProblem = (problem: LinearGaussianProblem): problem is CovarianceProblem =>
  "noiseLogDeterminants" in problem;

/** The whitened problem; every Lr regular. */
export function covarianceProblem(problem: LinearGaussianProblem): CovarianceProblem {
  const { stateDim: n, emissionDim: m, emissionFactor: Lr, observedCounts } = problem;
  const { numSeries: N, numSteps: T, lengths, emissionIndex: index } = problem;
  const records = observedCounts.length;
  const emissionWeights = Float64Array.from(problem.emissionWeights);
  const emissionFactor = new Float64Array(records * m * m);
  const noiseLogDeterminants = new Float64Array(records);
  for (let record = 0; record < records; record++) {
    solveFactor(Lr, record * m * m, m, emissionWeights, record * m * n, n);
    for (let i = 0; i < m; i++) {
      emissionFactor[(record * m + i) * m + i] = 1;
      noiseLogDeterminants[record] += Math.log(Lr[(record * m + i) * m + i]);
    }
  }
  const observations = Float64Array.from(problem.observations);
  for (let s = 0; s < N; s++) {
    for (let t = 0; t < lengths[s]; t++) {
      const record = index.data[s * index.seriesStride + t * index.stepStride];
      if (observedCounts[record] > 0) solveFactor(Lr, record * m * m, m, observations, (s * T + t) * m, 1);
    }
  }
  return {
    ...problem,
    emissionWeights,
    emissionFactor,
    observations,
    initialCovariance: squares(problem.initialFactor, n),
    dynamicsCovariance: squares(problem.dynamicsFactor, n),
    noiseLogDeterminants,
  };
}

/** X := L⁻¹ X in place, L [m, m] lower triangular, X [m, c]. */
function solveFactor(L: Float64Array, lAt: number, m: number, x: Float64Array, xAt: number, c: number): void {
  for (let i = 0; i < m; i++) {
    const row = xAt + i * c;
    for (let k = 0; k < i; k++) {
      const entry = L[lAt + i * m + k];
      for (let j = 0; j < c; j++) x[row + j] -= entry * x[xAt + k * c + j];
    }
    const pivot = L[lAt + i * m + i];
    for (let j = 0; j < c; j++) x[row + j] /= pivot;
  }
}

/** L Lᵀ of every matrix of a field. */
function squares({ data, stepStride, seriesStride }: Field, n: number): Field {
  const out = new Float64Array(data.length);
  for (let at = 0; at < data.length; at += n * n) {
    for (let i = 0; i < n; i++) {
      for (let j = 0; j <= i; j++) {
        let sum = 0;
        for (let k = 0; k <= j; k++) sum += data[at + i * n + k] * data[at + j * n + k];
        out[at + i * n + j] = sum;
        out[at + j * n + i] = sum;
      }
    }
  }
  return { data: out, stepStride, seriesStride };
}
