import type { NonlinearSSM, SeriesInput } from "../models/index.ts";
import { particleCalls } from "./parts.ts";
import type { InferenceOptions, ResultArray, ResultBase } from "./types.ts";

/** Options of particleFilter(). */
export interface ParticleFilterOptions
  extends Pick<
    InferenceOptions,
    "inputs" | "mask" | "dtype" | "signal" | "onProgress" | "throwOnFailure" | "memoryLimit" | "engine"
  > {
  /**
   * Where it runs. auto: the engine that is given; else a hardware GPU for 4096 particles and more, those of all series
   * together; else the float64 CPU code. webgpu never falls back: without an adapter it is a DeviceError.
   */
  readonly backend?: "auto" | "webgpu" | "cpu";
  /** N, number of particles; default 1000. The error of estimates falls as 1/√N. */
  readonly numParticles?: number;
  /** Whole number; the same seed gives the same numbers. Default 0. */
  readonly seed?: number;
  /**
   * bootstrap: particles move by the dynamics alone. auxiliary: ancestors are chosen by what the next observation says of where they
   * would go on average, which helps where transitions add little noise, and harms where they add much beside that of observations.
   * Default bootstrap.
   */
  readonly proposal?: "bootstrap" | "auxiliary";
  /** Particles are resampled where fewer than this share of them count; 1: at every step. Default 0.5. */
  readonly resampleBelow?: number;
}

/** Options of particleSmooth(). */
export interface ParticleSmootherOptions extends ParticleFilterOptions {
  /** M, trajectories drawn; default 100. Work and error of smoothed moments go with it: O(M N T) and 1/√M. */
  readonly numTrajectories?: number;
}

/** Result of particleFilter(); a leading [N] series axis for batches, NaN past the end of short series. */
export interface ParticleFilterResult extends ResultBase {
  /** E z_t | y_0:t [T, n], over the particles */
  readonly filteredMeans: ResultArray;
  /** Cov z_t | y_0:t [T, n, n] */
  readonly filteredCovariances: ResultArray;
  /** [T] log p(y_t | y_0:t−1), nats; exp of their sum is an unbiased estimate of the likelihood */
  readonly logLikelihoods: ResultArray;
  /** nats, summed over the series of a batch */
  readonly marginalLogLikelihood: number;
  /** nats, of each series */
  readonly marginalLogLikelihoods: Float64Array;
  /** [T] 1/Σ w², before resampling */
  readonly effectiveSampleSizes: ResultArray;
}

/** Result of particleSmooth(). */
export interface ParticleSmootherResult extends ParticleFilterResult {
  /** Draws of z_0:T−1 | y_0:T−1 [M, T, n] */
  readonly trajectories: ResultArray;
  /** E z_t | y_0:T−1 [T, n], over the trajectories */
  readonly smoothedMeans: ResultArray;
  /** Cov z_t | y_0:T−1 [T, n, n] */
  readonly smoothedCovariances: ResultArray;
}

/**
 * The particle filter of a nonlinear model: right for any distribution as the number of particles grows, the reference for the Gaussian
 * filters. In float64 on the CPU, in float32 on a GPU; random numbers depend on the seed, the series, the step and the particle alone, and
 * are the same on both.
 * @param model from nonlinearGaussianSSM(), generalizedGaussianSSM() or loadModelDocument(); emissions known by their moments alone count as
 *   Gaussian
 * @param observations as filter()
 * @throws as filter(); NumericalError naming the step at which no particle can give the observation
 * @see doi:10.1049/ip-f-2.1993.0015, doi:10.1080/01621459.1999.10474153
 */
export async function particleFilter(
  model: NonlinearSSM,
  observations: SeriesInput,
  options: ParticleFilterOptions = {},
): Promise<ParticleFilterResult> {
  return (await particleCalls("particleFilter")).filterParticles(model, observations, options);
}

/**
 * The particle filter, then trajectories drawn back through its particles.
 * @param model with positive definite Q
 * @throws as particleFilter(); ParameterError where Q is singular
 * @see doi:10.1198/016214504000000151
 */
export async function particleSmooth(
  model: NonlinearSSM,
  observations: SeriesInput,
  options: ParticleSmootherOptions = {},
): Promise<ParticleSmootherResult> {
  return (await particleCalls("particleSmooth")).smoothParticles(model, observations, options);
}
