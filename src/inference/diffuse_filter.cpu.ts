/**
 * The first steps of a filter with a diffuse prior, exactly and in square-root form: a state with a proper part and a flat one,
 *
 *   z_t = x + X ζ + B ν,   ζ ~ N(0, I),  ν flat       predict   x ← F x + b,  X ← tria[Lq, F X],  B ← F B
 *
 * taken up one observed entry at a time, h the row of H, Y the row of Lr in the same ζ, v = y − h x:
 *
 *   γ = ‖h B‖ ≠ 0   B rotated so that h B = (γ, 0, …), its first column d dropped:
 *                   x ← x + d v/γ,  X ← X − d (h X + Y)/γ,  log p = −log γ
 *   h B = 0         ζ rotated so that h X + Y = (σ, 0, …), its first column g dropped:
 *                   x ← x + g v/σ,  X ← X without g,        log p = −½ (v/σ)² − log σ
 *
 * No large number stands for an infinite variance, and nothing is divided by σ where γ will do, so that exact observations of
 * diffuse states are fine. x, X X' and B B' are the a, P_* and P_∞ of Durbin & Koopman (2012), §5.2; the sum of log p
 * is their diffuse log-likelihood (§7.2.2). For the smoother the identified part ω of the initial vector is carried as further
 * rows of x and X, as in De Jong's augmented filter. Sources: Koopman 1997, doi:10.1080/01621459.1997.10473685; De Jong
 * 1991, doi:10.1214/aos/1176348139; one entry at a time: Koopman & Durbin 2000, doi:10.1111/1467-9892.00186.
 */

import type { Status } from "../engine/index.ts";
import { reflectTo } from "./conditional_gain.ts";
import { FlatDirections } from "./flat_directions.ts";
import type { LinearGaussianProblem } from "./linear_gaussian_problem.ts";
import { clearPredicted, clearRounding, rowNorm } from "./rounding_rows.ts";
import { triangularise } from "./triangularise.ts";

/** Moments of z_t as reported: proper parts and where the variance is infinite. */
export interface DiffuseMoments {
  /** [n] */
  readonly mean: Float64Array;
  /** Lower triangular [n, n]. */
  readonly factor: Float64Array;
  /** [n, n] sign of P∞; undefined when the covariance is finite. */
  readonly infinite: Int8Array | undefined;
}

/** One step of the head. */
export interface DiffuseStep {
  readonly predicted: DiffuseMoments;
  readonly filtered: DiffuseMoments;
  /** log p(y_t | y_0:t−1) without −½ log 2π per observed entry. */
  readonly logLikelihood: number;
  /** Entries that identified a direction. */
  readonly diffuseEntries: number;
  /** For the smoother. */
  readonly joint: JointMoments | undefined;
}

/** Filtered (z_t, ω) and the flat directions beside it. */
export interface JointMoments {
  /** [n + q] */
  readonly mean: Float64Array;
  /** Lower triangular [n + q, n + q]; rows of z first. */
  readonly factor: Float64Array;
  /** B [n, r] */
  readonly states: Float64Array;
  /** N [k, r] */
  readonly basis: Float64Array;
}

/** The recursion for one series. */
export class DiffuseFilter {
  status: Status = "ok";
  readonly flat: FlatDirections;
  /** Directions of δ in the order they were identified, [k] each: ω_j = direction_j' δ. */
  readonly identified: Float64Array[] = [];

  private readonly problem: LinearGaussianProblem;
  private readonly series: number;
  private readonly joint: boolean;
  /** Rows of x and X: n, and with `joint` one more for each direction identified. */
  private size: number;
  private mean: Float64Array;
  /** X, lower triangular [size, size] */
  private factor: Float64Array;
  private step = 0;

  /** @param joint keep what the smoother needs */
  constructor(problem: LinearGaussianProblem, series: number, joint: boolean) {
    const { stateDim: n, initialMean, initialFactor, diffuse } = problem;
    this.problem = problem;
    this.series = series;
    this.joint = joint;
    this.size = n;
    const m = series * initialMean.seriesStride;
    this.mean = initialMean.data.slice(m, m + n);
    const u = series * initialFactor.seriesStride;
    this.factor = initialFactor.data.slice(u, u + n * n);
    this.flat = new FlatDirections(n, diffuse);
  }

  /** false while some state has an infinite variance. */
  get proper(): boolean {
    return this.flat.rank === 0;
  }

  /** Runs the next step. After a failure all is NaN. */
  advance(): DiffuseStep {
    const t = this.step++;
    if (t > 0) this.predict(t);
    const predicted = this.moments();
    let logLikelihood = 0;
    const before = this.flat.rank;
    if (this.status === "ok") logLikelihood = this.update(t);
    const finite = this.mean.every(Number.isFinite) && this.factor.every(Number.isFinite);
    if (this.status === "ok" && !(finite && this.flat.finite())) this.status = "nonFinite";
    if (this.status !== "ok") return this.failed();
    return {
      predicted,
      filtered: this.moments(),
      logLikelihood,
      diffuseEntries: before - this.flat.rank,
      joint: this.joint
        ? { mean: this.mean.slice(), factor: this.factor.slice(), ...this.flat.snapshot() }
        : undefined,
    };
  }

  /** Moments of z at the next step, given all so far. */
  ahead(): DiffuseMoments {
    this.predict(this.step);
    return this.moments();
  }

  private failed(): DiffuseStep {
    const n = this.problem.stateDim;
    const nan = {
      mean: new Float64Array(n).fill(Number.NaN),
      factor: new Float64Array(n * n).fill(Number.NaN),
      infinite: undefined,
    };
    return {
      predicted: nan,
      filtered: nan,
      logLikelihood: Number.NaN,
      diffuseEntries: 0,
      joint: undefined,
    };
  }

  private moments(): DiffuseMoments {
    const { size, factor } = this;
    const n = this.problem.stateDim;
    const U = new Float64Array(n * n);
    for (let i = 0; i < n; i++) for (let j = 0; j <= i; j++) U[i * n + j] = factor[i * size + j];
    return { mean: this.mean.slice(0, n), factor: U, infinite: this.flat.infinite() };
  }

  private predict(t: number): void {
    const { size, series, mean, factor } = this;
    const { stateDim: n, dynamicsWeights: F, dynamicsBias: b, dynamicsFactor: Q } = this.problem;
    const f = series * F.seriesStride + t * F.stepStride;
    const bias = series * b.seriesStride + t * b.stepStride;
    const q = series * Q.seriesStride + t * Q.stepStride;
    const stride = n + size;
    const a = new Float64Array(size * stride);
    const moved = mean.slice();
    for (let i = 0; i < n; i++) {
      moved[i] = b.data[bias + i];
      for (let j = 0; j <= i; j++) a[i * stride + j] = Q.data[q + i * n + j];
      for (let k = 0; k < n; k++) {
        const weight = F.data[f + i * n + k];
        moved[i] += weight * mean[k];
        for (let j = 0; j <= k; j++) a[i * stride + n + j] += weight * factor[k * size + j];
      }
    }
    clearPredicted(n, F.data, f, factor, size, a, stride, n, 0);
    for (let i = n; i < size; i++) for (let j = 0; j <= i; j++) a[i * stride + n + j] = factor[i * size + j];
    triangularise(a, stride, 0, 0, size, stride);
    this.mean = moved;
    this.factor = lower(a, stride, 0, 0, size);
    this.flat.move(F.data, f);
  }

  /** Takes up the entries of step t; returns log p without constants. */
  private update(t: number): number {
    const { problem, series, flat } = this;
    const { stateDim: n, emissionDim: m, emissionIndex: index, emissionWeights: H, emissionFactor } = problem;
    const record = index.data[series * index.seriesStride + t * index.stepStride];
    if (problem.observedCounts[record] === 0) return 0;
    const y = (series * problem.numSteps + t) * m;
    // Rows: Y [m], then X. Columns: ζ before the step, then the noise of the observations.
    const start = this.size;
    const stride = start + m;
    const mean = new Float64Array(start + flat.rank);
    mean.set(this.mean);
    const a = new Float64Array((m + mean.length) * stride);
    const offsets = new Float64Array(m);
    // Without measurement noise what is observed is known exactly.
    let exact = false;
    for (let i = 0; i < m; i++) {
      if (emissionFactor[(record * m + i) * m + i] === 0) exact = true;
      for (let j = 0; j <= i; j++) a[i * stride + start + j] = emissionFactor[(record * m + i) * m + j];
    }
    for (let i = 0; i < start; i++)
      for (let j = 0; j <= i; j++) a[(m + i) * stride + j] = this.factor[i * start + j];
    let size = start;
    let used = 0;
    let log = 0;
    for (let i = 0; i < m; i++) {
      const h = (record * m + i) * n;
      const row = i * stride;
      let v = problem.observations[y + i] - offsets[i];
      let scale = rowNorm(a, row + used, stride - used);
      for (let k = 0; k < n; k++) {
        const weight = H[h + k];
        if (weight === 0) continue;
        const from = (m + k) * stride;
        v -= weight * mean[k];
        scale += Math.abs(weight) * rowNorm(a, from + used, stride - used);
        for (let j = used; j < stride; j++) a[row + j] += weight * a[from + j];
      }
      const gamma = flat.sensitivity(H, h);
      if (gamma !== 0) {
        const { state, direction } = flat.take();
        for (let k = 0; k < n; k++) {
          const share = state[k] / gamma;
          if (share === 0) continue;
          mean[k] += share * v;
          const at = (m + k) * stride + used;
          const terms =
            rowNorm(a, at, stride - used) + Math.abs(share) * rowNorm(a, row + used, stride - used);
          for (let j = 0; j < stride - used; j++) a[at + j] -= share * a[row + used + j];
          clearRounding(a, at, stride - used, terms, n);
        }
        if (this.joint) {
          mean[size] = v / gamma;
          for (let j = used; j < stride; j++) a[(m + size) * stride + j] = -a[row + j] / gamma;
          this.identified.push(direction);
          size++;
        }
        log -= Math.log(gamma);
        continue;
      }
      const sigma = reflectTo(a, stride, i, used, stride - used, i + 1, m + size);
      if (sigma <= stride * 2 * Number.EPSILON * scale) {
        this.status = "notPositiveDefinite";
        return Number.NaN;
      }
      const e = v / sigma;
      for (let k = i + 1; k < m; k++) offsets[k] += a[k * stride + used] * e;
      for (let k = 0; k < size; k++) mean[k] += a[(m + k) * stride + used] * e;
      used++;
      log -= 0.5 * e * e + Math.log(sigma);
    }
    for (let k = 0; k < start && exact; k++) {
      clearRounding(a, (m + k) * stride + used, stride - used, rowNorm(this.factor, k * start, k + 1), n);
    }
    triangularise(a, stride, m, used, size, stride - used);
    this.size = size;
    this.mean = mean.slice(0, size);
    this.factor = lower(a, stride, m, used, size);
    return log;
  }
}

/** The lower triangle [size, size] at a corner of a, dense. */
function lower(a: Float64Array, stride: number, row: number, column: number, size: number): Float64Array {
  const out = new Float64Array(size * size);
  for (let i = 0; i < size; i++)
    for (let j = 0; j <= i; j++) out[i * size + j] = a[(row + i) * stride + column + j];
  return out;
}
