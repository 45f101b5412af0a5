/** kalman_filter: sizes and cost of the square root filtering element (shaders/elements/kalman_filter_*.wgsl). */
import type { Caps } from "../../engine/index.ts";
import type { ScanElement } from "../plan.ts";
import { teamShape } from "./shape.ts";

export function kalmanFilterElement(call: string, n: number, m: number, caps: Caps): ScanElement {
  const wide = Math.max(n, m);
  const memory = 3 * n * n + Math.max(2 * n * wide, 2 * n * n) + m * m + 6 * wide;
  const shape = teamShape(call, n, m, memory, caps);
  const update = 4 * m * n * (n + m) + 2 * m * m * n + (4 * n * n * n) / 3;
  const predict = 3 * n * n * n;
  return {
    stem: "kalman_filter",
    elementFloats: 2 * n * n + 3 * n,
    stateFloats: n + (n * (n + 1)) / 2,
    constants: { STATE_DIM: n, EMISSION_DIM: m, MEMORY_FLOATS: memory },
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
