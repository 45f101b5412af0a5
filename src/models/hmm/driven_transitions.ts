import type { ArrayInput } from "../../engine/index.ts";
import { checkKeys } from "../check_keys.ts";
import { lastAxis } from "../parameter.ts";
import { nested, TableReader } from "./emissions/read_table.ts";
import { logSumExp } from "./special.ts";
import { ownRegimes, type Transitions } from "./transitions.ts";

/**
 * Transitions driven by inputs, multinomial logit: A_t[i, k] ∝ mask[i, k] exp(weights[i, k]·u_t + biases[i, k]), t ≥ 1.
 */
export interface InputDrivenTransitions {
  readonly kind: "input-driven";
  /** [K, K, d] */
  readonly weights: ArrayInput;
  /** [K, K], default 0 */
  readonly biases?: ArrayInput;
  /** [K, K] of 0 and 1, 0 = never; default all 1 */
  readonly mask?: ArrayInput;
}

const PATH = "transitions.";

/** @throws ShapeError, ParameterError */
export function drivenTransitions(call: string, given: InputDrivenTransitions): Transitions {
  checkKeys(call, PATH, given, ["kind", "weights", "biases", "mask"], ["weights"]);
  const K = firstAxis(call, given.weights);
  const tables = new TableReader({ call, path: PATH, numEmissions: K }, { ...given });
  const weights = tables.read("weights", "K", "K", "d");
  const biases = given.biases === undefined ? undefined : tables.read("biases", "K", "K");
  const mask = given.mask === undefined ? undefined : tables.read("mask", "K", "K");
  if (mask) {
    tables.each(
      "mask",
      mask,
      value => value === 0 || value === 1,
      "0 or 1",
      "1 means that the step can happen.",
    );
    for (let i = 0; i < K; i++)
      if (mask.data.subarray(i * K, (i + 1) * K).every(bit => bit === 0))
        tables.refuse(`mask[${i}]`, "a state to go on to", "zeros only", "Allow at least one.");
  }
  const { d } = tables.sizes;
  return {
    kind: "input-driven",
    ...ownRegimes(K),
    inputDim: d,
    field(inputs, numSeries, numSteps) {
      const count = inputs!.seriesStride > 0 ? numSeries : 1;
      const data = new Float64Array(count * numSteps * K * K);
      for (let s = 0; s < count; s++) {
        for (let t = 1; t < numSteps; t++) {
          const u = s * inputs!.seriesStride + t * d;
          for (let i = 0; i < K; i++) {
            const at = ((s * numSteps + t) * K + i) * K;
            for (let k = 0; k < K; k++) {
              const entry = i * K + k;
              let sum = biases === undefined ? 0 : biases.data[entry];
              for (let j = 0; j < d; j++) sum += weights.data[entry * d + j] * inputs!.data[u + j];
              data[at + k] = mask?.data[entry] === 0 ? Number.NEGATIVE_INFINITY : sum;
            }
            const total = logSumExp(data, at, K);
            for (let k = 0; k < K; k++) data[at + k] = Math.exp(data[at + k] - total);
          }
        }
      }
      return { data, stepStride: K * K, seriesStride: count > 1 ? numSteps * K * K : 0 };
    },
    document: () => ({
      transitions: {
        kind: "input-driven",
        weights: nested(weights),
        ...(biases && { biases: nested(biases) }),
        ...(mask && { mask: nested(mask) }),
      },
    }),
  };
}

/** K: the length of weights. */
function firstAxis(call: string, weights: ArrayInput): number {
  if (Array.isArray(weights) && weights.length > 0) return weights.length;
  if (weights !== null && typeof weights === "object" && "shape" in weights) return weights.shape[0];
  return lastAxis(call, `${PATH}weights`, weights);
}
