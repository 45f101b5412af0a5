/** Options and results of the calls on linear Gaussian models. */

import type { ArrayInput, Engine, NDArray, Status } from "../engine/index.ts";

/** float64 by default; float32 halves the memory of a result. */
export type DType = "float64" | "float32";
export type ResultArray = NDArray<Float64Array | Float32Array>;

/** Options shared by filter, smooth and logLikelihood. */
export interface InferenceOptions {
  /** u_t [T, d], [N, T, d], or a list of [T_i, d]; needed when the model has input weights. */
  inputs?: ArrayInput | readonly ArrayInput[];
  /** 1 or true = observed, like the observations in shape (or without the last axis). Combined with NaN and null in them. */
  mask?: ArrayInput | readonly ArrayInput[];
  /**
   * How time is handled; auto lets the planner choose and `run.method` says what was done. The CPU code is sequential
   * whatever is asked for.
   */
  method?: "auto" | "parallel" | "sequential";
  /** Where it runs; auto takes a hardware GPU when that pays, else the float64 CPU code. */
  backend?: "auto" | "webgpu" | "cpu";
  /** An engine from createEngine(); by default one is made and shared. */
  engine?: Engine;
  /** Number type of the result arrays. */
  dtype?: DType;
  /**
   * Which groups of fields to compute; default all of them. Filtered moments and likelihoods always come. Reading a
   * field that was not asked for throws ParameterError.
   */
  outputs?: readonly ("predicted" | "crossCovariances")[];
  signal?: AbortSignal;
  onProgress?: (progress: Progress) => void;
  /** false: return a result with its status instead of throwing NumericalError. Default true. */
  throwOnFailure?: boolean;
  /**
   * Refuse (LimitError) before any work if data and records need more bytes than this; result arrays, made when they
   * are read, come on top. Default: 8 GiB on the CPU, 4 GiB on a GPU.
   */
  memoryLimit?: number;
  /** Time steps per chunk of the parallel scan; default chosen by the planner. For tests and benchmarks. */
  chunkLength?: number;
}

export interface Progress {
  /** "filter", "smooth" … */
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
  readonly method: "parallel" | "sequential";
  /** What was planned, in words: dispatches, blocks, chunk, bytes. */
  readonly plan: string;
  /** Arithmetic of the recursion, not of the result arrays. */
  readonly dtype: DType;
  readonly seconds: number;
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

/** Result of filter(); a leading [N] axis is added for batches. Arrays are made when first read. */
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
