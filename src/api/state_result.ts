/** Records of a backend -> the fields of a result, each made when it is first read. */

import { NumericalError, ParameterError, type Status } from "../engine/index.ts";
import { type Floats, type Moments, type Refusal, refusalText } from "../inference/index.ts";
import { say } from "../models/index.ts";
import type { BackendRun } from "./backend.ts";
import type { DType, ResultArray, RunInfo, SmootherResult } from "./types.ts";

export interface ResultSource {
  readonly call: string;
  readonly stateDim: number;
  readonly numSteps: number;
  readonly lengths: Uint32Array;
  readonly batch: boolean;
  readonly dtype: DType;
  readonly records: BackendRun["records"];
  /** [N, T] how many entries were observed. */
  readonly observedCount: (series: number, step: number) => number;
  readonly statuses: readonly Status[];
  readonly run: RunInfo;
}

const HALF_LOG_TWO_PI = 0.5 * Math.log(2 * Math.PI);
const SEVERITY: readonly Status[] = [
  "ok",
  "maxIterations",
  "diverged",
  "illConditioned",
  "notPositiveDefinite",
  "nonFinite",
];

/** Worst of several statuses. */
export const worstStatus = (statuses: readonly Status[]): Status =>
  statuses.reduce((worst, s) => (SEVERITY.indexOf(s) > SEVERITY.indexOf(worst) ? s : worst), "ok" as Status);

/** @throws NumericalError naming the series that failed */
export function throwOnFailure(
  call: string,
  statuses: readonly Status[],
  batch: boolean,
  refusals: readonly Refusal[] = [],
): void {
  const status = worstStatus(statuses);
  if (status === "ok") return;
  const failed = statuses.flatMap((s, i) => (s === "ok" ? [] : [i]));
  const which = batch
    ? `series ${failed.slice(0, 10).join(", ")}${failed.length > 10 ? " …" : ""}`
    : "the series";
  const refusal = refusals[0];
  if (status === "illConditioned" && refusal) {
    const where = batch ? ` (series ${refusal.series})` : "";
    throw new NumericalError(
      say(
        call,
        "options.form",
        `"squareRoot" or "auto" for this problem`,
        `"covariance": ${refusalText(refusal)}${where}`,
        'Use form: "squareRoot".',
      ),
      status,
    );
  }
  const cause =
    status === "notPositiveDefinite"
      ? "the innovation covariance H P H' + R is singular: make R positive definite, or drop duplicated observations"
      : "the moments overflowed: check the scale of parameters and data, and that the dynamics are stable";
  throw new NumericalError(
    say(
      call,
      "status",
      '"ok"',
      `"${status}" for ${which}`,
      `Likely ${cause}. Set throwOnFailure: false to see the result.`,
    ),
    status,
  );
}

/** Result of filter() and smooth(): one class, as a smoother's result is a filter's with more fields. */
export class StateResult implements SmootherResult {
  readonly numSeries: number;
  readonly lengths: Uint32Array;
  readonly statuses: readonly Status[];
  readonly status: Status;
  readonly run: RunInfo;
  private readonly source: ResultSource;
  /** First series and number of steps of this view. */
  private readonly first: number;
  private readonly steps: number;
  private readonly made = new Map<string, unknown>();

  constructor(source: ResultSource, view?: number) {
    this.source = source;
    this.run = source.run;
    this.first = view ?? 0;
    this.numSeries = view === undefined ? source.lengths.length : 1;
    this.lengths = source.lengths.slice(this.first, this.first + this.numSeries);
    this.statuses = source.statuses.slice(this.first, this.first + this.numSeries);
    this.status = worstStatus(this.statuses);
    this.steps = view === undefined ? source.numSteps : source.lengths[view];
  }

  series(index: number): this {
    if (!Number.isInteger(index) || index < 0 || index >= this.numSeries) {
      throw new ParameterError(
        say(
          this.source.call,
          "series(index)",
          `0 … ${this.numSeries - 1}`,
          `${index}`,
          "Series count from 0.",
        ),
      );
    }
    return new StateResult({ ...this.source, batch: false }, this.first + index) as this;
  }

  /** Sizes of the data behind the result. */
  get extent(): { stateDim: number; numSeries: number; numSteps: number; batch: boolean } {
    const { stateDim, batch } = this.source;
    return { stateDim, numSeries: this.numSeries, numSteps: this.steps, batch };
  }

  /** E and Cov of the last state of a series given all its observations, in float64; [n], [n, n]. */
  lastFiltered(series: number): { mean: Float64Array; covariance: Float64Array } {
    const { records, stateDim: n } = this.source;
    const mean = new Float64Array(n);
    const covariance = new Float64Array(n * n);
    const [s, t] = [this.first + series, this.lengths[series] - 1];
    const filtered = records.filtered as Moments;
    const { means } = filtered;
    for (let i = 0; i < n; i++) mean[i] = means.data[means.at(s, t) + i];
    covarianceReader(filtered, n)(s, t, covariance, 0);
    return { mean, covariance };
  }

  get filteredMeans(): ResultArray {
    return this.means("filteredMeans", this.source.records.filtered);
  }
  get filteredCovariances(): ResultArray {
    return this.covariances("filteredCovariances", this.source.records.filtered);
  }
  get predictedMeans(): ResultArray {
    return this.means("predictedMeans", this.source.records.predicted);
  }
  get predictedCovariances(): ResultArray {
    return this.covariances("predictedCovariances", this.source.records.predicted);
  }
  get smoothedMeans(): ResultArray {
    return this.means("smoothedMeans", this.source.records.smoothed);
  }
  get smoothedCovariances(): ResultArray {
    return this.covariances("smoothedCovariances", this.source.records.smoothed);
  }

  get smoothedCrossCovariances(): ResultArray {
    const records = this.source.records.crossCovariances;
    if (records === undefined) throw this.absent("smoothedCrossCovariances");
    const n = this.source.stateDim;
    return this.expand("smoothedCrossCovariances", 1, [n, n], (data, to, s, t) => {
      const at = records.at(s, t);
      for (let i = 0; i < n * n; i++) data[to + i] = records.data[at + i];
    });
  }

  get logLikelihoods(): ResultArray {
    const { records, numSteps, observedCount } = this.source;
    return this.expand("logLikelihoods", 0, [], (data, to, s, t) => {
      data[to] = records.logLikelihoods[s * numSteps + t] - HALF_LOG_TWO_PI * observedCount(s, t);
    });
  }

  get marginalLogLikelihoods(): Float64Array {
    return this.once("marginalLogLikelihoods", () =>
      Float64Array.from({ length: this.numSeries }, (_, i) =>
        seriesLogLikelihood(this.source, this.first + i),
      ),
    );
  }

  get marginalLogLikelihood(): number {
    return this.marginalLogLikelihoods.reduce((a, b) => a + b, 0);
  }

  private means(name: string, moments: Moments | undefined): ResultArray {
    if (moments === undefined) throw this.absent(name);
    const { data: means, at: meanAt } = moments.means;
    const n = this.source.stateDim;
    return this.expand(name, 0, [n], (data, to, s, t) => {
      const at = meanAt(s, t);
      for (let i = 0; i < n; i++) data[to + i] = means[at + i];
    });
  }

  private covariances(name: string, moments: Moments | undefined): ResultArray {
    if (moments === undefined) throw this.absent(name);
    const n = this.source.stateDim;
    const read = covarianceReader(moments, n);
    return this.expand(name, 0, [n, n], (data, to, s, t) => read(s, t, data, to));
  }

  /** An array [N, T − less, …entry], NaN past the end of short series. */
  private expand(
    name: string,
    less: number,
    entry: readonly number[],
    fill: (data: Float64Array | Float32Array, to: number, series: number, step: number) => void,
  ): ResultArray {
    return this.once(name, () => {
      const size = entry.reduce((a, b) => a * b, 1);
      const steps = this.steps - less;
      const count = this.numSeries * steps * size;
      const data = this.source.dtype === "float32" ? new Float32Array(count) : new Float64Array(count);
      for (let i = 0; i < this.numSeries; i++) {
        const end = Math.max(0, this.lengths[i] - less);
        for (let t = 0; t < end; t++) fill(data, (i * steps + t) * size, this.first + i, t);
        data.fill(Number.NaN, (i * steps + end) * size, (i + 1) * steps * size);
      }
      return { data, shape: this.source.batch ? [this.numSeries, steps, ...entry] : [steps, ...entry] };
    });
  }

  private once<T>(name: string, make: () => T): T {
    if (!this.made.has(name)) this.made.set(name, make());
    return this.made.get(name) as T;
  }

  private absent(name: string): ParameterError {
    const smoothed = name.startsWith("smoothed");
    const group = smoothed ? "crossCovariances" : "predicted";
    const fix =
      smoothed && this.source.records.smoothed === undefined
        ? "Call smooth()."
        : `Add "${group}" to options.outputs.`;
    return new ParameterError(
      say(this.source.call, name, "a field that was computed", "one that was not asked for", fix),
    );
  }
}

/** Writes the covariance [n, n] of a series and step: U U' in float64, or what was computed in covariance form. */
export function covarianceReader(
  moments: Moments,
  n: number,
): (series: number, step: number, out: Floats, to: number) => void {
  const { covariances } = moments;
  if (covariances === undefined) {
    const { data, at } = moments.factors;
    return (s, t, out, to) => multiplyFactor(data, at(s, t), n, out, to);
  }
  const { data, at } = covariances;
  return (s, t, out, to) => {
    for (let i = 0, from = at(s, t); i < n; i++) {
      for (let j = 0; j <= i; j++, from++) {
        out[to + i * n + j] = data[from];
        out[to + j * n + i] = data[from];
      }
    }
  };
}

/** U U' [n, n] into out[to …], from the packed factor at factors[at …]. */
function multiplyFactor(factors: Floats, at: number, n: number, out: Floats, to: number): void {
  for (let i = 0; i < n; i++) {
    const left = at + (i * (i + 1)) / 2;
    for (let j = 0; j <= i; j++) {
      const right = at + (j * (j + 1)) / 2;
      let sum = 0;
      for (let k = 0; k <= j; k++) sum += factors[left + k] * factors[right + k];
      out[to + i * n + j] = sum;
      out[to + j * n + i] = sum;
    }
  }
}

/** log p(y_0:T−1) of one series, summed in float64. */
export function seriesLogLikelihood(
  source: Pick<ResultSource, "records" | "lengths" | "numSteps" | "observedCount">,
  series: number,
): number {
  let sum = 0;
  let observed = 0;
  for (let t = 0; t < source.lengths[series]; t++) {
    sum += source.records.logLikelihoods[series * source.numSteps + t];
    observed += source.observedCount(series, t);
  }
  return sum - HALF_LOG_TWO_PI * observed;
}
