/**
 * Backward kernels of the first steps of a diffuse series, ω the identified coordinates of the initial vector:
 *
 *   z_t | z_{t+1}, ω, y_0:t = c + E (z_{t+1} − F c − b) + D ε,   c = x + A (ω − ω̄)       headGain
 *   ω | z_{t}, y_0:t−1      = ω̄ + G (z_t − F x − b) + D ε                                 initialGain
 *
 * diffuse_smoother.cpu.ts says where they come from; diffuse_sampler.cpu.ts draws from them.
 */

import { conditionalGain } from "./conditional_gain.ts";
import type { JointMoments } from "./diffuse_filter.cpu.ts";
import type { LinearGaussianProblem } from "./linear_gaussian_problem.ts";
import { clearPredicted, clearRounding, rowNorm } from "./rounding_rows.ts";
import { triangularise } from "./triangularise.ts";

/** A regression and what it leaves: gain, and D [rows of the gain, width]. */
export interface Kernel {
  readonly gain: Float64Array;
  readonly noise: Float64Array;
  readonly width: number;
}

/** z_t from z_{t+1} and ω: gain E [n, n], A [n, k]. */
export function headGain(
  problem: LinearGaussianProblem,
  series: number,
  t: number,
  filtered: JointMoments,
  identified: readonly Float64Array[],
): Kernel & { readonly A: Float64Array } {
  const n = problem.stateDim;
  const { F, f, Q, q } = transition(problem, series, t + 1);
  const { A, spread, width } = givenInitial(filtered, identified, n);
  const stride = width + n;
  const a = new Float64Array(2 * n * stride);
  addProduct(n, n, width, F, f, n, spread, 0, width, a, 0, stride);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) a[i * stride + width + j] = Q[q + i * n + j];
    for (let j = 0; j < width; j++) a[(n + i) * stride + j] = spread[i * width + j];
  }
  clearPredicted(n, F, f, spread, width, a, stride, 0, width);
  return { A, ...regression(a, stride, n, n) };
}

/** ω [k] from z_t, the step after the filtered moments: gain [k, n]. */
export function initialGain(
  problem: LinearGaussianProblem,
  series: number,
  t: number,
  filtered: JointMoments,
): Kernel {
  const n = problem.stateDim;
  const size = filtered.mean.length;
  const { F, f, Q, q } = transition(problem, series, t);
  const stride = n + size;
  const a = new Float64Array(size * stride);
  for (let i = 0; i < n; i++) for (let j = 0; j <= i; j++) a[i * stride + size + j] = Q[q + i * n + j];
  addProduct(n, n, size, F, f, n, filtered.factor, 0, size, a, 0, stride);
  clearPredicted(n, F, f, filtered.factor, size, a, stride, 0, size);
  for (let i = n; i < size; i++)
    for (let j = 0; j <= i; j++) a[i * stride + j] = filtered.factor[i * size + j];
  return regression(a, stride, n, size - n);
}

/** The last `rows` rows of a on its first p. */
function regression(a: Float64Array, stride: number, p: number, rows: number): Kernel {
  const { gain, column } = conditionalGain(a, stride, p, rows, stride);
  const width = stride - column;
  const noise = new Float64Array(rows * width);
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < width; j++) noise[i * width + j] = a[(p + i) * stride + column + j];
  return { gain, noise, width };
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

/** Row-major product of A [rows, inner] and B [inner, columns], parts of larger arrays. */
export function addProduct(
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
export function transition(
  { dynamicsWeights: F, dynamicsBias: b, dynamicsFactor: Q }: LinearGaussianProblem,
  s: number,
  t: number,
) {
  const at = (field: typeof F): number => s * field.seriesStride + t * field.stepStride;
  return { F: F.data, f: at(F), b: b.data, bias: at(b), Q: Q.data, q: at(Q) };
}

/** Lower-triangular factor [size, size] of W W', W [size, wide]. */
export function lower(w: Float64Array, wide: number, size: number): Float64Array {
  triangularise(w, wide, 0, 0, size, wide);
  const out = new Float64Array(size * size);
  for (let i = 0; i < size; i++)
    for (let j = 0; j <= Math.min(i, wide - 1); j++) out[i * size + j] = w[i * wide + j];
  return out;
}
