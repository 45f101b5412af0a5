/**
 * Sums of products as if computed in twice the working precision, for residuals of linear equations.
 * Source: Ogita, Rump & Oishi 2005, Accurate sum and dot product, doi:10.1137/030601818 (TwoSum, TwoProduct, Dot2).
 */

/** Splits a float64 into two halves of 26 bits. */
const SPLIT = 2 ** 27 + 1;

/** A sum of products as an unevaluated sum high + low; |low| is at most half a unit in the last place of high. */
export class CompensatedDot {
  high = 0;
  low = 0;

  /** Starts again from a value. */
  reset(value = 0): void {
    this.high = value;
    this.low = 0;
  }

  /** Adds x y. */
  add(x: number, y: number): void {
    const product = x * y;
    const a = SPLIT * x;
    const b = SPLIT * y;
    const xh = a - (a - x);
    const yh = b - (b - y);
    const xl = x - xh;
    const yl = y - yh;
    const productError = xl * yl - (product - xh * yh - xl * yh - xh * yl);
    const sum = this.high + product;
    const part = sum - this.high;
    const sumError = this.high - (sum - part) + (product - part);
    this.high = sum;
    this.low += productError + sumError;
  }

  /** The sum, rounded once. */
  get value(): number {
    return this.high + this.low;
  }
}
