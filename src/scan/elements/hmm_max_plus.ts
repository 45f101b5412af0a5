/**
 * hmm_max_plus: the largest log-probability of a path over some steps, from each state to each, and its float64 twin.
 * Formulas: shaders/elements/hmm_max_plus_lane.wgsl. On the GPU scores are whole numbers, here float64.
 */
import type { Caps, KernelKey } from "../../engine/index.ts";
import type { ScanElement } from "../plan.ts";
import { hmmShape } from "./hmm_shape.ts";
import { mapBits } from "./index_map.ts";
import type { Variant } from "./shape.ts";

export interface MaxPlusRequest {
  readonly numStates: number;
  readonly parallel: boolean;
  readonly variant?: Variant | undefined;
  readonly density: Pick<KernelKey, "splice" | "constants">;
}

export function hmmMaxPlusElement(
  call: string,
  { numStates: K, parallel, variant, density }: MaxPlusRequest,
  caps: Caps,
): ScanElement {
  const vectors = 7 * K + 48;
  const memoryWords = { parallel: vectors + 4 * K * K, sequential: vectors };
  const shape = hmmShape(call, { numStates: K, memoryWords, parallel, variant }, caps);
  const memory = parallel ? memoryWords.parallel : memoryWords.sequential;
  return {
    stem: "hmm_max_plus",
    elementFloats: 2 * K * K,
    stateFloats: 2 * K,
    constants: { ...density.constants, NUM_STATES: K, MAP_BITS: mapBits(K), MEMORY_WORDS: memory },
    ...(density.splice ? { splice: density.splice } : {}),
    unroll: false,
    shape,
    cost: { fold: 8 * K ** 3 + 60 * K, step: 8 * K * K + 80 * K, combine: 8 * K ** 3 },
    wideScratchFloats: memory,
  };
}

/** S [K, K], log-probabilities; −Infinity where there is no path. */
export interface MaxPlusMatrix {
  readonly size: number;
  readonly scores: Float64Array;
}

/** The float64 twin. */
export const hmmMaxPlus = {
  identity(size: number): MaxPlusMatrix {
    const scores = new Float64Array(size * size).fill(Number.NEGATIVE_INFINITY);
    for (let i = 0; i < size; i++) scores[i * size + i] = 0;
    return { size, scores };
  },

  /** log A_t[i, k] + log p(y_t | k) */
  leaf(A: ArrayLike<number>, logLikelihoods: ArrayLike<number>): MaxPlusMatrix {
    const size = logLikelihoods.length;
    return {
      size,
      scores: Float64Array.from(A, (value, at) => Math.log(value) + logLikelihoods[at % size]!),
    };
  },

  combine({ size, scores: a }: MaxPlusMatrix, { scores: b }: MaxPlusMatrix): MaxPlusMatrix {
    const scores = new Float64Array(size * size).fill(Number.NEGATIVE_INFINITY);
    for (let i = 0; i < size; i++)
      for (let k = 0; k < size; k++)
        for (let j = 0; j < size; j++)
          scores[i * size + j] = Math.max(scores[i * size + j]!, a[i * size + k]! + b[k * size + j]!);
    return { size, scores };
  },

  /** max_i (V_i + S[i, ·]) */
  apply({ size, scores }: MaxPlusMatrix, V: ArrayLike<number>): Float64Array {
    return Float64Array.from({ length: size }, (_, k) =>
      Math.max(...Array.from({ length: size }, (__, i) => V[i]! + scores[i * size + k]!)),
    );
  },
};
