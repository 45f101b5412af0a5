/** Powers of square matrices [n, n], row-major. */

/** After so many squarings the growth of a defective power, at most k^n, is below rounding in its k-th root. */
const DOUBLINGS = 62;

/**
 * Largest modulus of the eigenvalues of F [n, n], as lim ‖F^k‖^(1/k) with k = 2⁶²: powers are squared and scaled
 * (Gelfand's formula). Needs no eigenvectors, so multiple and defective roots do no harm.
 */
export function spectralRadius(F: Float64Array, n: number): number {
  let A = F;
  let log = 0;
  let weight = 1;
  for (let k = 0; k <= DOUBLINGS; k++) {
    const norm = Math.hypot(...rowNorms(A, n));
    if (norm === 0) return 0;
    log += weight * Math.log(norm);
    weight /= 2;
    const scaled = A.map(x => x / norm);
    A = times(scaled, scaled, n);
  }
  return Math.exp(log);
}

function rowNorms(A: Float64Array, n: number): number[] {
  return Array.from({ length: n }, (_, i) => Math.hypot(...A.subarray(i * n, i * n + n)));
}

/** A B. */
export function times(A: Float64Array, B: Float64Array, n: number): Float64Array {
  const C = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < n; k++) {
      const x = A[i * n + k];
      if (x === 0) continue;
      for (let j = 0; j < n; j++) C[i * n + j] += x * B[k * n + j];
    }
  }
  return C;
}

/** A B'. */
export function timesTransposed(A: Float64Array, B: Float64Array, n: number): Float64Array {
  const C = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      let sum = 0;
      for (let k = 0; k < n; k++) sum += A[i * n + k] * B[j * n + k];
      C[i * n + j] = sum;
    }
  }
  return C;
}
