/**
 * smoother_gain in float64 on the host: the backward kernel p(z_t | z_t+1, y_0:t) = N(E z_t+1 + g, D D').
 *
 *   tria[[Lq, F U], [0, U]] = [[Φ, 0], [Γ, D]],  E = Γ Φ⁺   (t → t+1, U the filtered factor),  g = m − E (F m + b)
 *
 * A zero pivot of Φ has a zero column (triangularise.ts), and its column of E is zero: singular Q with P0 = 0 is safe.
 * Source: Särkkä & García-Fernández 2021, doi:10.1109/TAC.2020.2976316; square root: Yaghoobi et al. 2022.
 */

import type { Floats, LinearGaussianProblem } from "./linear_gaussian_problem.ts";
import { clearPredicted } from "./rounding_rows.ts";
import { timesLower } from "./small_products.ts";
import { triangularise, triangulariseBlock } from "./triangularise.ts";

/** E and D of one transition; nothing is allocated per step. */
export class SmootherGain {
  /** E [n, n] */
  readonly gain: Float64Array;
  /** [2n, stride]; D, lower triangular with a non-negative diagonal, has its corner at `noiseAt`. */
  readonly block: Float64Array;
  readonly stride: number;
  readonly noiseAt: number;
  private readonly problem: LinearGaussianProblem;
  private readonly factor: Float64Array;
  private readonly reciprocals: Float64Array;

  constructor(problem: LinearGaussianProblem) {
    const n = problem.stateDim;
    this.problem = problem;
    this.gain = new Float64Array(n * n);
    this.stride = 3 * n;
    this.block = new Float64Array(2 * n * this.stride);
    this.noiseAt = n * this.stride + n;
    this.factor = new Float64Array(n * n);
    this.reciprocals = new Float64Array(n);
  }

  /** For the transition into step t of a series, from the packed filtered factor of step t − 1 at `at`. */
  make(series: number, t: number, packed: Floats, at: number): void {
    const { block: a, gain, factor: u, reciprocals, stride } = this;
    const { stateDim: n, dynamicsWeights: F, dynamicsFactor: Q } = this.problem;
    const q = Q.data;
    const fAt = series * F.seriesStride + t * F.stepStride;
    const qAt = series * Q.seriesStride + t * Q.stepStride;
    unpackFactor(packed, at, n, u);
    for (let i = 0; i < n; i++) {
      const row = i * stride;
      const low = (n + i) * stride;
      for (let j = 0; j <= i; j++) a[row + j] = q[qAt + i * n + j];
      for (let j = 0; j < n; j++) {
        a[low + j] = 0;
        a[low + n + j] = u[i * n + j];
      }
    }
    timesLower(F.data, fAt, n, n, u, n, a, n, stride);
    clearPredicted(n, F.data, fAt, u, n, a, stride, n, 0);
    triangularise(a, stride, n, n, n, triangulariseBlock(a, stride, n, 2 * n, n));
    for (let j = 0; j < n; j++) {
      const pivot = a[j * stride + j];
      reciprocals[j] = pivot > 0 ? 1 / pivot : 0;
    }
    for (let i = 0; i < n; i++) {
      const low = (n + i) * stride;
      for (let j = n - 1; j >= 0; j--) {
        let sum = a[low + j];
        for (let k = j + 1; k < n; k++) sum -= gain[i * n + k] * a[k * stride + j];
        gain[i * n + j] = sum * reciprocals[j];
      }
    }
  }
}

/** A packed factor into the lower triangle of U [n, n]; the upper one is left alone. */
export function unpackFactor(packed: Floats, at: number, n: number, factor: Float64Array): void {
  let p = at;
  for (let i = 0; i < n; i++) for (let j = i * n; j <= i * n + i; j++) factor[j] = packed[p++];
}
