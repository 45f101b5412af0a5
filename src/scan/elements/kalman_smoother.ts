/** kalman_smoother: sizes and cost of the square root RTS element on the GPU, and its float64 twin. */
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
  solveRight,
  subtract,
  tria,
  type Vector,
  zeros,
} from "./dense.ts";
import type { Gaussian } from "./kalman_filter.ts";
import { teamShape, type Variant } from "./shape.ts";

export function kalmanSmootherElement(
  call: string,
  n: number,
  m: number,
  caps: Caps,
  variant?: Variant,
): ScanElement {
  const memory = 6 * n * n + 5 * n;
  const shape = teamShape(call, { n, m: Math.min(m, n), memoryFloats: memory, variant }, caps);
  const leaf = 8 * n * n * n;
  return {
    stem: "kalman_smoother",
    elementFloats: n * n + n + (n * (n + 1)) / 2,
    stateFloats: n + (n * (n + 1)) / 2,
    constants: { STATE_DIM: n, MEMORY_FLOATS: memory },
    unroll: n <= 4,
    shape,
    cost: { fold: leaf + 5 * n * n * n + 50, step: leaf + 4 * n * n * n + 50, combine: 6 * n * n * n + 50 },
    wideScratchFloats: memory,
  };
}

/** p(z_t | z_u, y) = N(E z_u + g, D Dᵀ), t < u. */
export interface KalmanSmootherElement {
  readonly E: Dense;
  readonly g: Vector;
  readonly D: Dense;
}

/** The float64 twin of shaders/elements/kalman_smoother_lane.wgsl. combine(earlier, later) in time. */
export const kalmanSmoother = {
  identity: (n: number): KalmanSmootherElement => ({ E: identity(n), g: zeros(n, 1), D: zeros(n, n) }),

  /** From the filtered moments of step t and the transition F, b, Lq into step t + 1. */
  leaf({ mean, factor }: Gaussian, F: Dense, b: Vector, Lq: Dense): KalmanSmootherElement {
    const n = F.r;
    const Phi = tria(above(beside(multiply(F, factor), Lq), beside(factor, zeros(n, n))));
    const E = solveRight(block(Phi, n, 0, n, n), block(Phi, 0, 0, n, n));
    return { E, g: subtract(mean, multiply(E, add(multiply(F, mean), b))), D: block(Phi, n, n, n, n) };
  },

  combine: (i: KalmanSmootherElement, j: KalmanSmootherElement): KalmanSmootherElement => ({
    E: multiply(i.E, j.E),
    g: add(multiply(i.E, j.g), i.g),
    D: tria(beside(i.D, multiply(i.E, j.D))),
  }),

  apply: (element: KalmanSmootherElement, state: Gaussian): Gaussian => ({
    mean: add(multiply(element.E, state.mean), element.g),
    factor: tria(beside(element.D, multiply(element.E, state.factor))),
  }),
};
