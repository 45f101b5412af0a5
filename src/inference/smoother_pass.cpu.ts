/** A backward pass over all series after the filter in float64: what the smoothers of the host have in common. */
import type { Status } from "../engine/index.ts";
import { cooperation, stepsPerLook } from "./cooperate.ts";
import type { Refusal } from "./covariance_form.ts";
import { momentsOf } from "./covariance_moments.ts";
import {
  type KalmanCpuOptions,
  type KalmanFilterCpuRecords,
  kalmanFilterCpu,
  type Updates,
} from "./kalman_filter.cpu.ts";
import {
  denseRows,
  type KalmanSmootherRecords,
  type LinearGaussianProblem,
  type Moments,
  stateRecordLength,
} from "./linear_gaussian_problem.ts";

export interface KalmanSmootherCpuRecords extends KalmanFilterCpuRecords, KalmanSmootherRecords {
  readonly filtered: Moments;
  readonly logLikelihoods: Float64Array;
}

/** The recursion of one smoother, series by series, from the last step to the first. */
export interface BackwardRecursion {
  /** Packed records [N, T, n + n(n+1)/2]. */
  readonly smoothed: Float64Array;
  /** [N, T − 1, n, n] when asked for. */
  readonly crossCovariances: Float64Array | undefined;
  /** Last step of a series: smoothed = filtered. */
  start(series: number): void;
  /** Runs backwards until the moments of step `until` are written. */
  retreat(until: number): void;
  /** What became of the series; called after step 0. */
  finish(): Status;
  /** Covariance form: why the series is illConditioned. */
  readonly refusal?: Refusal | undefined;
}

/**
 * Filters, then runs the recursion that `make` gives for the packed filtered records over every series whose filter is ok.
 * @returns records, NaN in the smoother's for a series that failed
 * @throws AbortedError
 */
export async function smoothBackwards(
  problem: LinearGaussianProblem,
  options: KalmanCpuOptions,
  make: (filtered: Float64Array, updates: Updates | undefined) => BackwardRecursion,
): Promise<KalmanSmootherCpuRecords> {
  const filter = await kalmanFilterCpu(problem, { ...options, filtered: true });
  const filtered = filter.filtered as Moments;
  const { numSeries, numSteps, lengths, stateDim: n } = problem;
  const smoother = make(filtered.means.data as Float64Array, filter.updates);
  const statuses: Status[] = [...filter.statuses];
  const refusals: Refusal[] = [...(filter.refusals ?? [])];
  let total = 0;
  for (const length of lengths) total += length;
  const look = cooperation("smooth", "smooth", total, options);
  const stride = stepsPerLook(n);
  let before = 0;
  for (let s = 0; s < numSeries; s++) {
    if (statuses[s] === "ok") {
      smoother.start(s);
      for (let t = lengths[s] - 1; t > 0; ) {
        const until = Math.max(0, t - stride);
        smoother.retreat(until);
        t = until;
        const wait = look(before + lengths[s] - t);
        if (wait) await wait;
      }
      statuses[s] = smoother.finish();
      if (smoother.refusal) refusals.push(smoother.refusal);
    }
    if (statuses[s] !== "ok") fail(problem, smoother, s);
    before += lengths[s];
  }
  const { smoothed, crossCovariances } = smoother;
  return {
    ...filter,
    filtered,
    statuses,
    refusals,
    smoothed: momentsOf(problem, smoothed),
    crossCovariances: crossCovariances && denseRows(crossCovariances, n * n, numSteps - 1),
  };
}

function fail(
  { stateDim: n, numSteps, lengths }: LinearGaussianProblem,
  { smoothed, crossCovariances }: BackwardRecursion,
  series: number,
): void {
  const size = stateRecordLength(n);
  const at = series * numSteps;
  smoothed.fill(Number.NaN, at * size, (at + lengths[series]) * size);
  const first = series * (numSteps - 1);
  crossCovariances?.fill(Number.NaN, first * n * n, (first + lengths[series] - 1) * n * n);
}

/** Whether all entries of both are finite: moments of step 0 carry every failure on. */
export function allFinite(mean: Float64Array, factor: Float64Array): boolean {
  for (const value of mean) if (!Number.isFinite(value)) return false;
  for (const value of factor) if (!Number.isFinite(value)) return false;
  return true;
}
