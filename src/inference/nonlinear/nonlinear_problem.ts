/**
 * A nonlinear filtering problem, packed for the recursions: plain float64 arrays and functions, no model.
 *
 *   z_0 ~ N(m, S),  z_t = f(z_{t−1}, u_t, t) + q_t,  q_t ~ N(0, Q_t = Lq Lq'),  t = 1 … T−1
 *   E[y_t | z_t] = h(z_t, u_t, t),  Cov[y_t | z_t] = C(z_t, u_t, t) C(z_t, u_t, t)'
 *
 * Emissions are Gaussian with a constant C, or any distribution with these two moments.
 */
import type { Field } from "../linear_gaussian_problem.ts";

/** y = f(x, u, t) with its derivative: x [n], u [d], p [P]. Both write into arrays that are given. */
export interface SmoothMap {
  /** out [outputDim] */
  value(out: Float64Array, x: ArrayLike<number>, u: ArrayLike<number>, t: number): void;
  /** out [outputDim · n], row-major: ∂f_i/∂x_j */
  jacobian(out: Float64Array, x: ArrayLike<number>, u: ArrayLike<number>, t: number): void;
}

/** log p(y_t | z_t = x), nats, of the data of a problem. */
export interface LogDensity {
  /** −Infinity where y_t cannot be. */
  value(series: number, step: number, x: Float64Array): number;
  /** value(), and the gradient [n] and Hessian [n, n] with respect to x. */
  expand(
    gradient: Float64Array,
    hessian: Float64Array,
    series: number,
    step: number,
    x: Float64Array,
  ): number;
}

/**
 * Where the noise of a step comes from: the same for all states; a root of the covariance at a state; or a density, of which the n entries
 * of an observation stand for slope and curvature (emissionDim = n, observations 0, NaN where a step is missing).
 */
export type EmissionNoise =
  | { readonly kind: "density"; readonly density: LogDensity }
  | { readonly kind: "constant"; readonly factor: Field }
  | {
      readonly kind: "conditional";
      /** out [m · m]: any C with C C' = Cov[y | x]; false where there is none (not positive semi-definite, not finite). */
      root(out: Float64Array, x: ArrayLike<number>, u: ArrayLike<number>, t: number): boolean;
    };

export interface NonlinearProblem {
  /** n */
  readonly stateDim: number;
  /** m */
  readonly emissionDim: number;
  /** N */
  readonly numSeries: number;
  /** Longest series, T. */
  readonly numSteps: number;
  /** [N] length of each series, 1 … T. */
  readonly lengths: Uint32Array;
  /** [n] mean of z_0. */
  readonly initialMean: Field;
  /** [n, n] lower-triangular factor of the covariance of z_0. */
  readonly initialFactor: Field;
  readonly dynamics: SmoothMap;
  /** Lq_t [n, n] lower triangular; t = 0 is never read. */
  readonly dynamicsFactor: Field;
  /** h; not of a density */
  readonly emissions?: SmoothMap;
  readonly emissionNoise: EmissionNoise;
  /** u [N or 1, T, d] */
  readonly inputs: { readonly data: Float64Array; readonly dim: number; readonly seriesStride: number };
  /** y [N, T, m], NaN where missing or past the end of a series. */
  readonly observations: Float64Array;
}

/** u_t of a series; a view. */
export function inputsAt(
  { inputs }: Pick<NonlinearProblem, "inputs">,
  series: number,
  step: number,
): Float64Array {
  const at = series * inputs.seriesStride + step * inputs.dim;
  return inputs.data.subarray(at, at + inputs.dim);
}
