/** Special functions in float64. Coefficients of the series: Abramowitz & Stegun 1964, 6.1.41 and 9.7.1. */

const HALF_LOG_2PI = 0.5 * Math.log(2 * Math.PI);

/** g(x) = log Γ(x) − (x − ½) log x + x − ½ log 2π, x > 0: what Stirling's formula leaves out, to 1e-14. */
export function stirlingRest(x: number): number {
  if (x >= 12) return stirlingSeries(x);
  // Γ(x) = Γ(x + n)/(x (x + 1) …); what the two formulas have in common is of order 10 here.
  let shifted = x;
  let product = 1;
  for (; shifted < 12; shifted++) product *= shifted;
  const above = (shifted - 0.5) * Math.log(shifted) - shifted + stirlingSeries(shifted);
  return above - Math.log(product) - (x - 0.5) * Math.log(x) + x;
}

function stirlingSeries(x: number): number {
  const z = 1 / (x * x);
  const series =
    1 / 12 -
    z * (1 / 360 - z * (1 / 1260 - z * (1 / 1680 - z * (1 / 1188 - z * (691 / 360360 - z * (1 / 156))))));
  return series / x;
}

/** log Γ(x), x > 0 */
export function logGamma(x: number): number {
  if (x === 1 || x === 2) return 0;
  return (x - 0.5) * Math.log(x) - x + HALF_LOG_2PI + stirlingRest(x);
}

/** log y! of a whole number y ≥ 0 */
export const logFactorial = (y: number): number => (y < 2 ? 0 : logGamma(y + 1));

/** ψ(x) = d log Γ(x)/dx, x > 0 */
export function digamma(x: number): number {
  let shifted = x;
  let sum = 0;
  for (; shifted < 12; shifted++) sum -= 1 / shifted;
  const z = 1 / (shifted * shifted);
  const series = z * (1 / 12 - z * (1 / 120 - z * (1 / 252 - z * (1 / 240 - z * (1 / 132)))));
  return sum + Math.log(shifted) - 0.5 / shifted - series;
}

/** log(1 + x) − x without cancellation near 0, x > −1 */
export function log1pMinus(x: number): number {
  if (Math.abs(x) > 0.1) return Math.log1p(x) - x;
  // log1p(x) = 2 artanh(s), s = x/(2 + x); x = 2s/(1 − s), so log1p(x) − x = −s x + 2 (s³/3 + s⁵/5 + …)
  const s = x / (2 + x);
  const z = s * s;
  const tail = 1 / 3 + z * (1 / 5 + z * (1 / 7 + z * (1 / 9 + z * (1 / 11 + z * (1 / 13)))));
  return -s * x + 2 * s * z * tail;
}

/** log(a/b) − a/b + 1 ≤ 0 for a, b > 0: how far a is from b, without cancellation where they are near. */
export function logRatioRest(a: number, b: number): number {
  const x = (a - b) / b;
  return Math.abs(x) < 0.1 ? log1pMinus(x) : Math.log(a / b) - x;
}

/** log y! − (y log y − y) = ½ log 2πy + g(y); 0 for y = 0 */
export function factorialRest(y: number): number {
  if (y === 0) return 0;
  const known = FACTORIAL_RESTS[y];
  if (known > 0) return known;
  const rest = HALF_LOG_2PI + 0.5 * Math.log(y) + stirlingRest(y);
  if (y < FACTORIAL_RESTS.length) FACTORIAL_RESTS[y] = rest;
  return rest;
}

/** factorialRest() of small counts, as they are met. */
const FACTORIAL_RESTS = new Float64Array(4096);

/** log(eᵃ + eᵇ + …) over n entries; −Infinity where all are. */
export function logSumExp(values: ArrayLike<number>, at = 0, n = values.length): number {
  let most = Number.NEGATIVE_INFINITY;
  for (let i = at; i < at + n; i++) if (values[i] > most) most = values[i];
  if (most === Number.NEGATIVE_INFINITY) return most;
  let sum = 0;
  for (let i = at; i < at + n; i++) sum += Math.exp(values[i] - most);
  return most + Math.log(sum);
}

/** log(1 + eˣ) */
export const softplus = (x: number): number =>
  x > 0 ? x + Math.log1p(Math.exp(-x)) : Math.log1p(Math.exp(x));

/** 1/(1 + e^{−x}), full relative accuracy on both sides */
export function logistic(x: number): number {
  if (x >= 0) return 1 / (1 + Math.exp(-x));
  const e = Math.exp(x);
  return e / (1 + e);
}

/** log I_n(κ) − κ for the modified Bessel functions of order n = 0, 1 and κ ≥ 0. */
export function logBesselScaled(order: 0 | 1, kappa: number): number {
  if (kappa < 30) {
    let term = order === 0 ? 1 : kappa / 2;
    let sum = term;
    for (let k = 1; term > sum * 1e-17; k++) {
      term *= (kappa * kappa) / (4 * k * (k + order));
      sum += term;
    }
    return Math.log(sum) - kappa;
  }
  let term = 1;
  let sum = 0;
  const mu = 4 * order * order;
  for (let k = 1; k < 30; k++) {
    term *= -(mu - (2 * k - 1) ** 2) / (8 * kappa * k);
    if (Math.abs(term) < 1e-18) break;
    sum += term;
  }
  return Math.log1p(sum) - HALF_LOG_2PI - 0.5 * Math.log(kappa);
}
