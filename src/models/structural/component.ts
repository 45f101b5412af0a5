/** What a component of a structural model is, and how one is made from the numbers of its family. */

import { ParameterError } from "../../engine/index.ts";
import { checkKeys } from "../check_keys.ts";
import { say, valueText } from "../say.ts";
import { numbers, rows } from "./arguments.ts";

/** Prior of the states of a component, in place of the one its family has. */
export interface ComponentInitial {
  /** [k] */
  readonly mean: readonly number[];
  /** [k, k], symmetric positive semi-definite */
  readonly covariance: readonly (readonly number[])[];
  /** [k] true = flat prior on this state; its mean and its row of the covariance must be 0. Default: none. */
  readonly diffuse?: readonly boolean[];
}

/** What every component with states takes. */
export interface ComponentOptions {
  /** Begins the names of its states; must differ from those of the other components. Default: its family. */
  readonly name?: string;
  readonly initial?: ComponentInitial;
}

/**
 * The equations of one component with k states; row-major. It adds weights · z_t + offset + inputWeights · u_t to y_t.
 *
 *   z_t = F z_{t−1} + b + q_t,  q_t ~ N(0, Q)
 */
export interface ComponentSystem {
  /** T when it is made for given steps, else undefined. */
  readonly numSteps?: number;
  /** F [k, k] or [T, k, k]; index 0 of the latter is not used */
  readonly transition: Float64Array;
  /** b [k], default 0 */
  readonly bias?: Float64Array;
  /** Q [k, k] or [T, k, k]; index 0 of the latter is not used */
  readonly covariance: Float64Array;
  /** [k] or [T, k] */
  readonly weights: Float64Array;
  readonly initial: {
    readonly mean: Float64Array;
    readonly covariance: Float64Array;
    readonly diffuse: readonly boolean[];
  };
  /** Constant part of what the component adds to y. Default 0. */
  readonly offset?: number;
  /** [d] coefficients of the model's inputs that belong to this component. Default: none. */
  readonly inputWeights?: readonly number[];
  /** Measurement error variance. Default 0. */
  readonly measurementVariance?: number;
}

/** A part of a structural time series model, to be put together with others by add(). */
export interface Component {
  readonly kind: string;
  readonly name: string;
  /** One name per state. */
  readonly stateNames: readonly string[];
  /** The arguments it was made from, as a model document holds them. */
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly system: ComponentSystem;
}

/** The numbers a family gives; what is left out is zero, and the prior diffuse. */
interface Family {
  readonly kind: string;
  /** Default: kind. */
  readonly defaultName?: string;
  /** States of the component, without its name; [""] for a single state named as the component. */
  readonly states: readonly string[];
  readonly system: Omit<ComponentSystem, "initial"> & { readonly initial?: ComponentSystem["initial"] };
}

/** A component from its options and the numbers of its family; frozen. */
export function component(call: string, options: ComponentOptions, family: Family): Component {
  const name = checkName(call, options.name ?? family.defaultName ?? family.kind);
  const k = family.states.length;
  const initial =
    options.initial === undefined
      ? (family.system.initial ?? diffuse(k))
      : readInitial(call, options.initial, k);
  return Object.freeze({
    kind: family.kind,
    name,
    stateNames: Object.freeze(family.states.map(state => (state === "" ? name : `${name}.${state}`))),
    parameters: frozenCopy(options) as Readonly<Record<string, unknown>>,
    system: Object.freeze({ ...family.system, initial }),
  });
}

/** A flat prior on k states. */
export const diffuse = (k: number): ComponentSystem["initial"] => ({
  mean: new Float64Array(k),
  covariance: new Float64Array(k * k),
  diffuse: Array.from({ length: k }, () => true),
});

/** N(0, P) on k states. */
export const proper = (covariance: Float64Array): ComponentSystem["initial"] => {
  const k = Math.round(Math.sqrt(covariance.length));
  return { mean: new Float64Array(k), covariance, diffuse: Array.from({ length: k }, () => false) };
};

/** A diagonal matrix [k, k]. */
export function diagonal(entries: readonly number[]): Float64Array {
  const k = entries.length;
  const data = new Float64Array(k * k);
  for (let i = 0; i < k; i++) data[i * k + i] = entries[i];
  return data;
}

/** Names stand in CSV headers and before the dot of state names. */
function checkName(call: string, name: unknown): string {
  if (typeof name === "string" && /^[^\s.,;"'{}[\]]+$/u.test(name)) return name;
  throw new ParameterError(
    say(
      call,
      "name",
      "a word without spaces, dots, commas, quotes or brackets",
      valueText(name),
      "Choose another.",
    ),
  );
}

function readInitial(call: string, given: ComponentInitial, k: number): ComponentSystem["initial"] {
  checkKeys(call, "initial.", given, ["mean", "covariance", "diffuse"], ["mean", "covariance"]);
  const mean = numbers(call, "initial.mean", given.mean);
  const covariance = rows(call, "initial.covariance", given.covariance);
  const flat = given.diffuse ?? mean.map(() => false);
  const square = covariance.length === k && covariance[0].length === k;
  if (mean.length !== k || !square || !Array.isArray(flat) || flat.length !== k) {
    const sizes = `${mean.length}, [${covariance.length}, ${covariance[0].length}]`;
    throw new ParameterError(
      say(
        call,
        "initial",
        `${k} means, a [${k}, ${k}] covariance (and ${k} diffuse flags)`,
        sizes,
        "One per state.",
      ),
    );
  }
  const wrong = flat.findIndex(flag => typeof flag !== "boolean");
  if (wrong >= 0) {
    throw new ParameterError(
      say(
        call,
        `initial.diffuse[${wrong}]`,
        "true or false",
        valueText(flat[wrong]),
        "true means a flat prior.",
      ),
    );
  }
  return {
    mean: Float64Array.from(mean),
    covariance: Float64Array.from(covariance.flat()),
    diffuse: [...flat],
  };
}

/** A frozen copy of arguments: typed arrays become plain ones, undefined is left out. */
function frozenCopy(value: unknown): unknown {
  if (ArrayBuffer.isView(value)) return Object.freeze(Array.from(value as Float64Array));
  if (Array.isArray(value)) return Object.freeze(value.map(frozenCopy));
  if (value === null || typeof value !== "object") return value;
  const entries = Object.entries(value).filter(([, entry]) => entry !== undefined);
  return Object.freeze(Object.fromEntries(entries.map(([key, entry]) => [key, frozenCopy(entry)])));
}
