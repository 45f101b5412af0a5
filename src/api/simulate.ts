import {
  type HiddenMarkovModel,
  type HmmSimulateOptions,
  type HmmSimulation,
  type LinearGaussianSSM,
  type NonlinearSSM,
  type SimulateOptions,
  type Simulation,
  simulateHmm,
  simulate as simulateMoments,
  simulateNonlinear,
} from "../models/index.ts";
import { checkHmm, isHmm } from "./check_hmm.ts";
import { checkNonlinear, isNonlinear } from "./check_nonlinear.ts";

/**
 * Draw states and observations. Draw k of series s depends on the seed, s and k alone.
 * @param model as filter() takes it
 * @returns states [T, n] (hidden Markov models: whole numbers [T]) and observations [T, m], with leading axes [N] and [S] where asked for
 * @throws ParameterError, ShapeError, DataError
 */
export function simulate(model: HiddenMarkovModel, options?: HmmSimulateOptions): HmmSimulation;
export function simulate(model: LinearGaussianSSM, options?: SimulateOptions): Simulation;
export function simulate(model: NonlinearSSM, options?: SimulateOptions): Simulation;
export function simulate(
  model: LinearGaussianSSM | HiddenMarkovModel | NonlinearSSM,
  options: SimulateOptions | HmmSimulateOptions = {},
): Simulation | HmmSimulation {
  if (isNonlinear(model)) {
    checkNonlinear("simulate", model);
    return simulateNonlinear(model, options as SimulateOptions);
  }
  if (!isHmm(model)) return simulateMoments(model, options as SimulateOptions);
  checkHmm("simulate", model);
  return simulateHmm(model, options as HmmSimulateOptions);
}
