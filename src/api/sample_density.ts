import type { ArrayInput } from "../engine/index.ts";
import type { ChainOptions, LogDensityFunction } from "../models/index.ts";
import type { EvaluateOptions, Evaluation } from "./evaluate.ts";
import { recurrenceCalls } from "./parts.ts";
import type { ResultArray } from "./types.ts";

export type { LogDensityFunction } from "../models/index.ts";

/**
 * Coordinates Q' x that updates work in, so that the Jacobian is nearer its diagonal: Q [n, n] with orthonormal columns; "hessian": the
 * eigenvectors of the Hessian of log p at the initial state (of the first chain); { hessianAt }: of that at another point [n].
 */
export type OrthogonalBasis = "hessian" | { readonly hessianAt: ArrayInput } | ArrayInput;

/** Options of sampleDensity(). */
export interface SampleDensityOptions extends ChainOptions {
  /** T, states of the chain after its first */
  readonly numSamples: number;
  /** x_{−1} [n], or [N, n] for N chains */
  readonly initialState: ArrayInput;
  /** Of the randomness of the chain; default 0. */
  readonly seed?: number;
  /**
   * What is evaluated all at once. samples (default): the chain. leapfrogs, of hmc: every trajectory of it, one sample after the other, for
   * long trajectories or samples that are wanted as they come.
   */
  readonly parallel?: "samples" | "leapfrogs";
  /** Default the coordinates as they are. The chain is the same in any. */
  readonly basis?: OrthogonalBasis;
  /**
   * How the chain, or every trajectory, is evaluated: one step after the other, or by iteration over all of it. Default: method auto, guess
   * tiled; for leapfrogs method blockQuasi. Updates of newton and quasi want damping (0.5) and a clip (1) where steps are large. A bound of
   * states, `clip.states`, is for the coordinates of the basis.
   */
  readonly evaluate?: EvaluateOptions;
}

/** What sampleDensity() gives. */
export interface DensitySamples {
  /** x_t [T, n]; [N, T, n] for N chains */
  readonly samples: ResultArray;
  /** [N] share of the steps whose proposal was taken */
  readonly acceptanceRates: Float64Array;
  /** [N, n] by the initial monotone sequence of autocorrelations; without [N] for one chain */
  readonly effectiveSampleSizes: ResultArray;
  /** Of the chain. With parallel "leapfrogs": iterations are the sum over its trajectories, the merit is that of the worst. */
  readonly evaluation: Evaluation;
  /** Updates of every trajectory [T]; [N, T] for N chains. Only with parallel "leapfrogs". */
  readonly trajectoryIterations?: { readonly data: Uint32Array; readonly shape: readonly number[] };
}

/**
 * Draws from a density by Markov chains whose randomness is frozen, so that they can be evaluated in parallel over the steps: what comes
 * out is the chain that one step after the other gives.
 * @param logDensity log p(x) up to a constant: a function with one value from expressionFunction() or wgslFunction()
 * @throws ParameterError, ShapeError; what evaluate() throws
 * @see arXiv:2508.18413
 */
export async function sampleDensity(
  logDensity: LogDensityFunction,
  options: SampleDensityOptions,
): Promise<DensitySamples> {
  return (await recurrenceCalls("sampleDensity")).drawFromDensity(logDensity, options);
}
