/**
 * The backward half of the two-filter smoother in float64: the likelihood of a state given all data after it,
 *
 *   p(y_t+1:T−1 | z_t = z) ∝ exp(ηᵀz − ½ zᵀ Z Zᵀ z)          η = 0, Z = 0 at the last step of a series
 *
 * Through the leaf (A, b, U, η_t, Z_t) of step t, which is the filter of that step from z = 0, P = 0:
 *
 *   Lq [Lr H Lq; 0 Lq] → [Ls 0; gain U],  e = Ls⁻¹(y − H b),  G = Ls⁻¹ H F,  A = F − gain G,  b ← b + gain e
 *   W = UᵀZ,  [I W; 0 Z] → [Ξ 0; X Y],  T = U Ξ⁻ᵀ,  r = η − Z(Zᵀb),  B = A − T(XᵀA)
 *   η ← Gᵀe + Bᵀr,  Z ← tria[Gᵀ, AᵀY]
 *
 * B is the weight of z_t−1 in the mean of z_t given z_t−1 and all data, so Cov(z_t−1, z_t | y) = P_t−1|T Bᵀ.
 * Nothing is allocated per step, and no covariance of a prediction is inverted.
 * Source: Särkkä & García-Fernández 2021, doi:10.1109/TAC.2020.2976316; square root: Yaghoobi et al. 2025,
 * doi:10.1137/23M156121X.
 */
import type { Status } from "../engine/index.ts";
import { FactorRecursion } from "./factor_recursion.ts";
import type { LinearGaussianProblem } from "./linear_gaussian_problem.ts";
import { triangularise, triangulariseBlock } from "./triangularise.ts";
import { whiten } from "./whiten.ts";

export class SuffixLikelihood {
  /** η [n] */
  readonly vector: Float64Array;
  /** Z [n, n], lower triangular. */
  readonly factor: Float64Array;
  /** B [n, n] of the leaf last gone through. */
  readonly gain: Float64Array;

  private readonly problem: LinearGaussianProblem;
  private readonly leaf: FactorRecursion;
  /** [2n, 3n] */
  private readonly block: Float64Array;
  /** [n, m + n] */
  private readonly merged: Float64Array;
  private readonly weights: Float64Array;
  private readonly bias: Float64Array;
  private readonly sensitivity: Float64Array;
  private readonly innovation: Float64Array;
  private readonly residual: Float64Array;
  private readonly columns: Float64Array;
  private readonly whitened: Float64Array;

  constructor(problem: LinearGaussianProblem) {
    const { stateDim: n, emissionDim: m } = problem;
    this.problem = problem;
    this.leaf = new FactorRecursion(problem);
    this.vector = new Float64Array(n);
    this.factor = new Float64Array(n * n);
    this.gain = new Float64Array(n * n);
    this.block = new Float64Array(2 * n * 3 * n);
    this.merged = new Float64Array(n * (m + n));
    this.weights = new Float64Array(n * n);
    this.bias = new Float64Array(n);
    this.sensitivity = new Float64Array(m * n);
    this.innovation = new Float64Array(m);
    this.residual = new Float64Array(n);
    this.columns = new Float64Array(n);
    this.whitened = new Float64Array(n);
  }

  /** T [n, n] of that leaf: z_t given z_t−1 and all data is N(B z_t−1 + …, T Tᵀ). */
  get spread(): Float64Array {
    return this.leaf.factor;
  }

  /** At the last step of a series: nothing comes after it. */
  start(): void {
    this.vector.fill(0);
    this.factor.fill(0);
  }

  /**
   * Through the leaf of step t ≥ 1: the likelihood at step t − 1.
   * @returns notPositiveDefinite, and nothing of use, when H Q Hᵀ + R is singular
   */
  retreat(series: number, t: number): Status {
    const { problem, vector, factor, leaf, weights: A, bias, sensitivity: G, innovation: e, gain: B } = this;
    const { stateDim: n, emissionDim: m, emissionIndex: index, observedCounts } = problem;
    const record = index.data[series * index.seriesStride + t * index.stepStride];
    this.startLeaf(series, t);
    const seen = observedCounts[record] > 0;
    const stride = m + n;
    const { merged } = this;
    if (seen) {
      const status = this.updateLeaf(series, t, record);
      if (status !== "ok") return status;
    }
    const { block: a } = this;
    const u = leaf.factor;
    const wide = 3 * n;
    this.condition(u);
    this.solve(u);
    this.residualAt(bias);
    // B = A − T(XᵀA)
    B.set(A);
    for (let j = 0; j < n; j++) {
      for (let k = 0; k < n; k++) {
        let sum = 0;
        for (let l = 0; l < n; l++) sum += a[(n + l) * wide + k] * A[l * n + j];
        this.columns[k] = sum;
      }
      for (let i = 0; i < n; i++) {
        let sum = 0;
        for (let k = 0; k < n; k++) sum += u[i * n + k] * this.columns[k];
        B[i * n + j] -= sum;
      }
    }
    for (let j = 0; j < n; j++) {
      let sum = 0;
      if (seen) for (let i = 0; i < m; i++) sum += G[i * n + j] * e[i];
      for (let i = 0; i < n; i++) sum += B[i * n + j] * this.residual[i];
      vector[j] = sum;
      const row = j * stride;
      for (let i = 0; i < m; i++) merged[row + i] = seen ? G[i * n + j] : 0;
      for (let k = 0; k < n; k++) {
        let product = 0;
        for (let l = 0; l < n; l++) product += A[l * n + j] * a[(n + l) * wide + n + k];
        merged[row + m + k] = product;
      }
    }
    triangularise(merged, stride, 0, 0, n, stride);
    for (let i = 0; i < n; i++) for (let j = 0; j <= i; j++) factor[i * n + j] = merged[i * stride + j];
    return "ok";
  }

  /**
   * Conditions mean and lower-triangular factor [n, n] of the filter on all later data:
   *
   *   m = c + U w,  Ξ = tria[I, UᵀZ],  T = U Ξ⁻ᵀ,  U ← tria[T],  m ← c + T(Ξ⁻¹w + Tᵀ(η − Z Zᵀc))
   *
   * Where the factor shrinks much, neither it nor the mean is then a difference of large numbers.
   */
  smooth(mean: Float64Array, u: Float64Array): void {
    const { block: a, columns, whitened: w } = this;
    const n = this.problem.stateDim;
    const wide = 3 * n;
    whiten(mean, u, w);
    this.residualAt(mean);
    this.condition(u);
    this.solve(u);
    for (let i = 0; i < n; i++) {
      let sum = w[i];
      for (let j = 0; j < i; j++) sum -= a[i * wide + j] * w[j];
      w[i] = sum / a[i * wide + i];
    }
    for (let j = 0; j < n; j++) {
      let sum = w[j];
      for (let i = 0; i < n; i++) sum += u[i * n + j] * this.residual[i];
      columns[j] = sum;
    }
    for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) mean[i] += u[i * n + j] * columns[j];
    triangularise(u, n, 0, 0, n, n);
  }

  /** A = F, b, U = Lq of the transition into step t. */
  private startLeaf(series: number, t: number): void {
    const { stateDim: n, dynamicsWeights: F, dynamicsBias: b, dynamicsFactor: Q } = this.problem;
    const from = (field: typeof F): number => series * field.seriesStride + t * field.stepStride;
    this.weights.set(F.data.subarray(from(F), from(F) + n * n));
    this.bias.set(b.data.subarray(from(b), from(b) + n));
    const q = from(Q);
    // T of the step before was left in it, upper triangle and all.
    for (let i = 0; i < n; i++)
      for (let j = 0; j < n; j++) this.leaf.factor[i * n + j] = j <= i ? Q.data[q + i * n + j] : 0;
  }

  private updateLeaf(series: number, t: number, record: number): Status {
    const { problem, leaf, weights: A, bias, sensitivity: G, innovation: e } = this;
    const { stateDim: n, emissionDim: m, numSteps, emissionWeights: h, observations: y } = problem;
    const status = leaf.update(record);
    if (status !== "ok") return status;
    const { gains: a, stride } = leaf;
    const at = (series * numSteps + t) * m;
    for (let i = 0; i < m; i++) {
      const row = (record * m + i) * n;
      const pivot = a[i * stride + i];
      let sum = y[at + i];
      for (let k = 0; k < n; k++) sum -= h[row + k] * bias[k];
      for (let j = 0; j < i; j++) sum -= a[i * stride + j] * e[j];
      e[i] = sum / pivot;
      for (let j = 0; j < n; j++) {
        let product = 0;
        for (let k = 0; k < n; k++) product += h[row + k] * A[k * n + j];
        for (let k = 0; k < i; k++) product -= a[i * stride + k] * G[k * n + j];
        G[i * n + j] = product / pivot;
      }
    }
    for (let i = 0; i < n; i++) {
      const row = (m + i) * stride;
      for (let k = 0; k < m; k++) {
        bias[i] += a[row + k] * e[k];
        for (let j = 0; j < n; j++) A[i * n + j] -= a[row + k] * G[k * n + j];
      }
    }
    return "ok";
  }

  /** [I UᵀZ; 0 Z] → [Ξ 0; X Y] in the block. */
  private condition(u: Float64Array): void {
    const { block: a, factor: Z } = this;
    const n = this.problem.stateDim;
    const wide = 3 * n;
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) {
        a[i * wide + j] = i === j ? 1 : 0;
        let sum = 0;
        for (let k = Math.max(i, j); k < n; k++) sum += u[k * n + i] * Z[k * n + j];
        a[i * wide + n + j] = sum;
        a[(n + i) * wide + j] = 0;
        a[(n + i) * wide + n + j] = j <= i ? Z[i * n + j] : 0;
      }
    }
    triangulariseBlock(a, wide, n, 2 * n, n);
  }

  /** U := T = U Ξ⁻ᵀ, from its lower triangle. */
  private solve(u: Float64Array): void {
    const { block: a } = this;
    const n = this.problem.stateDim;
    const wide = 3 * n;
    for (let i = 0; i < n; i++) {
      for (let k = 0; k < n; k++) {
        let sum = k <= i ? u[i * n + k] : 0;
        for (let j = 0; j < k; j++) sum -= u[i * n + j] * a[k * wide + j];
        u[i * n + k] = sum / a[k * wide + k];
      }
    }
  }

  /** residual := η − Z(Zᵀx) */
  private residualAt(x: Float64Array): void {
    const { vector, factor: Z, residual, columns } = this;
    const n = vector.length;
    for (let j = 0; j < n; j++) {
      let sum = 0;
      for (let i = j; i < n; i++) sum += Z[i * n + j] * x[i];
      columns[j] = sum;
    }
    for (let i = 0; i < n; i++) {
      let sum = vector[i];
      for (let j = 0; j <= i; j++) sum -= Z[i * n + j] * columns[j];
      residual[i] = sum;
    }
  }
}
