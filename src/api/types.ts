/** Options and results of the calls on linear Gaussian models. */

import type { ArrayInput, Engine, NDArray, Status } from "../engine/index.ts";

/** float64 by default; float32 halves the memory of a result. */
export type DType = "float64" | "float32";
/** Row-major entries with their shape; Float32Array when `dtype: "float32"` was asked for. */
export type ResultArray = NDArray<Float64Array | Float32Array>;

/** Options shared by filter, smooth and logLikelihood. */
export interface InferenceOptions {
  /**
   * u_t [T, d] (shared by all series), [N, T, d], or a list of [T_i, d]; finite. Needed when the model has input
   * weights, refused when it has none.
   */
  inputs?: ArrayInput | readonly ArrayInput[];
  /** 1 or true = observed, like the observations in shape (or without the last axis). Combined with NaN and null in them. */
  mask?: ArrayInput | readonly ArrayInput[];
  /**
   * How time is handled; auto lets the planner choose and `run.method` says what was done. The CPU code is sequential
   * whatever is asked for.
   */
  method?: "auto" | "parallel" | "sequential";
  /**
   * Where it runs. auto: the engine that is given; else a hardware GPU for 4096 steps and more, all series together;
   * else the float64 CPU code. webgpu never falls back: without an adapter it is a DeviceError.
   */
  backend?: "auto" | "webgpu" | "cpu";
  /** An engine from createEngine(); by default one is made and shared. */
  engine?: Engine;
  /** Number type of the result arrays, not of the arithmetic (see run.dtype). Default float64. */
  dtype?: DType;
  /**
   * Which groups of fields to compute; default all of them. Filtered moments and likelihoods always come. Reading a
   * field that was not asked for throws ParameterError.
   */
  outputs?: readonly ("predicted" | "crossCovariances")[];
  /**
   * How covariances are computed. timeInvariant: where parameters and what is missing are constant or repeat, once on
   * the host in float64 until they settle, and then only means are run over the data; it is an error for other
   * problems. squareRoot: at every step. covariance: at every step, without square roots; only where R is positive definite
   * and no entry's variance H P H' given the past exceeds 1000 times that of its noise, refused elsewhere (ParameterError
   * where it is known before, else status illConditioned). auto: timeInvariant where it applies, else squareRoot.
   * `run.plan` says which it was.
   */
  form?: "auto" | "timeInvariant" | "squareRoot" | "covariance";
  /**
   * How smooth() uses the data after a step. rts: by the backward recursion of Rauch, Tung & Striebel, which divides by
   * covariances of predictions. twoFilter: by the likelihood of those data, which divides by none, at about twice the work;
   * it needs H Q Hᵀ + R regular wherever something is observed after the first step, and never takes the time-invariant
   * form. auto: rts, but twoFilter where float32 would lose digits of covariances by rts. `run.plan` says which it was. Calls
   * that do not smooth take no notice.
   */
  smoother?: "auto" | "rts" | "twoFilter";
  /**
   * Runs around a nominal trajectory, so that float32 means of drifting models are right: auto while the estimated error
   * is above 2e-4 posterior standard deviations, always at least once, or never. The float64 CPU code needs none.
   */
  refine?: "auto" | "always" | "never";
  /** Stops the call with AbortedError: between submits on a GPU, every few tens of milliseconds on the CPU. */
  signal?: AbortSignal;
  /** Told how far the call is. */
  onProgress?: (progress: Progress) => void;
  /**
   * What log-likelihoods count. exact: all observed entries; with diffuse states it is the diffuse log-likelihood, an entry that
   * identifies a flat direction counting −log γ − ½ log 2π, γ its sensitivity. diffuseOmitted: the same without the −½ log 2π
   * of those entries. burn: nothing of the first burnIn steps. Default exact.
   */
  likelihood?: "exact" | "diffuseOmitted" | "burn";
  /** Steps not counted with likelihood "burn"; default the diffuse steps of each series. Needed when the start is known. */
  burnIn?: number;
  /** false: return a result with its status instead of throwing NumericalError. Default true. */
  throwOnFailure?: boolean;
  /**
   * Refuse (LimitError) before any work if data and records need more bytes than this; result arrays, made when they
   * are read, come on top. Default: 8 GiB on the CPU, 4 GiB on a GPU.
   */
  memoryLimit?: number;
  /**
   * Time steps per chunk of the parallel scan; default chosen by the planner. For tests and benchmarks; the CPU code
   * has no chunks.
   */
  chunkLength?: number;
}

/** How far a call is, in time steps of its current phase. */
export interface Progress {
  /** "filter", then "smooth", then "arrays" where results stay on the GPU */
  readonly phase: string;
  readonly done: number;
  readonly total: number;
}

/** Who made a result and how. */
export interface RunInfo {
  readonly backend: "webgpu" | "cpu";
  /** Adapter name, or "cpu (float64 JavaScript)". */
  readonly adapter: string;
  /** true when the adapter is a software one: never a GPU. */
  readonly software: boolean;
  /** As it was run, in time. */
  readonly method: "parallel" | "sequential";
  /** What was planned, in words: dispatches, blocks, chunk, bytes. */
  readonly plan: string;
  /** Arithmetic of the recursion, not of the result arrays. */
  readonly dtype: DType;
  /** Wall time of packing, run and readback; result arrays, made when they are read, come on top. */
  readonly seconds: number;
  /** Runs of the filter; more than one when float32 means were refined around a nominal trajectory. */
  readonly passes: number;
  /** Estimated error of the float32 means, in posterior standard deviations: 20 · 2⁻²⁴ · max |mean| / sd of the last pass. */
  readonly estimatedError?: number;
}

/** Common to every result: batch layout, status, provenance. */
export interface ResultBase {
  /** ok, or the worst of all series. */
  readonly status: Status;
  /** One per series. */
  readonly statuses: readonly Status[];
  /** [N] length of each series; fields of a ragged batch are padded with NaN past it. */
  readonly lengths: Uint32Array;
  /** Number of series; fields have a leading series axis only when a batch was given. */
  readonly numSeries: number;
  readonly run: RunInfo;
  /** Result of series i alone, without series axis and cut to its length; shares memory with this one. */
  series(index: number): this;
}

/**
 * Result of filter(); a leading [N] axis is added for batches, with NaN past the end of short series. Arrays are made
 * when first read. Units are those of the model's state and, for likelihoods, nats (densities in the units of y).
 */
export interface FilterResult extends ResultBase {
  /** E z_t | y_0:t [T, n] */
  readonly filteredMeans: ResultArray;
  /** Cov z_t | y_0:t [T, n, n] */
  readonly filteredCovariances: ResultArray;
  /** E z_t | y_0:t−1 [T, n]; the prior mean at t = 0 */
  readonly predictedMeans: ResultArray;
  /** Cov z_t | y_0:t−1 [T, n, n] */
  readonly predictedCovariances: ResultArray;
  /** log p(y_t | y_0:t−1) [T], nats; 0 where nothing was observed */
  readonly logLikelihoods: ResultArray;
  /** log p(y_0:T−1), nats, summed over the series of a batch */
  readonly marginalLogLikelihood: number;
  /** [N] log p(y_0:T−1) of each series, nats */
  readonly marginalLogLikelihoods: Float64Array;
  /**
   * [N] steps until all filtered moments are finite: 0 for a proper start, the length of the series when its status is
   * unidentified. Before, covariances have ±Infinity where the diffuse part is not 0 and their finite part elsewhere; means
   * are the limit for a prior variance that goes to infinity.
   */
  readonly diffuseSteps: Uint32Array;
  /** [N] the diffuse states that the data never tell about, where the status is unidentified; else empty. */
  readonly unidentifiedStates: readonly (readonly number[])[];
}

/** Result of smooth(): the filter's fields and the smoothed ones. */
export interface SmootherResult extends FilterResult {
  /** E z_t | y_0:T−1 [T, n] */
  readonly smoothedMeans: ResultArray;
  /** Cov z_t | y_0:T−1 [T, n, n] */
  readonly smoothedCovariances: ResultArray;
  /** Cov(z_t, z_t+1 | y_0:T−1) [T−1, n, n] */
  readonly smoothedCrossCovariances: ResultArray;
}
