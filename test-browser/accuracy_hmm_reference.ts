/**
 * Forward–backward and Viterbi in float64 and logarithms, as Rabiner 1989 writes them, for series of 1e5 steps and more: what the
 * accuracy of hidden Markov models is measured against. Shares nothing with src/.
 */
import type { HmmAccuracyCase } from "./accuracy_hmm_models.ts";

export interface HmmReference {
  /** p(z_t | y_0:t), p(z_t | y_0:T−1) [T, K] */
  readonly filteredProbs: Float64Array;
  readonly smoothedProbs: Float64Array;
  /** Σ_t p(z_t = i, z_t+1 = k | y_0:T−1) [K, K] */
  readonly expectedTransitions: Float64Array;
  readonly marginalLogLikelihood: number;
  /** The most probable path [T] and its log p(z, y). */
  readonly path: Int32Array;
  readonly logJoint: number;
  /** [T] by how much the path beats the best one through another state at this step, nats. */
  readonly margins: Float64Array;
}

const NEVER = Number.NEGATIVE_INFINITY;

/** log Σ_i e^values[i] of the first K entries. */
function logSum(values: Float64Array, K: number): number {
  let most = NEVER;
  for (let i = 0; i < K; i++) most = Math.max(most, values[i]!);
  if (most === NEVER) return NEVER;
  let sum = 0;
  for (let i = 0; i < K; i++) sum += Math.exp(values[i]! - most);
  return most + Math.log(sum);
}

const logs = (given: HmmAccuracyCase) => ({
  K: given.numStates,
  T: given.observations.length,
  pi: given.initialProbs.map(Math.log),
  A: Float64Array.from(given.transitionMatrix.flat(), Math.log),
  ll: given.logLikelihoods,
});

export function hmmReference(given: HmmAccuracyCase): HmmReference {
  return { ...forwardBackward(given), ...viterbi(given) };
}

/** log p(z, y) of a path; −Infinity if A forbids it. */
export function pathLogJoint(given: HmmAccuracyCase, path: ArrayLike<number>): number {
  const { K, T, pi, A, ll } = logs(given);
  let sum = pi[path[0]!]!;
  for (let t = 0; t < T; t++) sum += ll[t * K + path[t]!]! + (t > 0 ? A[path[t - 1]! * K + path[t]!]! : 0);
  return sum;
}

function forwardBackward(
  given: HmmAccuracyCase,
): Pick<HmmReference, "filteredProbs" | "smoothedProbs" | "expectedTransitions" | "marginalLogLikelihood"> {
  const { K, T, pi, A, ll } = logs(given);
  const alpha = new Float64Array(T * K);
  const step = new Float64Array(T);
  const terms = new Float64Array(K);
  let total = 0;
  for (let t = 0; t < T; t++) {
    const row = alpha.subarray(t * K, (t + 1) * K);
    for (let k = 0; k < K; k++) {
      for (let i = 0; t > 0 && i < K; i++) terms[i] = alpha[(t - 1) * K + i]! + A[i * K + k]!;
      row[k] = (t > 0 ? logSum(terms, K) : pi[k]!) + ll[t * K + k]!;
    }
    step[t] = logSum(row, K);
    for (let k = 0; k < K; k++) row[k]! -= step[t]!;
    total += step[t]!;
  }
  const smoothedProbs = new Float64Array(T * K);
  const expectedTransitions = new Float64Array(K * K);
  const beta = new Float64Array(K);
  const ahead = new Float64Array(K);
  for (let t = T - 1; t >= 0; t--) {
    if (t < T - 1) {
      for (let k = 0; k < K; k++) ahead[k] = ll[(t + 1) * K + k]! + beta[k]! - step[t + 1]!;
      for (let i = 0; i < K; i++) {
        for (let k = 0; k < K; k++) {
          terms[k] = A[i * K + k]! + ahead[k]!;
          expectedTransitions[i * K + k]! += Math.exp(alpha[t * K + i]! + terms[k]!);
        }
        beta[i] = logSum(terms, K);
      }
    }
    for (let k = 0; k < K; k++) smoothedProbs[t * K + k] = Math.exp(alpha[t * K + k]! + beta[k]!);
  }
  return {
    filteredProbs: alpha.map(Math.exp),
    smoothedProbs,
    expectedTransitions,
    marginalLogLikelihood: total,
  };
}

/** Best paths into every state from the front and out of it to the end; together they are the margins. */
function viterbi(given: HmmAccuracyCase): Pick<HmmReference, "path" | "logJoint" | "margins"> {
  const { K, T, pi, A, ll } = logs(given);
  const into = new Float64Array(T * K);
  const from = new Uint8Array(T * K);
  for (let t = 0; t < T; t++)
    for (let k = 0; k < K; k++) {
      let most = t === 0 ? pi[k]! : NEVER;
      for (let i = 0; t > 0 && i < K; i++) {
        const value = into[(t - 1) * K + i]! + A[i * K + k]!;
        if (value > most) [most, from[t * K + k]] = [value, i];
      }
      into[t * K + k] = most + ll[t * K + k]!;
    }
  const path = new Int32Array(T);
  const end = into.subarray((T - 1) * K);
  const logJoint = end.reduce((a, b) => Math.max(a, b), NEVER);
  path[T - 1] = end.indexOf(logJoint);
  for (let t = T - 1; t > 0; t--) path[t - 1] = from[t * K + path[t]!]!;
  const margins = new Float64Array(T);
  const onward = new Float64Array(K);
  const ahead = new Float64Array(K);
  for (let t = T - 1; t >= 0; t--) {
    if (t < T - 1) {
      for (let k = 0; k < K; k++) ahead[k] = ll[(t + 1) * K + k]! + onward[k]!;
      for (let i = 0; i < K; i++) {
        onward[i] = NEVER;
        for (let k = 0; k < K; k++) onward[i] = Math.max(onward[i]!, A[i * K + k]! + ahead[k]!);
      }
    }
    let other = NEVER;
    for (let k = 0; k < K; k++) if (k !== path[t]) other = Math.max(other, into[t * K + k]! + onward[k]!);
    margins[t] = logJoint - other;
  }
  return { path, logJoint, margins };
}
