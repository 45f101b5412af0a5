import type { Row } from "./family.ts";

/** A mean that is linear in features of a row: μ_e = M_e x, the first feature being 1. */
export interface LinearMeans {
  /** M [E, m, p] */
  readonly weights: Float64Array;
  /** p */
  readonly numFeatures: number;
  /** Writes x [p] of a row; false when it is not known because a lag is missing. */
  readonly features: (row: Row, out: Float64Array) => boolean;
}

/** Entry i of M x. */
export function linear({ weights, numFeatures }: LinearMeans, x: Float64Array, i: number): number {
  let sum = 0;
  for (let k = 0; k < numFeatures; k++) sum += weights[i * numFeatures + k] * x[k];
  return sum;
}

/** Means without features: x = 1. */
export const constantMeans = (means: Float64Array): LinearMeans => ({
  weights: means,
  numFeatures: 1,
  features(_row, out) {
    out[0] = 1;
    return true;
  },
});
