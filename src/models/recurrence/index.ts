export {
  type ChainOptions,
  chainNoise,
  chainRecurrence,
  checkStepSize,
  type LogDensityFunction,
} from "./chains/chain.ts";
export { checkLogDensity, Density, hessian } from "./chains/density.ts";
export { leapfrogRecurrence } from "./chains/leapfrog.ts";
export { inBasis, turn } from "./chains/orthogonal_basis.ts";
export { firstTrajectory, type Guess } from "./guess.ts";
export * from "./library.ts";
export { type PreparedRecurrence, prepareRecurrence } from "./prepare_recurrence.ts";
export {
  type Recurrence,
  type RecurrenceFunction,
  type RecurrenceParameters,
  recurrence,
} from "./recurrence.ts";
