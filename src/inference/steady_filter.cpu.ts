/**
 * steady_filter in float64 on the host: means alone, with gains made beforehand (gain_schedule.ts).
 *
 *   e = Ls⁻¹ (y − H m⁻),  m = m⁻ + G e,  m⁻ ← F m + b
 *   likelihood of the step  −½ e'e − log det Ls  (without the constant −½ log 2π per observed entry)
 */
import { cooperation, stepsPerLook } from "./cooperate.ts";
import type { GainSchedule } from "./gain_schedule.ts";
import type { KalmanCpuOptions, KalmanFilterCpuRecords } from "./kalman_filter.cpu.ts";
import { denseRows, type Floats, type LinearGaussianProblem, type Rows } from "./linear_gaussian_problem.ts";
import { settleStatuses } from "./settle_statuses.ts";

/** p(z_t | y_0:t) for every series and step. @throws AbortedError */
export async function steadyFilterCpu(
  problem: LinearGaussianProblem,
  schedule: GainSchedule,
  options: KalmanCpuOptions = {},
): Promise<KalmanFilterCpuRecords> {
  const { stateDim: n, numSeries, numSteps: T, lengths } = problem;
  const size = numSeries * T * n;
  const filter = new MeanFilter(problem, schedule, {
    filtered: options.filtered === false ? undefined : new Float64Array(size),
    predicted: options.outputs?.predicted ? new Float64Array(size) : undefined,
  });
  const overflowed = new Set<number>();
  const look = cooperation(
    "filter",
    "filter",
    lengths.reduce((a, b) => a + b, 0),
    options,
  );
  const stride = 8 * stepsPerLook(Math.max(n, problem.emissionDim));
  let before = 0;
  for (let s = 0; s < numSeries; s++) {
    filter.start(s);
    for (let t = 0; t < lengths[s]!; ) {
      const until = Math.min(lengths[s]!, t + stride);
      filter.advance(t, until);
      t = until;
      const wait = look(before + t);
      if (wait) await wait;
    }
    before += lengths[s]!;
    if (!filter.finite()) overflowed.add(s);
  }
  const moments = (means: Float64Array | undefined, factors: Float64Array) =>
    means && { means: denseRows(means, n, T), factors: scheduleRows(factors, schedule, n) };
  const [records, statuses] = settleStatuses(problem, {
    filtered: moments(filter.filtered, schedule.filtered),
    predicted: moments(filter.predicted, schedule.predicted),
    logLikelihoods: filter.logLikelihoods,
  });
  // Where no moments are kept, an overflow after the last observation shows only here.
  return { ...records, statuses: statuses.map((status, s) => (overflowed.has(s) ? "nonFinite" : status)) };
}

/** Factors of a schedule as rows of every series and step. */
export function scheduleRows(data: Floats, { rowOf }: GainSchedule, n: number): Rows {
  const size = (n * (n + 1)) / 2;
  return { data, at: (_, t) => rowOf(t) * size };
}

class MeanFilter {
  readonly logLikelihoods: Float64Array;
  readonly filtered: Float64Array | undefined;
  readonly predicted: Float64Array | undefined;

  private readonly problem: LinearGaussianProblem;
  private readonly schedule: GainSchedule;
  private series = 0;
  private readonly mean: Float64Array;
  private readonly moved: Float64Array;
  private readonly innovation: Float64Array;

  constructor(
    problem: LinearGaussianProblem,
    schedule: GainSchedule,
    outputs: { filtered: Float64Array | undefined; predicted: Float64Array | undefined },
  ) {
    const { stateDim: n, emissionDim: m, numSeries, numSteps } = problem;
    this.problem = problem;
    this.schedule = schedule;
    this.filtered = outputs.filtered;
    this.predicted = outputs.predicted;
    this.logLikelihoods = new Float64Array(numSeries * numSteps);
    this.mean = new Float64Array(n);
    this.moved = new Float64Array(n);
    this.innovation = new Float64Array(m);
  }

  start(series: number): void {
    const { initialMean, stateDim: n } = this.problem;
    const at = series * initialMean.seriesStride;
    this.series = series;
    this.mean.set(initialMean.data.subarray(at, at + n));
  }

  finite(): boolean {
    return this.mean.every(Number.isFinite);
  }

  advance(from: number, until: number): void {
    const { mean, filtered, predicted, series } = this;
    const { stateDim: n, numSteps: T, emissionIndex: index, observedCounts } = this.problem;
    for (let t = from; t < until; t++) {
      const at = series * T + t;
      if (t > 0) this.predict(t);
      if (predicted !== undefined) for (let i = 0; i < n; i++) predicted[at * n + i] = mean[i]!;
      const record = index.data[series * index.seriesStride + t * index.stepStride]!;
      if (observedCounts[record]! > 0) this.update(record, t, at);
      if (filtered !== undefined) for (let i = 0; i < n; i++) filtered[at * n + i] = mean[i]!;
    }
  }

  private predict(t: number): void {
    const { mean, moved } = this;
    const { stateDim: n, dynamicsWeights: F, dynamicsBias: b } = this.problem;
    const f = F.data;
    let at = t * F.stepStride;
    const bias = this.series * b.seriesStride + t * b.stepStride;
    for (let i = 0; i < n; i++) {
      let sum = b.data[bias + i]!;
      for (let k = 0; k < n; k++) sum += f[at++]! * mean[k]!;
      moved[i] = sum;
    }
    for (let i = 0; i < n; i++) mean[i] = moved[i]!;
  }

  private update(record: number, t: number, at: number): void {
    const { mean, innovation: e } = this;
    const { stateDim: n, emissionDim: m, emissionWeights: h, observations: y } = this.problem;
    const { corrections, roots, logDeterminants, rowOf } = this.schedule;
    const row = rowOf(t);
    let p = record * m * n;
    let squares = 0;
    for (let i = 0; i < m; i++) {
      const root = (row * m + i) * m;
      let sum = y[at * m + i]!;
      for (let k = 0; k < n; k++) sum -= h[p++]! * mean[k]!;
      for (let j = 0; j < i; j++) sum -= roots[root + j]! * e[j]!;
      sum /= roots[root + i]!;
      e[i] = sum;
      squares += sum * sum;
    }
    p = row * n * m;
    for (let i = 0; i < n; i++) {
      let sum = mean[i]!;
      for (let j = 0; j < m; j++) sum += corrections[p++]! * e[j]!;
      mean[i] = sum;
    }
    this.logLikelihoods[at] = -0.5 * squares - logDeterminants[row]!;
  }
}
