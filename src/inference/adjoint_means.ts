/**
 * Smoothed means in float64 without the inverse of a predicted covariance: q is what the data after a step say about it.
 *
 *   m_s = m + U (U' q),   q ← F' (q + H' Ls⁻ᵀ (e − G' q))   back through a step, from q = 0 at the last one
 *
 * with F the transition into the step, and e, G, Ls of its update (factor_recursion.ts). Where states are known exactly the
 * gains of Rauch, Tung & Striebel divide rounding by rounding, and grow from step to step; here nothing does.
 * Source: de Jong 1989, doi:10.1080/01621459.1989.10478878; Durbin & Koopman 2012, §4.4.
 */
import type { Floats } from "./linear_gaussian_problem.ts";

export class AdjointMeans {
  private readonly n: number;
  private readonly m: number;
  private readonly q: Float64Array;
  private readonly w: Float64Array;
  private readonly moved: Float64Array;

  constructor(n: number, m: number) {
    this.n = n;
    this.m = m;
    this.q = new Float64Array(n);
    this.w = new Float64Array(m);
    this.moved = new Float64Array(n);
  }

  /** At the last step of a series nothing follows. */
  start(): void {
    this.q.fill(0);
  }

  /** Smoothed mean into out, from the filtered mean and packed factor of the step. */
  smooth(
    means: Floats,
    meanAt: number,
    factors: Floats,
    factorAt: number,
    out: Float64Array,
    to: number,
  ): void {
    const { n, q, moved } = this;
    moved.fill(0);
    let p = factorAt;
    for (let i = 0; i < n; i++) for (let j = 0; j <= i; j++) moved[j]! += factors[p++]! * q[i]!;
    p = factorAt;
    for (let i = 0; i < n; i++) {
      let sum = means[meanAt + i]!;
      for (let j = 0; j <= i; j++) sum += factors[p++]! * moved[j]!;
      out[to + i] = sum;
    }
  }

  /** The same from the packed covariance of the step: m + P q. */
  smoothCovariance(
    means: Floats,
    meanAt: number,
    covariances: Floats,
    covarianceAt: number,
    out: Float64Array,
    to: number,
  ): void {
    const { n, q } = this;
    let p = covarianceAt;
    for (let i = 0; i < n; i++) out[to + i] = means[meanAt + i]!;
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < i; j++, p++) {
        out[to + i]! += covariances[p]! * q[j]!;
        out[to + j]! += covariances[p]! * q[i]!;
      }
      out[to + i]! += covariances[p++]! * q[i]!;
    }
  }

  /** q with what the observation of the step says: H [m, n], G [n, m], Ls [m, m], e [m]. */
  observe(
    h: Float64Array,
    hAt: number,
    G: Float64Array,
    gAt: number,
    Ls: Float64Array,
    lAt: number,
    e: Float64Array,
    eAt: number,
  ): void {
    const { n, m, q, w } = this;
    for (let j = 0; j < m; j++) {
      let sum = e[eAt + j]!;
      for (let i = 0; i < n; i++) sum -= G[gAt + i * m + j]! * q[i]!;
      w[j] = sum;
    }
    for (let j = m - 1; j >= 0; j--) {
      let sum = w[j]!;
      for (let k = j + 1; k < m; k++) sum -= Ls[lAt + k * m + j]! * w[k]!;
      w[j] = sum / Ls[lAt + j * m + j]!;
    }
    for (let j = 0; j < m; j++) for (let i = 0; i < n; i++) q[i]! += h[hAt + j * n + i]! * w[j]!;
  }

  /** q of the step before: through the transition F [n, n] into this one. */
  retreat(f: Float64Array, fAt: number): void {
    const { n, q, moved } = this;
    moved.fill(0);
    let p = fAt;
    for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) moved[j]! += f[p++]! * q[i]!;
    q.set(moved);
  }
}
