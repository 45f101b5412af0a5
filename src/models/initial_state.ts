/** The distribution of z_0, in each of its forms, brought to one: mean, covariance, and which states are diffuse. */

import { type ArrayInput, ParameterError, ShapeError } from "../engine/index.ts";
import { checkKeys } from "./check_keys.ts";
import type { ModelEquation } from "./linear_gaussian.ts";
import { checkFinite, lastAxis, type Parameter, readParameter } from "./parameter.ts";
import { say, shapeText, valueText } from "./say.ts";
import { solveStationary } from "./stationary.ts";

/**
 * z_0 ~ N(mean, covariance); or "stationary": the moments that the dynamics leave as they are; or "diffuse": a flat prior
 * on every state. diffuse[i] = true: flat on state i alone; its mean, and its row and column of the covariance, must be 0.
 */
export type InitialState =
  | "stationary"
  | "diffuse"
  | {
      /** m [n] or [N, n] */
      readonly mean: ArrayInput;
      /** S [n, n] or [N, n, n], symmetric positive semi-definite; zeros = known exactly */
      readonly covariance: ArrayInput;
      /** [n] for all series, default all false */
      readonly diffuse?: readonly boolean[];
    };

/** The form it was given in: moments that were computed from the dynamics are not parameters of their own. */
export type InitialForm = "moments" | "stationary";

/** What a model keeps of it. */
export interface CheckedInitialState {
  readonly mean: Parameter;
  readonly covariance: Parameter;
  readonly form: InitialForm;
  /** Indices of the diffuse states, ascending. */
  readonly diffuse: readonly number[];
}

const WORDS = ["stationary", "diffuse"];
const KEYS = ["mean", "covariance", "diffuse"];

/** n, from initial.mean or, where initial is a word, from the dynamics. */
export function stateDimension(call: string, initial: InitialState, weights: ArrayInput): number {
  if (typeof initial === "string") {
    if (!WORDS.includes(initial)) {
      const expected = `${WORDS.map(word => `"${word}"`).join(", ")} or an object with ${KEYS.join(", ")}`;
      throw new ParameterError(say(call, "initial", expected, valueText(initial), "Write one of these."));
    }
    return lastAxis(call, "dynamics.weights", weights);
  }
  checkKeys(call, "initial.", initial, KEYS, ["mean", "covariance"]);
  return lastAxis(call, "initial.mean", initial.mean);
}

/**
 * @param initial with known keys, see stateDimension()
 * @param dynamics checked to be finite
 * @throws ShapeError, ParameterError
 */
export function readInitialState(
  call: string,
  initial: InitialState,
  dynamics: ModelEquation,
  n: number,
): CheckedInitialState {
  if (initial === "stationary") return { ...stationaryState(call, dynamics, n), diffuse: [] };
  if (initial === "diffuse") {
    return {
      mean: constant(new Float64Array(n), [n]),
      covariance: constant(new Float64Array(n * n), [n, n]),
      form: "moments",
      diffuse: Array.from({ length: n }, (_, i) => i),
    };
  }
  const mean = readParameter(call, "initial.mean", initial.mean, [n], 1);
  const covariance = readParameter(call, "initial.covariance", initial.covariance, [n, n], 1);
  checkFinite(call, "initial.mean", mean, false);
  checkFinite(call, "initial.covariance", covariance, false);
  const diffuse = readFlags(call, initial.diffuse, n);
  for (const i of diffuse) {
    requireZero(call, "initial.mean", mean, at => at % n === i, i);
    const inCross = (at: number): boolean => at % n === i || Math.floor(at / n) % n === i;
    requireZero(call, "initial.covariance", covariance, inCross, i);
  }
  return { mean, covariance, form: "moments", diffuse };
}

const constant = (data: Float64Array, shape: readonly number[]): Parameter => ({
  data,
  shape,
  numSteps: undefined,
  numSeries: undefined,
  stepStride: 0,
  seriesStride: 0,
});

function readFlags(call: string, flags: unknown, n: number): number[] {
  if (flags === undefined) return [];
  const path = "initial.diffuse";
  if (!Array.isArray(flags)) {
    throw new ParameterError(
      say(call, path, `${n} times true or false`, valueText(flags), "Give one per state."),
    );
  }
  if (flags.length !== n) {
    throw new ShapeError(
      say(call, path, `${shapeText([n])}, one per state`, shapeText([flags.length]), "Give one per state."),
    );
  }
  return flags.flatMap((flag, i) => {
    if (typeof flag !== "boolean") {
      throw new ParameterError(
        say(call, `${path}[${i}]`, "true or false", valueText(flag), "Give one per state."),
      );
    }
    return flag ? [i] : [];
  });
}

/** A diffuse state has no mean and no variance of its own to give. */
function requireZero(
  call: string,
  path: string,
  { data }: Parameter,
  belongs: (at: number) => boolean,
  state: number,
): void {
  const bad = data.findIndex((value, at) => value !== 0 && belongs(at));
  if (bad < 0) return;
  throw new ParameterError(
    say(
      call,
      path,
      `0 in all that belongs to the diffuse state ${state}`,
      `${data[bad]}`,
      `Set it to 0, or initial.diffuse[${state}] to false.`,
    ),
  );
}

/** Stationary moments of constant dynamics, for each series that has its own. */
function stationaryState(
  call: string,
  { weights, bias, inputWeights, covariance }: ModelEquation,
  n: number,
): Omit<CheckedInitialState, "diffuse"> {
  const refuse = (got: string): never => {
    throw new ParameterError(
      say(
        call,
        'initial "stationary"',
        "dynamics that are the same at every step",
        got,
        "Give initial.mean and initial.covariance as numbers.",
      ),
    );
  };
  if (inputWeights !== undefined) refuse("inputs in dynamics.inputWeights");
  const parts = { weights, bias, covariance };
  let numSeries: number | undefined;
  for (const [name, part] of Object.entries(parts)) {
    if (part?.numSteps !== undefined) refuse(`a time axis in dynamics.${name}`);
    if (part !== undefined && part.seriesStride > 0) numSeries = part.numSeries;
  }
  const count = numSeries ?? 1;
  const mean = new Float64Array(count * n);
  const S = new Float64Array(count * n * n);
  const slice = (part: Parameter, s: number, size: number): Float64Array =>
    part.data.subarray(s * part.seriesStride, s * part.seriesStride + size);
  for (let s = 0; s < count; s++) {
    const argument = count > 1 ? `dynamics.weights of series ${s}` : "dynamics.weights";
    const b = bias === undefined ? new Float64Array(n) : slice(bias, s, n);
    const F = slice(weights, s, n * n);
    const solved = solveStationary(call, argument, F, b, slice(covariance, s, n * n));
    mean.set(solved.mean, s * n);
    S.set(solved.covariance, s * n * n);
  }
  const parameter = (data: Float64Array, shape: readonly number[]): Parameter =>
    numSeries === undefined
      ? constant(data, shape)
      : { ...constant(data, [count, ...shape]), numSeries, seriesStride: data.length / count };
  return { mean: parameter(mean, [n]), covariance: parameter(S, [n, n]), form: "stationary" };
}
