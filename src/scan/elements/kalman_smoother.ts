/** kalman_smoother: sizes and cost of the square root RTS element (shaders/elements/kalman_smoother_*.wgsl). */
import type { Caps } from "../../engine/index.ts";
import type { ScanElement } from "../plan.ts";
import { teamShape } from "./shape.ts";

export function kalmanSmootherElement(call: string, n: number, m: number, caps: Caps): ScanElement {
  const memory = 6 * n * n + 6 * n;
  const shape = teamShape(call, n, Math.min(m, n), memory, caps);
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
