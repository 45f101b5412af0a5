/**
 * The covariance half of the covariance-form Rauch-Tung-Striebel smoother in float64, with the interface of
 * SmootherRecursion.
 *
 *   E = P Fᵀ (P⁻)⁻¹ by Cholesky of P⁻ = F P Fᵀ + Q;   L = P − E F P
 *   P_s ← E P_s Eᵀ + L,   Cov(z_t, z_t+1 | y) = E P_s before it
 *
 * In float64 the difference has digits to spare within the form's bounds; the kernels, in float32, need Joseph's L. A pivot
 * of P⁻ that vanishes against its diagonal is taken as zero and so is its column of E: the solve of a generalised inverse.
 * `amplified` says whether the step may be used (covariance_form.ts).
 * Source: Rauch, Tung & Striebel 1965, doi:10.2514/3.3166.
 */
import { type CovarianceProblem, VANISHING } from "./covariance_form.ts";
import { addSymmetricProduct, timesSquare } from "./covariance_recursion.ts";
import type { Floats } from "./linear_gaussian_problem.ts";
import type { SmoothingRecursion } from "./smoother_recursion.ts";

export class CovarianceSmootherRecursion implements SmoothingRecursion {
  readonly backward: CovarianceSmootherGain;
  /** P_s [n, n]; its lower triangle is read. */
  readonly factor: Float64Array;
  readonly cross: Float64Array | undefined;
  private readonly moved: Float64Array;

  constructor(problem: CovarianceProblem, cross: boolean) {
    const n = problem.stateDim;
    this.backward = new CovarianceSmootherGain(problem);
    this.factor = new Float64Array(n * n);
    this.moved = new Float64Array(n * n);
    this.cross = cross ? new Float64Array(n * n) : undefined;
  }

  smooth(): void {
    const { factor: p, moved: w, cross } = this;
    const { gain, noise, n } = this.backward;
    for (let i = 1; i < n; i++) for (let j = 0; j < i; j++) p[j * n + i] = p[i * n + j];
    timesSquare(gain, 0, n, p, w);
    cross?.set(w);
    addSymmetricProduct(noise, 0, w, gain, 0, n, p);
  }
}

/** E and L of one transition; nothing is allocated per step. */
export class CovarianceSmootherGain {
  readonly n: number;
  /** Of the last transition made; see LARGEST_AMPLIFICATION. */
  amplified = 0;
  /** E [n, n] */
  readonly gain: Float64Array;
  /** L [n, n], its lower triangle. */
  readonly noise: Float64Array;
  private readonly problem: CovarianceProblem;
  /** P, F P, P⁻ and then its Cholesky factor [n, n] */
  private readonly filtered: Float64Array;
  private readonly moved: Float64Array;
  private readonly ahead: Float64Array;
  /** Diagonal of P⁻ [n] */
  private readonly variances: Float64Array;

  constructor(problem: CovarianceProblem) {
    const n = problem.stateDim;
    this.n = n;
    this.problem = problem;
    this.variances = new Float64Array(n);
    [this.gain, this.noise, this.filtered, this.moved, this.ahead] = Array.from(
      { length: 5 },
      () => new Float64Array(n * n),
    ) as [Float64Array, Float64Array, Float64Array, Float64Array, Float64Array];
  }

  /** For the transition into step t of a series, from the packed filtered covariance of step t − 1 at `at`. */
  make(series: number, t: number, packed: Floats, at: number): void {
    const { n, filtered: p, moved: w, ahead, gain: e, noise, variances } = this;
    const { dynamicsWeights: F, dynamicsCovariance: Q } = this.problem;
    const f = F.data;
    const q = Q.data;
    const fAt = series * F.seriesStride + t * F.stepStride;
    const qAt = series * Q.seriesStride + t * Q.stepStride;
    for (let i = 0, from = at; i < n; i++) {
      for (let j = 0; j <= i; j++, from++) {
        p[i * n + j] = packed[from];
        p[j * n + i] = packed[from];
      }
    }
    timesSquare(f, fAt, n, p, w);
    addSymmetricProduct(q, qAt, w, f, fAt, n, ahead);
    for (let k = 0; k < n; k++) variances[k] = ahead[k * n + k];
    choleskyInPlace(ahead, n);
    this.amplified = 0;
    for (let i = 0; i < n; i++) {
      const row = i * n;
      for (let k = 0; k < n; k++) {
        let sum = w[k * n + i];
        for (let j = 0; j < k; j++) sum -= e[row + j] * ahead[k * n + j];
        const pivot = ahead[k * n + k];
        e[row + k] = pivot === 0 ? 0 : sum / pivot;
      }
      for (let k = n - 1; k >= 0; k--) {
        let sum = e[row + k];
        for (let j = k + 1; j < n; j++) sum -= e[row + j] * ahead[j * n + k];
        const pivot = ahead[k * n + k];
        e[row + k] = pivot === 0 ? 0 : sum / pivot;
      }
    }
    for (let i = 0; i < n; i++) {
      let reach = 0;
      for (let k = 0; k < n; k++) reach += e[i * n + k] ** 2 * variances[k];
      const variance = p[i * n + i];
      if (variance > 0) this.amplified = Math.max(this.amplified, reach / variance);
    }
    for (let i = 0; i < n; i++) {
      for (let j = 0; j <= i; j++) {
        let sum = p[i * n + j];
        for (let k = 0; k < n; k++) sum -= e[i * n + k] * w[k * n + j];
        noise[i * n + j] = sum;
      }
    }
  }
}

/** The lower factor of a symmetric matrix in its place; a pivot that vanishes becomes 0. */
function choleskyInPlace(a: Float64Array, n: number): void {
  for (let k = 0; k < n; k++) {
    const diagonal = a[k * n + k];
    let pivot = diagonal;
    for (let j = 0; j < k; j++) pivot -= a[k * n + j] * a[k * n + j];
    const root = pivot > VANISHING * n * diagonal ? Math.sqrt(pivot) : 0;
    a[k * n + k] = root;
    for (let i = k + 1; i < n; i++) {
      let sum = a[i * n + k];
      for (let j = 0; j < k; j++) sum -= a[i * n + j] * a[k * n + j];
      a[i * n + k] = root === 0 ? 0 : sum / root;
    }
  }
}
