import type { LinearGaussianSSM } from "../linear_gaussian.ts";
import type { StructuralModel } from "./add.ts";
import type { TrackingModel } from "./tracking.ts";

/** true for models made by add(). */
export const isStructural = (model: LinearGaussianSSM): model is StructuralModel =>
  "components" in model && "stateNames" in model;

/** true for models made by constantVelocity() and constantAcceleration(). */
export const isTracking = (model: LinearGaussianSSM): model is TrackingModel =>
  "tracking" in model && "stateNames" in model;

/** [n] names of the states of a structural or tracking model; undefined for other models. */
export const stateNames = (model: LinearGaussianSSM): readonly string[] | undefined =>
  isStructural(model) || isTracking(model) ? model.stateNames : undefined;
