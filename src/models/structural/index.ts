/** Structural time series models, Gaussian processes and tracking, as linear Gaussian models with named states. */

export { add, type PlacedComponent, type StructuralModel } from "./add.ts";
export { type ArmaOptions, type AutoregressiveOptions, arma, autoregressive } from "./arma.ts";
export type { Component, ComponentInitial, ComponentOptions, ComponentSystem } from "./component.ts";
export { COMPONENT_KINDS } from "./component_kinds.ts";
export { type CycleOptions, cycle } from "./cycle.ts";
export { type IrregularOptions, irregular } from "./irregular.ts";
export { type MaternOptions, matern } from "./matern.ts";
export { type KnownRegressionOptions, type RegressionOptions, regression } from "./regression.ts";
export { type SarimaOptions, sarima } from "./sarima.ts";
export {
  type DummySeasonalOptions,
  dummySeasonal,
  type TrigonometricSeasonalOptions,
  trigonometricSeasonal,
} from "./seasonal.ts";
export { isStructural, isTracking, stateNames } from "./state_names.ts";
export {
  constantAcceleration,
  constantVelocity,
  type TrackingModel,
  type TrackingOptions,
} from "./tracking.ts";
export {
  type LevelOptions,
  type LocalLinearTrendOptions,
  level,
  localLinearTrend,
  type SmoothTrendOptions,
  smoothTrend,
} from "./trend.ts";
