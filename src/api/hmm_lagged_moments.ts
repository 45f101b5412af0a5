/**
 * Moments of the observations ahead of an autoregressive hidden Markov model, exact: means and covariances of the last L
 * observations given the state are carried from step to step.
 *
 *   x = (y_t−1, …, y_t−L) given z_t = k: mean μ_k, covariance C_k
 *   y_t given z_t = k: mean W_k μ_k + c_k, covariance W_k C_k W_k' + Σ_k, Cov(y_t, x) = W_k C_k
 *   then (y_t, …, y_t−L+1) given z_t+1 = k' mixes those over z_t = k with weights p_t(k) A[k, k'] / p_t+1(k')
 */

import type { HiddenMarkovModel, Row } from "../models/index.ts";

/** Means [m] and covariances [m, m] of one series, step after step. */
export class LaggedMoments {
  private readonly model: HiddenMarkovModel;
  /** L m */
  private readonly size: number;
  /** μ [K, L m], C [K, L m, L m] given the state of the step at hand */
  private means: Float64Array;
  private spreads: Float64Array;
  private nextMeans: Float64Array;
  private nextSpreads: Float64Array;
  /** (y_t, x) given the state [K, m + L m] and [K, m + L m, m + L m] */
  private readonly jointMeans: Float64Array;
  private readonly joints: Float64Array;

  /** @param tail y_T−L … y_T−1 [L, m] */
  constructor(model: HiddenMarkovModel, tail: Float64Array) {
    const { numStates: K, emissionDim: m, emissions } = model;
    const size = emissions.lags * m;
    this.model = model;
    this.size = size;
    this.means = new Float64Array(K * size);
    this.spreads = new Float64Array(K * size * size);
    this.nextMeans = new Float64Array(K * size);
    this.nextSpreads = new Float64Array(K * size * size);
    this.jointMeans = new Float64Array(K * (m + size));
    this.joints = new Float64Array(K * (m + size) ** 2);
    for (let k = 0; k < K; k++)
      for (let l = 0; l < emissions.lags; l++)
        for (let i = 0; i < m; i++) this.means[k * size + l * m + i] = tail[(emissions.lags - 1 - l) * m + i];
  }

  /**
   * Moments of y_t.
   * @param probs p(z_t) [K]
   * @param row its step and inputs
   */
  observe(probs: Float64Array, row: Row, mean: Float64Array, covariance: Float64Array): void {
    const { model, size, jointMeans, joints } = this;
    const m = mean.length;
    const n = m + size;
    mean.fill(0);
    covariance.fill(0);
    for (let k = 0; k < probs.length; k++) {
      if (probs[k] === 0) continue;
      this.join(k, model.regimeOf[k], row);
      for (let i = 0; i < m; i++) mean[i] += probs[k] * jointMeans[k * n + i];
    }
    for (let k = 0; k < probs.length; k++) {
      if (probs[k] === 0) continue;
      for (let i = 0; i < m; i++)
        for (let j = 0; j < m; j++) {
          const away = (jointMeans[k * n + i] - mean[i]) * (jointMeans[k * n + j] - mean[j]);
          covariance[i * m + j] += probs[k] * (joints[(k * n + i) * n + j] + away);
        }
    }
  }

  /** (y_t, x) given z_t = k. */
  private join(k: number, e: number, row: Row): void {
    const { model, size, means, spreads, jointMeans, joints } = this;
    const { emissions, emissionDim: m } = model;
    const n = m + size;
    const W = emissions.parameters.weights.data;
    /** Weight of lagged entry c = (l, j) on channel i. */
    const weight = (i: number, c: number): number =>
      W[((e * emissions.lags + Math.floor(c / m)) * m + i) * m + (c % m)];
    const given: Row = {
      ...row,
      observations: new Float64Array(size + m),
      at: size,
      step: Math.max(row.step, emissions.lags),
    };
    const at = k * n;
    emissions.mean?.(e, given, jointMeans, at);
    for (let i = 0; i < m; i++)
      for (let c = 0; c < size; c++) jointMeans[at + i] += weight(i, c) * means[k * size + c];
    for (let c = 0; c < size; c++) jointMeans[at + m + c] = means[k * size + c];
    const noise = new Float64Array(m * m);
    emissions.covariance?.(e, given, noise, 0);
    const C = (a: number, b: number): number => spreads[(k * size + a) * size + b];
    const set = (a: number, b: number, value: number): void => {
      joints[(at + a) * n + b] = value;
    };
    for (let a = 0; a < size; a++) for (let b = 0; b < size; b++) set(m + a, m + b, C(a, b));
    for (let i = 0; i < m; i++)
      for (let b = 0; b < size; b++) {
        let sum = 0;
        for (let c = 0; c < size; c++) sum += weight(i, c) * C(c, b);
        set(i, m + b, sum);
        set(m + b, i, sum);
      }
    for (let i = 0; i < m; i++)
      for (let j = 0; j < m; j++) {
        let sum = noise[i * m + j];
        for (let c = 0; c < size; c++) sum += joints[(at + i) * n + m + c] * weight(j, c);
        set(i, j, sum);
      }
  }

  /**
   * To the next step, after observe().
   * @param probs p(z_t) [K]; @param matrix, at A_t+1 [K, K]; @param next p(z_t+1) [K]
   */
  advance(probs: Float64Array, matrix: Float64Array, at: number, next: Float64Array): void {
    const { size, jointMeans, joints, nextMeans, nextSpreads } = this;
    const K = probs.length;
    const n = this.model.emissionDim + size;
    nextMeans.fill(0);
    nextSpreads.fill(0);
    for (let to = 0; to < K; to++) {
      if (next[to] === 0) continue;
      const share = (k: number): number => (probs[k] * matrix[at + k * K + to]) / next[to];
      for (let k = 0; k < K; k++) {
        const w = share(k);
        if (w > 0) for (let a = 0; a < size; a++) nextMeans[to * size + a] += w * jointMeans[k * n + a];
      }
      for (let k = 0; k < K; k++) {
        const w = share(k);
        if (w === 0) continue;
        for (let a = 0; a < size; a++)
          for (let b = 0; b < size; b++) {
            const away =
              (jointMeans[k * n + a] - nextMeans[to * size + a]) *
              (jointMeans[k * n + b] - nextMeans[to * size + b]);
            nextSpreads[(to * size + a) * size + b] += w * (joints[(k * n + a) * n + b] + away);
          }
      }
    }
    [this.means, this.nextMeans] = [nextMeans, this.means];
    [this.spreads, this.nextSpreads] = [nextSpreads, this.spreads];
  }
}
