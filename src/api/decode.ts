import type { HiddenMarkovModel, SeriesInput } from "../models/index.ts";
import type { DecodeResult, HmmCallOptions } from "./hmm_types.ts";
import { hiddenMarkovCalls } from "./parts.ts";

const CALL = "decode";

/**
 * The most probable path of the states given all observations (Viterbi): one consistent path, also under ties.
 * @param model from hiddenMarkovModel() or parseModelDocument()
 * @param observations y [T, m] ([T] when m = 1), [N, T, m], or a list of [T_i, m]; NaN or null = missing
 * @returns mostLikelyStates [T] and its log-probability logJoint, nats; a leading [N] axis for batches
 * @throws as filter()
 * @see doi:10.1109/TIT.1967.1054010; src/inference/README.md
 */
export async function decode(
  model: HiddenMarkovModel,
  observations: SeriesInput,
  options: HmmCallOptions = {},
): Promise<DecodeResult> {
  return (await hiddenMarkovCalls(CALL)).decodeHmm(model, observations, options);
}
