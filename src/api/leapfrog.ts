import type { ArrayInput } from "../engine/index.ts";
import type { LogDensityFunction } from "../models/index.ts";
import type { EvaluateOptions, Evaluation } from "./evaluate.ts";
import { recurrenceCalls } from "./parts.ts";
import type { OrthogonalBasis } from "./sample_density.ts";
import type { ResultArray } from "./types.ts";

/** Options of leapfrog(). */
export interface LeapfrogOptions {
  /** z_0 [n], or [N, n] for N trajectories */
  readonly position: ArrayInput;
  /** m_0, as many */
  readonly momentum: ArrayInput;
  /** ε */
  readonly stepSize: number;
  /** L */
  readonly steps: number;
  /** As in SampleDensityOptions: coordinates to work in. */
  readonly basis?: OrthogonalBasis;
  /**
   * How the steps are evaluated; default method blockQuasi with two blocks, which leaves out what the Hessian has off its diagonal, and a
   * guess of the first state at every step.
   */
  readonly evaluate?: EvaluateOptions;
}

/** What leapfrog() gives. */
export interface LeapfrogTrajectory {
  /** z after every step [L, n]; [N, L, n] for N trajectories */
  readonly positions: ResultArray;
  /** m at the same times, by half kicks [L, n] */
  readonly momenta: ResultArray;
  /** |m|²/2 − log p(z) before the first step and after every one [L + 1]; [N, L + 1] */
  readonly energies: ResultArray;
  /** Of states (z, m) with the momenta half a step ahead */
  readonly evaluation: Evaluation;
}

/**
 * Leapfrogs of Hamiltonian dynamics with the potential −log p and unit masses, all steps at once by iteration or one after the other.
 * @param logDensity log p(x) up to a constant: a function with one value from expressionFunction() or wgslFunction()
 * @throws ParameterError, ShapeError; what evaluate() throws
 * @see arXiv:2508.18413; doi:10.1201/b10905-6
 */
export async function leapfrog(
  logDensity: LogDensityFunction,
  options: LeapfrogOptions,
): Promise<LeapfrogTrajectory> {
  return (await recurrenceCalls("leapfrog")).leapfrogTrajectory(logDensity, options);
}
