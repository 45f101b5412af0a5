/**
 * The covariance half of the square-root Kalman filter in float64: factors, gains and determinants, no data.
 *
 *   predict  tria[Lq, F U] = U⁻
 *   update   tria[[Lr, H U⁻], [0, U⁻]] = [[Ls, 0], [G, U]]
 *
 * With e = Ls⁻¹(y − H m⁻) the mean then moves by G e. Nothing is allocated per step.
 * Source: Kailath, Sayed & Hassibi, Linear Estimation, chapter 12 (array algorithms).
 */
import type { Status } from "../engine/index.ts";
import type { LinearGaussianProblem } from "./linear_gaussian_problem.ts";
import { clearPredicted, clearRounding, rowNorm } from "./rounding_rows.ts";
import { timesLower } from "./small_products.ts";
import { triangularise, triangulariseBlock } from "./triangularise.ts";

/** What the filter needs of the recursion of its covariances, in whatever form they are held. */
export interface StepRecursion {
  /** [n, n], lower triangle: the factor or the covariance of the state last predicted or updated. */
  readonly factor: Float64Array;
  /** After update(): Ls [m, m] at row 0, G [n, m] from row m on; rows of `stride`. */
  readonly gains: Float64Array;
  readonly stride: number;
  /** log det Ls of the last update, of the noise before it was whitened. */
  readonly logDeterminant: number;
  /** Covariance form: the largest ratio of the last update, see covariance_form.ts. */
  readonly ratio?: number;
  start(series: number): void;
  predict(series: number, t: number): void;
  update(record: number): Status;
}

export class FactorRecursion implements StepRecursion {
  /** U [n, n] of the state last predicted or updated. */
  readonly factor: Float64Array;
  /** After update(): Ls [m, m] at row 0, G [n, m] from row m on; rows of `stride`. */
  readonly gains: Float64Array;
  readonly stride: number;
  /** log det Ls of the last update. */
  logDeterminant = 0;

  private readonly problem: LinearGaussianProblem;
  private readonly predictBlock: Float64Array;

  constructor(problem: LinearGaussianProblem) {
    const { stateDim: n, emissionDim: m } = problem;
    this.problem = problem;
    this.factor = new Float64Array(n * n);
    this.stride = 2 * m + n;
    this.gains = new Float64Array((m + n) * this.stride);
    this.predictBlock = new Float64Array(n * 3 * n);
  }

  start(series: number): void {
    const { initialFactor, stateDim: n } = this.problem;
    const from = series * initialFactor.seriesStride;
    this.factor.set(initialFactor.data.subarray(from, from + n * n));
  }

  /** Through the transition into step t. */
  predict(series: number, t: number): void {
    const { predictBlock: a, factor } = this;
    const { stateDim: n, dynamicsWeights: F, dynamicsFactor: Q } = this.problem;
    const q = Q.data;
    const stride = 3 * n;
    const fAt = series * F.seriesStride + t * F.stepStride;
    const qAt = series * Q.seriesStride + t * Q.stepStride;
    for (let i = 0; i < n; i++) {
      const row = i * stride;
      for (let j = 0; j <= i; j++) a[row + j] = q[qAt + i * n + j];
    }
    timesLower(F.data, fAt, n, n, factor, n, a, n, stride);
    clearPredicted(n, F.data, fAt, factor, n, a, stride, n, 0);
    triangulariseBlock(a, stride, n, n, n);
    for (let i = 0; i < n; i++) for (let j = 0; j <= i; j++) factor[i * n + j] = a[i * stride + j];
  }

  /** With an emission record. @returns not ok, and nothing of use, when the innovation covariance is singular */
  update(record: number): Status {
    const { gains: a, factor, stride } = this;
    const { stateDim: n, emissionDim: m, emissionWeights: h, emissionFactor: r } = this.problem;
    for (let i = 0; i < m; i++) {
      const row = i * stride;
      const rRow = (record * m + i) * m;
      for (let j = 0; j < m; j++) a[row + j] = r[rRow + j];
    }
    timesLower(h, record * m * n, n, m, factor, n, a, m, stride);
    for (let i = 0; i < n; i++) {
      const row = (m + i) * stride;
      for (let j = 0; j < m; j++) a[row + j] = 0;
      for (let j = 0; j < n; j++) a[row + m + j] = factor[i * n + j];
    }
    triangulariseBlock(a, stride, m, m + n, n);
    let product = 1;
    let log = 0;
    for (let i = 0; i < m; i++) {
      const pivot = a[i * stride + i];
      if (!Number.isFinite(pivot)) return "nonFinite";
      if (pivot <= 0) return "notPositiveDefinite";
      product *= pivot;
      if (product < 1e-200 || product > 1e200) {
        log += Math.log(product);
        product = 1;
      }
    }
    this.logDeterminant = log + Math.log(product);
    triangularise(a, stride, m, m, n, n);
    // Without measurement noise what is observed is known exactly.
    let exact = false;
    for (let i = 0; i < m; i++) if (r[(record * m + i) * m + i] === 0) exact = true;
    for (let i = 0; i < n; i++) {
      const row = (m + i) * stride + m;
      if (exact) clearRounding(a, row, i + 1, rowNorm(factor, i * n, i + 1), n);
      for (let j = 0; j <= i; j++) factor[i * n + j] = a[row + j];
    }
    return "ok";
  }
}
