/**
 * Special functions in float64 that models may call, beside those of ../hmm/special.ts.
 * Coefficients of erf: Cody 1969, Rational Chebyshev approximations for the error function, Math. Comp. 23, 631–637.
 */

// Numerators from the highest power down, denominators with leading 1.
const NEAR_P = [
  0.18577770618460315, 3.1611237438705655, 113.86415415105016, 377.485237685302, 3209.3775891384694,
];
const NEAR_Q = [1, 23.601290952344122, 244.02463793444417, 1282.6165260773723, 2844.236833439171];
const MIDDLE_P = [
  2.1531153547440383e-8, 0.5641884969886701, 8.883149794388377, 66.11919063714163, 298.6351381974001,
  881.952221241769, 1712.0476126340707, 2051.0783778260716, 1230.3393547979972,
];
const MIDDLE_Q = [
  1, 15.744926110709835, 117.6939508913125, 537.1811018620099, 1621.3895745666903, 3290.7992357334597,
  4362.619090143247, 3439.3676741437216, 1230.3393548037495,
];
const FAR_P = [
  0.016315387137302097, 0.30532663496123236, 0.36034489994980445, 0.12578172611122926, 0.016083785148742275,
  0.0006587491615298378,
];
const FAR_Q = [
  1, 2.568520192289822, 1.8729528499234604, 0.5279051029514285, 0.06051834131244132, 0.0023352049762686918,
];

const ratio = (p: readonly number[], q: readonly number[], x: number): number => {
  let above = p[0];
  let below = q[0];
  for (let i = 1; i < p.length; i++) above = above * x + p[i];
  for (let i = 1; i < q.length; i++) below = below * x + q[i];
  return above / below;
};

/** erf(x), |x| ≤ 0.46875 */
const erfNear = (x: number): number => x * ratio(NEAR_P, NEAR_Q, x * x);

/** erfc(x), x > 0.46875 */
function erfcFar(x: number): number {
  if (x > 28) return 0;
  const z = 1 / (x * x);
  const scaled =
    x <= 4 ? ratio(MIDDLE_P, MIDDLE_Q, x) : (1 / Math.sqrt(Math.PI) - z * ratio(FAR_P, FAR_Q, z)) / x;
  return gaussian(x) * scaled;
}

/** e^{−x²} with the rounding of x² made up for */
function gaussian(x: number): number {
  const near = Math.trunc(x * 16) / 16;
  return Math.exp(-near * near) * Math.exp(-(x - near) * (x + near));
}

/** erf(x) = 2/√π ∫₀ˣ e^{−s²} ds, to a few 1e-16 */
export function erf(x: number): number {
  if (Math.abs(x) <= 0.46875) return erfNear(x);
  return x > 0 ? 1 - erfcFar(x) : erfcFar(-x) - 1;
}

/** erfc(x) = 1 − erf(x), full relative accuracy for large x */
export function erfc(x: number): number {
  if (Math.abs(x) <= 0.46875) return 1 - erfNear(x);
  return x > 0 ? erfcFar(x) : 2 - erfcFar(-x);
}

/** Φ(x), the distribution function of the standard normal */
export const normalCdf = (x: number): number => 0.5 * erfc(-x * Math.SQRT1_2);

/** ψ′(x), x > 0: Abramowitz & Stegun 1964, 6.4.12 */
export function trigamma(x: number): number {
  let shifted = x;
  let sum = 0;
  for (; shifted < 12; shifted++) sum += 1 / (shifted * shifted);
  const y = 1 / shifted;
  const z = y * y;
  const series = z * (1 / 6 - z * (1 / 30 - z * (1 / 42 - z * (1 / 30 - z * (5 / 66 - z * (691 / 2730))))));
  return sum + y * (1 + 0.5 * y + series);
}
