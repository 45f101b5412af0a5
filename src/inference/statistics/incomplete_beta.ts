/** The incomplete beta function, for tails of F distributions. */

import { awayFromZero, logGamma } from "./incomplete_gamma.ts";

const EPS = 2 ** -53;
const MAX_TERMS = 100_000;

/**
 * I_x(a, b), the distribution function of a beta variable: by its continued fraction (Lentz), from the side where it
 * converges fast.
 * @param a, b > 0; @param x 0 … 1
 * @see NIST Digital Library of Mathematical Functions 8.17.22
 */
export function betaDistribution(x: number, a: number, b: number): number {
  if (!(a > 0 && b > 0 && x >= 0 && x <= 1)) return Number.NaN;
  if (x === 0 || x === 1) return x;
  if (x > (a + 1) / (a + b + 2)) return 1 - betaDistribution(1 - x, b, a);
  const scale = Math.exp(
    a * Math.log(x) + b * Math.log1p(-x) + logGamma(a + b) - logGamma(a) - logGamma(b) - Math.log(a),
  );
  let c = 1;
  let d = 1 / awayFromZero(1 - ((a + b) * x) / (a + 1));
  let fraction = d;
  for (let k = 1; k < MAX_TERMS; k++) {
    const even = (k * (b - k) * x) / ((a + 2 * k - 1) * (a + 2 * k));
    d = 1 / awayFromZero(1 + even * d);
    c = awayFromZero(1 + even / c);
    fraction *= c * d;
    const odd = (-(a + k) * (a + b + k) * x) / ((a + 2 * k) * (a + 2 * k + 1));
    d = 1 / awayFromZero(1 + odd * d);
    c = awayFromZero(1 + odd / c);
    const factor = c * d;
    fraction *= factor;
    if (Math.abs(factor - 1) <= EPS) break;
  }
  return scale * fraction;
}

/** P(X ≤ x) for X of the F distribution with (d1, d2) degrees of freedom. */
export function fDistribution(x: number, d1: number, d2: number): number {
  if (x === Number.POSITIVE_INFINITY) return 1;
  return betaDistribution((d1 * x) / (d1 * x + d2), d1 / 2, d2 / 2);
}
