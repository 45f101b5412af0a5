import type { HiddenMarkovModel, SeriesInput } from "../models/index.ts";
import type { HmmSmootherOptions } from "./hmm_types.ts";
import { hiddenMarkovCalls } from "./parts.ts";
import type { ResultArray } from "./types.ts";

const CALL = "predictProba";

/**
 * p(z_t = k | y_0:T−1) for every t: smooth() in one array, for those who know it from hmmlearn.
 * @param model from hiddenMarkovModel() or parseModelDocument()
 * @param observations y [T, m] ([T] when m = 1), [N, T, m], or a list of [T_i, m]; NaN or null = missing
 * @returns [T, K] of regimes, [N, T, K] for batches with NaN past the end of short series
 * @throws as smooth()
 */
export async function predictProba(
  model: HiddenMarkovModel,
  observations: SeriesInput,
  options: Omit<HmmSmootherOptions, "outputs" | "transitions"> = {},
): Promise<ResultArray> {
  return (await hiddenMarkovCalls(CALL)).smoothedProbs(CALL, model, observations, options);
}
