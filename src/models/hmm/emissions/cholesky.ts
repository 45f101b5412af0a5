import { ParameterError } from "../../../engine/index.ts";
import { say } from "../../say.ts";

/**
 * Lower-triangular L, L L' = A, of a symmetric positive definite A [n, n]; false when it is not, to rounding. Pivots are
 * judged on the correlation matrix.
 */
export function cholesky(a: Float64Array, at: number, n: number, l: Float64Array, to: number): boolean {
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      if (j > i) {
        l[to + i * n + j] = 0;
        continue;
      }
      let sum = a[at + i * n + j];
      for (let k = 0; k < j; k++) sum -= l[to + i * n + k] * l[to + j * n + k];
      if (j < i) l[to + i * n + j] = sum / l[to + j * n + j];
      else if (sum > 4 * n * Number.EPSILON * a[at + i * n + i]) l[to + i * n + i] = Math.sqrt(sum);
      else return false;
    }
  }
  return true;
}

/** W = L⁻¹, lower triangular. */
export function invertTriangular(l: Float64Array, at: number, n: number, w: Float64Array, to: number): void {
  for (let j = 0; j < n; j++) {
    for (let i = 0; i < n; i++) {
      let sum = i === j ? 1 : 0;
      for (let k = j; k < i; k++) sum -= l[at + i * n + k] * w[to + k * n + j];
      w[to + i * n + j] = i < j ? 0 : sum / l[at + i * n + i];
    }
  }
}

/** @throws ParameterError that a covariance is not positive definite */
export function notPositiveDefinite(call: string, path: string): never {
  throw new ParameterError(
    say(
      call,
      path,
      "a symmetric positive definite matrix",
      "one that is not positive definite",
      "Check signs and units; remove channels that are functions of others, or add a small variance.",
    ),
  );
}
