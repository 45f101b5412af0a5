/**
 * hmm_two_filter in float64 on the host: p(z_t | y_0:T−1) by the forward filter and the likelihood of what comes after.
 *
 *   β_T−1 = 1,  m_t+1(k) = exp(ℓ_t+1(k)) β_t+1(k),  β_t(i) = Σ_k A_t+1[i, k] m_t+1(k)     (up to a factor for every t)
 *   γ_t(i) ∝ α_t(i) β_t(i),  ξ_t(i, k) ∝ α_t(i) A_t+1[i, k] m_t+1(k)
 *
 * The forward–backward algorithm. Rows that could lose a state are kept as logarithms, as in hmm_forward.cpu.ts.
 * Source: Rabiner 1989, doi:10.1109/5.18626, section III.
 */

import { stepsPerLook } from "./cooperate.ts";
import { type HmmFilterCpuRecords, hmmFilterCpu } from "./hmm_filter.cpu.ts";
import { StateLogLikelihoods } from "./hmm_forward.cpu.ts";
import type { HmmProblem } from "./hmm_problem.ts";
import {
  type HmmSmootherCpuOptions,
  type HmmSmootherCpuRecords,
  TransitionSums,
} from "./hmm_smoother.cpu.ts";
import { stepsBack } from "./hmm_steps_back.cpu.ts";
import { HmmTransitions, logSum, SMALL_WEIGHT } from "./hmm_transitions.cpu.ts";
import { denseRows } from "./linear_gaussian_problem.ts";

/**
 * p(z_t | y_0:T−1) for every series and step, with what the filter gives.
 * @throws AbortedError
 */
export async function hmmTwoFilterCpu(
  problem: HmmProblem,
  options: HmmSmootherCpuOptions = {},
): Promise<HmmSmootherCpuRecords> {
  const { call = "smooth" } = options;
  const filter = await hmmFilterCpu(problem, { ...options, call, filtered: true, logarithms: true });
  const { ends } = filter;
  const { numStates: K, numSeries, numSteps } = problem;
  const smoothed = new Float64Array(numSeries * numSteps * K).fill(Number.NaN);
  const pairs = new TransitionSums(problem, ends, options.transitions);
  const joint = new JointRows(problem, filter);
  const loop = { ...options, call, phase: "smooth", stride: stepsPerLook(K) };
  await stepsBack(problem, ends, loop, (s, t) => {
    if (t === ends[s] - 1) joint.last();
    else {
      joint.message(s, t);
      if (pairs.data) joint.pairs(s, t, pairs.data, pairs.at(s, t));
      joint.retreat(s, t);
    }
    joint.states(s, t, smoothed);
  });
  return {
    ...filter,
    smoothedProbs: denseRows(smoothed, K, numSteps),
    ...(pairs.data && { expectedTransitions: pairs.data }),
  };
}

/** The backward recursion with its work space, and its products with the filter; nothing is allocated per step. */
class JointRows {
  private readonly numSteps: number;
  private readonly filter: HmmFilterCpuRecords;
  private readonly alpha: Float64Array;
  private readonly transitions: HmmTransitions;
  private readonly logLikelihoods: StateLogLikelihoods;
  /** β_t or, inLogs, its logarithm [K] */
  private readonly beta: Float64Array;
  /** m_t+1 or, inLogs, its logarithm [K] */
  private readonly arrived: Float64Array;
  private readonly logRow: Float64Array;
  private inLogs = false;

  constructor(problem: HmmProblem, filter: HmmFilterCpuRecords) {
    const { numStates: K, numSteps } = problem;
    this.numSteps = numSteps;
    this.filter = filter;
    this.alpha = filter.filteredProbs?.data as Float64Array;
    this.transitions = new HmmTransitions(problem);
    this.logLikelihoods = new StateLogLikelihoods(problem);
    this.beta = new Float64Array(K);
    this.arrived = new Float64Array(K);
    this.logRow = new Float64Array(K);
  }

  /** β of the last step. */
  last(): void {
    this.inLogs = this.transitions.logarithms === "always";
    this.beta.fill(this.inLogs ? 0 : 1);
  }

  /** m_t+1 from β_t+1. */
  message(s: number, t: number): void {
    const { beta, arrived, logLikelihoods, transitions } = this;
    logLikelihoods.read(s, t + 1);
    const ll = logLikelihoods.values;
    const K = beta.length;
    if (!this.inLogs) {
      let largest = Number.NEGATIVE_INFINITY;
      for (let k = 0; k < K; k++) if (beta[k] > 0 && ll[k] > largest) largest = ll[k];
      let small = false;
      for (let k = 0; k < K; k++) {
        arrived[k] = beta[k] > 0 ? beta[k] * Math.exp(ll[k] - largest) : 0;
        if (arrived[k] < SMALL_WEIGHT && beta[k] > 0 && ll[k] > Number.NEGATIVE_INFINITY) small = true;
      }
      if (!small || transitions.logarithms === "never") return;
      for (let k = 0; k < K; k++) beta[k] = Math.log(beta[k]);
      this.inLogs = true;
    }
    for (let k = 0; k < K; k++) arrived[k] = beta[k] === Number.NEGATIVE_INFINITY ? beta[k] : beta[k] + ll[k];
  }

  /** β_t from m_t+1. */
  retreat(s: number, t: number): void {
    const { beta, arrived, transitions } = this;
    const K = beta.length;
    if (this.inLogs) {
      transitions.logBackward(s, t + 1, arrived, beta);
      this.leaveLogs();
      return;
    }
    transitions.backward(s, t + 1, arrived, beta);
    let largest = 0;
    for (let k = 0; k < K; k++) if (beta[k] > largest) largest = beta[k];
    let small = false;
    for (let k = 0; k < K; k++) {
      if (beta[k] > 0 && beta[k] < SMALL_WEIGHT * largest) small = true;
      beta[k] /= largest;
    }
    if (!small || transitions.logarithms === "never") return;
    for (let k = 0; k < K; k++) beta[k] = Math.log(beta[k]);
    this.inLogs = true;
  }

  private leaveLogs(): void {
    const { beta } = this;
    let largest = Number.NEGATIVE_INFINITY;
    let smallest = 0;
    for (let k = 0; k < beta.length; k++) if (beta[k] > largest) largest = beta[k];
    for (let k = 0; k < beta.length; k++) {
      beta[k] -= largest;
      if (beta[k] > Number.NEGATIVE_INFINITY && beta[k] < smallest) smallest = beta[k];
    }
    if (this.transitions.logarithms === "always" || smallest < Math.log(SMALL_WEIGHT)) return;
    for (let k = 0; k < beta.length; k++) beta[k] = Math.exp(beta[k]);
    this.inLogs = false;
  }

  /** log α_t into logRow. */
  private logAlpha(s: number, t: number): void {
    const { logRow, alpha, filter } = this;
    const K = logRow.length;
    const row = s * this.numSteps + t;
    const logs = filter.logFiltered;
    for (let k = 0; k < K; k++)
      logRow[k] = logs?.there[row] ? logs.data[row * K + k] : Math.log(alpha[row * K + k]);
  }

  /** γ_t into out [N, T, K]. */
  states(s: number, t: number, out: Float64Array): void {
    const { beta, logRow, alpha, filter } = this;
    const K = beta.length;
    const row = s * this.numSteps + t;
    if (!this.inLogs && !filter.logFiltered?.there[row]) {
      let total = 0;
      for (let k = 0; k < K; k++) {
        out[row * K + k] = alpha[row * K + k] * beta[k];
        total += out[row * K + k];
      }
      for (let k = 0; k < K; k++) out[row * K + k] /= total;
      return;
    }
    this.logAlpha(s, t);
    for (let k = 0; k < K; k++) {
      const after = this.inLogs ? beta[k] : Math.log(beta[k]);
      logRow[k] = logRow[k] === Number.NEGATIVE_INFINITY ? logRow[k] : logRow[k] + after;
    }
    const total = logSum(logRow);
    for (let k = 0; k < K; k++) out[row * K + k] = Math.exp(logRow[k] - total);
  }

  /** Adds ξ_t to pairs[to …]; called between message() and retreat(). */
  pairs(s: number, t: number, pairs: Float64Array, to: number): void {
    const { arrived, alpha, filter, transitions } = this;
    const K = arrived.length;
    const row = s * this.numSteps + t;
    const matrix = transitions.entries;
    const at = transitions.at(s, t + 1);
    if (!this.inLogs && !filter.logFiltered?.there[row]) {
      let total = 0;
      for (let i = 0; i < K; i++) {
        let sum = 0;
        for (let k = 0; k < K; k++) sum += matrix[at + i * K + k] * arrived[k];
        total += alpha[row * K + i] * sum;
      }
      if (total > SMALL_WEIGHT) {
        for (let i = 0; i < K; i++) {
          const weight = alpha[row * K + i] / total;
          for (let k = 0; k < K; k++) pairs[to + i * K + k] += weight * (matrix[at + i * K + k] * arrived[k]);
        }
        return;
      }
    }
    this.logPairs(s, t, pairs, to);
  }

  private logPairs(s: number, t: number, pairs: Float64Array, to: number): void {
    const { arrived, logRow } = this;
    const K = arrived.length;
    const logs = this.transitions.logMatrix(s, t + 1);
    this.logAlpha(s, t);
    let largest = Number.NEGATIVE_INFINITY;
    const term = (i: number, k: number): number =>
      logRow[i] + logs[i * K + k] + (this.inLogs ? arrived[k] : Math.log(arrived[k]));
    for (let i = 0; i < K; i++) for (let k = 0; k < K; k++) largest = Math.max(largest, term(i, k));
    let total = 0;
    for (let i = 0; i < K; i++) for (let k = 0; k < K; k++) total += Math.exp(term(i, k) - largest);
    for (let i = 0; i < K; i++)
      for (let k = 0; k < K; k++) pairs[to + i * K + k] += Math.exp(term(i, k) - largest) / total;
  }
}
