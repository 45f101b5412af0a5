/**
 * Regularised lower incomplete gamma function of whole order: P(k, y) = 1 − e^{−y} Σ_{j<k} yʲ/j!, the probability that a
 * Poisson variable of mean y is at least k. Near y = 0 the difference loses every digit, so there the sum of the terms that
 * are left, all positive, is taken: relative error a few roundings for every y ≥ 0.
 */
export function lowerGamma(k: number, y: number): number {
  if (y === 0) return 0;
  if (y < k + 1) {
    let term = poisson(k, y);
    let sum = 0;
    for (let j = k; term > sum * 1e-17; ) {
      sum += term;
      j++;
      term *= y / j;
    }
    return sum;
  }
  let rest = 0;
  for (let j = 0; j < k; j++) rest += poisson(j, y);
  return 1 - rest;
}

/** e^{−y} yᵏ/k! */
export function poisson(k: number, y: number): number {
  let term = Math.exp(-y);
  for (let j = 1; j <= k; j++) term *= y / j;
  return term;
}
