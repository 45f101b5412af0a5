/** Result of decompose(): what each component adds to y. */

import { ParameterError, type Status } from "../engine/index.ts";
import { say, valueText } from "../models/index.ts";
import { bound } from "./intervals.ts";
import type { DType, FilterResult, ResultArray, ResultBase, RunInfo, SmootherResult } from "./types.ts";

/** Mean, variance and band of one part of y at every step; [T], or [N, T] for a batch. Units of y. */
export interface Band {
  readonly mean: ResultArray;
  /** Squared units of y; Infinity where a diffuse start leaves the filtered states undetermined */
  readonly variance: ResultArray;
  /** mean − z √variance */
  readonly lower: ResultArray;
  /** mean + z √variance */
  readonly upper: ResultArray;
}

/** The band of one component. */
export interface ComponentBand extends Band {
  readonly name: string;
  readonly kind: string;
}

/** Entries [N, T] of one part of y, NaN past the end of short series. */
export interface BandEntries {
  readonly name: string;
  readonly kind: string;
  readonly mean: Float64Array;
  readonly variance: Float64Array;
}

export interface DecompositionSource {
  readonly states: FilterResult | SmootherResult;
  readonly level: number;
  readonly batch: boolean;
  readonly numSteps: number;
  readonly dtype: DType;
  readonly components: readonly BandEntries[];
  readonly fitted: BandEntries;
  readonly irregular: BandEntries;
}

/** What each component adds to y. Where y is observed, fitted + irregular = y, and fitted is the sum of the components. */
export class Decomposition implements ResultBase {
  /** Probability of the bands, at each step. */
  readonly level: number;
  /** In the order of the model, without irregular(). */
  readonly components: readonly ComponentBand[];
  /** The sum of all components: y without its measurement error. Covariances between components are counted. */
  readonly fitted: Band;
  /** The measurement error. Where y is missing: mean 0 and its prior variance. */
  readonly irregular: ComponentBand;
  /** The smoothed or filtered states they were computed from. */
  readonly states: FilterResult | SmootherResult;
  readonly status: Status;
  readonly statuses: readonly Status[];
  readonly lengths: Uint32Array;
  readonly numSeries: number;
  readonly run: RunInfo;
  private readonly source: DecompositionSource;
  private readonly first: number;

  constructor(source: DecompositionSource, view?: number) {
    const { states } = source;
    this.source = source;
    this.first = view ?? 0;
    this.level = source.level;
    this.states = view === undefined ? states : states.series(view);
    this.status = this.states.status;
    this.statuses = this.states.statuses;
    this.lengths = this.states.lengths;
    this.numSeries = this.states.numSeries;
    this.run = states.run;
    const steps = view === undefined ? source.numSteps : this.lengths[0];
    const make = (entries: BandEntries): ComponentBand => this.band(entries, steps);
    this.components = source.components.map(make);
    this.fitted = make(source.fitted);
    this.irregular = make(source.irregular);
  }

  /** The component of this name; also the measurement error. */
  component(name: string): ComponentBand {
    const all = [...this.components, this.irregular];
    const found = all.find(part => part.name === name);
    if (found) return found;
    const names = all.map(part => `"${part.name}"`).join(", ");
    throw new ParameterError(
      say(
        "decompose",
        "component(name)",
        `one of ${names}`,
        valueText(name),
        "Names are those given to add().",
      ),
    );
  }

  series(index: number): this {
    if (!Number.isInteger(index) || index < 0 || index >= this.numSeries) {
      throw new ParameterError(
        say("decompose", "series(index)", `0 … ${this.numSeries - 1}`, `${index}`, "Series count from 0."),
      );
    }
    return new Decomposition({ ...this.source, batch: false }, this.first + index) as this;
  }

  private band({ name, kind, mean, variance }: BandEntries, steps: number): ComponentBand {
    const { batch, numSteps, dtype, level } = this.source;
    const start = this.first * numSteps;
    const count = this.numSeries * steps;
    const shape = batch ? [this.numSeries, steps] : [steps];
    const cut = (data: Float64Array): ResultArray => ({ data: data.subarray(start, start + count), shape });
    const typed = ({ data }: ResultArray): ResultArray =>
      dtype === "float32" ? { data: Float32Array.from(data), shape } : { data, shape };
    const [m, v] = [cut(mean), cut(variance)];
    return {
      name,
      kind,
      mean: typed(m),
      variance: typed(v),
      lower: typed(bound(m, v, level, -1)),
      upper: typed(bound(m, v, level, 1)),
    };
  }
}
