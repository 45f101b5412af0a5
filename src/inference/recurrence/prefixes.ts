/** Updates until prefixes of a trajectory met the tolerance, from merits that the host takes in float64: states never depend on later ones. */
import {
  type IterationOptions,
  type IterationRecords,
  NOT_REACHED,
  type RecurrenceProblem,
  stepInputs,
} from "./recurrence_problem.ts";

export class Prefixes {
  readonly records: Pick<IterationRecords, "prefixIterations">;
  readonly #problem: RecurrenceProblem;
  readonly #options: IterationOptions;

  constructor(problem: RecurrenceProblem, options: IterationOptions) {
    this.#problem = problem;
    this.#options = options;
    const { prefixes } = options;
    this.records = prefixes
      ? { prefixIterations: new Uint32Array(problem.numSeries * prefixes.length).fill(NOT_REACHED) }
      : {};
  }

  /** @param states [N, T, D] after `update` updates */
  look(update: number, states: Float32Array): void {
    const { prefixes, tolerance } = this.#options;
    const { prefixIterations: out } = this.records;
    const { stateDim: D, numSeries: N, numSteps: T, lengths, initial, step } = this.#problem;
    if (!prefixes || !out) return;
    const value = new Float64Array(D);
    for (let s = 0; s < N; s++) {
      let sum = 0;
      let next = 0;
      for (let t = 0; t < lengths[s] && next < prefixes.length; t++) {
        const at = (s * T + t) * D;
        const x = t > 0 ? states.subarray(at - D, at) : initial.subarray(s * D, (s + 1) * D);
        step.value(value, x, stepInputs(this.#problem, s, t), t);
        for (let i = 0; i < D; i++) sum += 0.5 * (value[i] - states[at + i]) ** 2;
        if (prefixes[next] !== t + 1) continue;
        const place = s * prefixes.length + next++;
        if (out[place] === NOT_REACHED && sum / (t + 1) <= tolerance) out[place] = update;
      }
    }
  }
}
