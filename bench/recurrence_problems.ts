/** Seeded recurrences with their inputs and first trajectories: what papers on parallel evaluation time. */

import { CounterRandom } from "../src/inference/index.ts";
import { chaoticObserver, type Recurrence, system } from "../src/models/index.ts";

/**
 * gru: n units, n inputs, standard normal (arXiv:2309.12252). mean-field: W tanh(s) + u with a gain, chaotic above about 1.2; observer:
 * the Lorenz system's observer, n = 3 (both arXiv:2508.16817).
 */
export type RecurrenceName = "gru" | "mean-field" | "observer";
export const RECURRENCES = ["gru", "mean-field", "observer"] as const satisfies readonly RecurrenceName[];

export interface RecurrenceSize {
  readonly system: RecurrenceName;
  /** States; 3 of the observer, whatever is asked for. */
  readonly n: number;
  /** g of mean-field. */
  readonly gain: number;
  readonly T: number;
  readonly series: number;
}

interface Tensor {
  readonly data: Float64Array;
  readonly shape: readonly number[];
}

export interface RecurrenceBenchProblem {
  readonly model: Recurrence;
  /** u [N, T, d] */
  readonly inputs: Tensor;
  /** First trajectory [N, T, D]. */
  readonly guess: Tensor;
}

export const OBSERVED = 3;

/** Stream of first trajectories: "GUES". */
const GUESS = 0x47554553;

export async function recurrenceBenchProblem(
  { system: name, n, gain, T, series }: RecurrenceSize,
  seed: number,
): Promise<RecurrenceBenchProblem> {
  const [model, draw] = await systemOf(name, n, gain, seed);
  const { stateDim: D, inputDim: d } = model;
  const inputs = new Float64Array(series * T * d);
  for (let s = 0; s < series; s++) inputs.set(draw(T, seed * 1_000_003 + s), s * T * d);
  // Uniform on ±1, as of the mean-field network in its paper.
  const random = new CounterRandom(seed, GUESS);
  const guess = Float64Array.from({ length: series * T * D }, () => 2 * random.uniform() - 1);
  return {
    model,
    inputs: { data: inputs, shape: [series, T, d] },
    guess: { data: guess, shape: [series, T, D] },
  };
}

async function systemOf(
  name: RecurrenceName,
  n: number,
  gain: number,
  seed: number,
): Promise<[model: Recurrence, draw: (T: number, seed: number) => Float64Array]> {
  if (name === "observer") {
    const { observer, drivers } = await chaoticObserver("lorenz");
    return [observer, T => drivers(T).data];
  }
  const model =
    name === "gru"
      ? await system("gru", { size: n, seed })
      : await system("meanFieldRnn", { size: n, gain, seed });
  return [model, (T, own) => model.drawInputs!(T, own).data as Float64Array];
}
