/**
 * The covariance half of the square-root Rauch-Tung-Striebel smoother in float64: gains and factors, no data.
 *
 *   U_s ← tria[D, E U_s],  Cov(z_t, z_t+1 | y) = E U_s U_s'   with E, D of smoother_gain.ts
 *
 * Source: Särkkä & García-Fernández 2021, doi:10.1109/TAC.2020.2976316; square root: Yaghoobi et al. 2022.
 */
import type { Floats, LinearGaussianProblem } from "./linear_gaussian_problem.ts";
import { timesLower, timesLowerTransposed } from "./small_products.ts";
import { SmootherGain } from "./smoother_gain.ts";
import { triangulariseBlock } from "./triangularise.ts";

/** What the smoother needs of the recursion of its covariances, in whatever form they are held. */
export interface SmoothingRecursion {
  readonly backward: {
    readonly gain: Float64Array;
    /** Covariance form: of the last transition made, see covariance_form.ts. */
    readonly amplified?: number;
    make(series: number, t: number, packed: Floats, at: number): void;
  };
  /** [n, n], lower triangle: the smoothed factor or covariance. */
  readonly factor: Float64Array;
  readonly cross: Float64Array | undefined;
  smooth(): void;
}

export class SmootherRecursion implements SmoothingRecursion {
  /** Make its gain before each smooth(). */
  readonly backward: SmootherGain;
  /** U_s [n, n]; set it before the first smooth(). */
  readonly factor: Float64Array;
  /** Cov(z_t, z_t+1 | y) [n, n] of the last smooth(); absent when not asked for. */
  readonly cross: Float64Array | undefined;

  private readonly problem: LinearGaussianProblem;
  /** [n, 3n]: D, E U_s and spare columns */
  private readonly smoothBlock: Float64Array;

  constructor(problem: LinearGaussianProblem, cross: boolean) {
    const n = problem.stateDim;
    this.problem = problem;
    this.backward = new SmootherGain(problem);
    this.factor = new Float64Array(n * n);
    this.smoothBlock = new Float64Array(n * 3 * n);
    this.cross = cross ? new Float64Array(n * n) : undefined;
  }

  /** `factor` of the step after becomes the one of this step; `cross` is made on the way when asked for. */
  smooth(): void {
    const { smoothBlock: w, factor, cross } = this;
    const { block: a, gain, noiseAt } = this.backward;
    const n = this.problem.stateDim;
    const stride = 3 * n;
    for (let i = 0; i < n; i++) {
      const row = i * stride;
      const low = noiseAt + i * stride;
      for (let j = 0; j <= i; j++) w[row + j] = a[low + j];
    }
    timesLower(gain, 0, n, n, factor, n, w, n, stride);
    if (cross !== undefined) timesLowerTransposed(w, n, stride, n, factor, n, cross);
    triangulariseBlock(w, stride, n, n, n);
    for (let i = 0; i < n; i++) for (let j = 0; j <= i; j++) factor[i * n + j] = w[i * stride + j];
  }
}
