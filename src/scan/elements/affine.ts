/** affine: z_t = A_t z_{t−1} + b_t. Sizes and cost of the GPU element, and its float64 twin. */
import type { Caps } from "../../engine/index.ts";
import type { ScanElement } from "../plan.ts";
import { add, type Dense, identity, multiply, type Vector, zeros } from "./dense.ts";
import { teamShape, type Variant } from "./shape.ts";

export function affineElement(call: string, n: number, caps: Caps, variant?: Variant): ScanElement {
  const memory = 3 * n * n + 3 * n;
  return {
    stem: "affine",
    elementFloats: n * n + n,
    stateFloats: n,
    constants: { STATE_DIM: n, MEMORY_FLOATS: memory },
    unroll: n <= 4,
    shape: teamShape(call, { n, m: 0, memoryFloats: memory, variant }, caps),
    cost: { fold: 2 * n * n * n + 4 * n * n, step: 2 * n * n + 10, combine: 2 * n * n * n + 4 * n * n },
    wideScratchFloats: memory,
  };
}

/** z ↦ A z + b. */
export interface Affine {
  readonly A: Dense;
  readonly b: Vector;
}

/** The float64 twin: combine(first, second) in scan order, as in shaders/elements/affine_lane.wgsl. */
export const affine = {
  identity: (n: number): Affine => ({ A: identity(n), b: zeros(n, 1) }),
  combine: (i: Affine, j: Affine): Affine => ({ A: multiply(j.A, i.A), b: add(multiply(j.A, i.b), j.b) }),
  apply: (element: Affine, state: Vector): Vector => add(multiply(element.A, state), element.b),
};
