import type { ArrayInput } from "../engine/index.ts";
import type { Integrator, Recurrence, RecurrenceFunction, SeriesInput } from "../models/index.ts";
import type { EvaluateOptions, Evaluation } from "./evaluate.ts";
import { recurrenceCalls } from "./parts.ts";
import type { ResultArray } from "./types.ts";

/** Options of solveIvp(). */
export interface SolveIvpOptions {
  /** x(0) [n], or [N, n] for N problems */
  readonly initialState: ArrayInput;
  /** Time from the initial state to the last one. */
  readonly duration: number;
  /** T, steps of equal length in it */
  readonly steps: number;
  /** rk4, of order 4 (default); implicitMidpoint, of order 2 and symplectic; euler, of order 1 */
  readonly integrator?: Integrator;
  /** Values of the parameters of F; default those that it brings. */
  readonly parameters?: ArrayLike<number>;
  /** u [T, d] or [N, T, d], each held over its step; where F takes inputs */
  readonly inputs?: SeriesInput;
  /**
   * How the steps are evaluated; default method auto and a guess of the initial state at every time. The states of an earlier solution are
   * a good guess for a problem that differs little.
   */
  readonly evaluate?: EvaluateOptions;
}

/** What solveIvp() gives. */
export interface IvpSolution {
  /** [T] the times of the states */
  readonly times: Float64Array;
  /** x at those times [T, n]; [N, T, n] for N problems */
  readonly states: ResultArray;
  readonly evaluation: Evaluation;
  /** The steps as a recurrence, for evaluationGradient() and evaluationTangent() along `states`. */
  readonly model: Recurrence;
}

/**
 * The initial value problem dx/dt = F(x, u, time, p) at equal steps, one after the other or all at once by iteration.
 * @param flow F: a derivative for every state, from expressionFunction() or wgslFunction(); its t is the time since the initial state
 * @throws ParameterError, ShapeError, DataError; what evaluate() throws
 * @see arXiv:2309.12252
 */
export async function solveIvp(flow: RecurrenceFunction, options: SolveIvpOptions): Promise<IvpSolution> {
  return (await recurrenceCalls("solveIvp")).solveInitialValueProblem(flow, options);
}
