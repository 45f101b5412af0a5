/** What shape a Jacobian has, from its values at some points. */
import { stepNormals } from "../random/step_normals.ts";
import { type RecurrenceProblem, stepInputs } from "./recurrence_problem.ts";

export interface JacobianShape {
  /** f is affine in x. */
  readonly linear: boolean;
  /** B: the Jacobian is B × B blocks of diagonals. 1: a diagonal; D: nothing is known. */
  readonly blocks: number;
}

/** Places along the first series at which Jacobians are taken, and states at each. */
const PLACES = 3;
const STATES = 3;

/** The least B for which all entries that may not be 0 are on diagonals of B × B blocks. */
export function blocksOf(filled: (i: number, j: number) => boolean, D: number): number {
  for (let B = 1; B < D; B++) {
    if (D % B > 0) continue;
    const K = D / B;
    let fits = true;
    for (let i = 0; fits && i < D; i++)
      for (let j = 0; fits && j < D; j++) fits = i % K === j % K || !filled(i, j);
    if (fits) return B;
  }
  return D;
}

/**
 * Entries that are 0 at all points count as 0, and a Jacobian that is the same at all states of a place makes f linear. Points are states
 * of the trajectory and normals around them: what is 0 there and not elsewhere makes updates slower, never wrong.
 * @param states [steps, D], the first steps of the first series
 */
export function sampleJacobians(problem: RecurrenceProblem, states: Float64Array): JacobianShape {
  const { stateDim: D, step } = problem;
  const steps = states.length / D;
  const filled = new Uint8Array(D * D);
  const [first, J] = [new Float64Array(D * D), new Float64Array(D * D)];
  const [x, noise] = [new Float64Array(D), new Float64Array(D)];
  let linear = true;
  for (let place = 0; place < PLACES; place++) {
    const t = Math.floor((place * (steps - 1)) / PLACES);
    for (let k = 0; k < STATES; k++) {
      stepNormals(1, k, 0, t, D, noise);
      for (let i = 0; i < D; i++) x[i] = states[t * D + i] + (k > 0 ? noise[i] : 0);
      step.jacobian(J, x, stepInputs(problem, 0, t), t);
      for (let e = 0; e < J.length; e++) {
        if (J[e] !== 0) filled[e] = 1;
        if (k > 0 && J[e] !== first[e]) linear = false;
      }
      if (k === 0) first.set(J);
    }
  }
  return { linear, blocks: blocksOf((i, j) => filled[i * D + j] === 1, D) };
}
