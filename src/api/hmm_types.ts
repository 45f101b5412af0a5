/** Options and results of the calls on hidden Markov models. */

import type { SeriesInput } from "../models/index.ts";
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

/** Options of predict(). */
export interface HmmPredictOptions extends HmmCallOptions {
  /** Probability that an observation lies between lower and upper; default 0.95. */
  readonly level?: number;
}

/** Options of forecast(). */
export interface HmmForecastOptions extends HmmCallOptions {
  /** Probability that an observation lies between lower and upper; default 0.95. */
  readonly level?: number;
  /** u of the h steps ahead [h, d] for all series, or [N, h, d]; finite. Needed when the model takes inputs. */
  readonly futureInputs?: SeriesInput;
  /** What if: other future inputs by name, each shaped as futureInputs and started from the same probabilities. */
  readonly scenarios?: Readonly<Record<string, SeriesInput>>;
}

/** What is known of observations before they are made: R rows of every series. */
interface Outlook extends HmmResultBase {
  /** Probability that an observation lies between lower and upper, at least for counts. */
  readonly level: number;
  /** E y [R, m]; NaN where the family has no mean. Angles: the mean direction. */
  readonly means: ResultArray;
  /** Cov y [R, m, m], mixed over the states. Angles: the circular variance, and NaN with other channels. */
  readonly covariances: ResultArray;
  /** Var of each entry [R, m] */
  readonly variances: ResultArray;
  /** The (1 − level)/2 quantile of every channel [R, m]; NaN for categories, angles and own densities. */
  readonly lower: ResultArray;
  /** The (1 + level)/2 quantile */
  readonly upper: ResultArray;
  /** p(y_i = c) [R, m, C], where the emissions are categories; else reading it throws ParameterError. */
  readonly categoryProbs: ResultArray;
}

/**
 * Result of predict(): every observation from those before it; a leading [N] axis is added for batches, with NaN past
 * the end of short series. Units are those of the observations.
 */
export interface HmmPrediction extends Outlook {
  /** p(z_t = k | y_0:t−1) [T, K] */
  readonly predictedProbs: ResultArray;
  /** y_t − E y_t | y_0:t−1 [T, m], NaN where missing */
  readonly innovations: ResultArray;
}

/**
 * Result of forecast(): row k is step T + k, T the length of the series; a leading [N] axis is added for batches. Units
 * are those of the observations. Autoregressions have quantiles one step ahead only, NaN further on.
 */
export interface HmmForecast extends Outlook {
  /** h */
  readonly numSteps: number;
  /** p(z_T+k | y_0:T−1) [h, K] */
  readonly stateProbs: ResultArray;
  /** The same under the future inputs of each scenario, by name. */
  readonly scenarios: Readonly<Record<string, HmmForecast>>;
}
