/** What every result over a batch of series shares: layout, statuses, views of one series, fields made when first read. */

import { ParameterError, type Status } from "../engine/index.ts";
import { say } from "../models/index.ts";
import { worstStatus } from "./status.ts";
import type { DType, ResultArray, ResultBase, RunInfo } from "./types.ts";

export interface BatchSource {
  readonly call: string;
  /** Longest series, T. */
  readonly numSteps: number;
  readonly lengths: Uint32Array;
  readonly batch: boolean;
  readonly dtype: DType;
  readonly statuses: readonly Status[];
  readonly run: RunInfo;
}

/** The shape of a field [N, rows, …entry]. */
interface FieldForm {
  readonly entry: readonly number[];
  /** Rows that every series fills; default the steps of the series. */
  readonly rows?: number;
  /** How many rows fewer than steps there are. */
  readonly less?: number;
}

/** Puts the entries of one row at data[to]. */
type FillRow = (data: Float64Array | Float32Array, to: number, series: number, row: number) => void;

export abstract class BatchResult<Source extends BatchSource> implements ResultBase {
  readonly numSeries: number;
  readonly lengths: Uint32Array;
  readonly statuses: readonly Status[];
  readonly status: Status;
  readonly run: RunInfo;
  protected readonly source: Source;
  /** First series and number of steps of this view. */
  protected readonly first: number;
  protected readonly steps: number;
  private readonly made = new Map<string, unknown>();

  constructor(source: Source, view?: number) {
    this.source = source;
    this.run = source.run;
    this.first = view ?? 0;
    this.numSeries = view === undefined ? source.lengths.length : 1;
    this.lengths = source.lengths.slice(this.first, this.first + this.numSeries);
    this.statuses = source.statuses.slice(this.first, this.first + this.numSeries);
    this.status = worstStatus(this.statuses);
    this.steps = view === undefined ? source.numSteps : source.lengths[view];
  }

  /** The same class over one series of the source, without series axis. */
  protected abstract view(series: number): this;

  series(index: number): this {
    if (!Number.isInteger(index) || index < 0 || index >= this.numSeries) {
      const range = `0 … ${this.numSeries - 1}`;
      throw new ParameterError(
        say(this.source.call, "series(index)", range, `${index}`, "Series count from 0."),
      );
    }
    return this.view(this.first + index);
  }

  /** A field [N, rows, …entry], NaN in the rows past the end of short series. */
  protected expand(name: string, { entry, rows, less = 0 }: FieldForm, fill: FillRow): ResultArray {
    return this.once(name, () => {
      const size = entry.reduce((a, b) => a * b, 1);
      const all = rows ?? this.steps - less;
      const count = this.numSeries * all * size;
      const data = this.source.dtype === "float32" ? new Float32Array(count) : new Float64Array(count);
      for (let i = 0; i < this.numSeries; i++) {
        const end = rows ?? Math.max(0, this.lengths[i] - less);
        for (let t = 0; t < end; t++) fill(data, (i * all + t) * size, this.first + i, t);
        data.fill(Number.NaN, (i * all + end) * size, (i + 1) * all * size);
      }
      return { data, shape: this.source.batch ? [this.numSeries, all, ...entry] : [all, ...entry] };
    });
  }

  protected once<T>(name: string, make: () => T): T {
    if (!this.made.has(name)) this.made.set(name, make());
    return this.made.get(name) as T;
  }
}
