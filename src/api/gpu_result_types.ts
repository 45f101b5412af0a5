/** Options and results of filter() and smooth() where the results stay on the GPU. */

import type { Status } from "../engine/index.ts";
import type { HmmFilterOptions, HmmSmootherOptions } from "./hmm_types.ts";
import type { InferenceOptions, ResultArray, RunInfo } from "./types.ts";

/** What the options of an ordinary call may say of where results are. */
export interface HostResults {
  /**
   * host: every array is read back before the call resolves. gpu: moments and probabilities stay in buffers of the engine's device
   * until they are read: the call resolves to a GpuResult. filter() and smooth() alone. Default host.
   */
  results?: "host";
}

/** Options with which the results of a call stay on the GPU. */
type LeftOnGpu<Options> = Omit<Options, "backend" | "outputs" | "transitions"> & {
  results: "gpu";
  /** auto is webgpu here: without an adapter it is a DeviceError. */
  backend?: "auto" | "webgpu";
  /** Groups of arrays besides those that always come; default ["predicted"]. */
  outputs?: readonly "predicted"[];
};

export type GpuInferenceOptions = LeftOnGpu<InferenceOptions>;
export type GpuHmmFilterOptions = LeftOnGpu<HmmFilterOptions>;
export type GpuHmmSmootherOptions = LeftOnGpu<HmmSmootherOptions>;

/**
 * An array on the GPU: row-major float32 without gaps, from the first byte of the buffer. The buffer is of the engine's device, with
 * usage STORAGE, COPY_SRC and COPY_DST, so that pipelines of the same device bind it; the result owns it, and dispose() destroys it.
 */
export interface GpuArray {
  readonly buffer: GPUBuffer;
  /** Bytes before the first entry. */
  readonly offset: 0;
  /** As of the ordinary result: a leading [N] axis for batches. */
  readonly shape: readonly number[];
  readonly dtype: "f32";
}

/** Arrays by name; predicted ones are there where they were asked for. */
export type GpuArrays<Name extends string> = {
  readonly [N in Exclude<Name, `predicted${string}`>]: GpuArray;
} & {
  readonly [N in Extract<Name, `predicted${string}`>]?: GpuArray;
};

/**
 * A result whose arrays stay on the GPU. Rows past the end of short series, and of series that failed, are NaN, as in ordinary
 * results. What the host needs to judge the run is read in any case, and with it the log-likelihoods.
 */
export interface GpuResult<Name extends string> {
  /** ok, or the worst of all series. */
  readonly status: Status;
  /** One per series. */
  readonly statuses: readonly Status[];
  /** [N] length of each series. */
  readonly lengths: Uint32Array;
  readonly numSeries: number;
  /** `plan` ends with "left on the GPU", or with "written back …" where the answer had to be made on the host. */
  readonly run: RunInfo;
  /** log p(y_t | y_0:t−1) [T] or [N, T], nats; 0 where nothing was observed */
  readonly logLikelihoods: ResultArray;
  /** log p(y_0:T−1), nats, summed over the series of a batch */
  readonly marginalLogLikelihood: number;
  /** [N] log p(y_0:T−1) of each series, nats */
  readonly marginalLogLikelihoods: Float64Array;
  /**
   * The arrays by name, to be bound or copied on the GPU; predicted ones where they were asked for.
   * @throws DisposedError after dispose(); DeviceError when the device is lost
   */
  readonly arrays: GpuArrays<Name>;
  /**
   * Reads an array back, once: later calls get the same one, also after dispose(). Numbers are those of the buffer, float32; their
   * type is options.dtype.
   * @throws ParameterError for one that was not asked for; DisposedError after dispose(); DeviceError when the device is lost
   */
  read(name: Name): Promise<ResultArray>;
  /** Frees the buffers. A second call does nothing. */
  dispose(): void;
  [Symbol.dispose](): void;
}

/** Arrays of filter(): as the fields of FilterResult. */
export type GpuFilterArray =
  | "filteredMeans"
  | "filteredCovariances"
  | "predictedMeans"
  | "predictedCovariances";
/** Arrays of smooth(): as the fields of SmootherResult. */
export type GpuSmootherArray = GpuFilterArray | "smoothedMeans" | "smoothedCovariances";

/** Result of filter() or smooth() of a linear Gaussian model; means [T, n], covariances [T, n, n], in units of the state. */
export interface GpuMoments<Name extends GpuSmootherArray> extends GpuResult<Name> {
  /** As of FilterResult. */
  readonly diffuseSteps: Uint32Array;
  /** As of FilterResult. */
  readonly unidentifiedStates: readonly (readonly number[])[];
}
export type GpuFilterResult = GpuMoments<GpuFilterArray>;
export type GpuSmootherResult = GpuMoments<GpuSmootherArray>;

/** Arrays of filter(): as the fields of HmmFilterResult. */
export type GpuHmmFilterArray = "filteredProbs" | "predictedProbs";
/** Arrays of smooth(): as the fields of HmmSmootherResult. */
export type GpuHmmSmootherArray = GpuHmmFilterArray | "smoothedProbs";

/** Result of filter() or smooth() of a hidden Markov model; probabilities [T, K], of semi-Markov models by regime. */
export interface GpuProbs<Name extends GpuHmmSmootherArray> extends GpuResult<Name> {
  /** As of HmmResultBase. */
  readonly impossibleSteps: Int32Array;
}
export type GpuHmmFilterResult = GpuProbs<GpuHmmFilterArray>;
export type GpuHmmSmootherResult = GpuProbs<GpuHmmSmootherArray>;
