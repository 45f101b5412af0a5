/**
 * Effective sample size of a stationary series: T / (1 + 2 Σ ρ_k), summed over pairs of lags while their sum is positive and falls.
 * @see Geyer 1992, doi:10.1214/ss/1177011137 (initial monotone sequence)
 */

/** @param values x_t at offset + t · stride, t = 0 … length − 1 @returns 0 … length; NaN of a constant */
export function effectiveSampleSize(
  values: ArrayLike<number>,
  offset: number,
  stride: number,
  length: number,
): number {
  let mean = 0;
  for (let t = 0; t < length; t++) mean += values[offset + t * stride] / length;
  const at = (t: number): number => values[offset + t * stride] - mean;
  const covariance = (lag: number): number => {
    let sum = 0;
    for (let t = 0; t + lag < length; t++) sum += at(t) * at(t + lag);
    return sum / length;
  };
  const variance = covariance(0);
  if (variance === 0) return Number.NaN;
  let total = -1;
  let before = Number.POSITIVE_INFINITY;
  for (let k = 0; k + 1 < length; k += 2) {
    const pair = Math.min(before, (covariance(k) + covariance(k + 1)) / variance);
    if (pair <= 0) break;
    total += 2 * pair;
    before = pair;
  }
  return Math.min(length, length / Math.max(total, 1 / length));
}
