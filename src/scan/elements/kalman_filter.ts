/** kalman_filter: sizes and cost of the square root filtering element on the GPU, and its float64 twin. */
import type { Caps } from "../../engine/index.ts";
import type { ScanElement } from "../plan.ts";
import {
  above,
  add,
  beside,
  block,
  type Dense,
  identity,
  multiply,
  solveRightTransposed,
  subtract,
  transpose,
  tria,
  type Vector,
  zeros,
} from "./dense.ts";
import { teamShape, type Variant } from "./shape.ts";

export function kalmanFilterElement(
  call: string,
  n: number,
  m: number,
  caps: Caps,
  variant?: Variant,
): ScanElement {
  const wide = Math.max(n, m);
  const memory = 3 * n * n + 2 * n + 2 * (n + 1) * wide + m * m + 4 * wide;
  const shape = teamShape(call, { n, m, memoryFloats: memory, variant }, caps);
  const update = 4 * m * n * (n + m) + 2 * m * m * n + (4 * n * n * n) / 3;
  const predict = 3 * n * n * n;
  return {
    stem: "kalman_filter",
    elementFloats: 2 * n * n + 3 * n,
    stateFloats: n + (n * (n + 1)) / 2,
    constants: { STATE_DIM: n, EMISSION_DIM: m, WIDEST: wide, MEMORY_FLOATS: memory },
    unroll: n <= 4 && m <= 4,
    shape,
    cost: {
      fold: predict + update + 2 * n * n * n + 4 * m * n * n + 50,
      step: predict + update + 50,
      combine: 24 * n * n * n + 50,
    },
    wideScratchFloats: memory,
  };
}

/** p(z_t | y, z_before) = N(A z + b, U Uᵀ) and p(y | z_before = z) ∝ exp(ηᵀz − ½ zᵀZZᵀz). */
export interface KalmanFilterElement {
  readonly A: Dense;
  readonly b: Vector;
  readonly U: Dense;
  readonly eta: Vector;
  readonly Z: Dense;
}

/** Mean and factor of a Gaussian. */
export interface Gaussian {
  readonly mean: Vector;
  readonly factor: Dense;
}

/** One step: F, b, Lq into step t; H, Lr of step t; y. */
export interface KalmanStep {
  readonly F: Dense;
  readonly b: Vector;
  readonly Lq: Dense;
  readonly H: Dense;
  readonly Lr: Dense;
  readonly y: Vector;
}

/** What combining with element j does to a Gaussian or to the upper part of element i. */
export function condition(b: Vector, U: Dense, j: KalmanFilterElement) {
  const n = U.r;
  const W = multiply(transpose(U), j.Z);
  const Xi = tria(above(beside(W, identity(n)), beside(j.Z, zeros(n, n))));
  const T = solveRightTransposed(U, block(Xi, 0, 0, n, n));
  const r = subtract(j.eta, multiply(j.Z, multiply(transpose(j.Z), b)));
  const mean = add(multiply(j.A, add(b, multiply(T, multiply(transpose(T), r)))), j.b);
  return {
    T,
    r,
    mean,
    factor: tria(beside(multiply(j.A, T), j.U)),
    X: block(Xi, n, 0, n, n),
    Y: block(Xi, n, n, n, n),
  };
}

/** The float64 twin of shaders/elements/kalman_filter_lane.wgsl, with the textbook block order and Gram–Schmidt. */
export const kalmanFilter = {
  identity: (n: number): KalmanFilterElement => ({
    A: identity(n),
    b: zeros(n, 1),
    U: zeros(n, n),
    eta: zeros(n, 1),
    Z: zeros(n, n),
  }),

  /** The element of one step, Yaghoobi et al. 2025. */
  leaf({ F, b, Lq, H, Lr, y }: KalmanStep): KalmanFilterElement {
    const n = F.r;
    const m = H.r;
    const Psi = tria(above(beside(multiply(H, Lq), Lr), beside(Lq, zeros(n, m))));
    const S = block(Psi, 0, 0, m, m);
    const gain = block(Psi, m, 0, n, m);
    // e = S⁻¹ v as a row: e S… = vᵀ S⁻ᵀ
    const v = subtract(y, multiply(H, b));
    const e = transpose(solveRightTransposed(transpose(v), S));
    const G = transpose(solveRightTransposed(transpose(multiply(H, F)), S));
    return {
      A: subtract(F, multiply(gain, G)),
      b: add(b, multiply(gain, e)),
      U: block(Psi, m, m, n, n),
      eta: multiply(transpose(G), e),
      Z: tria(beside(transpose(G), zeros(n, n))),
    };
  },

  combine(i: KalmanFilterElement, j: KalmanFilterElement): KalmanFilterElement {
    const { T, r, mean, factor, X, Y } = condition(i.b, i.U, j);
    const B = subtract(i.A, multiply(T, multiply(transpose(X), i.A)));
    return {
      A: multiply(j.A, B),
      b: mean,
      U: factor,
      eta: add(multiply(transpose(B), r), i.eta),
      Z: tria(beside(multiply(transpose(i.A), Y), i.Z)),
    };
  },

  apply(element: KalmanFilterElement, state: Gaussian): Gaussian {
    const { mean, factor } = condition(state.mean, state.factor, element);
    return { mean, factor };
  },
};
