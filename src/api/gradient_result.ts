/** Results of evaluationGradient() and evaluationTangent(). */
import type { AdjointRecords } from "../inference/index.ts";
import { BatchResult, type BatchSource } from "./batch_result.ts";
import type { EvaluationGradient, EvaluationTangent } from "./recurrence_gradient.ts";
import type { ResultArray } from "./types.ts";

interface Source extends BatchSource {
  readonly stateDim: number;
  /** [N] steps without a value; the length of the series where there is none */
  readonly failed: Uint32Array;
}

export interface GradientSource extends Source {
  readonly inputDim: number;
  readonly numParameters: number;
  readonly records: AdjointRecords;
}

abstract class SensitivityResult<Own extends Source> extends BatchResult<Own> {
  get failedSteps(): Int32Array {
    return Int32Array.from(this.lengths, (length, i) => {
      const step = this.source.failed[this.first + i];
      return step < length ? step : -1;
    });
  }

  /** A number of series s, NaN where the series is not ok. */
  protected of(value: number, s: number): number {
    return this.source.statuses[s] === "ok" ? value : Number.NaN;
  }
}

export class GradientResult extends SensitivityResult<GradientSource> implements EvaluationGradient {
  protected view(series: number): this {
    return new GradientResult({ ...this.source, batch: false }, series) as this;
  }

  get initialState(): ResultArray {
    const { records, stateDim: D, batch } = this.source;
    return this.once("initialState", () => ({
      data: Float64Array.from({ length: this.numSeries * D }, (_, e) =>
        this.of(records.initialState[this.first * D + e], this.first + Math.floor(e / D)),
      ),
      shape: batch ? [this.numSeries, D] : [D],
    }));
  }

  get inputs(): ResultArray {
    const { records, numSteps: T, inputDim: d } = this.source;
    return this.expand("inputs", { entry: [d] }, (data, to, s, t) => {
      for (let k = 0; k < d; k++) data[to + k] = this.of(records.inputs[(s * T + t) * d + k], s);
    });
  }

  get parameters(): Float64Array {
    const { records, numParameters: P } = this.source;
    return this.once("parameters", () => {
      const out = new Float64Array(P);
      for (let s = this.first; s < this.first + this.numSeries; s++)
        for (let k = 0; k < P; k++) out[k] += this.of(records.parameters[s * P + k], s);
      return out;
    });
  }
}

export interface TangentSource extends Source {
  /** [N, T, D] */
  readonly changes: Float64Array;
}

export class TangentResult extends SensitivityResult<TangentSource> implements EvaluationTangent {
  protected view(series: number): this {
    return new TangentResult({ ...this.source, batch: false }, series) as this;
  }

  get states(): ResultArray {
    const { changes, numSteps: T, stateDim: D } = this.source;
    return this.expand("states", { entry: [D] }, (data, to, s, t) => {
      for (let i = 0; i < D; i++) data[to + i] = this.of(changes[(s * T + t) * D + i], s);
    });
  }
}
