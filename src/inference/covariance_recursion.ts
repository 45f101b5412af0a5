/**
 * The covariance half of the covariance-form Kalman filter in float64, with the interface of FactorRecursion.
 *
 *   predict  P⁻ = F P Fᵀ + Q
 *   update   for every whitened entry h of H:  v = P h,  s = 1 + hᵀv,  k = v / s,  P ← (I − k hᵀ) P (I − k hᵀ)ᵀ + k kᵀ
 *
 * The last is Joseph's, evaluated as P̄ = P − k vᵀ, P ← P̄ − (P̄ h − k) kᵀ, so that rounding of P̄ is corrected.
 * Source: Bierman 1977, Factorization Methods for Discrete Sequential Estimation, §V.3 (stabilised Kalman update).
 */
import type { Status } from "../engine/index.ts";
import { type CovarianceProblem, LARGEST_RATIO } from "./covariance_form.ts";
import type { StepRecursion } from "./factor_recursion.ts";

export class CovarianceRecursion implements StepRecursion {
  /** P [n, n] of the state last predicted or updated, all of it. */
  readonly factor: Float64Array;
  readonly gains: Float64Array;
  readonly stride: number;
  logDeterminant = 0;
  /** The largest of the last update. */
  ratio = 0;

  private readonly problem: CovarianceProblem;
  private readonly moved: Float64Array;
  private readonly direction: Float64Array;
  private readonly gain: Float64Array;

  constructor(problem: CovarianceProblem) {
    const { stateDim: n, emissionDim: m } = problem;
    this.problem = problem;
    this.factor = new Float64Array(n * n);
    this.stride = m;
    this.gains = new Float64Array((m + n) * m);
    this.moved = new Float64Array(n * n);
    this.direction = new Float64Array(n);
    this.gain = new Float64Array(n);
  }

  start(series: number): void {
    const { initialCovariance: P, stateDim: n } = this.problem;
    const from = series * P.seriesStride;
    this.factor.set(P.data.subarray(from, from + n * n));
  }

  predict(series: number, t: number): void {
    const { factor: p, moved: w } = this;
    const { stateDim: n, dynamicsWeights: F, dynamicsCovariance: Q } = this.problem;
    const f = F.data;
    const fAt = series * F.seriesStride + t * F.stepStride;
    const qAt = series * Q.seriesStride + t * Q.stepStride;
    timesSquare(f, fAt, n, p, w);
    addSymmetricProduct(Q.data, qAt, w, f, fAt, n, p);
  }

  update(record: number): Status {
    const { factor: p, gains: a, direction: v, gain: k, stride } = this;
    const { stateDim: n, emissionDim: m, emissionWeights: h } = this.problem;
    let product = 1;
    let log = 0;
    this.ratio = 0;
    for (let i = 0; i < m; i++) {
      const row = (record * m + i) * n;
      let s = 1;
      for (let r = 0, at = 0; r < n; r++, at += n) {
        let sum = 0;
        for (let c = 0; c < n; c++) sum += p[at + c] * h[row + c];
        v[r] = sum;
        s += h[row + r] * sum;
      }
      if (!Number.isFinite(s)) return "nonFinite";
      this.ratio = Math.max(this.ratio, s - 1);
      const root = Math.sqrt(s);
      for (let j = 0; j < i; j++) {
        let sum = 0;
        for (let r = 0; r < n; r++) sum += h[row + r] * a[(m + r) * stride + j];
        a[i * stride + j] = sum;
      }
      a[i * stride + i] = root;
      for (let r = 0; r < n; r++) {
        a[(m + r) * stride + i] = v[r] / root;
        k[r] = v[r] / s;
      }
      for (let r = 0, at = 0; r < n; r++, at += n) {
        let sum = -k[r];
        for (let c = 0; c < n; c++) {
          const entry = p[at + c] - k[r] * v[c];
          p[at + c] = entry;
          sum += entry * h[row + c];
        }
        for (let c = 0; c <= r; c++) {
          const entry = p[at + c] - sum * k[c];
          p[at + c] = entry;
          p[c * n + r] = entry;
        }
      }
      product *= s;
      if (product > 1e200) {
        log += Math.log(product);
        product = 1;
      }
    }
    this.logDeterminant = 0.5 * (log + Math.log(product)) + this.problem.noiseLogDeterminants[record];
    return this.ratio > LARGEST_RATIO ? "illConditioned" : "ok";
  }
}

/** out = A P, A [n, n] from `at`, P symmetric. */
export function timesSquare(
  a: Float64Array,
  at: number,
  n: number,
  p: Float64Array,
  out: Float64Array,
): void {
  for (let i = 0, row = at, to = 0; i < n; i++, row += n) {
    for (let j = 0, from = 0; j < n; j++, from += n, to++) {
      let sum = 0;
      for (let k = 0; k < n; k++) sum += a[row + k] * p[from + k];
      out[to] = sum;
    }
  }
}

/** out = C + W Bᵀ, a symmetric matrix; C from cAt, B from bAt. */
export function addSymmetricProduct(
  c: Float64Array,
  cAt: number,
  w: Float64Array,
  b: Float64Array,
  bAt: number,
  n: number,
  out: Float64Array,
): void {
  for (let i = 0; i < n; i++) {
    for (let j = 0, row = bAt; j <= i; j++, row += n) {
      let sum = c[cAt + i * n + j];
      for (let k = 0, at = i * n; k < n; k++) sum += w[at + k] * b[row + k];
      out[i * n + j] = sum;
      out[j * n + i] = sum;
    }
  }
}
