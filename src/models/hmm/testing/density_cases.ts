/** The cases of densities.json as models with their data. */
import type { HmmProblem } from "../../../inference/index.ts";
import { loadCompiler } from "../expression/load_compiler.ts";
import { type HiddenMarkovModel, hiddenMarkovModel } from "../hidden_markov_model.ts";
import { prepareHmm } from "../prepare_hmm.ts";
import published from "./densities.json";

// One of them is a formula.
await loadCompiler("test");

export type DensityCase = (typeof published.cases)[number];
export const DENSITY_CASES: readonly DensityCase[] = published.cases;

/** The model of a case, its problem, and its log-densities [T][K] in float64. */
export function densitiesOf({ numStates: K, emissions, observations, inputs }: DensityCase): {
  model: HiddenMarkovModel;
  problem: HmmProblem;
  rows: number[][];
} {
  const even = Array.from({ length: K }, () => 1 / K);
  const model = hiddenMarkovModel({ initialProbs: even, transitionMatrix: even.map(() => even), emissions });
  const problem = prepareHmm(model, observations, { inputs });
  const rows = observations.map((_, t) => {
    const out = new Float64Array(K);
    problem.emissions.logLikelihoods(0, t, out, 0);
    return [...out];
  });
  return { model, problem, rows };
}
