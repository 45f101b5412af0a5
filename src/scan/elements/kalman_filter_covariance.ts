/** kalman_filter_covariance: sizes and cost of the covariance form of the filtering element, and its float64 twin. */
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
import { teamShape, type Variant } from "./shape.ts";

/** Observation noise is whitened beforehand: every entry has variance 1, and entries are taken in one by one. */
export function kalmanFilterCovarianceElement(
  call: string,
  n: number,
  m: number,
  caps: Caps,
  variant?: Variant,
): ScanElement {
  const memory = 6 * n * n + 6 * n;
  const shape = teamShape(call, { n, m, memoryFloats: memory, variant }, caps);
  const predict = 3 * n * n * n;
  const update = m * (7 * n * n + 8 * n);
  return {
    stem: "kalman_filter_covariance",
    elementFloats: 2 * n * n + 3 * n,
    stateFloats: n + (n * (n + 1)) / 2,
    constants: { STATE_DIM: n, EMISSION_DIM: m, MEMORY_FLOATS: memory },
    unroll: n <= 4 && m <= 4,
    shape,
    cost: {
      fold: predict + update + 2 * n * n * n + m * (5 * n * n + 4 * n) + 50,
      step: predict + update + 50,
      combine: 26 * n * n * n + 50,
    },
    wideScratchFloats: memory,
  };
}

/** p(z_t | y, z_before) = N(A z + b, C) and p(y | z_before = z) ∝ exp(ηᵀz − ½ zᵀJz). */
export interface KalmanFilterCovarianceElement {
  readonly A: Dense;
  readonly b: Vector;
  readonly C: Dense;
  readonly eta: Vector;
  readonly J: Dense;
}

/** Mean and covariance of a Gaussian. */
export interface GaussianMoments {
  readonly mean: Vector;
  readonly covariance: Dense;
}

/** One step: F, b, Q into step t; H, R of step t; y. */
export interface CovarianceStep {
  readonly F: Dense;
  readonly b: Vector;
  readonly Q: Dense;
  readonly H: Dense;
  readonly R: Dense;
  readonly y: Vector;
}

/** What combining with element j does to a Gaussian or to the upper part of element i: G = I − M, M = (I + C J)⁻¹. */
function condition(b: Vector, C: Dense, { A, b: bj, C: Cj, eta, J }: KalmanFilterCovarianceElement) {
  const X = solveLeft(add(identity(C.r), multiply(C, J)), C);
  const G = multiply(X, J);
  const r = subtract(eta, multiply(J, b));
  // Joseph: M C Mᵀ + X J Xᵀ
  const M = subtract(identity(C.r), G);
  const joseph = add(multiply(multiply(M, C), transpose(M)), multiply(G, transpose(X)));
  return {
    M,
    r,
    mean: add(multiply(A, add(b, multiply(X, r))), bj),
    covariance: add(multiply(multiply(A, joseph), transpose(A)), Cj),
  };
}

/** The float64 twin of shaders/elements/kalman_filter_covariance_lane.wgsl, as the textbook writes it. */
export const kalmanFilterCovariance = {
  identity: (n: number): KalmanFilterCovarianceElement => ({
    A: identity(n),
    b: zeros(n, 1),
    C: zeros(n, n),
    eta: zeros(n, 1),
    J: zeros(n, n),
  }),

  /** The element of one step, Särkkä & García-Fernández 2021, with Joseph's C. */
  leaf({ F, b, Q, H, R, y }: CovarianceStep): KalmanFilterCovarianceElement {
    const HF = multiply(H, F);
    const S = add(multiply(multiply(H, Q), transpose(H)), R);
    const K = transpose(solveLeft(S, multiply(H, Q)));
    const v = subtract(y, multiply(H, b));
    const keep = subtract(identity(F.r), multiply(K, H));
    return {
      A: multiply(keep, F),
      b: add(b, multiply(K, v)),
      C: add(multiply(multiply(keep, Q), transpose(keep)), multiply(multiply(K, R), transpose(K))),
      eta: multiply(transpose(HF), solveLeft(S, v)),
      J: multiply(transpose(HF), solveLeft(S, HF)),
    };
  },

  combine(i: KalmanFilterCovarianceElement, j: KalmanFilterCovarianceElement): KalmanFilterCovarianceElement {
    const { M, r, mean, covariance } = condition(i.b, i.C, j);
    const B = multiply(M, i.A);
    // Joseph: Mᵀ J M + (Mᵀ J) C (J M)
    const JM = multiply(j.J, M);
    const information = add(multiply(transpose(M), JM), multiply(multiply(transpose(JM), i.C), JM));
    return {
      A: multiply(j.A, B),
      b: mean,
      C: covariance,
      eta: add(multiply(transpose(B), r), i.eta),
      J: add(multiply(multiply(transpose(i.A), information), i.A), i.J),
    };
  },

  apply(element: KalmanFilterCovarianceElement, state: GaussianMoments): GaussianMoments {
    const { mean, covariance } = condition(state.mean, state.covariance, element);
    return { mean, covariance };
  },
};
