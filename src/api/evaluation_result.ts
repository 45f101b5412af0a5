import { ParameterError } from "../engine/index.ts";
import { type IterationRecords, type LyapunovRecords, predictedUpdates } from "../inference/index.ts";
import { say } from "../models/index.ts";
import { BatchResult, type BatchSource } from "./batch_result.ts";
import type { Evaluation } from "./evaluate.ts";
import type { ResultArray } from "./types.ts";

export interface EvaluationSource extends BatchSource {
  readonly stateDim: number;
  readonly records: IterationRecords;
  /** Where it was asked for. */
  readonly along: LyapunovRecords | undefined;
  /** What would give it, where that is not the option. */
  readonly alongFix?: string;
  readonly prefixes: Uint32Array | undefined;
  /** K + 1 of [T, D] */
  readonly iterates: readonly Float64Array[];
}

/** Result of evaluate(). */
export class EvaluationResult extends BatchResult<EvaluationSource> implements Evaluation {
  protected view(series: number): this {
    return new EvaluationResult({ ...this.source, batch: false }, series) as this;
  }

  /** The same of trajectories in other coordinates. */
  mapStates(map: (states: Float64Array) => Float64Array): EvaluationResult {
    const { records, iterates } = this.source;
    return new EvaluationResult({
      ...this.source,
      records: { ...records, states: map(records.states) },
      iterates: iterates.map(map),
    });
  }

  get states(): ResultArray {
    const { records, numSteps: T, stateDim: D } = this.source;
    return this.expand("states", { entry: [D] }, (data, to, s, t) => {
      for (let i = 0; i < D; i++) data[to + i] = records.states[(s * T + t) * D + i];
    });
  }

  get converged(): readonly boolean[] {
    return this.statuses.map(status => status === "ok");
  }
  get iterations(): Uint32Array {
    return this.own(this.source.records.iterations);
  }
  get merits(): readonly Float64Array[] {
    return this.source.records.merits.slice(this.first, this.first + this.numSeries);
  }
  get merit(): Float64Array {
    return Float64Array.from(this.merits, merits => merits.at(-1) as number);
  }
  get stateError(): Float64Array {
    return this.own(this.along("stateError").stateErrors);
  }
  get lyapunov(): Float64Array {
    return this.own(this.along("lyapunov").largest);
  }
  get overshoot(): Float64Array {
    return this.own(this.along("overshoot").overshoot);
  }
  get predictedIterations(): Uint32Array {
    const { largest } = this.along("predictedIterations");
    return this.own(
      Uint32Array.from(this.source.lengths, (length, s) => predictedUpdates(largest[s], length)),
    );
  }
  get resets(): Uint32Array {
    return this.own(this.source.records.resets);
  }
  get failedSteps(): Int32Array {
    const failed = this.own(this.source.records.failed);
    return Int32Array.from(failed, (step, s) => (step < this.lengths[s] ? step : -1));
  }

  get prefixIterations(): { readonly data: Uint32Array; readonly shape: readonly number[] } {
    const { records, prefixes, call } = this.source;
    if (!prefixes || !records.prefixIterations) {
      const fix = "Set options.prefixes to the lengths of interest.";
      throw new ParameterError(
        say(call, "prefixIterations", "a field that was computed", "one of prefixes", fix),
      );
    }
    const P = prefixes.length;
    const data = records.prefixIterations.slice(this.first * P, (this.first + this.numSeries) * P);
    return { data, shape: this.source.batch ? [this.numSeries, P] : [P] };
  }

  get iterates(): readonly ResultArray[] {
    const { iterates, stateDim: D, call } = this.source;
    if (iterates.length === 0)
      throw new ParameterError(
        say(call, "iterates", "a field that was computed", "one of trace", "Set options.trace: true."),
      );
    return iterates.map(data => ({ data, shape: [data.length / D, D] }));
  }

  private along(field: string): LyapunovRecords {
    const { along, call, alongFix: fix = "Leave options.lyapunov out." } = this.source;
    if (along) return along;
    throw new ParameterError(say(call, field, "a field that was computed", "one of lyapunov: true", fix));
  }

  private own<Values extends Uint32Array | Float64Array>(values: Values): Values {
    return values.slice(this.first, this.first + this.numSeries) as Values;
  }
}
