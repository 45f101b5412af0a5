import { cholesky, invertTriangular, notPositiveDefinite } from "./cholesky.ts";
import { LOG_2PI } from "./family.ts";
import { type LinearMeans, linear } from "./linear_means.ts";

/** The covariances of all regimes restricted to the channels that one pattern of missing entries leaves. */
export interface Pattern {
  readonly index: number;
  /** Observed channels, ascending. */
  readonly present: readonly number[];
  /** W [E, k, k] = L⁻¹, L L' = Σ of the k observed channels. */
  readonly whiteners: Float64Array;
  /** L [E, k, k] */
  readonly factors: Float64Array;
  /** [E] −½ log det Σ − ½ k log 2π */
  readonly constants: Float64Array;
}

/** Patterns of missing entries as they are met, each with its factors. */
export class GaussianPatterns {
  readonly patterns: Pattern[] = [];
  /** All densities have the same Σ. */
  readonly sameShape: boolean;
  private readonly found = new Map<string, Pattern>();
  private readonly full: Pattern;
  private readonly covariances: Float64Array;
  private readonly numEmissions: number;
  private readonly m: number;

  /**
   * @param covariances Σ [E, m, m], symmetric
   * @throws ParameterError where one is not positive definite
   */
  constructor(call: string, path: string, covariances: Float64Array, numEmissions: number, m: number) {
    this.covariances = covariances;
    this.numEmissions = numEmissions;
    this.m = m;
    this.sameShape = covariances.every((value, k) => value === covariances[k % (m * m)]);
    const all = Array.from({ length: m }, (_, i) => i);
    this.full = this.make(all, e => notPositiveDefinite(call, numEmissions > 1 ? `${path}[${e}]` : path));
  }

  /** The standard deviation of channel i under e. */
  deviation(e: number, i: number): number {
    return Math.sqrt(this.covariances[(e * this.m + i) * this.m + i]);
  }

  /** The pattern of m entries at `at`: NaN = missing. */
  of(y: Float64Array, at: number): Pattern {
    const { m } = this;
    let missing = false;
    for (let i = at; i < at + m; i++) if (Number.isNaN(y[i])) missing = true;
    if (!missing) return this.full;
    let key = "";
    for (let i = at; i < at + m; i++) key += Number.isNaN(y[i]) ? "0" : "1";
    let pattern = this.found.get(key);
    if (pattern === undefined) {
      const present = [...key].flatMap((bit, i) => (bit === "1" ? [i] : []));
      pattern = this.make(present, () => undefined);
      this.found.set(key, pattern);
    }
    return pattern;
  }

  /**
   * E(y | what is observed, e) [m] and Cov(y | what is observed, e) [m, m], 0 where it is observed: from Q = Σ₂₁ W', the
   * mean of what is missing is μ₂ + Q W (y₁ − μ₁) and its covariance Σ₂₂ − Q Q'.
   * @param x features of the row
   */
  complete(
    { present, whiteners }: Pattern,
    e: number,
    observations: Float64Array,
    at: number,
    means: LinearMeans,
    x: Float64Array,
    y: Float64Array,
    spread: Float64Array,
  ): void {
    const { m, covariances } = this;
    const k = present.length;
    spread.fill(0);
    for (let i = 0; i < m; i++) y[i] = observations[at + i];
    if (k === m) return;
    const missing = [...y.keys()].filter(i => Number.isNaN(y[i]));
    const white = new Float64Array(k);
    const q = new Float64Array(missing.length * k);
    for (let i = 0; i < k; i++) {
      for (let j = 0; j <= i; j++) {
        const w = whiteners[(e * k + i) * k + j];
        white[i] += w * (y[present[j]] - linear(means, x, e * m + present[j]));
        for (let r = 0; r < missing.length; r++)
          q[r * k + i] += w * covariances[(e * m + missing[r]) * m + present[j]];
      }
    }
    missing.forEach((channel, r) => {
      y[channel] = linear(means, x, e * m + channel);
      for (let i = 0; i < k; i++) y[channel] += q[r * k + i] * white[i];
      missing.forEach((other, c) => {
        let sum = covariances[(e * m + channel) * m + other];
        for (let i = 0; i < k; i++) sum -= q[r * k + i] * q[c * k + i];
        spread[channel * m + other] = sum;
      });
    });
  }

  private make(present: readonly number[], refuse: (e: number) => void): Pattern {
    const { m, numEmissions, covariances } = this;
    const k = present.length;
    const sub = new Float64Array(k * k);
    const factors = new Float64Array(numEmissions * k * k);
    const whiteners = new Float64Array(numEmissions * k * k);
    const constants = new Float64Array(numEmissions);
    for (let e = 0; e < numEmissions; e++) {
      for (let i = 0; i < k; i++)
        for (let j = 0; j < k; j++) sub[i * k + j] = covariances[(e * m + present[i]) * m + present[j]];
      if (!cholesky(sub, 0, k, factors, e * k * k)) refuse(e);
      invertTriangular(factors, e * k * k, k, whiteners, e * k * k);
      constants[e] = -0.5 * k * LOG_2PI;
      for (let i = 0; i < k; i++) constants[e] -= Math.log(factors[(e * k + i) * k + i]);
    }
    const pattern = { index: this.patterns.length, present, factors, whiteners, constants };
    this.patterns.push(pattern);
    return pattern;
  }
}
