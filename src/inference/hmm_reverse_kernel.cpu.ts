/**
 * The reverse kernels of a filtered hidden Markov problem, in float64:
 *
 *   B_t[k, i] = p(z_t = i | z_t+1 = k, y_0:t) = α_t(i) A_t+1[i, k] / p_k,  p_k = Σ_i α_t(i) A_t+1[i, k]
 *
 * rows of probabilities, whatever the scale of the likelihoods. A state k that cannot follow (p_k = 0) has a row of zeros:
 * nothing ever asks for it. Where α_t is kept as logarithms, so is the quotient until it is taken.
 * Source: Cappé, Moulines & Rydén 2005, Inference in Hidden Markov Models, section 3.3.2.
 */

import type { LogRows } from "./hmm_filter.cpu.ts";
import type { HmmProblem } from "./hmm_problem.ts";
import { dot, HmmTransitions, LEAST_PROBABILITY, logSumPairs, SAFE_SUM } from "./hmm_transitions.cpu.ts";
import type { Floats, Rows } from "./linear_gaussian_problem.ts";

/** What a filter leaves behind for a backward pass. */
export interface Filtered {
  readonly filteredProbs: Rows;
  readonly logFiltered?: LogRows;
}

export class ReverseKernel {
  private readonly K: number;
  private readonly numSteps: number;
  private readonly rows: Rows;
  private readonly logRows: LogRows | undefined;
  private readonly transitions: HmmTransitions;
  /** B_t [K, K], where it was made of logarithms */
  private readonly kernel: Float64Array;
  private dense = false;
  /** p, then 1 / p or 0 [K] */
  private readonly inverse: Float64Array;
  private readonly logRow: Float64Array;
  private readonly scaled: Float64Array;
  private alpha: Floats;
  private alphaAt = 0;
  private matrixAt = 0;

  constructor(problem: HmmProblem, filtered: Filtered, transitions = new HmmTransitions(problem)) {
    const { numStates: K } = problem;
    this.K = K;
    this.numSteps = problem.numSteps;
    this.rows = filtered.filteredProbs;
    this.logRows = filtered.logFiltered;
    this.transitions = transitions;
    this.kernel = new Float64Array(K * K);
    this.inverse = new Float64Array(K);
    this.logRow = new Float64Array(K);
    this.scaled = new Float64Array(K);
    this.alpha = this.rows.data;
  }

  /** Makes B_t of a series: the step from t + 1 back to t. */
  make(series: number, t: number): void {
    const { K, inverse, transitions, logRows } = this;
    const row = series * this.numSteps + t;
    this.dense = logRows?.there[row] === 1;
    if (this.dense) {
      this.makeOfLogs(series, t, row);
      return;
    }
    this.alphaAt = this.rows.at(series, t);
    this.matrixAt = transitions.at(series, t + 1);
    transitions.forward(series, t + 1, this.alpha, this.alphaAt, inverse);
    for (let k = 0; k < K; k++) inverse[k] = inverse[k] > 0 ? 1 / inverse[k] : 0;
  }

  private makeOfLogs(series: number, t: number, row: number): void {
    const { K, kernel, logRow, inverse, alpha, transitions, logRows } = this;
    const matrix = transitions.entries;
    const matrixAt = transitions.at(series, t + 1);
    const from = this.rows.at(series, t);
    transitions.forward(series, t + 1, alpha, from, inverse);
    for (let i = 0; i < K; i++) logRow[i] = (logRows as LogRows).data[row * K + i];
    for (let k = 0; k < K; k++) {
      if (inverse[k] >= SAFE_SUM) {
        for (let i = 0; i < K; i++)
          kernel[k * K + i] = (alpha[from + i] * matrix[matrixAt + i * K + k]) / inverse[k];
        continue;
      }
      const logs = transitions.logMatrix(series, t + 1);
      const total = logSumPairs(logRow, 0, 1, logs, k, K, K);
      for (let i = 0; i < K; i++)
        kernel[k * K + i] =
          total === Number.NEGATIVE_INFINITY ? 0 : Math.exp(logRow[i] + logs[i * K + k] - total);
    }
  }

  /**
   * out[i] = Σ_k next[k] B_t[k, i], scaled to sum 1; adds next[k] B_t[k, i] to pairs[pairsAt + i K + k].
   * @param next, out must not overlap
   */
  apply(
    next: Float64Array,
    nextAt: number,
    out: Float64Array,
    outAt: number,
    pairs?: Float64Array,
    pairsAt = 0,
  ): void {
    const { K } = this;
    if (this.dense) this.applyDense(next, nextAt, out, outAt, pairs, pairsAt);
    else this.applyQuotient(next, nextAt, out, outAt, pairs, pairsAt);
    let total = 0;
    for (let i = 0; i < K; i++) total += out[outAt + i];
    const scale = 1 / total;
    for (let i = 0; i < K; i++) {
      const probability = out[outAt + i] * scale;
      out[outAt + i] = probability < LEAST_PROBABILITY ? 0 : probability;
    }
  }

  private applyQuotient(
    next: Float64Array,
    nextAt: number,
    out: Float64Array,
    outAt: number,
    pairs: Float64Array | undefined,
    pairsAt: number,
  ): void {
    const { K, inverse, scaled, alpha, alphaAt } = this;
    const matrix = this.transitions.entries;
    for (let k = 0; k < K; k++) scaled[k] = next[nextAt + k] * inverse[k];
    let at = this.matrixAt;
    for (let i = 0; i < K; i++, at += K) {
      const weight = alpha[alphaAt + i];
      let sum = 0;
      if (weight > 0) {
        sum = dot(matrix, at, scaled);
        if (pairs) {
          const to = pairsAt + i * K;
          for (let k = 0; k < K; k++) pairs[to + k] += weight * (matrix[at + k] * scaled[k]);
        }
      }
      out[outAt + i] = weight * sum;
    }
  }

  private applyDense(
    next: Float64Array,
    nextAt: number,
    out: Float64Array,
    outAt: number,
    pairs: Float64Array | undefined,
    pairsAt: number,
  ): void {
    const { K, kernel } = this;
    for (let i = 0; i < K; i++) out[outAt + i] = 0;
    for (let k = 0; k < K; k++) {
      const weight = next[nextAt + k];
      if (weight === 0) continue;
      for (let i = 0; i < K; i++) {
        const pair = weight * kernel[k * K + i];
        out[outAt + i] += pair;
        if (pairs) pairs[pairsAt + i * K + k] += pair;
      }
    }
  }

  /** Writes weights proportional to B_t[k, ·] to out [K]. */
  row(k: number, out: Float64Array): void {
    const { K, kernel, alpha, alphaAt, inverse, matrixAt } = this;
    const matrix = this.transitions.entries;
    for (let i = 0; i < K; i++)
      out[i] = this.dense
        ? kernel[k * K + i]
        : alpha[alphaAt + i] * (matrix[matrixAt + i * K + k] * inverse[k]);
  }
}
