/**
 * Smoothing of the first steps of a diffuse series. With the conditionals of diffuse_backward.ts, (z_t, ω) given all data is an
 * affine image of (z_{t+1}, ω) given all data with added noise D, so with a factor J of their joint covariance
 *
 *   J_t = tria[[E J_z + K J_ω, D], [J_ω, 0]],   K = A − E F A,   Cov(z_t, z_{t+1} | y) = (E J_z + K J_ω) J_z'
 *
 * No covariance is subtracted from another. Source: De Jong 1991, doi:10.1214/aos/1176348139.
 */

import {
  backwardMean,
  backwardStep,
  initialGivenNext,
  initialMean,
  lowerFactor,
} from "./diffuse_backward.ts";
import type { DiffuseStep, JointMoments } from "./diffuse_filter.cpu.ts";
import type { LinearGaussianProblem } from "./linear_gaussian_problem.ts";
import { addProduct } from "./small_products.ts";

/** Smoothed moments of one step. */
export interface SmoothedStep {
  /** [n] */
  readonly mean: Float64Array;
  /** Lower triangular [n, n]. */
  readonly factor: Float64Array;
  /** Cov(z_t, z_{t+1} | y) [n, n]; undefined at the last step of a series. */
  readonly cross: Float64Array | undefined;
}

/** Smoothed moments of (z_t, ω): mean [n + k], factor [n + k, n + k] lower triangular, z first. */
interface Joint {
  readonly mean: Float64Array;
  readonly factor: Float64Array;
}

/**
 * p(z_t | all data) for the steps of the head.
 * @param steps all with `joint`, every direction identified at the last
 * @param identified directions of δ [k], as the filter found them
 * @param next smoothed moments of the step after the head; undefined when the series ends with it
 */
export function smoothHead(
  problem: LinearGaussianProblem,
  series: number,
  steps: readonly DiffuseStep[],
  identified: readonly Float64Array[],
  next: Omit<SmoothedStep, "cross"> | undefined,
): SmoothedStep[] {
  const n = problem.stateDim;
  const last = steps.length - 1;
  const out: SmoothedStep[] = new Array(steps.length);
  let joint: Joint;
  let t = last;
  if (next === undefined) {
    joint = steps[last].joint!;
    out[last] = { ...marginal(joint, n), cross: undefined };
    t--;
  } else {
    joint = joinAhead(problem, series, steps.length, steps[last].joint!, next);
  }
  for (; t >= 0; t--) {
    const back = stepBack(problem, series, t, steps[t].joint!, identified, joint);
    joint = back.joint;
    out[t] = { ...marginal(joint, n), cross: back.cross };
  }
  return out;
}

function marginal({ mean, factor }: Joint, n: number): { mean: Float64Array; factor: Float64Array } {
  const size = mean.length;
  const U = new Float64Array(n * n);
  for (let i = 0; i < n; i++) for (let j = 0; j <= i; j++) U[i * n + j] = factor[i * size + j];
  return { mean: mean.slice(0, n), factor: U };
}

/** (z_t, ω) given all data, from filtered (z_{t−1}, ω) and the smoothed z_t. */
function joinAhead(
  problem: LinearGaussianProblem,
  series: number,
  t: number,
  filtered: JointMoments,
  next: Omit<SmoothedStep, "cross">,
): Joint {
  const n = problem.stateDim;
  const given = initialGivenNext(problem, series, t, filtered);
  const k = given.mean.length;
  const size = n + k;
  const mean = new Float64Array(size);
  mean.set(next.mean);
  mean.set(initialMean(given, next.mean), n);
  const w = new Float64Array(size * size);
  addProduct(k, n, n, given.gain, 0, n, next.factor, 0, n, w, n * size, size);
  for (let i = 0; i < n; i++) for (let j = 0; j <= i; j++) w[i * size + j] = next.factor[i * n + j];
  for (let i = 0; i < k; i++)
    for (let j = 0; j <= i; j++) w[(n + i) * size + n + j] = given.factor[i * k + j];
  return { mean, factor: w };
}

/** (z_t, ω) given all data from (z_{t+1}, ω) given all data, and Cov(z_t, z_{t+1}). */
function stepBack(
  problem: LinearGaussianProblem,
  series: number,
  t: number,
  filtered: JointMoments,
  identified: readonly Float64Array[],
  ahead: Joint,
): { joint: Joint; cross: Float64Array } {
  const n = problem.stateDim;
  const k = identified.length;
  const total = n + k;
  const step = backwardStep(problem, series, t, filtered, identified);
  const mean = ahead.mean.slice();
  mean.set(backwardMean(problem, series, t, step, ahead.mean, ahead.mean.subarray(n)));
  const wide = total + n;
  const w = new Float64Array(total * wide);
  addProduct(n, n, total, step.E, 0, n, ahead.factor, 0, total, w, 0, wide);
  addProduct(n, k, total, step.K, 0, k, ahead.factor, n * total, total, w, 0, wide);
  const cross = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++)
      for (let l = 0; l <= j; l++) cross[i * n + j] += w[i * wide + l] * ahead.factor[j * total + l];
  for (let i = 0; i < n; i++) for (let j = 0; j <= i; j++) w[i * wide + total + j] = step.D[i * n + j];
  for (let i = n; i < total; i++) for (let j = 0; j <= i; j++) w[i * wide + j] = ahead.factor[i * total + j];
  return { joint: { mean, factor: lowerFactor(w, wide, 0, 0, total, wide) }, cross };
}
