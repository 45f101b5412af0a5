/**
 * kalman_smoother in float64 on the host: the Rauch-Tung-Striebel smoother after the filter, in its form.
 *
 * Factors (or covariances) and cross-covariances by the gains of smoother_recursion.ts (covariance_smoother_recursion.ts); means
 * by adjoint_means.ts, which divides by nothing.
 * Source: Särkkä & García-Fernández 2021, doi:10.1109/TAC.2020.2976316; square root: Yaghoobi et al. 2022.
 */

import type { Status } from "../engine/index.ts";
import { AdjointMeans } from "./adjoint_means.ts";
import { isCovarianceProblem, LARGEST_AMPLIFICATION, type Refusal } from "./covariance_form.ts";
import { CovarianceSmootherRecursion } from "./covariance_smoother_recursion.ts";
import { type KalmanCpuOptions, repeat, type Updates, write } from "./kalman_filter.cpu.ts";
import { type LinearGaussianProblem, stateRecordLength } from "./linear_gaussian_problem.ts";
import { Settling } from "./settling.ts";
import { unpackFactor } from "./smoother_gain.ts";
import {
  allFinite,
  type BackwardRecursion,
  type KalmanSmootherCpuRecords,
  smoothBackwards,
} from "./smoother_pass.cpu.ts";
import { SmootherRecursion, type SmoothingRecursion } from "./smoother_recursion.ts";

/**
 * p(z_t | y_0:T−1) for every series and step, with the filter's records.
 * @returns smoothed moments and, if asked for, crossCovariances; all NaN for a series whose filter failed
 * @throws AbortedError
 */
export const kalmanSmootherCpu = (
  problem: LinearGaussianProblem,
  options: KalmanCpuOptions = {},
): Promise<KalmanSmootherCpuRecords> =>
  smoothBackwards(
    problem,
    { ...options, updates: true },
    (filtered, updates) => new RtsSmoother(problem, filtered, updates as Updates, options),
  );

/** The recursion with its work space; nothing is allocated per step. */
class RtsSmoother implements BackwardRecursion {
  readonly smoothed: Float64Array;
  readonly crossCovariances: Float64Array | undefined;
  refusal: Refusal | undefined;

  private readonly problem: LinearGaussianProblem;
  /** Packed records. */
  private readonly filtered: Float64Array;
  private readonly updates: Updates;
  private readonly adjoint: AdjointMeans;
  private readonly settle: boolean;
  private readonly settling: Settling;
  private series = 0;
  /** Step whose smoothed moments are held. */
  private step = 0;
  private haveGain = false;
  private steady = false;
  private readonly mean: Float64Array;
  private readonly recursion: SmoothingRecursion;

  constructor(
    problem: LinearGaussianProblem,
    filtered: Float64Array,
    updates: Updates,
    options: KalmanCpuOptions,
  ) {
    const { stateDim: n, numSeries, numSteps } = problem;
    this.problem = problem;
    this.filtered = filtered;
    this.updates = updates;
    this.adjoint = new AdjointMeans(n, problem.emissionDim);
    this.settle = options.settle ?? true;
    this.settling = new Settling(n);
    this.smoothed = new Float64Array(numSeries * numSteps * stateRecordLength(n));
    this.crossCovariances = options.outputs?.crossCovariances
      ? new Float64Array(numSeries * (numSteps - 1) * n * n)
      : undefined;
    this.mean = new Float64Array(n);
    const cross = options.outputs?.crossCovariances === true;
    this.recursion = isCovarianceProblem(problem)
      ? new CovarianceSmootherRecursion(problem, cross)
      : new SmootherRecursion(problem, cross);
  }

  start(series: number): void {
    const { stateDim: n, numSteps, lengths } = this.problem;
    this.series = series;
    this.step = lengths[series] - 1;
    this.haveGain = false;
    this.steady = false;
    this.refusal = undefined;
    this.settling.reset();
    const size = stateRecordLength(n);
    const at = (series * numSteps + this.step) * size;
    for (let i = 0; i < n; i++) this.mean[i] = this.filtered[at + i];
    unpackFactor(this.filtered, at + n, n, this.recursion.factor);
    this.smoothed.set(this.filtered.subarray(at, at + size), at);
    this.adjoint.start();
  }

  retreat(until: number): void {
    const { problem, series, filtered, smoothed, crossCovariances, recursion, settling } = this;
    const { stateDim: n, numSteps, dynamicsWeights, dynamicsFactor } = problem;
    const size = stateRecordLength(n);
    const constant = this.settle && dynamicsWeights.stepStride === 0 && dynamicsFactor.stepStride === 0;
    for (let t = this.step - 1; t >= until; t--) {
      const at = (series * numSteps + t) * size;
      const keepGain = constant && this.haveGain && equal(filtered, at + n, at + size + n, size - n);
      if (!keepGain) {
        recursion.backward.make(series, t + 1, filtered, at + n);
        const value = recursion.backward.amplified ?? 0;
        if (value > LARGEST_AMPLIFICATION) this.refusal = { series, step: t, of: "smoothing", value };
        this.haveGain = true;
        this.steady = false;
        settling.reset();
      }
      this.smoothMean(t + 1, at);
      if (this.steady) {
        repeat(smoothed, at, this.mean, -size);
      } else {
        recursion.smooth();
        write(smoothed, at, this.mean, recursion.factor);
      }
      if (crossCovariances !== undefined) {
        const to = (series * (numSteps - 1) + t) * n * n;
        for (let i = 0; i < n * n; i++) crossCovariances[to + i] = recursion.cross![i];
      }
      if (keepGain && !this.steady) this.steady = settling.settled(recursion.factor);
    }
    this.step = until;
  }

  finish(): Status {
    if (this.refusal) return "illConditioned";
    return allFinite(this.mean, this.recursion.factor) ? "ok" : "nonFinite";
  }

  /** Mean of step t − 1, whose record stands at `at`. */
  private smoothMean(t: number, at: number): void {
    const { adjoint, filtered, mean, series, problem, updates } = this;
    const { stateDim: n, emissionDim: m, numSteps, emissionIndex: index, dynamicsWeights: F } = problem;
    const record = index.data[series * index.seriesStride + t * index.stepStride];
    if (problem.observedCounts[record] > 0) {
      const step = series * numSteps + t;
      const { corrections, roots, innovations } = updates;
      adjoint.observe(
        problem.emissionWeights,
        record * m * n,
        corrections,
        step * n * m,
        roots,
        step * m * m,
        innovations,
        step * m,
      );
    }
    adjoint.retreat(F.data, series * F.seriesStride + t * F.stepStride);
    if (isCovarianceProblem(problem)) adjoint.smoothCovariance(filtered, at, filtered, at + n, mean, 0);
    else adjoint.smooth(filtered, at, filtered, at + n, mean, 0);
  }
}

/** Bitwise equality of two runs of `count` floats. */
function equal(a: Float64Array, i: number, j: number, count: number): boolean {
  for (let k = 0; k < count; k++) if (a[i + k] !== a[j + k]) return false;
  return true;
}
