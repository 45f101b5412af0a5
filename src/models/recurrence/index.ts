export { type ChainOptions, chainNoise, chainRecurrence, type LogDensityFunction } from "./chains/chain.ts";
export { firstTrajectory, type Guess } from "./guess.ts";
export * from "./library.ts";
export { type PreparedRecurrence, prepareRecurrence } from "./prepare_recurrence.ts";
export {
  type Recurrence,
  type RecurrenceFunction,
  type RecurrenceParameters,
  recurrence,
} from "./recurrence.ts";
