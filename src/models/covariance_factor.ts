import { ParameterError } from "../engine/index.ts";
import { triangularise } from "../inference/index.ts";
import { say } from "./say.ts";

/** Relative difference of two entries that should be equal, forgiven and averaged away. */
const SYMMETRY_TOLERANCE = 1e-8;
/** A pivot of the correlation matrix this far below zero is forgiven as rounding (also of float32 data). */
const INDEFINITE_TOLERANCE = 1e-7;

/**
 * Symmetrises the covariance [n, n] at `at` in place.
 * @throws ParameterError if it differs from its transpose by more than rounding
 */
export function symmetrise(call: string, argument: string, a: Float64Array, at: number, n: number): void {
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) {
      const low = a[at + i * n + j];
      const high = a[at + j * n + i];
      const scale = Math.max(
        Math.abs(low),
        Math.abs(high),
        Math.sqrt(Math.abs(a[at + i * n + i] * a[at + j * n + j])),
      );
      if (Math.abs(low - high) > SYMMETRY_TOLERANCE * scale) {
        throw new ParameterError(
          say(
            call,
            argument,
            "a symmetric matrix",
            `entry [${j}, ${i}] = ${high} and [${i}, ${j}] = ${low}`,
            "Pass (A + A')/2 if that is what you mean.",
          ),
        );
      }
      a[at + i * n + j] = a[at + j * n + i] = low === high ? low : (low + high) / 2;
    }
  }
}

/**
 * Lower-triangular L with L L' = A for a symmetric positive semi-definite A [n, n]; rank may be less than n.
 *
 * Works on the correlation matrix, so variances of very different size do not hide one another. Ordinary Cholesky
 * when every pivot is well above rounding; else Cholesky with diagonal pivoting, cut off at rounding, and brought back
 * to triangular form by reflections.
 * @param a entries from `at`; @param l result, entries from `to`
 * @throws ParameterError if A is indefinite
 */
export function covarianceFactor(
  call: string,
  argument: string,
  a: Float64Array,
  at: number,
  n: number,
  l: Float64Array,
  to: number,
): void {
  const scale = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    const variance = a[at + i * n + i];
    if (variance < 0) throw indefinite(call, argument, `variance [${i}, ${i}] = ${variance}`);
    scale[i] = Math.sqrt(variance);
  }
  const c = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      const entry = a[at + i * n + j];
      const root = scale[i] * scale[j];
      if (root === 0 && entry !== 0) {
        throw indefinite(call, argument, `[${i}, ${j}] = ${entry} beside a variance of 0`);
      }
      c[i * n + j] = i === j ? (root === 0 ? 0 : 1) : root === 0 ? 0 : entry / scale[i] / scale[j];
    }
  }
  if (plainCholesky(c, n, l, to)) {
    for (let i = 0; i < n; i++) for (let j = 0; j <= i; j++) l[to + i * n + j] *= scale[i];
    return;
  }
  const { factor, worst } = pivotedCholesky(c, n);
  if (worst < -INDEFINITE_TOLERANCE) {
    throw indefinite(call, argument, `a pivot of ${worst.toPrecision(3)} in its correlation matrix`);
  }
  triangularise(factor, n, 0, 0, n, n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++) l[to + i * n + j] = j <= i ? factor[i * n + j] * scale[i] : 0;
}

const indefinite = (call: string, argument: string, got: string): ParameterError =>
  new ParameterError(
    say(
      call,
      argument,
      "a positive semi-definite matrix",
      got,
      "No covariance is like that: check signs and units.",
    ),
  );

/** Cholesky without pivoting; false when a pivot comes near rounding. */
function plainCholesky(c: Float64Array, n: number, l: Float64Array, to: number): boolean {
  const least = 1e-8;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      let sum = j <= i ? c[i * n + j] : 0;
      for (let k = 0; k < j && j <= i; k++) sum -= l[to + i * n + k] * l[to + j * n + k];
      if (j === i && !(sum > least)) return false;
      l[to + i * n + j] = j < i ? sum / l[to + j * n + j] : j === i ? Math.sqrt(sum) : 0;
    }
  }
  return true;
}

/** Cholesky with diagonal pivoting: rows of `factor` in the order of the matrix, not triangular; destroys c. */
function pivotedCholesky(c: Float64Array, n: number): { factor: Float64Array; worst: number } {
  const factor = new Float64Array(n * n);
  const left = Array.from({ length: n }, (_, i) => i);
  const cut = 8 * n * Number.EPSILON;
  let worst = 0;
  for (let k = 0; k < n; k++) {
    let best = left[0];
    for (const i of left) if (c[i * n + i] > c[best * n + best]) best = i;
    const pivot = c[best * n + best];
    if (!(pivot > cut)) break;
    left.splice(left.indexOf(best), 1);
    const root = Math.sqrt(pivot);
    factor[best * n + k] = root;
    for (const i of left) factor[i * n + k] = c[i * n + best] / root;
    for (const i of left) for (const j of left) c[i * n + j] -= factor[i * n + k] * factor[j * n + k];
  }
  // What remains should be zero: a negative diagonal, or an entry larger than its diagonals allow, is not.
  for (const i of left) {
    worst = Math.min(worst, c[i * n + i]);
    for (const j of left) if (j !== i) worst = Math.min(worst, -Math.abs(c[i * n + j]));
  }
  return { factor, worst };
}
