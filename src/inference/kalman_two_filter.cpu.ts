/**
 * kalman_two_filter in float64 on the host: the square-root two-filter smoother after the filter.
 *
 *   [I ZᵀU; 0 U] → [Ξ 0; · U_s],  m_s = m + U_s U_sᵀ (η − Z Zᵀ m)      (m, U) filtered at t, (η, Z) of y_t+1:T−1
 *   Cov(z_t, z_t+1 | y) = U_s U_sᵀ Bᵀ
 *
 * with η, Z and B of suffix_likelihood.ts. Covariances of predictions are not inverted, so nothing is lost where they are
 * nearly singular.
 * Source: Särkkä & García-Fernández 2021, doi:10.1109/TAC.2020.2976316; Fraser & Potter 1969, doi:10.1109/TAC.1969.1099196.
 */
import type { Status } from "../engine/index.ts";
import { type KalmanCpuOptions, write } from "./kalman_filter.cpu.ts";
import { type LinearGaussianProblem, stateRecordLength } from "./linear_gaussian_problem.ts";
import { unpackFactor } from "./smoother_gain.ts";
import {
  allFinite,
  type BackwardRecursion,
  type KalmanSmootherCpuRecords,
  smoothBackwards,
} from "./smoother_pass.cpu.ts";
import { SuffixLikelihood } from "./suffix_likelihood.ts";

/**
 * p(z_t | y_0:T−1) for every series and step, with the filter's records: as kalmanSmootherCpu, at every step in full.
 * @returns smoothed moments and, if asked for, crossCovariances; all NaN for a series whose filter failed, and with status
 *   notPositiveDefinite where H Q Hᵀ + R is singular at a step t ≥ 1
 * @throws AbortedError
 */
export const kalmanTwoFilterCpu = (
  problem: LinearGaussianProblem,
  options: KalmanCpuOptions = {},
): Promise<KalmanSmootherCpuRecords> =>
  smoothBackwards(problem, options, filtered => new TwoFilterSmoother(problem, filtered, options));

/** The recursion with its work space; nothing is allocated per step. */
class TwoFilterSmoother implements BackwardRecursion {
  readonly smoothed: Float64Array;
  readonly crossCovariances: Float64Array | undefined;

  private readonly problem: LinearGaussianProblem;
  /** Packed records. */
  private readonly filtered: Float64Array;
  private series = 0;
  /** Step whose smoothed moments are written. */
  private step = 0;
  private status: Status = "ok";
  private readonly mean: Float64Array;
  private readonly factor: Float64Array;
  /** (B U_s)ᵀ */
  private readonly weighted: Float64Array;
  private readonly suffix: SuffixLikelihood;

  constructor(problem: LinearGaussianProblem, filtered: Float64Array, options: KalmanCpuOptions) {
    const { stateDim: n, numSeries, numSteps } = problem;
    this.problem = problem;
    this.filtered = filtered;
    this.smoothed = new Float64Array(numSeries * numSteps * stateRecordLength(n));
    this.crossCovariances = options.outputs?.crossCovariances
      ? new Float64Array(numSeries * (numSteps - 1) * n * n)
      : undefined;
    this.mean = new Float64Array(n);
    this.factor = new Float64Array(n * n);
    this.weighted = new Float64Array(n * n);
    this.suffix = new SuffixLikelihood(problem);
  }

  start(series: number): void {
    this.series = series;
    this.step = this.problem.lengths[series] - 1;
    this.status = "ok";
    this.suffix.start();
    this.load(this.step);
    this.store(this.step);
  }

  retreat(until: number): void {
    const { problem, series, suffix, mean, factor, crossCovariances } = this;
    const { stateDim: n, numSteps } = problem;
    for (let t = this.step - 1; t >= until && this.status === "ok"; t--) {
      this.status = suffix.retreat(series, t + 1);
      this.load(t);
      suffix.smooth(mean, factor);
      this.store(t);
      if (crossCovariances !== undefined) this.cross((series * (numSteps - 1) + t) * n * n);
    }
    this.step = until;
  }

  finish(): Status {
    return this.status === "ok" && !allFinite(this.mean, this.factor) ? "nonFinite" : this.status;
  }

  /** Filtered moments of a step. */
  private load(t: number): void {
    const { stateDim: n, numSteps } = this.problem;
    const at = (this.series * numSteps + t) * stateRecordLength(n);
    this.mean.set(this.filtered.subarray(at, at + n));
    unpackFactor(this.filtered, at + n, n, this.factor);
  }

  private store(t: number): void {
    const { stateDim: n, numSteps } = this.problem;
    write(this.smoothed, (this.series * numSteps + t) * stateRecordLength(n), this.mean, this.factor);
  }

  /** U_s (B U_s)ᵀ into the cross-covariances. */
  private cross(to: number): void {
    const { factor: u, weighted, suffix } = this;
    const out = this.crossCovariances as Float64Array;
    const n = this.problem.stateDim;
    const { gain: B } = suffix;
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) {
        let sum = 0;
        for (let k = j; k < n; k++) sum += B[i * n + k] * u[k * n + j];
        weighted[j * n + i] = sum;
      }
    }
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) {
        let sum = 0;
        for (let k = 0; k <= i; k++) sum += u[i * n + k] * weighted[k * n + j];
        out[to + i * n + j] = sum;
      }
    }
  }
}
