/** Orthogonal bases of chains: read, made of a Hessian, and states taken there and back. */
import { type ArrayInput, ParameterError, ShapeError } from "../engine/index.ts";
import { symmetricEigen } from "../inference/index.ts";
import {
  checkKeys,
  hessian,
  inBasis,
  type LogDensityFunction,
  type Recurrence,
  readArray,
  recurrence,
  say,
  shapeText,
  turn,
} from "../models/index.ts";
import type { EvaluateOptions } from "./evaluate.ts";
import { evaluateRecurrence } from "./evaluate_run.ts";
import type { EvaluationResult } from "./evaluation_result.ts";
import { refuseOption } from "./options.ts";
import type { OrthogonalBasis } from "./sample_density.ts";

/** How far from orthonormal the columns of a matrix may be, which are then made so: rounding of float32 is. */
const SLACK = 1e-5;

/**
 * Q [n, n] by rows, its columns orthonormal.
 * @param start the state whose Hessian "hessian" means [n]
 * @throws ShapeError, ParameterError
 */
export function readBasis(
  call: string,
  density: LogDensityFunction,
  basis: OrthogonalBasis | undefined,
  start: Float64Array,
  startName: string,
): Float64Array | undefined {
  if (basis === undefined) return undefined;
  if (basis === "hessian") return eigenvectors(call, density, start, `options.${startName}`);
  if (typeof basis === "string" || basis === null || typeof basis === "number")
    refuseOption(call, "basis", '"hessian", { hessianAt: x } or a matrix', basis);
  if (Object.hasOwn(basis, "hessianAt")) {
    checkKeys(call, "options.basis.", basis, ["hessianAt"]);
    const name = "options.basis.hessianAt";
    const { data } = sized(call, name, (basis as { hessianAt: ArrayInput }).hessianAt, [density.stateDim]);
    return eigenvectors(call, density, data, name);
  }
  return orthonormal(call, basis as ArrayInput, density.stateDim);
}

function sized(call: string, name: string, value: ArrayInput, wanted: readonly number[]) {
  const given = readArray(call, name, value);
  if (given.shape.length !== wanted.length || given.shape.some((size, i) => size !== wanted[i]))
    throw new ShapeError(
      say(call, name, shapeText(wanted), shapeText(given.shape), "Give one number per state, or a row."),
    );
  return given;
}

/** Of the Hessian of log p, and so of I + ε times it. */
function eigenvectors(
  call: string,
  density: LogDensityFunction,
  x: Float64Array,
  name: string,
): Float64Array {
  const n = x.length;
  const H = hessian(density, x);
  if (!H.every(Number.isFinite)) {
    const fix = "Take a state where the log density has second derivatives.";
    throw new ParameterError(say(call, name, "a state with a finite Hessian", "none there", fix));
  }
  const Q = new Float64Array(n * n);
  symmetricEigen(H, n, Q);
  return Q;
}

function orthonormal(call: string, value: ArrayInput, n: number): Float64Array {
  const { data: Q } = sized(call, "options.basis", value, [n, n]);
  const product = (i: number, j: number): number => {
    let sum = 0;
    for (let k = 0; k < n; k++) sum += Q[k * n + i] * Q[k * n + j];
    return sum;
  };
  for (let i = 0; i < n; i++)
    for (let j = 0; j <= i; j++) {
      const got = product(i, j);
      if (Math.abs(got - (i === j ? 1 : 0)) <= SLACK) continue;
      const expected = `orthonormal columns, (Q'Q)[${i}][${j}] = ${i === j ? 1 : 0}`;
      const fix = "Take eigenvectors, or the Q of a QR decomposition.";
      throw new ParameterError(say(call, "options.basis", expected, `${got}`, fix));
    }
  // Gram and Schmidt: what is left of the slack would be a fault of the chain.
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) {
      const part = product(i, j);
      for (let k = 0; k < n; k++) Q[k * n + i] -= part * Q[k * n + j];
    }
    const size = Math.sqrt(product(i, i));
    for (let k = 0; k < n; k++) Q[k * n + i] /= size;
  }
  return Q;
}

/**
 * evaluateRecurrence() in the coordinates of Q, with states, guesses and results in those of the model.
 * @param n states that Q turns together, a divisor of all
 * @param start [N, D], or [D] without a batch
 */
export async function evaluateInBasis(
  model: Recurrence,
  Q: Float64Array | undefined,
  n: number,
  start: { readonly data: Float64Array; readonly shape: readonly number[] },
  inputs: Parameters<typeof evaluateRecurrence>[2],
  options: EvaluateOptions,
): Promise<EvaluationResult> {
  if (!Q) return evaluateRecurrence(model, start, inputs, options);
  const turned = (data: Float64Array, back: boolean): Float64Array => {
    const out = new Float64Array(data.length);
    turn(out, data, Q, n, back);
    return out;
  };
  const { guess } = options;
  const own = { ...options };
  if (guess !== undefined && typeof guess !== "string") {
    const { data, shape } = readArray("evaluate", "options.guess", guess);
    if (shape.at(-1) === model.stateDim) own.guess = { data: turned(data, false), shape };
  }
  const done = await evaluateRecurrence(
    recurrence({ function: inBasis(model.function, model.parameters, Q, n) }),
    { data: turned(start.data, false), shape: start.shape },
    inputs,
    own,
  );
  return done.mapStates(states => turned(states, true));
}
