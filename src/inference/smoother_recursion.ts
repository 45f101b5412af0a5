/**
 * The covariance half of the square-root Rauch-Tung-Striebel smoother in float64: gains and factors, no data.
 *
 *   tria[[Lq, F U], [0, U]] = [[Φ, 0], [Γ, D]],  E = Γ Φ⁺   (t → t+1, U the filtered factor)
 *   U_s ← tria[D, E U_s],  Cov(z_t, z_t+1 | y) = E U_s U_s'
 *
 * A zero pivot of Φ has a zero column (triangularise.ts), and its column of E is zero: singular Q with P0 = 0 is safe.
 * Source: Särkkä & García-Fernández 2021, doi:10.1109/TAC.2020.2976316; square root: Yaghoobi et al. 2022.
 */
import type { Floats, LinearGaussianProblem } from "./linear_gaussian_problem.ts";
import { clearPredicted } from "./rounding_rows.ts";
import { timesLower, timesLowerTransposed } from "./small_products.ts";
import { triangularise, triangulariseBlock } from "./triangularise.ts";

export class SmootherRecursion {
  /** E [n, n] */
  readonly gain: Float64Array;
  /** U_s [n, n]; set it before the first smooth(). */
  readonly factor: Float64Array;
  /** Cov(z_t, z_t+1 | y) [n, n] of the last smooth(); absent when not asked for. */
  readonly cross: Float64Array | undefined;

  private readonly problem: LinearGaussianProblem;
  /** [2n, 3n] for Φ, Γ and D (made lower triangular). */
  private readonly block: Float64Array;
  /** U [n, n], and 1/Φ_jj */
  private readonly filteredFactor: Float64Array;
  private readonly reciprocals: Float64Array;
  /** [n, 3n]: D, E U_s and spare columns */
  private readonly smoothBlock: Float64Array;

  constructor(problem: LinearGaussianProblem, cross: boolean) {
    const n = problem.stateDim;
    this.problem = problem;
    this.factor = new Float64Array(n * n);
    this.block = new Float64Array(2 * n * 3 * n);
    this.gain = new Float64Array(n * n);
    this.filteredFactor = new Float64Array(n * n);
    this.reciprocals = new Float64Array(n);
    this.smoothBlock = new Float64Array(n * 3 * n);
    this.cross = cross ? new Float64Array(n * n) : undefined;
  }

  /** D_ij, j ≤ i, of the last gain. */
  noise(i: number, j: number): number {
    const n = this.problem.stateDim;
    return this.block[(n + i) * 3 * n + n + j];
  }

  /** E and D of the transition into step t, from the packed filtered factor of the step before. */
  make(series: number, t: number, packed: Floats, at: number): void {
    const { block: a, gain, filteredFactor: u, reciprocals } = this;
    const { stateDim: n, dynamicsWeights: F, dynamicsFactor: Q } = this.problem;
    const q = Q.data;
    const stride = 3 * n;
    const fAt = series * F.seriesStride + t * F.stepStride;
    const qAt = series * Q.seriesStride + t * Q.stepStride;
    unpack(packed, at, n, u);
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

  /** `factor` of the step after becomes the one of this step; `cross` is made on the way when asked for. */
  smooth(): void {
    const { smoothBlock: w, block: a, gain, factor, cross } = this;
    const n = this.problem.stateDim;
    const stride = 3 * n;
    for (let i = 0; i < n; i++) {
      const row = i * stride;
      const low = (n + i) * stride + n;
      for (let j = 0; j <= i; j++) w[row + j] = a[low + j];
    }
    timesLower(gain, 0, n, n, factor, n, w, n, stride);
    if (cross !== undefined) timesLowerTransposed(w, n, stride, n, factor, n, cross);
    triangulariseBlock(w, stride, n, n, n);
    for (let i = 0; i < n; i++) for (let j = 0; j <= i; j++) factor[i * n + j] = w[i * stride + j];
  }
}

/** A packed lower factor into [n, n]; what stands above the diagonal is left alone. */
export function unpack(packed: Floats, at: number, n: number, factor: Float64Array): void {
  let p = at;
  for (let i = 0; i < n; i++) for (let j = i * n; j <= i * n + i; j++) factor[j] = packed[p++];
}
