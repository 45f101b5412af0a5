import { checkKeys } from "../check_keys.ts";
import { variance } from "./arguments.ts";
import { type Component, component } from "./component.ts";

/** Options of irregular(). */
export interface IrregularOptions {
  /** Default "irregular" */
  readonly name?: string;
  /** R, squared units of y; 0 = none */
  readonly variance: number;
}

/**
 * Measurement error ε_t ~ N(0, variance), independent from step to step. No states. A model has at most one; without it, R = 0.
 * @throws ParameterError
 */
export function irregular(options: IrregularOptions): Component {
  const call = "irregular";
  checkKeys(call, "", options, ["name", "variance"], ["variance"]);
  return component(call, options, {
    kind: call,
    states: [],
    system: {
      transition: new Float64Array(0),
      covariance: new Float64Array(0),
      weights: new Float64Array(0),
      measurementVariance: variance(call, "variance", options.variance),
    },
  });
}
