import { normalUpperQuantile } from "../inference/index.ts";
import type { ResultArray } from "./types.ts";

/** The default probability that a value lies between lower and upper. */
export const DEFAULT_LEVEL = 0.95;

/** mean ± z sd, z the quantile of the normal that leaves (1 − level)/2 above. */
export function bound(means: ResultArray, variances: ResultArray, level: number, side: -1 | 1): ResultArray {
  const z = side * normalUpperQuantile((1 - level) / 2);
  const data = means.data.map((mean, i) => mean + z * Math.sqrt(variances.data[i]));
  return { data, shape: means.shape };
}

/** Diagonals of matrices [.., m, m] as [.., m]. */
export function diagonals({ data, shape }: ResultArray): ResultArray {
  const m = shape[shape.length - 1];
  const out = data.slice(0, data.length / m);
  for (let i = 0; i < out.length; i++) out[i] = data[Math.floor(i / m) * m * m + (i % m) * (m + 1)];
  return { data: out, shape: shape.slice(0, -1) };
}
