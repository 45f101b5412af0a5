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

import { conditionalGain } from "./conditional_gain.ts";
import type { DiffuseStep, JointMoments } from "./diffuse_filter.cpu.ts";
import type { LinearGaussianProblem } from "./linear_gaussian_problem.ts";
import { clearPredicted, clearRounding, rowNorm } from "./rounding_rows.ts";
import { triangularise } from "./triangularise.ts";

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

/** Row-major product of A [rows, inner] and B [inner, columns], parts of larger arrays. */
function addProduct(
  rows: number,
  inner: number,
  columns: number,
  A: Float64Array,
  aAt: number,
  aStride: number,
  B: Float64Array,
  bAt: number,
  bStride: number,
  out: Float64Array,
  at: number,
  stride: number,
  sign = 1,
): void {
  for (let i = 0; i < rows; i++) {
    for (let k = 0; k < inner; k++) {
      const x = sign * A[aAt + i * aStride + k];
      if (x === 0) continue;
      for (let j = 0; j < columns; j++) out[at + i * stride + j] += x * B[bAt + k * bStride + j];
    }
  }
}

/** F, b, Lq of the transition into step t, and where they start. */
function transition(
  { dynamicsWeights: F, dynamicsBias: b, dynamicsFactor: Q }: LinearGaussianProblem,
  s: number,
  t: number,
) {
  const at = (field: typeof F): number => s * field.seriesStride + t * field.stepStride;
  return { F: F.data, f: at(F), b: b.data, bias: at(b), Q: Q.data, q: at(Q) };
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
  const { F, f, b, bias, Q, q } = transition(problem, series, t);
  const stride = n + size;
  const a = new Float64Array(size * stride);
  for (let i = 0; i < n; i++) for (let j = 0; j <= i; j++) a[i * stride + size + j] = Q[q + i * n + j];
  addProduct(n, n, size, F, f, n, filtered.factor, 0, size, a, 0, stride);
  clearPredicted(n, F, f, filtered.factor, size, a, stride, 0, size);
  for (let i = n; i < size; i++)
    for (let j = 0; j <= i; j++) a[i * stride + j] = filtered.factor[i * size + j];
  const { gain, column } = conditionalGain(a, stride, n, k, stride);
  const change = next.mean.map((value, i) => value - b[bias + i]);
  addProduct(n, n, 1, F, f, n, filtered.mean, 0, 1, change, 0, 1, -1);
  const mean = new Float64Array(size);
  mean.set(next.mean);
  mean.set(filtered.mean.subarray(n), n);
  addProduct(k, n, 1, gain, 0, n, change, 0, 1, mean, n, 1);
  const wide = n + stride - column;
  const w = new Float64Array(size * wide);
  addProduct(k, n, n, gain, 0, n, next.factor, 0, n, w, n * wide, wide);
  for (let i = 0; i < n; i++) for (let j = 0; j <= i; j++) w[i * wide + j] = next.factor[i * n + j];
  for (let i = n; i < size; i++)
    for (let j = column; j < stride; j++) w[i * wide + n + j - column] = a[i * stride + j];
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
  const { F, f, b, bias, Q, q } = transition(problem, series, t + 1);
  const { A, spread, width } = givenInitial(filtered, identified, n);

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

  // E, D
  const stride = width + n;
  const a = new Float64Array(2 * n * stride);
  addProduct(n, n, width, F, f, n, spread, 0, width, a, 0, stride);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) a[i * stride + width + j] = Q[q + i * n + j];
    for (let j = 0; j < width; j++) a[(n + i) * stride + j] = spread[i * width + j];
  }
  clearPredicted(n, F, f, spread, width, a, stride, 0, width);
  const { gain: E, column } = conditionalGain(a, stride, n, n, stride);
  addProduct(n, n, 1, E, 0, n, change, 0, 1, mean, 0, 1);

  // J
  const FA = new Float64Array(n * k);
  addProduct(n, n, k, F, f, n, A, 0, k, FA, 0, k);
  const K = A.slice();
  addProduct(n, n, k, E, 0, n, FA, 0, k, K, 0, k, -1);
  const wide = total + stride - column;
  const w = new Float64Array(total * wide);
  addProduct(n, n, total, E, 0, n, ahead.factor, 0, total, w, 0, wide);
  addProduct(n, k, total, K, 0, k, ahead.factor, n * total, total, w, 0, wide);
  const cross = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++)
      for (let l = 0; l <= j; l++) cross[i * n + j] += w[i * wide + l] * ahead.factor[j * total + l];
  for (let i = 0; i < n; i++)
    for (let j = column; j < stride; j++) w[i * wide + total + j - column] = a[(n + i) * stride + j];
  for (let i = n; i < total; i++) for (let j = 0; j <= i; j++) w[i * wide + j] = ahead.factor[i * total + j];
  return { joint: { mean, factor: lower(w, wide, total) }, cross };
}

/** z_t given ω and the data so far: sensitivity A [n, k] and factor `spread` [n, width] of what is left. */
function givenInitial(
  { factor, mean, states, basis }: JointMoments,
  identified: readonly Float64Array[],
  n: number,
): { A: Float64Array; spread: Float64Array; width: number } {
  const size = mean.length;
  const known = size - n;
  const k = identified.length;
  const rank = k - known;
  const a = new Float64Array(size * size);
  a.set(factor.subarray(n * size), 0);
  a.set(factor.subarray(0, n * size), known * size);
  const { gain, column } = conditionalGain(a, size, known, n, size);
  const A = new Float64Array(n * k);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < known; j++) A[i * k + j] = gain[i * known + j];
    for (let j = known; j < k; j++) {
      for (let l = 0; l < rank; l++) {
        let along = 0;
        for (let d = 0; d < k; d++) along += basis[d * rank + l] * identified[j][d];
        A[i * k + j] += states[i * rank + l] * along;
      }
    }
  }
  const width = size - column;
  const spread = new Float64Array(n * width);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < width; j++) spread[i * width + j] = a[(known + i) * size + column + j];
    clearRounding(spread, i * width, width, rowNorm(factor, i * size, size), n);
  }
  return { A, spread, width };
}

/** Lower-triangular factor [size, size] of W W', W [size, wide]. */
function lower(w: Float64Array, wide: number, size: number): Float64Array {
  triangularise(w, wide, 0, 0, size, wide);
  const out = new Float64Array(size * size);
  for (let i = 0; i < size; i++)
    for (let j = 0; j <= Math.min(i, wide - 1); j++) out[i * size + j] = w[i * wide + j];
  return out;
}
