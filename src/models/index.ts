export { checkKeys } from "./check_keys.ts";
export { GaussianSteps, type MomentSteps, type StepInputs } from "./gaussian_steps.ts";
export * from "./hmm/index.ts";
export type { InitialForm, InitialState } from "./initial_state.ts";
export * from "./language/index.ts";
export {
  type LinearGaussianParameters,
  type LinearGaussianSSM,
  linearGaussianSSM,
  type ModelEquation,
} from "./linear_gaussian.ts";
export * from "./nonlinear/index.ts";
export { readInputs, readObservations } from "./observations.ts";
export type { Parameter } from "./parameter.ts";
export { observationLayout, type PrepareOptions, prepare, spareFirst } from "./prepare_linear_gaussian.ts";
export { isDense, readArray } from "./read_array.ts";
export type { SeriesInput, SeriesLayout } from "./read_series.ts";
export * from "./recurrence/index.ts";
export { say, shapeText, valueText } from "./say.ts";
export { type SimulateOptions, type Simulation, simulate } from "./simulate_linear_gaussian.ts";
export { type StationaryMoments, stationaryMoments } from "./stationary.ts";
export * from "./structural/index.ts";
