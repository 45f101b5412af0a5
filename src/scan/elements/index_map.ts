/**
 * index_map: which state a path had before some steps, given its state at the last of them, and its twin.
 * Formulas: shaders/elements/index_map_lane.wgsl.
 */
import type { ScanElement } from "../plan.ts";

/** Bits of a state in a packed map. */
export const mapBits = (K: number): number => (K <= 256 ? 8 : 16);
/** Words of a packed map. */
export const mapWords = (K: number): number => Math.ceil((K * mapBits(K)) / 32);

/** Maps stored by an earlier pass, or drawn from the reverse kernels of a filter of either form. */
export type MapSource = "index_map" | "hmm_sampler" | "hmm_sampler_extended";

export function indexMapElement(stem: MapSource, numStates: number): ScanElement {
  const K = numStates;
  const drawn = stem !== "index_map";
  const step = drawn ? 40 * K + 100 : 4;
  return {
    stem,
    elementFloats: mapWords(K),
    stateFloats: 1,
    constants: {
      NUM_STATES: K,
      MAP_BITS: mapBits(K),
      // The sum of K weights below 2^(DRAW_BITS + 1) stays below 2^31.
      DRAW_BITS: 30 - Math.ceil(Math.log2(Math.max(K, 1))),
    },
    unroll: false,
    shape: { variant: "lane", workgroup: 64, team: 1, teams: 64 },
    cost: { fold: K * step, step, combine: 4 * K },
    wideScratchFloats: 0,
  };
}

/** g [K]: the state before, by the state after. The twin is exact. */
export const indexMap = {
  identity: (size: number): Uint32Array => Uint32Array.from({ length: size }, (_, k) => k),
  /** g_i ∘ g_j, i earlier in time. */
  combine: (earlier: Uint32Array, later: Uint32Array): Uint32Array => later.map(k => earlier[k]!),
  apply: (map: Uint32Array, state: number): number => map[state]!,
};
