import type { Row } from "./family.ts";

/** A mean that is linear in features of a row: μ_e = M_e x, the first feature being 1. */
export interface LinearMeans {
  /** M [E, m, p] */
  readonly weights: Float64Array;
  /** p */
  readonly numFeatures: number;
  /** Writes x [p] of a row; false when some lag is not known, which then is 0. */
  readonly features: (row: Row, out: Float64Array) => boolean;
}

/** Entry i of M x. */
export function linear({ weights, numFeatures }: LinearMeans, x: Float64Array, i: number): number {
  let sum = 0;
  for (let k = 0; k < numFeatures; k++) sum += weights[i * numFeatures + k] * x[k];
  return sum;
}

/** y − entry i of M x; the term of the feature 1 is taken off first, so that a large offset does no harm. */
export function residual(means: LinearMeans, x: Float64Array, i: number, y: number): number {
  let rest = y;
  for (let k = 0; k < means.numFeatures; k++) rest -= means.weights[i * means.numFeatures + k] * x[k];
  return rest;
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
