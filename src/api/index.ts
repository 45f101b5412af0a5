/** The public module of statescan. */

export {
  AbortedError,
  type AdapterInfo,
  type ArrayInput,
  createEngine,
  DataError,
  DeviceError,
  DisposedError,
  Engine,
  type EngineOptions,
  LimitError,
  type NDArray,
  type NestedNumbers,
  NumericalError,
  nearestKey,
  ParameterError,
  ShaderError,
  ShapeError,
  StatescanError,
  type Status,
} from "../engine/index.ts";
export type { TestResult } from "../inference/index.ts";
export {
  type CustomEmissions,
  type EmissionFamily,
  type ExpressionFunction,
  type ExpressionOptions,
  type ExpressionTexts,
  expressionFunction,
  type FamilyName,
  type FamilyParameters,
  type Float64Function,
  type GeneralizedGaussianParameters,
  type Guess,
  generalizedGaussianSSM,
  type HiddenMarkovModel,
  type HiddenMarkovParameters,
  type HmmSimulateOptions,
  type HmmSimulation,
  hiddenMarkovModel,
  type InitialForm,
  type InitialState,
  type InputDrivenTransitions,
  type JacobianStructure,
  type LinearGaussianParameters,
  type LinearGaussianSSM,
  leftToRightTransitions,
  linearGaussianSSM,
  type ModelEquation,
  maskedTransitions,
  type NonlinearGaussianParameters,
  type NonlinearSSM,
  nonlinearGaussianSSM,
  type Parameter,
  type ParameterPlace,
  type Recurrence,
  type RecurrenceFunction,
  type RecurrenceParameters,
  recurrence,
  type SemiMarkovTransitions,
  type SeriesInput,
  type SimulateOptions,
  type Simulation,
  type SourcePlace,
  type StationaryMoments,
  stationaryMoments,
  stickyTransitions,
  type VectorFunction,
  type WgslFunction,
  type WgslFunctionOptions,
  wgslFunction,
} from "../models/index.ts";
export type { StructuralDocument, TrackingDocument } from "./component_document.ts";
export * from "./components.ts";
export { decode } from "./decode.ts";
export { type DecomposeOptions, decompose } from "./decompose.ts";
export { type Band, type ComponentBand, Decomposition } from "./decomposition.ts";
export { type Diagnostics, type DiagnosticsOptions, diagnostics } from "./diagnostics.ts";
export * from "./evaluate.ts";
export { filter, logLikelihood, smooth } from "./filter.ts";
export { type ForecastOptions, forecast } from "./forecast.ts";
export type { Forecast } from "./forecast_result.ts";
export type * from "./gpu_result_types.ts";
export type { HmmDocument } from "./hmm_document.ts";
export { type StatisticsOptions, sufficientStatistics } from "./hmm_statistics.ts";
export type * from "./hmm_types.ts";
export * from "./leapfrog.ts";
export {
  type LinearGaussianDocument,
  loadModelDocument,
  MODEL_FORMAT,
  type Model,
  type ModelDocument,
  modelDocument,
  parseModelDocument,
} from "./model_document.ts";
export type {
  GeneralizedGaussianDocument,
  NonlinearDocument,
  NonlinearGaussianDocument,
} from "./nonlinear_document.ts";
export type * from "./nonlinear_types.ts";
export * from "./particle_filter.ts";
export { type PredictOptions, predict } from "./predict.ts";
export { predictProba } from "./predict_proba.ts";
export type { Prediction } from "./prediction_result.ts";
export type {
  FunctionRecurrenceDocument,
  RecurrenceDocument,
  SystemDocument,
} from "./recurrence_document.ts";
export * from "./recurrence_gradient.ts";
export * from "./sample_density.ts";
export { type PosteriorSamples, type SamplePosteriorOptions, samplePosterior } from "./sample_posterior.ts";
export { simulate } from "./simulate.ts";
export * from "./solve_ivp.ts";
export * from "./systems.ts";
export type * from "./types.ts";
