/** kalman_two_filter: sizes and cost of the filter's element in a suffix scan on the GPU, and its float64 twin. */
import type { Caps } from "../../engine/index.ts";
import type { ScanElement } from "../plan.ts";
import {
  add,
  beside,
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
import { condition, type Gaussian, type KalmanFilterElement, kalmanFilterElement } from "./kalman_filter.ts";
import { teamShape, type Variant } from "./shape.ts";

export function kalmanTwoFilterElement(
  call: string,
  n: number,
  m: number,
  caps: Caps,
  variant?: Variant,
): ScanElement {
  const filter = kalmanFilterElement(call, n, m, caps, variant);
  const memory = filter.wideScratchFloats + 2 * n * n + n;
  const { fold, combine } = filter.cost;
  return {
    ...filter,
    stem: "kalman_two_filter",
    constants: { ...filter.constants, MEMORY_FLOATS: memory },
    shape: teamShape(call, { n, m, memoryFloats: memory, variant }, caps),
    // A step is a smoothing update, a leaf, and its application.
    cost: { fold, step: fold + 22 * n * n * n + 50, combine },
    wideScratchFloats: memory,
  };
}

/** p(y after a step | its state z) ∝ exp(ηᵀz − ½ zᵀZZᵀz). */
export interface SuffixState {
  readonly eta: Vector;
  readonly Z: Dense;
}

/**
 * The float64 twin of shaders/elements/kalman_two_filter_lane.wgsl, with the textbook block order and Gram–Schmidt. Leaves
 * and combine(earlier, later) are those of the filter.
 */
export const kalmanTwoFilter = {
  /** After the last step of a series. */
  empty: (n: number): SuffixState => ({ eta: zeros(n, 1), Z: zeros(n, n) }),

  /** The likelihood before an element's steps, and B: the weight of the state before them in the mean of their last. */
  apply(element: KalmanFilterElement, { eta, Z }: SuffixState): SuffixState & { readonly B: Dense } {
    const later = { ...element, eta, Z };
    const { T, r, X, Y } = condition(element.b, element.U, later);
    const B = subtract(element.A, multiply(T, multiply(transpose(X), element.A)));
    return {
      eta: add(multiply(transpose(B), r), element.eta),
      Z: tria(beside(multiply(transpose(element.A), Y), element.Z)),
      B,
    };
  },

  /** The filter's moments, given the data after them too. */
  smooth({ mean, factor }: Gaussian, { eta, Z }: SuffixState): Gaussian {
    const n = factor.r;
    const W = multiply(transpose(factor), Z);
    const T = solveRightTransposed(factor, tria(beside(W, identity(n))));
    const r = subtract(eta, multiply(Z, multiply(transpose(Z), mean)));
    return { mean: add(mean, multiply(T, multiply(transpose(T), r))), factor: tria(T) };
  },
};
