/** The incomplete gamma function, for tails of chi-square and normal distributions. */

const EPS = 2 ** -53;
/** Smallest value of a continued fraction's parts, so that no division is by zero. */
const TINY = 1e-300;
const MAX_TERMS = 100_000;

/** Lanczos coefficients for g = 7, relative error below 1e-14 (Godfrey 2001). */
const LANCZOS = [
  0.9999999999998099, 676.5203681218851, -1259.1392167224028, 771.3234287776531, -176.6150291621406,
  12.507343278686905, -0.13857109526572012, 9.984369578019572e-6, 1.5056327351493116e-7,
];

/** log Γ(x) for x > 0. */
export function logGamma(x: number): number {
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x);
  let sum = LANCZOS[0];
  for (let i = 1; i < LANCZOS.length; i++) sum += LANCZOS[i] / (x - 1 + i);
  const t = x + 6.5;
  return 0.5 * Math.log(2 * Math.PI) + (x - 0.5) * Math.log(t) - t + Math.log(sum);
}

/**
 * Q(a, x) = Γ(a, x) / Γ(a), the upper tail of a gamma variable: by the series of P = 1 − Q below a + 1, by the
 * continued fraction (Lentz) above.
 * @param a > 0; @param x ≥ 0
 * @see Abramowitz & Stegun 6.5.29, 6.5.31
 */
export const upperGamma = (a: number, x: number): number =>
  x < a + 1 ? 1 - lowerSeries(a, x) : upperFraction(a, x);

/** P(a, x) = 1 − Q(a, x), with all its digits where it is small. */
export const lowerGamma = (a: number, x: number): number =>
  x < a + 1 ? lowerSeries(a, x) : 1 - upperFraction(a, x);

const scaleOf = (a: number, x: number): number => Math.exp(a * Math.log(x) - x - logGamma(a));

function lowerSeries(a: number, x: number): number {
  if (!(a > 0) || !(x >= 0)) return Number.NaN;
  if (x === 0) return 0;
  let term = 1 / a;
  let sum = term;
  for (let k = 1; k < MAX_TERMS && term > sum * EPS; k++) {
    term *= x / (a + k);
    sum += term;
  }
  return scaleOf(a, x) * sum;
}

function upperFraction(a: number, x: number): number {
  if (!(a > 0) || !(x >= 0)) return Number.NaN;
  if (x === Number.POSITIVE_INFINITY) return 0;
  let b = x + 1 - a;
  let c = 1 / TINY;
  let d = 1 / b;
  let fraction = d;
  for (let k = 1; k < MAX_TERMS; k++) {
    const numerator = -k * (k - a);
    b += 2;
    d = 1 / awayFromZero(numerator * d + b);
    c = awayFromZero(b + numerator / c);
    const factor = c * d;
    fraction *= factor;
    if (Math.abs(factor - 1) <= EPS) break;
  }
  return scaleOf(a, x) * fraction;
}

/** P(X > x) for X chi-square with `degrees` degrees of freedom. */
export const chiSquareTail = (x: number, degrees: number): number => upperGamma(degrees / 2, x / 2);

/** P(X > x) for X standard normal. */
export const normalTail = (x: number): number =>
  x >= 0 ? 0.5 * upperGamma(0.5, 0.5 * x * x) : 1 - 0.5 * upperGamma(0.5, 0.5 * x * x);

/** For Lentz's method. */
export const awayFromZero = (x: number): number => (Math.abs(x) < TINY ? TINY : x);
