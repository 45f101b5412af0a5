/**
 * steady_smoother in float64 on the host: means alone, with gains made beforehand (smoother_schedule.ts).
 *
 *   m_s ← m + E (m_s − F m − b)
 */
import { cooperation, stepsPerLook } from "./cooperate.ts";
import type { GainSchedule } from "./gain_schedule.ts";
import type { KalmanCpuOptions } from "./kalman_filter.cpu.ts";
import { denseRows, type LinearGaussianProblem, type Moments } from "./linear_gaussian_problem.ts";
import { settleStatuses } from "./settle_statuses.ts";
import type { KalmanSmootherCpuRecords } from "./smoother_pass.cpu.ts";
import { type SmootherSchedule, smootherSchedule } from "./smoother_schedule.ts";
import { steadyFilterCpu } from "./steady_filter.cpu.ts";

/** p(z_t | y_0:T−1) for every series and step, with the filter's records. @throws AbortedError */
export async function steadySmootherCpu(
  problem: LinearGaussianProblem,
  schedule: GainSchedule,
  options: KalmanCpuOptions = {},
): Promise<KalmanSmootherCpuRecords> {
  const filter = await steadyFilterCpu(problem, schedule, { ...options, filtered: true });
  const filtered = filter.filtered as Moments;
  const { numSeries, numSteps: T, lengths, stateDim: n } = problem;
  const gains = smootherSchedule(problem, schedule, options.outputs?.crossCovariances === true);
  const means = new Float64Array(numSeries * T * n);
  const look = cooperation(
    "smooth",
    "smooth",
    lengths.reduce((a, b) => a + b, 0),
    options,
  );
  const stride = 8 * stepsPerLook(n);
  let before = 0;
  for (let s = 0; s < numSeries; s++) {
    const length = lengths[s]!;
    const last = (s * T + length - 1) * n;
    const forward = filtered.means.data as Float64Array;
    means.set(forward.subarray(last, last + n), last);
    for (let t = length - 1; t > 0; ) {
      const until = Math.max(0, t - stride);
      retreat(problem, schedule, gains.gains, forward, means, s, t, until);
      t = until;
      const wait = look(before + length - t);
      if (wait) await wait;
    }
    before += length;
  }
  const [records, statuses] = settleStatuses(problem, {
    ...filter,
    filtered,
    smoothed: { means: denseRows(means, n, T), factors: smoothedRows(problem, gains) },
    crossCovariances: crossRows(problem, gains),
  });
  return { ...records, statuses };
}

/** Smoothed factors as rows of every series and step. */
export const smoothedRows = ({ stateDim: n, lengths }: LinearGaussianProblem, gains: SmootherSchedule) => ({
  data: gains.smoothed,
  at: (s: number, t: number) => gains.rowOf(lengths[s]!, t) * ((n * (n + 1)) / 2),
});

/** Cross-covariances as rows, if they were made. */
export const crossRows = ({ stateDim: n, lengths }: LinearGaussianProblem, gains: SmootherSchedule) =>
  gains.crossCovariances && {
    data: gains.crossCovariances,
    at: (s: number, t: number) => gains.rowOf(lengths[s]!, t) * n * n,
  };

/** Means of steps until … from − 1, from that of step `from`. */
function retreat(
  { stateDim: n, numSteps: T, dynamicsWeights: F, dynamicsBias: b }: LinearGaussianProblem,
  { rowOf }: GainSchedule,
  gains: Float64Array,
  filtered: Float64Array,
  means: Float64Array,
  s: number,
  from: number,
  until: number,
): void {
  const change = new Float64Array(n);
  for (let t = from - 1; t >= until; t--) {
    const at = (s * T + t) * n;
    let f = (t + 1) * F.stepStride;
    const bias = s * b.seriesStride + (t + 1) * b.stepStride;
    for (let i = 0; i < n; i++) {
      let sum = b.data[bias + i]!;
      for (let k = 0; k < n; k++) sum += F.data[f++]! * filtered[at + k]!;
      change[i] = means[at + n + i]! - sum;
    }
    let e = rowOf(t) * n * n;
    for (let i = 0; i < n; i++) {
      let sum = filtered[at + i]!;
      for (let k = 0; k < n; k++) sum += gains[e++]! * change[k]!;
      means[at + i] = sum;
    }
  }
}
