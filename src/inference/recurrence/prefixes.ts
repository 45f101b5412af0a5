/** Updates until prefixes of a trajectory met the tolerance, from merits in float64: states never depend on later ones. */
import { type MeritSeen, walkMerits } from "./merits.cpu.ts";
import {
  type IterationOptions,
  type IterationRecords,
  NOT_REACHED,
  type RecurrenceProblem,
} from "./recurrence_problem.ts";

export class Prefixes {
  readonly records: Pick<IterationRecords, "prefixIterations">;
  readonly #problem: RecurrenceProblem;
  readonly #lengths: Uint32Array;
  readonly #tolerance: number;
  /** [N, prefixes] */
  readonly #out: Uint32Array;

  constructor(problem: RecurrenceProblem, { prefixes, tolerance }: IterationOptions) {
    this.#problem = problem;
    this.#lengths = prefixes ?? new Uint32Array(0);
    this.#tolerance = tolerance;
    this.#out = new Uint32Array(problem.numSeries * this.#lengths.length).fill(NOT_REACHED);
    this.records = prefixes ? { prefixIterations: this.#out } : {};
  }

  /** What takes in the merits of series s step by step, after `update` updates; undefined where nobody asks. */
  marks(s: number, update: number): MeritSeen | undefined {
    if (this.#lengths.length === 0) return undefined;
    let next = 0;
    return (t, sum) => {
      if (this.#lengths[next] !== t + 1) return;
      const place = s * this.#lengths.length + next++;
      if (this.#out[place] === NOT_REACHED && sum / (t + 1) <= this.#tolerance) this.#out[place] = update;
    };
  }

  /** Whether all prefixes that series s has have met the tolerance. */
  reached(s: number): boolean {
    const length = this.#problem.lengths[s];
    return this.#lengths.every(
      (prefix, i) => prefix > length || this.#out[s * this.#lengths.length + i] !== NOT_REACHED,
    );
  }

  /** @param states [N, T, D] after `update` updates */
  look(update: number, states: Float32Array): void {
    const { numSeries: N, numSteps: T, stateDim: D, lengths } = this.#problem;
    for (let s = 0; s < N; s++) {
      const seen = this.marks(s, update);
      const last = Math.min(lengths[s], this.#lengths.at(-1) ?? 0);
      if (seen) walkMerits(this.#problem, { series: s, from: 0, to: last }, states.subarray(s * T * D), seen);
    }
  }
}
