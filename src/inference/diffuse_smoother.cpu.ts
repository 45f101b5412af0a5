/**
 * Smoothing of the first steps of a diffuse series, backwards on the joint Gaussian of z_t and the initial vector. With ω the
 * coordinates of δ along the directions that the data identified, one after the other, the filter (diffuse_filter.cpu.ts) gives
 *
 *   z_t | ω, y_0:t = x + A (ω − ω̄) + U ε           A = [regression of z_t on the ω known at t,  B N' on the later ones]
 *   z_t | z_{t+1}, ω, y_0:t = c + E (z_{t+1} − F c − b) + D ε,    c = x + A (ω − ω̄)     E, D of the smoother's §3 from U
 *
 * so (z_t, ω) given all data is an affine image of (z_{t+1}, ω) with added noise D, and
 *
 *   J_t = tria[[E J_z + (A − E F A) J_ω, D], [J_ω, 0]],   Cov(z_t, z_{t+1} | y) = (E J_z + (A − E F A) J_ω) J_z'
 *
 * No covariance is subtracted from another and none is infinite. Source: De Jong 1991, doi:10.1214/aos/1176348139.
 */

import type { DiffuseStep, JointMoments } from "./diffuse_filter.cpu.ts";
import { addProduct, headGain, initialGain, lower, transition } from "./diffuse_gain.ts";
import type { LinearGaussianProblem } from "./linear_gaussian_problem.ts";

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
  const size = filtered.mean.length;
  const k = size - n;
  const { F, f, b, bias } = transition(problem, series, t);
  const { gain, noise, width } = initialGain(problem, series, t, filtered);
  const change = next.mean.map((value, i) => value - b[bias + i]);
  addProduct(n, n, 1, F, f, n, filtered.mean, 0, 1, change, 0, 1, -1);
  const mean = new Float64Array(size);
  mean.set(next.mean);
  mean.set(filtered.mean.subarray(n), n);
  addProduct(k, n, 1, gain, 0, n, change, 0, 1, mean, n, 1);
  const wide = n + width;
  const w = new Float64Array(size * wide);
  addProduct(k, n, n, gain, 0, n, next.factor, 0, n, w, n * wide, wide);
  for (let i = 0; i < n; i++) for (let j = 0; j <= i; j++) w[i * wide + j] = next.factor[i * n + j];
  for (let i = 0; i < k; i++)
    for (let j = 0; j < width; j++) w[(n + i) * wide + n + j] = noise[i * width + j];
  return { mean, factor: lower(w, wide, size) };
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
  const { F, f, b, bias } = transition(problem, series, t + 1);
  const { A, gain: E, noise, width } = headGain(problem, series, t, filtered, identified);

  // c = x + A (ω − ω̄), and what z_{t+1} is beyond F c + b
  const known = filtered.mean.length - n;
  const shift = ahead.mean.slice(n);
  for (let j = 0; j < known; j++) shift[j] -= filtered.mean[n + j];
  const mean = new Float64Array(total);
  mean.set(filtered.mean.subarray(0, n));
  mean.set(ahead.mean.subarray(n), n);
  addProduct(n, k, 1, A, 0, k, shift, 0, 1, mean, 0, 1);
  const change = ahead.mean.slice(0, n).map((value, i) => value - b[bias + i]);
  addProduct(n, n, 1, F, f, n, mean, 0, 1, change, 0, 1, -1);

  addProduct(n, n, 1, E, 0, n, change, 0, 1, mean, 0, 1);

  // J
  const FA = new Float64Array(n * k);
  addProduct(n, n, k, F, f, n, A, 0, k, FA, 0, k);
  const K = A.slice();
  addProduct(n, n, k, E, 0, n, FA, 0, k, K, 0, k, -1);
  const wide = total + width;
  const w = new Float64Array(total * wide);
  addProduct(n, n, total, E, 0, n, ahead.factor, 0, total, w, 0, wide);
  addProduct(n, k, total, K, 0, k, ahead.factor, n * total, total, w, 0, wide);
  const cross = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++)
      for (let l = 0; l <= j; l++) cross[i * n + j] += w[i * wide + l] * ahead.factor[j * total + l];
  for (let i = 0; i < n; i++) for (let j = 0; j < width; j++) w[i * wide + total + j] = noise[i * width + j];
  for (let i = n; i < total; i++) for (let j = 0; j <= i; j++) w[i * wide + j] = ahead.factor[i * total + j];
  return { joint: { mean, factor: lower(w, wide, total) }, cross };
}
