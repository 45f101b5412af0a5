/** Innovations as independent standard normals. */

/**
 * e = L⁻¹ (y − ŷ) over the observed entries; L is made row by row with it. NaN where missing, and from the first entry
 * on whose variance given the others is not positive.
 * @param factor [m, m], written: L of the entries that are there, in their rows and columns
 */
export function standardize(
  mean: Float64Array,
  covariance: Float64Array,
  y: Float64Array,
  at: number,
  factor: Float64Array,
  out: Float64Array | Float32Array,
  to: number,
): void {
  const m = mean.length;
  for (let i = 0; i < m; i++) {
    if (Number.isNaN(y[at + i])) {
      out[to + i] = Number.NaN;
      continue;
    }
    let innovation = y[at + i] - mean[i];
    let variance = covariance[i * m + i];
    for (let j = 0; j < i; j++) {
      if (Number.isNaN(y[at + j])) continue;
      let sum = covariance[i * m + j];
      for (let k = 0; k < j; k++) if (!Number.isNaN(y[at + k])) sum -= factor[i * m + k] * factor[j * m + k];
      const entry = sum / factor[j * m + j];
      factor[i * m + j] = entry;
      variance -= entry * entry;
      innovation -= entry * out[to + j];
    }
    factor[i * m + i] = Math.sqrt(variance);
    out[to + i] = variance > 0 ? innovation / factor[i * m + i] : Number.NaN;
  }
}
