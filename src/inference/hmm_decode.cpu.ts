/**
 * hmm_decode in float64 on the host: the most probable path (Viterbi), one series after the other.
 *
 *   V_0(k) = log π_k + ℓ_0(k),  V_t(k) = max_i (V_t−1(i) + log A_t[i, k]) + ℓ_t(k),  ψ_t(k) = the lowest i of the maximum
 *   z_T−1 = the lowest k of the maximum of V_T−1,  z_t−1 = ψ_t(z_t)
 *
 * V is kept with its maximum taken off, so that sums over a long series do not round what tells states apart. Under ties the path
 * follows back-pointers, so it is one path of that probability.
 * Source: Viterbi 1967, doi:10.1109/TIT.1967.1054010; Rabiner 1989, doi:10.1109/5.18626, section III.B.
 */

import { cooperation, type LoopOptions, stepsPerLook } from "./cooperate.ts";
import { sum } from "./hmm_filter.cpu.ts";
import { StateLogLikelihoods } from "./hmm_forward.cpu.ts";
import type { HmmProblem } from "./hmm_problem.ts";
import type { HmmDecodeRecords } from "./hmm_records.ts";

/**
 * argmax over z_0:T−1 of p(z_0:T−1, y_0:T−1) for every series.
 * @throws AbortedError
 */
export async function hmmDecodeCpu(
  problem: HmmProblem,
  options: LoopOptions = {},
): Promise<HmmDecodeRecords> {
  const { numSeries, numSteps, lengths, numStates: K } = problem;
  const mostLikelyStates = new Int32Array(numSeries * numSteps).fill(-1);
  const logJoints = new Float64Array(numSeries);
  const ends = lengths.slice();
  const viterbi = new Viterbi(problem);
  const look = cooperation("decode", "decode", sum(lengths), options);
  const stride = stepsPerLook(K);
  let before = 0;
  for (let s = 0; s < numSeries; s++) {
    viterbi.start(s);
    for (let t = 0; t < lengths[s]; t++) {
      if (!viterbi.advance(t)) {
        ends[s] = t;
        break;
      }
      if (t % stride === stride - 1) {
        const wait = look(before + t);
        if (wait) await wait;
      }
    }
    viterbi.trace(ends[s], mostLikelyStates, s * numSteps);
    logJoints[s] = ends[s] < lengths[s] ? Number.NEGATIVE_INFINITY : viterbi.offset;
    before += lengths[s];
    const wait = look(before);
    if (wait) await wait;
  }
  return { mostLikelyStates, logJoints, ends };
}

/** The recursion with its work space; nothing is allocated per step. */
class Viterbi {
  /** Sum of the maxima taken off. */
  offset = 0;
  private readonly problem: HmmProblem;
  private readonly logLikelihoods: StateLogLikelihoods;
  private scores: Float64Array;
  private next: Float64Array;
  /** log A transposed [k, i], of the matrix that starts at logsOf. */
  private readonly logs: Float64Array;
  private logsOf = -1;
  /** ψ [T, K] */
  private readonly pointers: Uint8Array | Uint16Array;
  private series = 0;

  constructor(problem: HmmProblem) {
    const { numStates: K, numSteps } = problem;
    this.problem = problem;
    this.logLikelihoods = new StateLogLikelihoods(problem);
    this.scores = new Float64Array(K);
    this.next = new Float64Array(K);
    this.logs = new Float64Array(K * K);
    this.pointers = K <= 256 ? new Uint8Array(numSteps * K) : new Uint16Array(numSteps * K);
  }

  start(series: number): void {
    const { initialProbs, numStates: K } = this.problem;
    const at = series * initialProbs.seriesStride;
    this.series = series;
    this.offset = 0;
    for (let k = 0; k < K; k++) this.next[k] = Math.log(initialProbs.data[at + k]);
  }

  /** @returns false if every state is impossible at this step: the scores stay those of the step before */
  advance(t: number): boolean {
    const { next, logLikelihoods } = this;
    const K = next.length;
    if (t > 0) this.propagate(t);
    logLikelihoods.read(this.series, t);
    const ll = logLikelihoods.values;
    let largest = Number.NEGATIVE_INFINITY;
    for (let k = 0; k < K; k++) {
      if (next[k] !== Number.NEGATIVE_INFINITY) next[k] += ll[k];
      if (next[k] > largest) largest = next[k];
    }
    if (largest === Number.NEGATIVE_INFINITY) return false;
    for (let k = 0; k < K; k++) next[k] -= largest;
    this.offset += largest;
    this.next = this.scores;
    this.scores = next;
    return true;
  }

  private propagate(t: number): void {
    const { scores, next, pointers } = this;
    const K = next.length;
    const logs = this.logMatrix(t);
    for (let k = 0, at = 0; k < K; k++, at += K) {
      let best = scores[0] + logs[at];
      let from = 0;
      for (let i = 1; i < K; i++) {
        const value = scores[i] + logs[at + i];
        if (value > best) {
          best = value;
          from = i;
        }
      }
      next[k] = best;
      pointers[t * K + k] = from;
    }
  }

  private logMatrix(t: number): Float64Array {
    const { logs } = this;
    const { transitionMatrix: A, numStates: K } = this.problem;
    const at = this.series * A.seriesStride + t * A.stepStride;
    if (at !== this.logsOf) {
      for (let i = 0; i < K; i++)
        for (let k = 0; k < K; k++) logs[k * K + i] = Math.log(A.data[at + i * K + k]);
      this.logsOf = at;
    }
    return logs;
  }

  /** Writes the best path of steps 0 … end − 1 to out[at …]. */
  trace(end: number, out: Int32Array, at: number): void {
    const { scores, pointers } = this;
    const K = scores.length;
    if (end === 0) return;
    let state = 0;
    for (let k = 1; k < K; k++) if (scores[k] > scores[state]) state = k;
    for (let t = end - 1; t >= 0; t--) {
      out[at + t] = state;
      if (t > 0) state = pointers[t * K + state];
    }
  }
}
