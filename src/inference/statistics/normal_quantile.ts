import { normalTail } from "./incomplete_gamma.ts";

/** Coefficients of Acklam's rational approximation, relative error 1.15e-9. */
const A = [
  -39.69683028665376, 220.9460984245205, -275.9285104469687, 138.357751867269, -30.66479806614716,
  2.506628277459239,
];
const B = [
  -54.47609879822406, 161.5858368580409, -155.6989798598866, 66.80131188771972, -13.28068155288572, 1,
];
const C = [
  -0.007784894002430293, -0.3223964580411365, -2.400758277161838, -2.549732539343734, 4.374664141464968,
  2.938163982698783,
];
const D = [0.007784695709041462, 0.3224671290700398, 2.445134137142996, 3.754408661907416, 1];
const TAIL = 0.02425;

const horner = (coefficients: readonly number[], x: number): number =>
  coefficients.reduce((sum, c) => sum * x + c, 0);

/**
 * The z with P(X > z) = tail for X standard normal: Acklam's approximation and one step of Halley's method, which
 * leaves the rounding of the tail function.
 * @param tail 0 < tail ≤ 1/2
 * @see P. J. Acklam, An algorithm for computing the inverse normal cumulative distribution function, 2003
 */
export function normalUpperQuantile(tail: number): number {
  if (!(tail > 0 && tail <= 0.5)) return Number.NaN;
  let z: number;
  if (tail < TAIL) {
    const q = Math.sqrt(-2 * Math.log(tail));
    z = -horner(C, q) / horner(D, q);
  } else {
    const q = 0.5 - tail;
    const r = q * q;
    z = (horner(A, r) * q) / horner(B, r);
  }
  const error = (tail - normalTail(z)) * Math.sqrt(2 * Math.PI) * Math.exp(0.5 * z * z);
  return z - error / (1 - 0.5 * z * error);
}
