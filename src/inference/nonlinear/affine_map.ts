/**
 * One function of a Gaussian vector as an affine map with noise: for x ~ N(m, U U'),
 *
 *   g(x) ≈ μ + A (x − m) + e,   e ~ N(0, Ω)
 *
 * Taylor: μ = g(m), A = g'(m), Ω = 0. Sigma points: μ = E g(x), A = Cov[g(x), x] (U U')⁻¹ and Ω = Cov g(x) − A U U' A', which is the
 * sum over the points of squares of what the affine map leaves: Ω = R R' with columns √w_i (g(χ_i) − μ − A (χ_i − m)).
 * @see García-Fernández, Svensson & Särkkä 2017, doi:10.1109/TAC.2016.2608161 (statistical linear regression)
 */
import { type Columns, NONE } from "./noise_factor.ts";
import type { SmoothMap } from "./nonlinear_problem.ts";
import type { SigmaPoints } from "./sigma_points.ts";

/** Taylor expansion at the mean, or regression on points. */
export type Linearisation = "taylor" | SigmaPoints;

export interface AffineMap {
  /** μ [k] */
  readonly centre: Float64Array;
  /** A [k, n] */
  readonly weights: Float64Array;
  /** R [k, points of the rule] */
  readonly residuals: Columns;
}

/** Makes affine maps of functions with `rows` values; the arrays of one map are overwritten by the next. */
export class AffineMaker {
  readonly map: AffineMap;
  /** χ [count, n], the points of the last map. */
  readonly places: Float64Array;
  readonly #n: number;
  readonly #rows: number;
  readonly #rule: Linearisation;
  readonly #values: Float64Array;
  readonly #row: Float64Array;
  readonly #product: Float64Array;

  constructor(n: number, rows: number, rule: Linearisation) {
    const count = rule === "taylor" ? 0 : rule.count;
    this.#n = n;
    this.#rows = rows;
    this.#rule = rule;
    this.places = new Float64Array(count * n);
    this.#values = new Float64Array(count * rows);
    this.#row = new Float64Array(rows);
    this.#product = new Float64Array(rows * n);
    this.map = {
      centre: new Float64Array(rows),
      weights: new Float64Array(rows * n),
      residuals: {
        data: new Float64Array(rows * count),
        stride: count,
        count,
        negative: rule === "taylor" ? NONE : negativeOf(rule.covarianceWeights),
      },
    };
  }

  /**
   * @param mean m [n]
   * @param factor U [n, n] lower triangular, zero columns under zero pivots: properFactor()
   */
  make(map: SmoothMap, mean: Float64Array, factor: Float64Array, u: Float64Array, t: number): AffineMap {
    if (this.#rule === "taylor") {
      map.value(this.map.centre, mean, u, t);
      map.jacobian(this.map.weights, mean, u, t);
      return this.map;
    }
    this.#spread(this.#rule, map, mean, factor, u, t);
    this.#average(this.#rule);
    this.#regress(this.#rule, factor);
    return this.map;
  }

  /** μ alone; as make(). */
  centre(map: SmoothMap, mean: Float64Array, factor: Float64Array, u: Float64Array, t: number): Float64Array {
    const { centre } = this.map;
    if (this.#rule === "taylor") map.value(centre, mean, u, t);
    else {
      this.#spread(this.#rule, map, mean, factor, u, t);
      this.#average(this.#rule);
    }
    return centre;
  }

  /** χ_i = m + U ξ_i and g(χ_i). */
  #spread(
    { count, points }: SigmaPoints,
    map: SmoothMap,
    mean: Float64Array,
    factor: Float64Array,
    u: Float64Array,
    t: number,
  ): void {
    const n = this.#n;
    const rows = this.#rows;
    for (let i = 0; i < count; i++) {
      const place = this.places.subarray(i * n, (i + 1) * n);
      for (let a = 0; a < n; a++) {
        let sum = mean[a];
        for (let b = 0; b <= a; b++) sum += factor[a * n + b] * points[i * n + b];
        place[a] = sum;
      }
      map.value(this.#row, place, u, t);
      this.#values.set(this.#row, i * rows);
    }
  }

  #average({ count, meanWeights }: SigmaPoints): void {
    const rows = this.#rows;
    const { centre } = this.map;
    centre.fill(0);
    for (let i = 0; i < count; i++)
      for (let r = 0; r < rows; r++) centre[r] += meanWeights[i] * this.#values[i * rows + r];
  }

  #regress({ count, points, covarianceWeights }: SigmaPoints, factor: Float64Array): void {
    const n = this.#n;
    const rows = this.#rows;
    const values = this.#values;
    const product = this.#product;
    const { centre, weights, residuals } = this.map;
    // M = A U = Σ w (g − μ) ξ'
    product.fill(0);
    for (let i = 0; i < count; i++)
      for (let r = 0; r < rows; r++) {
        const weighted = covarianceWeights[i] * (values[i * rows + r] - centre[r]);
        for (let a = 0; a < n; a++) product[r * n + a] += weighted * points[i * n + a];
      }
    for (let r = 0; r < rows; r++) {
      for (let i = 0; i < count; i++) {
        let left = values[i * rows + r] - centre[r];
        for (let a = 0; a < n; a++) left -= product[r * n + a] * points[i * n + a];
        residuals.data[r * count + i] = Math.sqrt(Math.abs(covarianceWeights[i])) * left;
      }
      // A U = M from the last column on; a column without spread says nothing about A.
      for (let a = n - 1; a >= 0; a--) {
        let sum = product[r * n + a];
        for (let b = a + 1; b < n; b++) sum -= weights[r * n + b] * factor[b * n + a];
        const pivot = factor[a * n + a];
        weights[r * n + a] = pivot === 0 ? 0 : sum / pivot;
      }
    }
  }
}

/** Which weights are negative. */
export const negativeOf = (weights: Float64Array): ReadonlySet<number> =>
  new Set(Array.from(weights.keys()).filter(i => weights[i] < 0));
