/** sufficientStatistics(): what fitting the emissions of a hidden Markov model needs of the data. */

import { type NDArray, ParameterError, ShapeError } from "../engine/index.ts";
import { emissionData, type HiddenMarkovModel, hmmLayout, type SeriesInput, say } from "../models/index.ts";
import { checkHmm } from "./check_hmm.ts";
import type { HmmCallOptions } from "./hmm_types.ts";
import type { ResultArray } from "./types.ts";

export type StatisticsOptions = Pick<HmmCallOptions, "inputs" | "mask">;

const CALL = "sufficientStatistics";

/**
 * Sums over all series and steps of the sufficient statistics of the emissions, weighted by the probabilities of the states; missing
 * entries count by their expectation given the others. Names, shapes and equations: docs/hmm.md and src/models/hmm/emissions.
 * @param model from hiddenMarkovModel() or parseModelDocument()
 * @param observations y as the model takes them
 * @param probs p(z_t | y) [T, R] or [N, T, R], R regimes (states, unless semi-Markov): smoothedProbs of smooth()
 * @throws ParameterError for families without statistics of a fixed size; ShapeError, DataError
 */
export function sufficientStatistics(
  model: HiddenMarkovModel,
  observations: SeriesInput,
  probs: ResultArray,
  options: StatisticsOptions = {},
): Record<string, NDArray> {
  checkHmm(CALL, model);
  const { emissions, numRegimes } = model;
  if (!emissions.sufficientStatistics) {
    const expected = "a family with sufficient statistics of a fixed size";
    const fix = "Fit it by gradients of the log-likelihood.";
    throw new ParameterError(say(CALL, "model.emissions.family", expected, `"${emissions.family}"`, fix));
  }
  const layout = hmmLayout(CALL, model, observations);
  const { numSeries: N, numSteps: T, batch, lengths } = layout;
  const shape = [...(batch ? [N] : []), T, numRegimes];
  if (String(probs?.shape) !== String(shape) || probs.data.length !== N * T * numRegimes) {
    const fix = "Pass smoothedProbs of smooth() on the same observations.";
    throw new ShapeError(say(CALL, "probs", `[${shape}]`, `[${probs?.shape ?? ""}]`, fix));
  }
  // Past the end of a short series probabilities are NaN, and nothing is observed.
  const weights = Float64Array.from(probs.data);
  for (const [s, length] of lengths.entries())
    weights.fill(0, (s * T + length) * numRegimes, (s + 1) * T * numRegimes);
  return emissions.sufficientStatistics(emissionData(CALL, model, layout, options), weights);
}
