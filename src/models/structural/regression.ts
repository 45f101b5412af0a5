/**
 * Regression, in two forms.
 *
 *   regression({ coefficients })   β known:    β·u_t with u_t from the option `inputs` of every call
 *   regression({ regressors })     β estimated: states β_t = β_{t−1} + ζ_t, x_t·β_t with the regressors x_t given here
 *
 * ζ ~ N(0, diag variance); without variance β is constant. β starts diffuse.
 * Source: Durbin & Koopman 2012, §3.2.5 and §6.2.
 */

import { ParameterError } from "../../engine/index.ts";
import { checkKeys } from "../check_keys.ts";
import { say, valueText } from "../say.ts";
import { numbers, rows, variance } from "./arguments.ts";
import { type Component, type ComponentOptions, component, diagonal } from "./component.ts";

/** Options of regression(): known coefficients. */
export interface KnownRegressionOptions {
  /** Default "regression" */
  readonly name?: string;
  /** β [k], units of y per unit of the input. Inputs are numbered through the components in the order of add(). */
  readonly coefficients: readonly number[];
}

/** Options of regression(): coefficients as states. */
export interface RegressionOptions extends ComponentOptions {
  /** x_t [T, k], or [T] when k = 1; the model then has T steps */
  readonly regressors: readonly (readonly number[])[] | readonly number[];
  /** Names of the columns, k words; default x0, x1, … */
  readonly columns?: readonly string[];
  /** Of the random walk of each coefficient: one number, or [k]. Default 0: constant coefficients. */
  readonly variance?: number | readonly number[];
}

/**
 * A regression with known coefficients on the model's inputs, or with coefficients as states, one per column.
 * @throws ParameterError
 */
export function regression(options: KnownRegressionOptions | RegressionOptions): Component {
  const call = "regression";
  const keys = ["name", "initial", "coefficients", "regressors", "columns", "variance"];
  checkKeys(call, "", options, keys);
  const known = "coefficients" in options && options.coefficients !== undefined;
  const estimated = "regressors" in options && options.regressors !== undefined;
  if (known === estimated) {
    throw new ParameterError(
      say(
        call,
        "argument",
        "either coefficients or regressors",
        known ? "both" : "neither",
        "Give coefficients that are known, or regressors whose coefficients are estimated.",
      ),
    );
  }
  return known
    ? knownCoefficients(call, options as KnownRegressionOptions)
    : states(call, options as RegressionOptions);
}

function knownCoefficients(call: string, options: KnownRegressionOptions): Component {
  checkKeys(call, "", options, ["name", "coefficients"]);
  const inputWeights = numbers(call, "coefficients", options.coefficients);
  if (inputWeights.length === 0) {
    throw new ParameterError(
      say(call, "coefficients", "at least one number", "none", "Give one per column of inputs."),
    );
  }
  const none = new Float64Array(0);
  return component(call, options, {
    kind: call,
    states: [],
    system: { transition: none, covariance: none, weights: none, inputWeights },
  });
}

function states(call: string, options: RegressionOptions): Component {
  const regressors = rows(call, "regressors", options.regressors);
  const k = regressors[0].length;
  const given = options.variance ?? 0;
  const noise = Array.isArray(given)
    ? given.map((value, i) => variance(call, `variance[${i}]`, value))
    : Array.from({ length: k }, () => variance(call, "variance", given));
  const columns = options.columns ?? Array.from({ length: k }, (_, i) => `x${i}`);
  for (const [argument, list] of [
    ["variance", noise],
    ["columns", columns],
  ] as const) {
    if (!Array.isArray(list) || list.length !== k) {
      const got = Array.isArray(list) ? `${list.length}` : valueText(list);
      throw new ParameterError(
        say(call, argument, `${k} entries, one per column of regressors`, got, "Match the regressors."),
      );
    }
  }
  for (const [i, column] of columns.entries()) {
    const word = typeof column === "string" && /^[^\s.,;"'{}[\]]+$/u.test(column);
    if (word && columns.indexOf(column) === i) continue;
    throw new ParameterError(
      say(call, `columns[${i}]`, "a word that is not there twice", valueText(column), "Rename the column."),
    );
  }
  return component(call, options, {
    kind: call,
    states: columns,
    system: {
      numSteps: regressors.length,
      transition: diagonal(noise.map(() => 1)),
      covariance: diagonal(noise),
      weights: Float64Array.from(regressors.flat()),
    },
  });
}
