import { type ArrayInput, type NestedNumbers, ParameterError, ShapeError } from "../../engine/index.ts";
import type { Field } from "../../inference/index.ts";
import { checkFinite, lastAxis, type Parameter, readParameter } from "../parameter.ts";
import { say } from "../say.ts";
import { checkRowSums, indexText, nested } from "./emissions/read_table.ts";

/** How z_t follows z_{t−1}, checked. */
export interface Transitions {
  readonly kind: "matrix" | "input-driven" | "semi-markov";
  /** K */
  readonly numStates: number;
  /** Regimes; K unless states share them. */
  readonly numRegimes: number;
  /** [K] the regime of each state */
  readonly regimeOf: Uint32Array;
  /** d; 0 when they take no inputs */
  readonly inputDim: number;
  /** A [K, K], [T, K, K] or [N, T, K, K]; absent where it depends on inputs. */
  readonly matrix?: Parameter;
  /** The states that π [numRegimes] begins in. */
  readonly spreadInitial: (regimes: Parameter) => Parameter;
  /** A_t for T steps of every series. */
  readonly field: (inputs: Inputs | undefined, numSeries: number, numSteps: number) => Field;
  /** Its JSON: the keys transitionMatrix or transitions of a model document. */
  readonly document: () => { transitionMatrix: NestedNumbers } | { transitions: Record<string, unknown> };
}

/** u [N or 1, T, d]; stride 0 when all series share them. */
export interface Inputs {
  readonly data: Float64Array;
  readonly seriesStride: number;
}

/** Transitions of a matrix that is given: A [K, K], [T, K, K] or [N, T, K, K]. */
export function matrixTransitions(call: string, value: ArrayInput): Transitions {
  const K = lastAxis(call, "transitionMatrix", value);
  const matrix = readParameter(call, "transitionMatrix", value, [K, K], 2);
  checkTransitionMatrix(call, "transitionMatrix", matrix);
  return {
    kind: "matrix",
    ...ownRegimes(K),
    inputDim: 0,
    matrix,
    field: () => matrix,
    document: () => ({ transitionMatrix: nested(matrix) }),
  };
}

/** Every state its own regime. */
export const ownRegimes = (
  K: number,
): Pick<Transitions, "numStates" | "numRegimes" | "regimeOf" | "spreadInitial"> => ({
  numStates: K,
  numRegimes: K,
  regimeOf: Uint32Array.from({ length: K }, (_, k) => k),
  spreadInitial: regimes => regimes,
});

/**
 * Probabilities in rows that sum to one; index 0 of a time-varying matrix is not looked at.
 * @throws ParameterError naming the entry or the row, and by how much it is off
 */
export function checkTransitionMatrix(call: string, path: string, matrix: Parameter): void {
  checkFinite(call, path, matrix, true);
  checkProbabilities(call, path, matrix);
  const { data, shape, numSteps, stepStride } = matrix;
  const K = shape[shape.length - 1];
  if (numSteps === undefined) {
    checkRowSums(call, path, matrix);
    return;
  }
  for (let at = 0; at < data.length; at += K) {
    if (Math.floor(at / stepStride) % numSteps === 0) continue;
    const row = { data: data.subarray(at, at + K), shape: [1, K] };
    checkRowSums(call, `${path}${indexText(shape.slice(0, -1), at / K)}`, row);
  }
}

/** @throws ParameterError at the first entry that is negative or more than one */
export function checkProbabilities(call: string, path: string, { data, shape }: Parameter): void {
  const at = data.findIndex(value => !(value >= 0 && value <= 1 + 1e-6));
  if (at < 0) return;
  const got = `${data[at]}`;
  throw new ParameterError(
    say(call, `${path}${indexText(shape, at)}`, "a probability, 0 … 1", got, "Correct the entry."),
  );
}

/** π [K] or [N, K], checked. */
export function readInitialProbs(call: string, value: ArrayInput, K: number): Parameter {
  const probs = readParameter(call, "initialProbs", value, [K], 1);
  checkFinite(call, "initialProbs", probs, false);
  checkProbabilities(call, "initialProbs", probs);
  checkRowSums(call, "initialProbs", probs);
  return probs;
}

/** @throws ShapeError if two parts of a model take different numbers of inputs */
export function commonInputDim(call: string, transitions: number, emissions: number): number {
  if (transitions > 0 && emissions > 0 && transitions !== emissions) {
    throw new ShapeError(
      say(
        call,
        "emissions",
        `weights on ${transitions} inputs as in transitions`,
        `weights on ${emissions}`,
        "Both act on the same inputs: pad with zeros.",
      ),
    );
  }
  return Math.max(transitions, emissions);
}
