/**
 * The backward conditionals of the first steps of a diffuse series, on the joint Gaussian of z_t and the initial vector. With ω
 * the coordinates of δ along the directions that the data identified, one after the other, diffuse_filter.cpu.ts gives
 *
 *   z_t | ω, y_0:t = x + A (ω − ω̄) + U ε           A = [regression of z_t on the ω known at t,  B N' on the later ones]
 *   z_t | z_{t+1}, ω, y_0:t = c + E (z_{t+1} − F c − b) + D ε,    c = x + A (ω − ω̄)     E, D of the smoother's §3 from U
 *   ω | z_{t+1}, y_0:t = ω̄ + G (z_{t+1} − F x − b) + R ε                             by the end of the head
 *
 * None of these covariances is infinite. Source: De Jong 1991, doi:10.1214/aos/1176348139.
 */

import { conditionalGain } from "./conditional_gain.ts";
import type { JointMoments } from "./diffuse_filter.cpu.ts";
import type { LinearGaussianProblem } from "./linear_gaussian_problem.ts";
import { addProduct } from "./small_products.ts";
import { triangularise } from "./triangularise.ts";

/** z_t from z_{t+1} and ω. */
export interface BackwardStep {
  /** x, then ω̄ where known [n + q] */
  readonly mean: Float64Array;
  /** A [n, k] */
  readonly A: Float64Array;
  /** E [n, n] */
  readonly E: Float64Array;
  /** A − E F A [n, k] */
  readonly K: Float64Array;
  /** D [n, n] lower triangular */
  readonly D: Float64Array;
}

/** ω from z at the step after the head. */
export interface InitialGivenNext {
  /** ω̄ [k] */
  readonly mean: Float64Array;
  /** F x + b [n] */
  readonly predicted: Float64Array;
  /** G [k, n] */
  readonly gain: Float64Array;
  /** R [k, k] lower triangular */
  readonly factor: Float64Array;
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

/** F z + b of the transition into step t. */
function moved(problem: LinearGaussianProblem, s: number, t: number, z: Float64Array): Float64Array {
  const n = problem.stateDim;
  const { F, f, b, bias } = transition(problem, s, t);
  const out = b.slice(bias, bias + n);
  addProduct(n, n, 1, F, f, n, z, 0, 1, out, 0, 1);
  return out;
}

/** @param t step after the head; @param filtered joint moments of the step before, all of ω known */
export function initialGivenNext(
  problem: LinearGaussianProblem,
  series: number,
  t: number,
  filtered: JointMoments,
): InitialGivenNext {
  const n = problem.stateDim;
  const size = filtered.mean.length;
  const k = size - n;
  const { F, f, Q, q } = transition(problem, series, t);
  const stride = n + size;
  const a = new Float64Array(size * stride);
  for (let i = 0; i < n; i++) for (let j = 0; j <= i; j++) a[i * stride + size + j] = Q[q + i * n + j];
  addProduct(n, n, size, F, f, n, filtered.factor, 0, size, a, 0, stride);
  for (let i = n; i < size; i++)
    for (let j = 0; j <= i; j++) a[i * stride + j] = filtered.factor[i * size + j];
  const { gain, column } = conditionalGain(a, stride, n, k, stride);
  return {
    mean: filtered.mean.slice(n),
    predicted: moved(problem, series, t, filtered.mean),
    gain,
    factor: lowerFactor(a, stride, n, column, k, stride - column),
  };
}

/** ω̄ + G (z − F x − b) */
export function initialMean({ mean, predicted, gain }: InitialGivenNext, z: Float64Array): Float64Array {
  const n = predicted.length;
  const out = mean.slice();
  const change = z.map((value, i) => value - predicted[i]);
  addProduct(out.length, n, 1, gain, 0, n, change, 0, 1, out, 0, 1);
  return out;
}

/** @param identified directions of δ [k], in the order of ω */
export function backwardStep(
  problem: LinearGaussianProblem,
  series: number,
  t: number,
  filtered: JointMoments,
  identified: readonly Float64Array[],
): BackwardStep {
  const n = problem.stateDim;
  const k = identified.length;
  const { F, f, Q, q } = transition(problem, series, t + 1);
  const { A, spread, width } = givenInitial(filtered, identified, n);
  const stride = width + n;
  const a = new Float64Array(2 * n * stride);
  addProduct(n, n, width, F, f, n, spread, 0, width, a, 0, stride);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) a[i * stride + width + j] = Q[q + i * n + j];
    for (let j = 0; j < width; j++) a[(n + i) * stride + j] = spread[i * width + j];
  }
  const { gain: E, column } = conditionalGain(a, stride, n, n, stride);
  const FA = new Float64Array(n * k);
  addProduct(n, n, k, F, f, n, A, 0, k, FA, 0, k);
  const K = A.slice();
  addProduct(n, n, k, E, 0, n, FA, 0, k, K, 0, k, -1);
  return { mean: filtered.mean, A, E, K, D: lowerFactor(a, stride, n, column, n, stride - column) };
}

/** c + E (z_{t+1} − F c − b), c = x + A (ω − ω̄) */
export function backwardMean(
  problem: LinearGaussianProblem,
  series: number,
  t: number,
  { mean, A, E }: BackwardStep,
  next: Float64Array,
  omega: Float64Array,
): Float64Array {
  const n = problem.stateDim;
  const k = omega.length;
  const shift = omega.map((value, j) => value - (mean[n + j] ?? 0));
  const c = mean.slice(0, n);
  addProduct(n, k, 1, A, 0, k, shift, 0, 1, c, 0, 1);
  const expected = moved(problem, series, t + 1, c);
  const change = expected.map((value, i) => next[i] - value);
  addProduct(n, n, 1, E, 0, n, change, 0, 1, c, 0, 1);
  return c;
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
  for (let i = 0; i < n; i++)
    for (let j = 0; j < width; j++) spread[i * width + j] = a[(known + i) * size + column + j];
  return { A, spread, width };
}

/** Lower-triangular factor [size, size] of W W', W [size, width] from (row, column) of a, which is overwritten. */
export function lowerFactor(
  a: Float64Array,
  stride: number,
  row: number,
  column: number,
  size: number,
  width: number,
): Float64Array {
  triangularise(a, stride, row, column, size, width);
  const out = new Float64Array(size * size);
  for (let i = 0; i < size; i++)
    for (let j = 0; j <= Math.min(i, width - 1); j++) out[i * size + j] = a[(row + i) * stride + column + j];
  return out;
}
