/**
 * A log density of an observation as n Gaussian observations of the state, around z̄ = m (Laplace): with gradient g and −Hessian J = V Λ V',
 *
 *   rows  |Λ|^½ V' z + e = |Λ|^½ V' m + |Λ|^−½ V' g,   e ~ N(0, I)
 *
 * whose log density has the gradient g and the curvature V |Λ| V' at m. Negative eigenvalues count by their size, so that a step still goes
 * up. A slope with no curvature to speak of, |λ| v < 10⁻⁸ for the variance v of the state along it, counts with that curvature: it changes
 * the variance by that share, and the mode not at all. Directions without curvature and slope are not observed.
 *
 * The rows' Gaussian density is not p(y | z); `correction` is the difference of their logs at m, so that the sum over steps at the mode is
 * Laplace's approximation of the log-likelihood.
 * @see Durbin & Koopman 2012, doi:10.1093/acprof:oso/9780199641178.001.0001, chapter 10; Dauphin et al. 2014, arXiv:1406.2572 (|Λ|)
 */
import type { AffineMap } from "./affine_map.ts";
import type { LogDensity } from "./nonlinear_problem.ts";
import { symmetricEigen } from "./symmetric_eigen.ts";

/** Curvatures of less than this share of the largest count as none. */
const FLAT = 1e-12;
/** Curvature that a slope has at least, in units of the precision of the state. */
const LEAST = 1e-8;

export class DensityMaker {
  readonly #n: number;
  readonly #gradient: Float64Array;
  readonly #curvature: Float64Array;
  readonly #vectors: Float64Array;

  constructor(n: number) {
    this.#n = n;
    this.#gradient = new Float64Array(n);
    this.#curvature = new Float64Array(n * n);
    this.#vectors = new Float64Array(n * n);
  }

  /**
   * Writes rows and −|Λ|^−½ V' g (the rows are observed to be 0 + m's) into `map`.
   * @param factor U [n, n], the spread of the state
   * @returns the correction; undefined where the density has no finite value or derivative
   */
  make(
    density: LogDensity,
    s: number,
    t: number,
    mean: Float64Array,
    factor: Float64Array,
    map: AffineMap,
  ): number | undefined {
    const n = this.#n;
    const [g, J, V] = [this.#gradient, this.#curvature, this.#vectors];
    const value = density.expand(g, J, s, t, mean);
    if (!Number.isFinite(value) || !g.every(Number.isFinite) || !J.every(Number.isFinite)) return undefined;
    for (let i = 0; i < n * n; i++) J[i] = -J[i];
    symmetricEigen(J, n, V);
    let largest = 0;
    for (let k = 0; k < n; k++) largest = Math.max(largest, Math.abs(J[k * n + k]));
    let correction = value;
    for (let k = 0; k < n; k++) {
      const own = Math.abs(J[k * n + k]);
      let slope = 0;
      let variance = 0;
      for (let i = 0; i < n; i++) {
        slope += V[i * n + k] * g[i];
        let along = 0;
        for (let j = 0; j < n; j++) along += V[j * n + k] * factor[j * n + i];
        variance += along * along;
      }
      const size = own > FLAT * largest ? own : 0;
      const least = slope !== 0 && variance > 0 ? LEAST / variance : 0;
      const root = Math.sqrt(Math.max(size, least));
      for (let i = 0; i < n; i++) map.weights[k * n + i] = root * V[i * n + k];
      const residual = root > 0 ? slope / root : 0;
      map.centre[k] = -residual;
      // A row without weight is a constant observed to be 0: its density is that of N(0, 1) at 0.
      correction += 0.5 * residual * residual + 0.5 * Math.log(2 * Math.PI);
    }
    return correction;
  }
}
