/** Records of hidden Markov recursions -> the fields of a result, each made when it is first read. */

import { ParameterError } from "../engine/index.ts";
import type {
  Ends,
  HmmFilterRecords,
  HmmProblem,
  HmmSmootherRecords,
  ProbsArray,
  Rows,
  TransitionsForm,
} from "../inference/index.ts";
import { say } from "../models/index.ts";
import { BatchResult, type BatchSource } from "./batch_result.ts";
import type { LeftAt } from "./gpu_result.ts";
import type { HmmResultBase, HmmSmootherResult } from "./hmm_types.ts";
import type { ResultArray } from "./types.ts";

export interface HmmBatchSource extends BatchSource {
  /** K */
  readonly numStates: number;
  readonly numRegimes: number;
  /** [K] */
  readonly regimeOf: Uint32Array;
  /** Fields by states, not by regimes. */
  readonly byState: boolean;
  readonly ends: Ends;
}

/** What results of all calls share: states or regimes, and where a series became impossible. */
export abstract class HmmBatchResult<Source extends HmmBatchSource>
  extends BatchResult<Source>
  implements HmmResultBase
{
  protected readonly viewed: number | undefined;

  constructor(source: Source, view?: number) {
    super(source, view);
    this.viewed = view;
  }

  get impossibleSteps(): Int32Array {
    const { ends } = this.source;
    return this.once("impossibleSteps", () =>
      Int32Array.from(this.lengths, (length, i) =>
        ends[this.first + i] < length ? ends[this.first + i] : -1,
      ),
    );
  }

  get expanded(): this {
    const { byState, numRegimes, numStates } = this.source;
    if (byState || numRegimes === numStates) return this;
    return this.once("expanded", () => this.like({ ...this.source, byState: true }, this.viewed));
  }

  protected view(series: number): this {
    return this.like({ ...this.source, batch: false }, series);
  }

  /** The same class of another source. */
  protected abstract like(source: Source, view: number | undefined): this;

  /** How many probabilities a row of a field has. */
  protected get width(): number {
    return this.source.byState ? this.source.numStates : this.source.numRegimes;
  }
}

export interface HmmSource extends HmmBatchSource {
  readonly records: HmmFilterRecords & Partial<HmmSmootherRecords>;
  readonly transitions: TransitionsForm;
  /** [N] the last observations [L, m] that emissions look back on; none where they do not. */
  readonly tails: readonly Float64Array[];
  /** Where log p(y_t | z_t) is read from; absent where it was not asked for. */
  readonly emissions?: HmmProblem["emissions"];
  /** Where results are to stay on the GPU. */
  readonly left?: LeftAt<ProbsArray>;
}

/** Result of filter() and smooth(): one class, as a smoother's result is a filter's with more fields. */
export class HmmStateResult extends HmmBatchResult<HmmSource> implements HmmSmootherResult {
  protected like(source: HmmSource, view: number | undefined): this {
    return new HmmStateResult(source, view) as this;
  }

  /** Sizes of the data behind the result. */
  get extent(): { numStates: number; numSeries: number; numSteps: number; batch: boolean } {
    const { numStates, batch } = this.source;
    return { numStates, numSeries: this.numSeries, numSteps: this.steps, batch };
  }

  /** What other results of the same series begin with. */
  whole(): HmmBatchSource {
    const { call, dtype, batch, numStates, numRegimes, regimeOf, ends } = this.source;
    const { lengths, statuses, run, steps: numSteps } = this;
    const own = ends.slice(this.first, this.first + this.numSeries);
    return {
      call,
      dtype,
      batch,
      numStates,
      numRegimes,
      regimeOf,
      ends: own,
      lengths,
      statuses,
      run,
      numSteps,
      byState: false,
    };
  }

  /** The last observations of its series, where emissions look back on them. */
  get tails(): readonly Float64Array[] {
    return this.source.tails.slice(this.first, this.first + this.numSeries);
  }

  /** p(z_T−1 | y_0:T−1) of a series by states, in float64; NaN where it became impossible. */
  lastFiltered(series: number): Float64Array {
    const { data, at } = this.source.records.filteredProbs as Rows;
    const from = at(this.first + series, this.lengths[series] - 1);
    return Float64Array.from(data.subarray(from, from + this.source.numStates));
  }

  get filteredProbs(): ResultArray {
    return this.probs("filteredProbs");
  }
  get predictedProbs(): ResultArray {
    return this.probs("predictedProbs");
  }
  get smoothedProbs(): ResultArray {
    return this.probs("smoothedProbs");
  }

  get expectedTransitions(): ResultArray {
    const { records, transitions, numStates: K, numSteps } = this.source;
    const pairs = records.expectedTransitions;
    if (pairs === undefined) throw this.absent("expectedTransitions");
    const steps = transitions === "steps";
    const W = this.width;
    const form = steps ? { entry: [W, W], less: 1 } : { entry: [W, W], rows: 1 };
    const field = this.expand("expectedTransitions", form, (data, to, s, t) => {
      const at = (steps ? s * (numSteps - 1) + t : s) * K * K;
      data.fill(0, to, to + W * W);
      for (let i = 0; i < K; i++)
        for (let k = 0; k < K; k++) data[to + this.place(i) * W + this.place(k)] += pairs[at + i * K + k];
    });
    if (steps) return field;
    return { data: field.data, shape: this.source.batch ? [this.numSeries, W, W] : [W, W] };
  }

  get emissionLogLikelihoods(): ResultArray {
    const { emissions, byState } = this.source;
    if (emissions === undefined) throw this.absent("emissionLogLikelihoods");
    const { numEmissions, emissionOf } = emissions;
    const row = new Float64Array(numEmissions);
    const W = this.width;
    return this.expand("emissionLogLikelihoods", { entry: [W] }, (data, to, s, t) => {
      emissions.logLikelihoods(s, t, row, 0);
      for (let k = 0; k < W; k++) data[to + k] = row[byState && emissionOf ? emissionOf[k] : k];
    });
  }

  get logLikelihoods(): ResultArray {
    const { records, numSteps } = this.source;
    return this.expand("logLikelihoods", { entry: [] }, (data, to, s, t) => {
      data[to] = records.logLikelihoods[s * numSteps + t];
    });
  }

  get marginalLogLikelihoods(): Float64Array {
    return this.once("marginalLogLikelihoods", () =>
      Float64Array.from({ length: this.numSeries }, (_, i) =>
        hmmSeriesLogLikelihood(this.source, this.first + i),
      ),
    );
  }

  get marginalLogLikelihood(): number {
    return this.marginalLogLikelihoods.reduce((a, b) => a + b, 0);
  }

  /** Column of a state in a field. */
  private place(state: number): number {
    return this.source.byState ? state : this.source.regimeOf[state];
  }

  private probs(name: "filteredProbs" | "predictedProbs" | "smoothedProbs"): ResultArray {
    const rows = this.source.records[name];
    if (rows === undefined) throw this.absent(name);
    const { numStates: K } = this.source;
    const W = this.width;
    return this.expand(name, { entry: [W] }, (data, to, s, t) => {
      const from = rows.at(s, t);
      if (W === K) for (let k = 0; k < K; k++) data[to + k] = rows.data[from + k];
      else {
        data.fill(0, to, to + W);
        for (let k = 0; k < K; k++) data[to + this.place(k)] += rows.data[from + k];
      }
    });
  }

  private absent(name: string): ParameterError {
    const fixes: Readonly<Record<string, string>> = {
      smoothedProbs: "Call smooth().",
      predictedProbs: 'Add "predicted" to options.outputs.',
      expectedTransitions: 'Call smooth() with "expectedTransitions" in options.outputs and without a lag.',
      emissionLogLikelihoods: 'Add "emissionLogLikelihoods" to options.outputs.',
    };
    return new ParameterError(
      say(this.source.call, `result.${name}`, "a field that was asked for", "one that was not", fixes[name]),
    );
  }
}

/** log p(y_0:T−1) of one series, summed in float64; −Infinity where it became impossible. */
export function hmmSeriesLogLikelihood(
  { records, lengths, numSteps, ends }: Pick<HmmSource, "records" | "lengths" | "numSteps" | "ends">,
  series: number,
): number {
  if (ends[series] < lengths[series]) return Number.NEGATIVE_INFINITY;
  let sum = 0;
  for (let t = 0; t < lengths[series]; t++) sum += records.logLikelihoods[series * numSteps + t];
  return sum;
}
