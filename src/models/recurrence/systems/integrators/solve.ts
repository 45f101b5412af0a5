/**
 * B := A⁻¹ B by elimination with row exchanges; A [n, n] is overwritten.
 * @param B [n, columns]
 */
export function solve(A: Float64Array, B: Float64Array, columns: number): void {
  const n = Math.round(Math.sqrt(A.length));
  const swap = (values: Float64Array, width: number, i: number, k: number): void => {
    for (let j = 0; j < width; j++) {
      const kept = values[i * width + j];
      values[i * width + j] = values[k * width + j];
      values[k * width + j] = kept;
    }
  };
  for (let k = 0; k < n; k++) {
    let best = k;
    for (let i = k + 1; i < n; i++) if (Math.abs(A[i * n + k]) > Math.abs(A[best * n + k])) best = i;
    if (best !== k) {
      swap(A, n, best, k);
      swap(B, columns, best, k);
    }
    for (let i = k + 1; i < n; i++) {
      const factor = A[i * n + k] / A[k * n + k];
      if (factor === 0) continue;
      for (let j = k + 1; j < n; j++) A[i * n + j] -= factor * A[k * n + j];
      for (let j = 0; j < columns; j++) B[i * columns + j] -= factor * B[k * columns + j];
    }
  }
  for (let i = n - 1; i >= 0; i--)
    for (let c = 0; c < columns; c++) {
      let sum = B[i * columns + c];
      for (let j = i + 1; j < n; j++) sum -= A[i * n + j] * B[j * columns + c];
      B[i * columns + c] = sum / A[i * n + i];
    }
}
