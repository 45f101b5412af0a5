import type { LinearGaussianSSM } from "../models/index.ts";
import { BatchResult, type BatchSource } from "./batch_result.ts";
import { bound, diagonals } from "./intervals.ts";
import type { ResultArray, ResultBase } from "./types.ts";

/**
 * Result of forecast(): row k is step T + k, T the length of the series; a leading [N] axis is added for batches. Units
 * are those of the observations and of the model's state.
 */
export interface Forecast extends ResultBase {
  /** h */
  readonly numSteps: number;
  /** Probability that an observation lies between lower and upper. */
  readonly level: number;
  /** E y_T+k | y_0:T−1 [h, m] */
  readonly means: ResultArray;
  /** Cov y_T+k | y_0:T−1 [h, m, m], observation noise included */
  readonly covariances: ResultArray;
  /** Var of each entry of y_T+k [h, m] */
  readonly variances: ResultArray;
  /** means − z √variances [h, m] */
  readonly lower: ResultArray;
  /** means + z √variances [h, m] */
  readonly upper: ResultArray;
  /** E z_T+k | y_0:T−1 [h, n] */
  readonly stateMeans: ResultArray;
  /** Cov z_T+k | y_0:T−1 [h, n, n] */
  readonly stateCovariances: ResultArray;
  /** The same under the future inputs of each scenario, by name. */
  readonly scenarios: Readonly<Record<string, Forecast>>;
}

export interface ForecastSource extends BatchSource {
  readonly model: Pick<LinearGaussianSSM, "stateDim" | "emissionDim">;
  /** h */
  readonly steps: number;
  readonly level: number;
  /** [N, h, n], [N, h, n, n], [N, h, m], [N, h, m, m] */
  readonly stateMeans: Float64Array;
  readonly stateCovariances: Float64Array;
  readonly means: Float64Array;
  readonly covariances: Float64Array;
  readonly scenarios: readonly (readonly [string, Forecast])[];
}

export class ForecastResult extends BatchResult<ForecastSource> implements Forecast {
  get numSteps(): number {
    return this.source.steps;
  }
  get level(): number {
    return this.source.level;
  }
  get means(): ResultArray {
    return this.field("means", [this.source.model.emissionDim]);
  }
  get covariances(): ResultArray {
    const m = this.source.model.emissionDim;
    return this.field("covariances", [m, m]);
  }
  get variances(): ResultArray {
    return this.once("variances", () => diagonals(this.covariances));
  }
  get lower(): ResultArray {
    return this.once("lower", () => bound(this.means, this.variances, this.level, -1));
  }
  get upper(): ResultArray {
    return this.once("upper", () => bound(this.means, this.variances, this.level, 1));
  }
  get stateMeans(): ResultArray {
    return this.field("stateMeans", [this.source.model.stateDim]);
  }
  get stateCovariances(): ResultArray {
    const n = this.source.model.stateDim;
    return this.field("stateCovariances", [n, n]);
  }
  get scenarios(): Readonly<Record<string, Forecast>> {
    return this.once("scenarios", () => Object.fromEntries(this.source.scenarios));
  }

  private field(
    name: "means" | "covariances" | "stateMeans" | "stateCovariances",
    entry: readonly number[],
  ): ResultArray {
    const values = this.source[name];
    const rows = this.source.steps;
    const size = entry.reduce((a, b) => a * b, 1);
    return this.expand(name, { entry, rows }, (data, to, series, k) => {
      const at = (series * rows + k) * size;
      for (let i = 0; i < size; i++) data[to + i] = values[at + i];
    });
  }

  protected view(series: number): this {
    const scenarios = this.source.scenarios.map(
      ([name, forecast]) => [name, forecast.series(series)] as const,
    );
    return new ForecastResult({ ...this.source, scenarios, batch: false }, series) as this;
  }
}
