import type { HiddenMarkovModel, LinearGaussianSSM, NonlinearSSM, SeriesInput } from "../models/index.ts";
import { isHmm } from "./check_hmm.ts";
import { isNonlinear } from "./check_nonlinear.ts";
import type { HmmPosteriorSamples, HmmSampleOptions } from "./hmm_types.ts";
import type { NonlinearSampleOptions } from "./nonlinear_types.ts";
import { hiddenMarkovCalls, linearGaussianCalls, nonlinearCalls } from "./parts.ts";
import type { InferenceOptions, ResultArray, ResultBase } from "./types.ts";

/** Options of samplePosterior(). */
export interface SamplePosteriorOptions extends Omit<InferenceOptions, "outputs"> {
  /** S, number of draws; default 1. Draw i does not depend on it. */
  readonly numSamples?: number;
  /** Whole number; the same seed gives the same draws. Default 0. */
  readonly seed?: number;
}

/** Draws of the states given the observations. */
export interface PosteriorSamples extends ResultBase {
  /** S */
  readonly numSamples: number;
  /** Draws of z_0:T−1 | y_0:T−1 [S, T, n]; [N, S, T, n] for batches, NaN past the end of short series */
  readonly states: ResultArray;
}

const CALL = "samplePosterior";

/**
 * Draw whole paths of the states given all observations: the filter, then backward sampling.
 *
 * The numbers come from a counter-based generator keyed by seed, series, draw and step: they depend neither on the
 * number of draws nor on the backend.
 * @param model as filter() takes it
 * @param observations y [T, m] ([T] when m = 1), [N, T, m], or a list of [T_i, m]; NaN or null = missing
 * @returns states [S, T, n], in the units of the state; of hidden Markov models [S, T], whole numbers; a leading [N] axis for
 *   batches
 * @throws as filter()
 * @see doi:10.1111/j.1467-9892.1994.tb00184.x; src/inference/README.md
 */
export async function samplePosterior(
  model: HiddenMarkovModel,
  observations: SeriesInput,
  options?: HmmSampleOptions,
): Promise<HmmPosteriorSamples>;
export async function samplePosterior(
  model: NonlinearSSM,
  observations: SeriesInput,
  options?: NonlinearSampleOptions,
): Promise<PosteriorSamples>;
export async function samplePosterior(
  model: LinearGaussianSSM,
  observations: SeriesInput,
  options?: SamplePosteriorOptions,
): Promise<PosteriorSamples>;
export async function samplePosterior(
  model: LinearGaussianSSM | HiddenMarkovModel | NonlinearSSM,
  observations: SeriesInput,
  options: object = {},
): Promise<PosteriorSamples | HmmPosteriorSamples> {
  if (isNonlinear(model)) return (await nonlinearCalls(CALL)).sampleNonlinear(model, observations, options);
  return isHmm(model)
    ? (await hiddenMarkovCalls(CALL)).sampleHmm(model, observations, options)
    : (await linearGaussianCalls(CALL)).sampleMoments(model, observations, options);
}
