/** What became of every series, found by looking at its numbers. */
import type { Status } from "../engine/index.ts";
import { LARGEST_AMPLIFICATION, LARGEST_RATIO, type Refusal } from "./covariance_form.ts";
import { mapMoments } from "./covariance_moments.ts";
import type {
  KalmanSmootherRecords,
  LinearGaussianProblem,
  Moments,
  Rows,
} from "./linear_gaussian_problem.ts";

/** What the kernels write for a step whose innovation covariance is singular; see shaders/lib/likelihood.wgsl. */
const SINGULAR = Math.fround(-3.2e38);
/** What the covariance form's kernels write for a step beyond their bounds: this times what was too large, 1e8 at most. */
const MARK_UNIT = -1e30;
const LEAST_MARK = 0.99 * Math.min(LARGEST_RATIO, LARGEST_AMPLIFICATION) * MARK_UNIT;
const isMark = (value: number): boolean => value <= LEAST_MARK && value >= 1.01e8 * MARK_UNIT;

type Records = Partial<KalmanSmootherRecords> & Pick<KalmanSmootherRecords, "logLikelihoods">;

/**
 * Looks for failures on the host (a shader's own test for NaN may be folded away) and says NaN where there is no
 * answer: in the filter's fields from the failing step on, in all of the smoother's.
 * @returns the records, a status for each series, and why series are illConditioned
 */
export function settleStatuses<R extends Records>(
  problem: LinearGaussianProblem,
  given: R,
): [R, Status[], Refusal[]] {
  const { stateDim: n, numSeries, numSteps: T, lengths } = problem;
  const { logLikelihoods, filtered, smoothed } = given;
  /** First step without an answer, of the filter and of the smoother. */
  const [failed, unsmoothed] = [Uint32Array.from(lengths), Uint32Array.from(lengths)];
  const refusals: Refusal[] = [];
  const statuses = Array.from({ length: numSeries }, (_, s): Status => {
    const length = lengths[s]!;
    let bad = 0;
    while (bad < length && isFine(logLikelihoods[s * T + bad]!) && allFinite(n, filtered, s, bad)) bad++;
    if (bad < length) {
      // An overflowed factor looks singular too; then the moments are not finite.
      const value = logLikelihoods[s * T + bad]!;
      const finite = allFinite(n, filtered, s, bad);
      failed[s] = bad;
      unsmoothed[s] = 0;
      if (finite && isMark(value)) {
        refusals.push({ series: s, step: bad, of: "update", value: value / MARK_UNIT });
        return "illConditioned";
      }
      return finite && value === SINGULAR ? "notPositiveDefinite" : "nonFinite";
    }
    for (let t = length - 1; t >= 0; t--) {
      const variance = smoothed?.covariances?.data[smoothed.covariances.at(s, t)] ?? 0;
      if (allFinite(n, smoothed, s, t) && !isMark(variance)) continue;
      unsmoothed[s] = 0;
      if (!isMark(variance)) return "nonFinite";
      refusals.push({ series: s, step: t, of: "smoothing", value: variance / MARK_UNIT });
      return "illConditioned";
    }
    return "ok";
  });
  if (statuses.every(status => status === "ok")) return [given, statuses, refusals];
  const from = { filtered: failed, predicted: failed.map(bad => bad + 1), smoothed: unsmoothed };
  return [blankRecords(problem, given, from), statuses, refusals];
}

/** The same records, but NaN for every series s from step from[…][s] on; log-likelihoods as the filtered moments. */
export function blankRecords<R extends Records>(
  problem: LinearGaussianProblem,
  given: R,
  from: Readonly<Record<"filtered" | "predicted" | "smoothed", Uint32Array>>,
): R {
  const { stateDim: n, numSteps: T, lengths } = problem;
  const { filtered, predicted, smoothed, crossCovariances, logLikelihoods } = given;
  for (const [s, step] of from.filtered.entries())
    logLikelihoods.fill(Number.NaN, s * T + step, s * T + lengths[s]!);
  const blank = (moments: Moments | undefined, first: Uint32Array): Moments | undefined =>
    moments && mapMoments(problem, moments, (rows, size) => blankRows(rows, size, first));
  return {
    ...given,
    filtered: blank(filtered, from.filtered),
    predicted: blank(predicted, from.predicted),
    smoothed: blank(smoothed, from.smoothed),
    crossCovariances: crossCovariances && blankRows(crossCovariances, n * n, from.smoothed),
  };
}

const isFine = (value: number): boolean => Number.isFinite(value) && value !== SINGULAR && !isMark(value);

function allFinite(n: number, moments: Moments | undefined, s: number, t: number): boolean {
  if (!moments) return true;
  const { means } = moments;
  const spread = moments.covariances ?? moments.factors;
  for (let i = means.at(s, t), end = i + n; i < end; i++) if (!Number.isFinite(means.data[i]!)) return false;
  const size = (n * (n + 1)) / 2;
  for (let i = spread.at(s, t), end = i + size; i < end; i++)
    if (!Number.isFinite(spread.data[i]!)) return false;
  return true;
}

/** The same rows, but NaN for every series s from step from[s] on. */
function blankRows({ data, at }: Rows, size: number, from: Uint32Array): Rows {
  const longer = new (data.constructor as Float64ArrayConstructor)(data.length + size);
  longer.set(data);
  longer.fill(Number.NaN, data.length);
  return { data: longer, at: (s, t) => (t >= from[s]! ? data.length : at(s, t)) };
}
