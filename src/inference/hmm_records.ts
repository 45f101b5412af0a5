/**
 * What the recursions of hidden Markov models hand back, wherever they ran: raw numbers, turned into results by the caller.
 *
 * A step at which every state is impossible ends a series: what comes before it stands, given the observations before
 * it; its log-likelihood is −Infinity, its predicted probabilities stand; all later numbers are NaN, states −1.
 */

import type { Status } from "../engine/index.ts";
import type { Floats, Rows } from "./linear_gaussian_problem.ts";

/** Where each series ends: [N] its length, or the first step at which every state is impossible. */
export type Ends = Uint32Array;

export interface HmmFilterRecords {
  /** Rows of K: p(z_t = k | y_0:t). Absent when not asked for. */
  readonly filteredProbs?: Rows;
  /** Rows of K: p(z_t = k | y_0:t−1); at t = 0 π. Absent when not asked for. */
  readonly predictedProbs?: Rows;
  /** [N, T] log p(y_t | y_0:t−1), nats with all constants; 0 where nothing was observed. */
  readonly logLikelihoods: Floats;
  readonly ends: Ends;
}

/** Expected transitions: Σ_t p(z_t = i, z_t+1 = k | y), or one matrix for every t = 0 … T−2. */
export type TransitionsForm = "sum" | "steps";

export interface HmmSmootherRecords extends HmmFilterRecords {
  /** Rows of K: p(z_t = k | y_0:T−1), or of fewer observations in a fixed-lag smoother. */
  readonly smoothedProbs: Rows;
  /** [N, K, K], or [N, T − 1, K, K]; past the end of a series 0 in sums, NaN in steps. Absent when not asked for. */
  readonly expectedTransitions?: Floats;
}

export interface HmmDecodeRecords {
  /** [N, T] the states of the most probable path, −1 past the end of a series. */
  readonly mostLikelyStates: Int32Array;
  /** [N] log p(z_0:T−1, y_0:T−1) of that path, nats; −Infinity for a series that ended early. */
  readonly logJoints: Float64Array;
  readonly ends: Ends;
}

export interface HmmSampleRecords {
  /** [N, S, T] draws of z_0:T−1 | y_0:T−1, −1 past the end of a series. */
  readonly states: Int32Array;
  readonly ends: Ends;
}

/** [N] nonFinite for series that ended early. */
export const hmmStatuses = (ends: Ends, lengths: Uint32Array): Status[] =>
  Array.from(lengths, (length, s) => (ends[s] < length ? "nonFinite" : "ok"));
