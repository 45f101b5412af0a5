/** kalman_smoother_covariance: sizes and cost of the covariance form of the RTS element, and its float64 twin. */
import type { Caps } from "../../engine/index.ts";
import type { ScanElement } from "../plan.ts";
import {
  add,
  type Dense,
  identity,
  multiply,
  solveLeft,
  subtract,
  transpose,
  type Vector,
  zeros,
} from "./dense.ts";
import type { GaussianMoments } from "./kalman_filter_covariance.ts";
import { teamShape, type Variant } from "./shape.ts";

export function kalmanSmootherCovarianceElement(
  call: string,
  n: number,
  m: number,
  caps: Caps,
  variant?: Variant,
): ScanElement {
  const memory = 6 * n * n + 5 * n;
  const shape = teamShape(call, { n, m: Math.min(m, n), memoryFloats: memory, variant }, caps);
  const leaf = 12.4 * n * n * n + 4 * n * n;
  return {
    stem: "kalman_smoother_covariance",
    elementFloats: n * n + n + (n * (n + 1)) / 2,
    stateFloats: n + (n * (n + 1)) / 2,
    constants: { STATE_DIM: n, MEMORY_FLOATS: memory },
    unroll: n <= 4,
    shape,
    cost: { fold: leaf + 5 * n * n * n + 50, step: leaf + 3 * n * n * n + 50, combine: 5 * n * n * n + 50 },
    wideScratchFloats: memory,
  };
}

/** p(z_t | z_u, y) = N(E z_u + g, L), t < u. */
export interface KalmanSmootherCovarianceElement {
  readonly E: Dense;
  readonly g: Vector;
  readonly L: Dense;
}

const congruence = (A: Dense, P: Dense): Dense => multiply(multiply(A, P), transpose(A));

/** The float64 twin of shaders/elements/kalman_smoother_covariance_lane.wgsl. combine(earlier, later) in time. */
export const kalmanSmootherCovariance = {
  identity: (n: number): KalmanSmootherCovarianceElement => ({
    E: identity(n),
    g: zeros(n, 1),
    L: zeros(n, n),
  }),

  /** From the filtered moments of step t and the transition F, b, Q into step t + 1; L by Joseph. */
  leaf(
    { mean, covariance: P }: GaussianMoments,
    F: Dense,
    b: Vector,
    Q: Dense,
  ): KalmanSmootherCovarianceElement {
    const FP = multiply(F, P);
    const E = transpose(solveLeft(add(multiply(FP, transpose(F)), Q), FP));
    const keep = subtract(identity(F.r), multiply(E, F));
    return {
      E,
      g: subtract(mean, multiply(E, add(multiply(F, mean), b))),
      L: add(congruence(keep, P), congruence(E, Q)),
    };
  },

  combine: (
    i: KalmanSmootherCovarianceElement,
    j: KalmanSmootherCovarianceElement,
  ): KalmanSmootherCovarianceElement => ({
    E: multiply(i.E, j.E),
    g: add(multiply(i.E, j.g), i.g),
    L: add(congruence(i.E, j.L), i.L),
  }),

  apply: (element: KalmanSmootherCovarianceElement, state: GaussianMoments): GaussianMoments => ({
    mean: add(multiply(element.E, state.mean), element.g),
    covariance: add(congruence(element.E, state.covariance), element.L),
  }),
};
