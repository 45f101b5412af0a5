/** Records of a backend -> the fields of a result, each made when it is first read. */

import { ParameterError } from "../engine/index.ts";
import type { Floats, Moments } from "../inference/index.ts";
import { say } from "../models/index.ts";
import type { BackendRun, DiffuseInfo } from "./backend.ts";
import { BatchResult, type BatchSource } from "./batch_result.ts";
import type { ResultArray, SmootherResult } from "./types.ts";

export interface ResultSource extends BatchSource {
  readonly stateDim: number;
  readonly records: BackendRun["records"];
  readonly diffuse?: DiffuseInfo;
  /** [N, T] how many constants −½ log 2π a step counts: one per observed entry, but for likelihood_convention.ts. */
  readonly observedCount: (series: number, step: number) => number;
}

const HALF_LOG_TWO_PI = 0.5 * Math.log(2 * Math.PI);

/** Result of filter() and smooth(): one class, as a smoother's result is a filter's with more fields. */
export class StateResult<Source extends ResultSource = ResultSource>
  extends BatchResult<Source>
  implements SmootherResult
{
  protected view(series: number): this {
    return new StateResult({ ...this.source, batch: false }, series) as this;
  }

  /** Sizes of the data behind the result. */
  get extent(): { stateDim: number; numSeries: number; numSteps: number; batch: boolean } {
    const { stateDim, batch } = this.source;
    return { stateDim, numSeries: this.numSeries, numSteps: this.steps, batch };
  }

  /** E and Cov of the last state of a series given all its observations, in float64; NaN while some variance is infinite. */
  lastFiltered(series: number): { mean: Float64Array; covariance: Float64Array } {
    const { records, stateDim: n } = this.source;
    const mean = new Float64Array(n);
    const covariance = new Float64Array(n * n);
    const [s, t] = [this.first + series, this.lengths[series] - 1];
    if (this.source.diffuse?.infinite("filtered", s, t))
      return { mean: mean.fill(Number.NaN), covariance: covariance.fill(Number.NaN) };
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
    return this.covariances("filteredCovariances", this.source.records.filtered, "filtered");
  }
  get predictedMeans(): ResultArray {
    return this.means("predictedMeans", this.source.records.predicted);
  }
  get predictedCovariances(): ResultArray {
    return this.covariances("predictedCovariances", this.source.records.predicted, "predicted");
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
    return this.expand("smoothedCrossCovariances", { entry: [n, n], less: 1 }, (data, to, s, t) => {
      const at = records.at(s, t);
      for (let i = 0; i < n * n; i++) data[to + i] = records.data[at + i];
    });
  }

  get logLikelihoods(): ResultArray {
    const { records, numSteps, observedCount } = this.source;
    return this.expand("logLikelihoods", { entry: [] }, (data, to, s, t) => {
      data[to] = records.logLikelihoods[s * numSteps + t] - HALF_LOG_TWO_PI * observedCount(s, t);
    });
  }

  get unidentifiedStates(): readonly (readonly number[])[] {
    return Array.from(
      { length: this.numSeries },
      (_, i) => this.source.diffuse?.unidentified[this.first + i] ?? [],
    );
  }

  get diffuseSteps(): Uint32Array {
    return this.once("diffuseSteps", () =>
      Uint32Array.from({ length: this.numSeries }, (_, i) => this.source.diffuse?.steps[this.first + i] ?? 0),
    );
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
    return this.expand(name, { entry: [n] }, (data, to, s, t) => {
      const at = meanAt(s, t);
      for (let i = 0; i < n; i++) data[to + i] = means[at + i];
    });
  }

  /** Infinite where a diffuse part is left. */
  private covariances(
    name: string,
    moments: Moments | undefined,
    diffusePart?: "filtered" | "predicted",
  ): ResultArray {
    if (moments === undefined) throw this.absent(name);
    const { diffuse } = this.source;
    const n = this.source.stateDim;
    const read = covarianceReader(moments, n);
    return this.expand(name, { entry: [n, n] }, (data, to, s, t) => {
      read(s, t, data, to);
      const signs = diffusePart && diffuse?.infinite(diffusePart, s, t);
      signs?.forEach((sign, k) => {
        if (sign !== 0) data[to + k] = sign * Number.POSITIVE_INFINITY;
      });
    });
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
