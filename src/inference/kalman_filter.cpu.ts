/**
 * kalman_filter in float64 on the host: the Kalman filter in square-root form (or, of a CovarianceProblem, in covariance
 * form: covariance_recursion.ts), one series after the other.
 *
 *   predict  m⁻ = F m + b        tria[Lq, F U] = U⁻
 *   update   tria[[Lr, H U⁻], [0, U⁻]] = [[Ls, 0], [G, U]],  e = Ls⁻¹(y − H m⁻),  m = m⁻ + G e
 *   likelihood of the step  −½ e'e − log det Ls  (without the constant −½ log 2π per observed entry)
 *
 * Source: Kailath, Sayed & Hassibi, Linear Estimation, chapter 12 (array algorithms); Yaghoobi et al. 2022,
 * arXiv:2207.00426. Where nothing but the data changes from step to step and the factors have settled, only means
 * are computed (settling.ts).
 */

import type { Status } from "../engine/index.ts";
import { cooperation, type LoopOptions, stepsPerLook } from "./cooperate.ts";
import { isCovarianceProblem, type Refusal } from "./covariance_form.ts";
import { momentsOf } from "./covariance_moments.ts";
import { CovarianceRecursion } from "./covariance_recursion.ts";
import { FactorRecursion, type StepRecursion } from "./factor_recursion.ts";
import {
  type KalmanFilterRecords,
  type LinearGaussianProblem,
  stateRecordLength,
} from "./linear_gaussian_problem.ts";
import { Settling } from "./settling.ts";

export interface KalmanCpuOptions extends LoopOptions {
  /** Groups of records beyond the filtered ones. Default: none. */
  readonly outputs?: { readonly predicted?: boolean; readonly crossCovariances?: boolean };
  /** false: keep no moments, only likelihoods. Default true; the smoother needs them. */
  readonly filtered?: boolean;
  /** true: keep the updates. Default false. */
  readonly updates?: boolean;
  /** false: run the covariance recursion at every step, also when it has settled. Default true; for tests. */
  readonly settle?: boolean;
}

/** What the updates of a filter were, for a smoother: G [N, T, n, m], Ls [N, T, m, m], e [N, T, m]; see factor_recursion.ts. */
export interface Updates {
  readonly corrections: Float64Array;
  readonly roots: Float64Array;
  readonly innovations: Float64Array;
}

/** Records of a filter on the host, with the status of each series. */
export interface KalmanFilterCpuRecords extends KalmanFilterRecords {
  readonly logLikelihoods: Float64Array;
  /** Kept when asked for. */
  readonly updates?: Updates | undefined;
  /** [N]; the records of a failed series are NaN from the failure on. */
  readonly statuses: readonly Status[];
  /** Why series are illConditioned. */
  readonly refusals?: readonly Refusal[];
}

/**
 * p(z_t | y_0:t) for every series and step.
 * @returns filtered and, if asked for, predicted moments, logLikelihoods [N, T], statuses [N]
 * @throws AbortedError
 */
export async function kalmanFilterCpu(
  problem: LinearGaussianProblem,
  options: KalmanCpuOptions = {},
): Promise<KalmanFilterCpuRecords> {
  const { numSeries, lengths, stateDim } = problem;
  const filter = new FilterRun(problem, options);
  const statuses: Status[] = [];
  let total = 0;
  for (const length of lengths) total += length;
  const look = cooperation("filter", "filter", total, options);
  const stride = stepsPerLook(Math.max(stateDim, problem.emissionDim));
  let before = 0;
  for (let s = 0; s < numSeries; s++) {
    filter.start(s);
    for (let t = 0; t < lengths[s]; ) {
      const until = Math.min(lengths[s], t + stride);
      filter.advance(until);
      t = until;
      const wait = look(before + t);
      if (wait) await wait;
    }
    before += lengths[s];
    statuses.push(filter.finish());
  }
  const moments = (data: Float64Array | undefined) => data && momentsOf(problem, data);
  return {
    filtered: moments(filter.filtered),
    predicted: moments(filter.predicted),
    logLikelihoods: filter.logLikelihoods,
    updates: filter.updates,
    statuses,
    refusals: filter.refusals,
  };
}

/** The recursion with its work space; nothing is allocated per step. */
class FilterRun {
  readonly filtered: Float64Array | undefined;
  readonly predicted: Float64Array | undefined;
  readonly logLikelihoods: Float64Array;
  readonly updates: Updates | undefined;
  status: Status = "ok";
  readonly refusals: Refusal[] = [];

  private readonly problem: LinearGaussianProblem;
  private readonly settle: boolean;
  private readonly settling: Settling;
  private series = 0;
  private step = 0;
  /** Steady: which emission record the settled factors belong to, or −1. */
  private steady = -1;
  private lastRecord = -1;
  private readonly mean: Float64Array;
  private readonly moved: Float64Array;
  private readonly factors: StepRecursion;
  /** Innovation, then Ls⁻¹ times it [m]. */
  private readonly innovation: Float64Array;

  constructor(problem: LinearGaussianProblem, options: KalmanCpuOptions) {
    const { stateDim: n, emissionDim: m, numSeries, numSteps } = problem;
    this.problem = problem;
    this.settle = options.settle ?? true;
    const length = numSeries * numSteps * stateRecordLength(n);
    this.filtered = options.filtered === false ? undefined : new Float64Array(length);
    this.predicted = options.outputs?.predicted ? new Float64Array(length) : undefined;
    this.logLikelihoods = new Float64Array(numSeries * numSteps);
    const steps = numSeries * numSteps;
    this.updates = options.updates
      ? {
          corrections: new Float64Array(steps * n * m),
          roots: new Float64Array(steps * m * m),
          innovations: new Float64Array(steps * m),
        }
      : undefined;
    this.settling = new Settling(n);
    this.mean = new Float64Array(n);
    this.moved = new Float64Array(n);
    this.factors = isCovarianceProblem(problem)
      ? new CovarianceRecursion(problem)
      : new FactorRecursion(problem);
    this.innovation = new Float64Array(m);
  }

  start(series: number): void {
    const { initialMean, stateDim: n } = this.problem;
    this.series = series;
    this.step = 0;
    this.steady = -1;
    this.lastRecord = -1;
    this.status = "ok";
    this.settling.reset();
    const at = series * initialMean.seriesStride;
    this.mean.set(initialMean.data.subarray(at, at + n));
    this.factors.start(series);
  }

  /** Runs steps up to, not including, `until`. */
  advance(until: number): void {
    const { problem, series, settling, factors, filtered, predicted } = this;
    const { factor } = factors;
    const { numSteps, stateDim: n, emissionIndex, dynamicsWeights, dynamicsFactor } = problem;
    const size = stateRecordLength(n);
    const constant = this.settle && dynamicsWeights.stepStride === 0 && dynamicsFactor.stepStride === 0;
    for (let t = this.step; t < until; t++) {
      const at = series * numSteps + t;
      if (this.status !== "ok") {
        this.fail(at);
        continue;
      }
      const record = emissionIndex.data[series * emissionIndex.seriesStride + t * emissionIndex.stepStride];
      const steady = this.steady === record;
      if (!steady) this.steady = -1;
      if (t > 0) {
        this.predictMean(t);
        if (!steady) factors.predict(series, t);
      }
      if (predicted !== undefined) {
        if (steady) repeat(predicted, at * size, this.mean, size);
        else write(predicted, at * size, this.mean, factor);
      }
      if (problem.observedCounts[record] > 0) {
        if (!steady) this.status = factors.update(record);
        if (this.status === "ok") this.updateMean(record, at);
        if (this.status !== "ok") {
          if (this.status === "illConditioned")
            this.refusals.push({ series, step: t, of: "update", value: factors.ratio as number });
          this.fail(at);
          continue;
        }
      }
      if (filtered !== undefined) {
        if (steady) repeat(filtered, at * size, this.mean, size);
        else write(filtered, at * size, this.mean, factor);
      }
      if (constant && !steady) {
        if (record !== this.lastRecord) settling.reset();
        if (t > 0 && settling.settled(factor)) this.steady = record;
        this.lastRecord = record;
      }
    }
    this.step = until;
  }

  /** Status after the last step; moments that overflowed where nothing was observed are found only here. */
  finish(): Status {
    const finite = this.mean.every(Number.isFinite) && this.factors.factor.every(Number.isFinite);
    return this.status === "ok" && !finite ? "nonFinite" : this.status;
  }

  private fail(at: number): void {
    const size = stateRecordLength(this.problem.stateDim);
    this.filtered?.fill(Number.NaN, at * size, (at + 1) * size);
    this.predicted?.fill(Number.NaN, at * size, (at + 1) * size);
    this.logLikelihoods[at] = Number.NaN;
  }

  private predictMean(t: number): void {
    const { mean, moved } = this;
    const { stateDim: n, dynamicsWeights: F, dynamicsBias: b } = this.problem;
    const f = F.data;
    let at = this.series * F.seriesStride + t * F.stepStride;
    const bias = this.series * b.seriesStride + t * b.stepStride;
    for (let i = 0; i < n; i++) {
      let sum = b.data[bias + i];
      for (let k = 0; k < n; k++) sum += f[at++] * mean[k];
      moved[i] = sum;
    }
    for (let i = 0; i < n; i++) mean[i] = moved[i];
  }

  private keepUpdate({ corrections, roots, innovations }: Updates, at: number): void {
    const { gains: a, stride } = this.factors;
    const { stateDim: n, emissionDim: m } = this.problem;
    let p = at * n * m;
    for (let i = 0, row = m * stride; i < n; i++, row += stride)
      for (let j = row; j < row + m; j++) corrections[p++] = a[j];
    for (let i = 0, row = 0; i < m; i++, row += stride)
      for (let j = 0; j <= i; j++) roots[(at * m + i) * m + j] = a[row + j];
    for (let i = 0; i < m; i++) innovations[at * m + i] = this.innovation[i];
  }

  private updateMean(record: number, at: number): void {
    const { innovation: e, mean } = this;
    const { gains: a, stride, logDeterminant } = this.factors;
    const { stateDim: n, emissionDim: m, emissionWeights: h, observations: y } = this.problem;
    let squares = 0;
    for (let i = 0; i < m; i++) {
      const hRow = (record * m + i) * n;
      const row = i * stride;
      let sum = y[at * m + i];
      for (let k = 0; k < n; k++) sum -= h[hRow + k] * mean[k];
      for (let j = 0; j < i; j++) sum -= a[row + j] * e[j];
      sum /= a[row + i];
      e[i] = sum;
      squares += sum * sum;
    }
    for (let i = 0; i < n; i++) {
      const row = (m + i) * stride;
      let sum = mean[i];
      for (let j = 0; j < m; j++) sum += a[row + j] * e[j];
      mean[i] = sum;
    }
    if (this.updates !== undefined) this.keepUpdate(this.updates, at);
    const logLikelihood = -0.5 * squares - logDeterminant;
    this.logLikelihoods[at] = logLikelihood;
    if (!Number.isFinite(logLikelihood)) this.status = "nonFinite";
  }
}

/** A record from mean and factor [n, n]. */
export function write(records: Float64Array, at: number, mean: Float64Array, factor: Float64Array): void {
  const n = mean.length;
  let p = at;
  for (let i = 0; i < n; i++) records[p++] = mean[i];
  for (let i = 0, row = 0; i < n; i++, row += n)
    for (let j = row; j <= row + i; j++) records[p++] = factor[j];
}

/** A record with the factor of the record `from` floats before (or after, when negative). */
export function repeat(records: Float64Array, at: number, mean: Float64Array, from: number): void {
  const n = mean.length;
  const end = at + Math.abs(from);
  for (let i = 0; i < n; i++) records[at + i] = mean[i];
  for (let p = at + n; p < end; p++) records[p] = records[p - from];
}
