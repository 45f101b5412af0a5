/** kalman_two_filter: what the host adds to the two-filter smoother of the GPU. */
import { type LinearGaussianProblem, stateRecordLength } from "./linear_gaussian_problem.ts";

/**
 * Cov(z_t, z_t+1 | y) = P_t|T B_t+1ᵀ = U (B U)ᵀ in float64, from the weights B [N, T, n, n] that the kernels leave at step
 * t + 1. Done here, a pair of steps may lie on two sides of a border between chunks or blocks of time.
 * @param smoothed packed records [N, T, n + n(n+1)/2]
 * @param weights overwritten: row t becomes Cov(z_t, z_t+1), the last row of a series is left over
 */
export function crossFromWeights(
  { stateDim: n, numSteps: T, lengths }: LinearGaussianProblem,
  smoothed: Float32Array,
  weights: Float32Array,
): Float32Array {
  const size = stateRecordLength(n);
  const weighted = new Float64Array(n * n);
  for (const [s, length] of lengths.entries()) {
    for (let t = 0; t < length - 1; t++) {
      const factor = (s * T + t) * size + n;
      const to = (s * T + t) * n * n;
      const from = to + n * n;
      for (let i = 0; i < n; i++) {
        for (let j = 0; j < n; j++) {
          let sum = 0;
          for (let k = j; k < n; k++)
            sum += weights[from + i * n + k]! * smoothed[factor + (k * (k + 1)) / 2 + j]!;
          weighted[i * n + j] = sum;
        }
      }
      for (let i = 0; i < n; i++) {
        const row = factor + (i * (i + 1)) / 2;
        for (let j = 0; j < n; j++) {
          let sum = 0;
          for (let k = 0; k <= i; k++) sum += smoothed[row + k]! * weighted[j * n + k]!;
          weights[to + i * n + j] = sum;
        }
      }
    }
  }
  return weights;
}
