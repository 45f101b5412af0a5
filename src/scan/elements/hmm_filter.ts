/**
 * hmm_filter: p(z_t = k, y | z before = i) as a matrix with a power of two kept apart for every row, and its float64 twin.
 * Formulas: shaders/elements/hmm_filter_lane.wgsl.
 */
import type { Caps, KernelKey } from "../../engine/index.ts";
import type { ScanElement } from "../plan.ts";
import { hmmShape, MOST_STATES } from "./hmm_shape.ts";
import type { Variant } from "./shape.ts";

/**
 * How probabilities are held. scaled: float32 with one whole power of two for each row. extended: float32 with its own whole
 * power of two for each entry, for what would leave the range of a row.
 */
export type HmmForm = "scaled" | "extended";

export interface HmmElementRequest {
  readonly numStates: number;
  readonly form: HmmForm;
  readonly parallel: boolean;
  readonly variant?: Variant | undefined;
  /** The density and its constants, where the kernels take one in. */
  readonly density?: Pick<KernelKey, "splice" | "constants">;
}

/** Words of a number and of a row of K. */
export const numberWords = (form: HmmForm): number => (form === "extended" ? 2 : 1);
export const rowWords = (K: number, form: HmmForm): number => (form === "extended" ? 2 * K : K + 1);

export const hmmFilterElement = (call: string, request: HmmElementRequest, caps: Caps): ScanElement =>
  hmmElement(call, "hmm_filter", request, caps);

export const hmmSmootherElement = (call: string, request: HmmElementRequest, caps: Caps): ScanElement =>
  hmmElement(call, "hmm_smoother", request, caps);

/** Takes the density in, as the filter does. */
export const hmmTwoFilterElement = (call: string, request: HmmElementRequest, caps: Caps): ScanElement =>
  hmmElement(call, "hmm_two_filter", request, caps);

/** Its kernels go through the windows one by one: vectors only, whatever the scan of the filter does. */
export const hmmFixedLagElement = (call: string, request: HmmElementRequest, caps: Caps): ScanElement =>
  hmmElement(call, "hmm_fixed_lag", { ...request, parallel: false }, caps);

function hmmElement(
  call: string,
  name: "hmm_filter" | "hmm_smoother" | "hmm_two_filter" | "hmm_fixed_lag",
  { numStates: K, form, parallel, variant, density }: HmmElementRequest,
  caps: Caps,
): ScanElement {
  const words = numberWords(form);
  const matrix = K * K * words;
  const vectors = 5 * K + 16 + 3 * K * words;
  const memoryWords = { parallel: vectors + 2 * matrix, sequential: vectors };
  const shape = hmmShape(call, { numStates: K, memoryWords, parallel, variant }, caps);
  const memory = parallel ? memoryWords.parallel : memoryWords.sequential;
  const arithmetic = form === "extended" ? 6 : 2;
  return {
    stem: form === "extended" ? `${name}_extended` : name,
    elementFloats: K * rowWords(K, form),
    stateFloats: rowWords(K, form),
    constants: { ...density?.constants, NUM_STATES: K, MEMORY_WORDS: memory },
    ...(density?.splice ? { splice: density.splice } : {}),
    // Straight-line code keeps rows in registers; a compiler for a CPU takes a minute over it and gains nothing.
    unroll: shape.variant === "lane" && form === "scaled" && K <= (caps.software ? 2 : MOST_STATES.lane),
    shape,
    cost:
      name === "hmm_filter"
        ? {
            fold: arithmetic * K ** 3 + 10 * K * K + DENSITY * K,
            step: arithmetic * K * K + (DENSITY + 30) * K,
            combine: arithmetic * K ** 3 + 20 * K * K,
          }
        : {
            fold: 2,
            step: 2 * arithmetic * K * K + (30 + (density ? DENSITY : 0)) * K,
            combine: arithmetic * K ** 3 + 20 * K * K,
          },
    wideScratchFloats: memory,
  };
}

/** A guess at the flops of one density. */
const DENSITY = 50;

/** p[i, k] = x[i, k] 2^e[i], the largest x of a row in [1, 2); a row of zeros has e = −Infinity. */
export interface ScaledMatrix {
  readonly size: number;
  readonly x: Float64Array;
  readonly e: Float64Array;
}

function normalise(size: number, x: Float64Array, e: Float64Array): ScaledMatrix {
  for (let i = 0; i < size; i++) {
    const row = x.subarray(i * size, (i + 1) * size);
    const top = Math.floor(Math.log2(Math.max(...row)));
    if (top > Number.NEGATIVE_INFINITY) for (let k = 0; k < size; k++) row[k] = row[k]! * 2 ** -top;
    e[i] = e[i]! + top;
  }
  return { size, x, e };
}

/** The float64 twin. */
export const hmmFilter = {
  identity(size: number): ScaledMatrix {
    const x = new Float64Array(size * size);
    for (let i = 0; i < size; i++) x[i * size + i] = 1;
    return { size, x, e: new Float64Array(size) };
  },

  /** A_t[i, k] p(y_t | k): the row's power of two is that of its largest log A_ik + ll_k, so no row is lost in the leaf. */
  leaf(A: ArrayLike<number>, logLikelihoods: ArrayLike<number>): ScaledMatrix {
    const K = logLikelihoods.length;
    const x = new Float64Array(K * K);
    const e = new Float64Array(K);
    for (let i = 0; i < K; i++) {
      let top = Number.NEGATIVE_INFINITY;
      for (let k = 0; k < K; k++)
        top = Math.max(top, Math.log2(A[i * K + k]!) + logLikelihoods[k]! * Math.LOG2E);
      e[i] = Math.floor(top);
      if (top === Number.NEGATIVE_INFINITY) continue;
      for (let k = 0; k < K; k++)
        x[i * K + k] =
          A[i * K + k]! === 0 ? 0 : 2 ** (Math.log2(A[i * K + k]!) + logLikelihoods[k]! * Math.LOG2E - e[i]!);
    }
    return normalise(K, x, e);
  },

  combine(earlier: ScaledMatrix, later: ScaledMatrix): ScaledMatrix {
    const K = earlier.size;
    const x = new Float64Array(K * K);
    const e = new Float64Array(K);
    for (let i = 0; i < K; i++) {
      let top = Number.NEGATIVE_INFINITY;
      for (let k = 0; k < K; k++) if (earlier.x[i * K + k]! > 0) top = Math.max(top, later.e[k]!);
      if (top === Number.NEGATIVE_INFINITY) {
        e[i] = top;
        continue;
      }
      e[i] = earlier.e[i]! + top;
      for (let k = 0; k < K; k++) {
        if (earlier.x[i * K + k] === 0 || later.e[k] === Number.NEGATIVE_INFINITY) continue;
        const weight = earlier.x[i * K + k]! * 2 ** (later.e[k]! - top);
        for (let b = 0; b < K; b++) x[i * K + b] = x[i * K + b]! + weight * later.x[k * K + b]!;
      }
    }
    return normalise(K, x, e);
  },

  /** log (pᵀ M 1), and pᵀ M over its sum: a filter over the steps of M from p. */
  apply(
    { size: K, x, e }: ScaledMatrix,
    p: ArrayLike<number>,
  ): { logLikelihood: number; probs: Float64Array } {
    const start = hmmFilter.identity(K);
    for (let k = 0; k < K; k++) start.x[k] = p[k]!;
    const after = hmmFilter.combine(start, { size: K, x, e });
    const probs = after.x.slice(0, K);
    const sum = probs.reduce((a, b) => a + b, 0);
    return { logLikelihood: Math.log(sum) + after.e[0]! * Math.LN2, probs: probs.map(v => v / sum) };
  },
};
