/**
 * steady_smoother in float64 on the host: means alone (adjoint_means.ts), with gains made beforehand (gain_schedule.ts)
 * and factors of smoother_schedule.ts.
 */
import { AdjointMeans } from "./adjoint_means.ts";
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
  const forward = filtered.means.data as Float64Array;
  const smoother = new MeanSmoother(problem, schedule, forward, means);
  let before = 0;
  for (let s = 0; s < numSeries; s++) {
    const length = lengths[s]!;
    smoother.start(s);
    for (let t = length; t > 0; ) {
      const until = Math.max(0, t - stride);
      smoother.retreat(t, until);
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

class MeanSmoother {
  private readonly problem: LinearGaussianProblem;
  private readonly schedule: GainSchedule;
  /** [N, T, n] */
  private readonly filtered: Float64Array;
  private readonly means: Float64Array;
  private readonly adjoint: AdjointMeans;
  private readonly predicted: Float64Array;
  private readonly innovation: Float64Array;
  private series = 0;

  constructor(
    problem: LinearGaussianProblem,
    schedule: GainSchedule,
    filtered: Float64Array,
    means: Float64Array,
  ) {
    const { stateDim: n, emissionDim: m } = problem;
    this.problem = problem;
    this.schedule = schedule;
    this.filtered = filtered;
    this.means = means;
    this.adjoint = new AdjointMeans(n, m);
    this.predicted = new Float64Array(n);
    this.innovation = new Float64Array(m);
  }

  start(series: number): void {
    this.series = series;
    this.adjoint.start();
  }

  /** Means of steps from − 1 … until. */
  retreat(from: number, until: number): void {
    const { adjoint, filtered, means, series } = this;
    const { stateDim: n, emissionDim: m, numSteps: T, dynamicsWeights: F, emissionWeights } = this.problem;
    const { emissionIndex: index, observedCounts } = this.problem;
    const { corrections, roots, filtered: factors, rowOf } = this.schedule;
    for (let t = from - 1; t >= until; t--) {
      const at = (series * T + t) * n;
      const row = rowOf(t);
      adjoint.smooth(filtered, at, factors, (row * n * (n + 1)) / 2, means, at);
      if (t === 0) return;
      const record = index.data[series * index.seriesStride + t * index.stepStride]!;
      if (observedCounts[record]! > 0) {
        this.innovate(t, record);
        const [h, g, l] = [record * m * n, row * n * m, row * m * m];
        adjoint.observe(emissionWeights, h, corrections, g, roots, l, this.innovation, 0);
      }
      adjoint.retreat(F.data, t * F.stepStride);
    }
  }

  /** e = Ls⁻¹ (y − H m⁻), as the filter had it. */
  private innovate(t: number, record: number): void {
    const { series, filtered, predicted, innovation: e } = this;
    const { stateDim: n, emissionDim: m, numSteps: T, dynamicsWeights: F, dynamicsBias: b } = this.problem;
    const { emissionWeights: h, observations: y } = this.problem;
    const { roots, rowOf } = this.schedule;
    const before = (series * T + t - 1) * n;
    let p = t * F.stepStride;
    for (let i = 0; i < n; i++) {
      let sum = b.data[series * b.seriesStride + t * b.stepStride + i]!;
      for (let k = 0; k < n; k++) sum += F.data[p++]! * filtered[before + k]!;
      predicted[i] = sum;
    }
    p = record * m * n;
    for (let i = 0; i < m; i++) {
      const root = (rowOf(t) * m + i) * m;
      let sum = y[(series * T + t) * m + i]!;
      for (let k = 0; k < n; k++) sum -= h[p++]! * predicted[k]!;
      for (let j = 0; j < i; j++) sum -= roots[root + j]! * e[j]!;
      e[i] = sum / roots[root + i]!;
    }
  }
}
