/**
 * The transition matrices of a hidden Markov problem on the host: products with rows of probabilities, and logarithms
 * where a plain product could lose a row.
 *
 * A float64 row holds weights down to 1e-308 of the largest. What it loses cannot matter later while every A[i, k] is above
 * 1e-100: one step on, such a state is outweighed by what flows in from the others. With structural zeros a lost
 * state can be the only one left some steps on, so rows with a weight that small, but not 0, are kept as logarithms; and where A has
 * entries between 0 and 1e-100, all rows are.
 */

import type { HmmProblem } from "./hmm_problem.ts";
import type { Floats } from "./linear_gaussian_problem.ts";

/** Weights below this are kept as logarithms. */
export const SMALL_WEIGHT = 1e-150;
export const LOG_SMALL_WEIGHT = Math.log(SMALL_WEIGHT);
const SMALL_ENTRY = 1e-100;
/** A sum of weights and entries from which on terms of small weights are below rounding. */
export const SAFE_SUM = 1e-130;

/**
 * Probabilities below this are written as 0 where no logarithm stands for them: they are far below the rounding of the others, and
 * processors are slow with what comes below 1e-308.
 */
export const LEAST_PROBABILITY = 1e-250;

export class HmmTransitions {
  /** Rows of logarithms are never needed, may be needed, are always used. */
  readonly logarithms: "never" | "whereSmall" | "always";
  private readonly K: number;
  private readonly data: Float64Array;
  private readonly stepStride: number;
  private readonly seriesStride: number;
  /** log A [K, K], of a matrix that starts at logsOf. */
  private readonly logs: Float64Array;
  private logsOf = -1;

  constructor({ numStates: K, numSeries, numSteps, lengths, transitionMatrix }: HmmProblem) {
    this.K = K;
    this.data = transitionMatrix.data;
    this.stepStride = transitionMatrix.stepStride;
    this.seriesStride = transitionMatrix.seriesStride;
    this.logs = new Float64Array(K * K);
    let zeros = false;
    let smallest = 1;
    for (let s = 0; s < (this.seriesStride > 0 ? numSeries : 1); s++) {
      const end = this.stepStride === 0 ? 2 : this.seriesStride > 0 ? lengths[s] : numSteps;
      for (let t = 1; t < end; t++) {
        const at = this.at(s, t);
        for (let i = at; i < at + K * K; i++) {
          const entry = this.data[i];
          if (entry === 0) zeros = true;
          else if (entry < smallest) smallest = entry;
        }
      }
    }
    this.logarithms = smallest < SMALL_ENTRY ? "always" : zeros ? "whereSmall" : "never";
  }

  /** Where A_t of a series starts in data. */
  at(series: number, step: number): number {
    return series * this.seriesStride + step * this.stepStride;
  }

  /** Entries of all matrices. */
  get entries(): Float64Array {
    return this.data;
  }

  /** out = Aᵀ row: out[k] = Σ_i row[rowAt + i] A_t[i, k]. */
  forward(series: number, step: number, row: Floats, rowAt: number, out: Float64Array): void {
    const { K, data } = this;
    let at = this.at(series, step);
    out.fill(0);
    let i = 0;
    // Four rows at a time: out is read and written a quarter as often.
    for (; i + 4 <= K; i += 4, at += 4 * K) {
      const w0 = row[rowAt + i];
      const w1 = row[rowAt + i + 1];
      const w2 = row[rowAt + i + 2];
      const w3 = row[rowAt + i + 3];
      const b = at + K;
      const c = b + K;
      const d = c + K;
      if (w0 === 0 && w1 === 0 && w2 === 0 && w3 === 0) continue;
      for (let k = 0; k < K; k++)
        out[k] += w0 * data[at + k] + w1 * data[b + k] + (w2 * data[c + k] + w3 * data[d + k]);
    }
    for (; i < K; i++, at += K) {
      const weight = row[rowAt + i];
      if (weight === 0) continue;
      for (let k = 0; k < K; k++) out[k] += weight * data[at + k];
    }
  }

  /** out = A column: out[i] = Σ_k A_t[i, k] column[k]. */
  backward(series: number, step: number, column: Float64Array, out: Float64Array): void {
    const { K, data } = this;
    let at = this.at(series, step);
    for (let i = 0; i < K; i++, at += K) out[i] = dot(data, at, column);
  }

  /** log A_t [K, K], valid until the next call. */
  logMatrix(series: number, step: number): Float64Array {
    const at = this.at(series, step);
    if (at !== this.logsOf) {
      for (let i = 0; i < this.logs.length; i++) this.logs[i] = Math.log(this.data[at + i]);
      this.logsOf = at;
    }
    return this.logs;
  }

  /**
   * sums[k] = Σ_i exp(row[i]) A_t[i, k], and its logarithm in logs[k]: as plain sums of weights = exp(row) where what they lose is
   * nothing beside the rest, by logarithms elsewhere.
   */
  logForward(
    series: number,
    step: number,
    weights: Float64Array,
    row: Float64Array,
    sums: Float64Array,
    logs: Float64Array,
  ): void {
    const { K } = this;
    this.forward(series, step, weights, 0, sums);
    for (let k = 0; k < K; k++) {
      if (sums[k] >= SAFE_SUM) logs[k] = Math.log(sums[k]);
      else {
        logs[k] = logSumPairs(row, 0, 1, this.logMatrix(series, step), k, K, K);
        sums[k] = Math.exp(logs[k]);
      }
    }
  }

  /** out[i] = log Σ_k A_t[i, k] exp(column[k]). */
  logBackward(series: number, step: number, column: Float64Array, out: Float64Array): void {
    const { K } = this;
    const logs = this.logMatrix(series, step);
    for (let i = 0; i < K; i++) out[i] = logSumPairs(column, 0, 1, logs, i * K, 1, K);
  }
}

/** Σ_k a[at + k] b[k], in four sums that do not wait for each other. */
export function dot(a: Float64Array, at: number, b: Float64Array): number {
  const K = b.length;
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  let k = 0;
  for (; k + 4 <= K; k += 4) {
    s0 += a[at + k] * b[k];
    s1 += a[at + k + 1] * b[k + 1];
    s2 += a[at + k + 2] * b[k + 2];
    s3 += a[at + k + 3] * b[k + 3];
  }
  for (; k < K; k++) s0 += a[at + k] * b[k];
  return s0 + s1 + (s2 + s3);
}

/** log Σ_i exp(a[aAt + i aStride] + b[bAt + i bStride]), −Infinity where every term is 0. */
export function logSumPairs(
  a: Float64Array,
  aAt: number,
  aStride: number,
  b: Float64Array,
  bAt: number,
  bStride: number,
  count: number,
): number {
  let largest = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < count; i++) {
    const value = a[aAt + i * aStride] + b[bAt + i * bStride];
    if (value > largest) largest = value;
  }
  if (largest === Number.NEGATIVE_INFINITY) return largest;
  let sum = 0;
  for (let i = 0; i < count; i++) sum += Math.exp(a[aAt + i * aStride] + b[bAt + i * bStride] - largest);
  return largest + Math.log(sum);
}

/** log Σ_i exp(row[i]) */
export function logSum(row: Float64Array): number {
  let largest = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < row.length; i++) if (row[i] > largest) largest = row[i];
  if (largest === Number.NEGATIVE_INFINITY) return largest;
  let sum = 0;
  for (let i = 0; i < row.length; i++) sum += Math.exp(row[i] - largest);
  return largest + Math.log(sum);
}
