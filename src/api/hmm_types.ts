/** Options and results of the calls on hidden Markov models. */

import type { InferenceOptions, ResultArray, ResultBase } from "./types.ts";

/** Options of every call that infers with a hidden Markov model: those of InferenceOptions that mean something here. */
export type HmmCallOptions = Pick<
  InferenceOptions,
  | "inputs"
  | "mask"
  | "method"
  | "backend"
  | "engine"
  | "dtype"
  | "signal"
  | "onProgress"
  | "throwOnFailure"
  | "memoryLimit"
  | "chunkLength"
>;

/** Options of filter() and logLikelihood(). */
export interface HmmFilterOptions extends HmmCallOptions {
  /**
   * Which groups of fields to compute; default ["predicted"]. Filtered probabilities and likelihoods always come. Reading a
   * field that was not asked for throws ParameterError.
   */
  outputs?: readonly ("predicted" | "emissionLogLikelihoods")[];
}

/** Options of smooth(). */
export interface HmmSmootherOptions extends HmmCallOptions {
  /** Which groups of fields to compute; default ["predicted", "expectedTransitions"], without the latter where `lag` is given. */
  outputs?: readonly ("predicted" | "expectedTransitions" | "emissionLogLikelihoods")[];
  /**
   * How the data after a step are used. rts: by the kernels of the filter reversed in time. twoFilter: by their likelihood
   * (forward–backward). Both give the same probabilities. auto: rts.
   */
  smoother?: "auto" | "rts" | "twoFilter";
  /** L: smooth step t by y_0:min(t+L, T−1) only, a whole number ≥ 0; default all of y. */
  lag?: number;
  /** Expected transitions summed over time [K, K], or one matrix for every step [T−1, K, K]. Default sum. */
  transitions?: "sum" | "steps";
}

/** Options of samplePosterior(). */
export interface HmmSampleOptions extends HmmCallOptions {
  /** S, number of draws; default 1. Draw i does not depend on it. */
  readonly numSamples?: number;
  /** Whole number; the same seed gives the same draws. Default 0. */
  readonly seed?: number;
}

/** What every result of a hidden Markov model has. */
export interface HmmResultBase extends ResultBase {
  /**
   * [N] the first step at which every state is impossible, −1 where there is none. Such a series has status nonFinite:
   * fields before that step stand, given the observations before it; its log-likelihood is −Infinity there; fields
   * after it are NaN, states −1.
   */
  readonly impossibleSteps: Int32Array;
  /**
   * The same result by states of the chain. Semi-Markov models give their fields by regime (K regimes), sums over the states
   * of each: model.regimeOf. For all other models states are regimes.
   */
  readonly expanded: this;
}

/**
 * Result of filter(); a leading [N] axis is added for batches, with NaN past the end of short series. Arrays are made
 * when first read. K counts regimes: states, but for semi-Markov models.
 */
export interface HmmFilterResult extends HmmResultBase {
  /** p(z_t = k | y_0:t) [T, K] */
  readonly filteredProbs: ResultArray;
  /** p(z_t = k | y_0:t−1) [T, K]; π at t = 0 */
  readonly predictedProbs: ResultArray;
  /** log p(y_t | y_0:t−1) [T], nats; 0 where nothing was observed */
  readonly logLikelihoods: ResultArray;
  /** log p(y_t | z_t = k) [T, K], nats; 0 where nothing was observed, −Infinity where impossible */
  readonly emissionLogLikelihoods: ResultArray;
  /** log p(y_0:T−1), nats, summed over the series of a batch */
  readonly marginalLogLikelihood: number;
  /** [N] log p(y_0:T−1) of each series, nats */
  readonly marginalLogLikelihoods: Float64Array;
}

/** Result of smooth(): the filter's fields and the smoothed ones. */
export interface HmmSmootherResult extends HmmFilterResult {
  /** p(z_t = k | y_0:T−1) [T, K]; with `lag` L, given y_0:min(t+L, T−1) */
  readonly smoothedProbs: ResultArray;
  /** Σ_t p(z_t = i, z_t+1 = k | y_0:T−1) [K, K]; with transitions "steps" its terms [T−1, K, K] */
  readonly expectedTransitions: ResultArray;
}

/** Integers with their shape. */
export interface StateArray {
  readonly data: Int32Array;
  readonly shape: readonly number[];
}

/** Result of decode(). */
export interface DecodeResult extends HmmResultBase {
  /**
   * The most probable path argmax p(z_0:T−1 | y_0:T−1) [T] or [N, T], −1 past the end of short series; of equal ones the one
   * whose last states are lowest. Semi-Markov models: the regimes of the most probable path of states.
   */
  readonly mostLikelyStates: StateArray;
  /** log p(z_0:T−1, y_0:T−1) of that path, nats, summed over the series of a batch */
  readonly logJoint: number;
  /** [N] of each series */
  readonly logJoints: Float64Array;
}

/** Draws of the states given the observations. */
export interface HmmPosteriorSamples extends HmmResultBase {
  /** S */
  readonly numSamples: number;
  /** Draws of z_0:T−1 | y_0:T−1 [S, T]; [N, S, T] for batches, −1 past the end of short series */
  readonly states: StateArray;
}
