/** Seeded hidden Markov models and data: every transition possible, Gaussian emissions of one channel that overlap. */

import { CounterRandom } from "../src/inference/index.ts";
import { type HiddenMarkovModel, hiddenMarkovModel, simulateHmm } from "../src/models/index.ts";

export interface HmmBenchProblem {
  readonly model: HiddenMarkovModel;
  /** [N, T], or [T] of one series. */
  readonly observations: { readonly data: Float64Array; readonly shape: readonly number[] };
}

/** Rows of A: uniform weights from 0.05 on, and as much again for staying; means 1.5 standard deviations apart. */
export function hmmBenchModel(K: number, seed: number): HiddenMarkovModel {
  const random = new CounterRandom(seed, 1000 + K);
  const states = Array.from({ length: K }, (_, k) => k);
  const transitionMatrix = states.map(i => {
    const row = states.map(() => 0.05 + random.uniform());
    row[i] += row.reduce((a, b) => a + b, 0);
    const sum = row.reduce((a, b) => a + b, 0);
    return row.map(value => value / sum);
  });
  return hiddenMarkovModel({
    initialProbs: states.map(() => 1 / K),
    transitionMatrix,
    emissions: {
      family: "gaussian",
      means: states.map(k => [1.5 * k]),
      covariances: states.map(() => [[1]]),
    },
  });
}

export function hmmBenchProblem(
  { K, T, series }: { readonly K: number; readonly T: number; readonly series: number },
  seed: number,
): HmmBenchProblem {
  const model = hmmBenchModel(K, seed);
  const data = new Float64Array(series * T);
  for (let s = 0; s < series; s++)
    data.set(simulateHmm(model, { numSteps: T, seed: seed * 1_000_003 + s }).observations.data, s * T);
  return { model, observations: { data, shape: series === 1 ? [T, 1] : [series, T, 1] } };
}
