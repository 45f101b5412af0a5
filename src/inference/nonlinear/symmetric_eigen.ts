/**
 * Eigenvalues and eigenvectors of a symmetric A [n, n] by cyclic Jacobi rotations; A is destroyed, its diagonal are the eigenvalues.
 * @param vectors [n, n]: column k belongs to eigenvalue k
 * @see Golub & Van Loan, Matrix Computations, 4th ed., section 8.5
 */
export function symmetricEigen(a: Float64Array, n: number, vectors: Float64Array): void {
  vectors.fill(0);
  for (let i = 0; i < n; i++) vectors[i * n + i] = 1;
  for (let sweep = 0; sweep < 50; sweep++) {
    let off = 0;
    let all = 0;
    for (let i = 0; i < n; i++)
      for (let j = 0; j < n; j++) {
        all += a[i * n + j] ** 2;
        if (i !== j) off += a[i * n + j] ** 2;
      }
    if (!(off > 1e-30 * all)) return;
    for (let p = 0; p < n; p++) for (let q = p + 1; q < n; q++) rotate(a, n, p, q, vectors);
  }
}

/** Makes a[p, q] zero. */
function rotate(a: Float64Array, n: number, p: number, q: number, vectors: Float64Array): void {
  const entry = a[p * n + q];
  if (entry === 0) return;
  const ratio = (a[q * n + q] - a[p * n + p]) / (2 * entry);
  const t = Math.sign(ratio || 1) / (Math.abs(ratio) + Math.sqrt(1 + ratio * ratio));
  const c = 1 / Math.sqrt(1 + t * t);
  const s = t * c;
  const turn = (m: Float64Array, i: number, j: number): void => {
    const [x, y] = [m[i], m[j]];
    m[i] = c * x - s * y;
    m[j] = s * x + c * y;
  };
  for (let k = 0; k < n; k++) turn(a, k * n + p, k * n + q);
  for (let k = 0; k < n; k++) turn(a, p * n + k, q * n + k);
  for (let k = 0; k < n; k++) turn(vectors, k * n + p, k * n + q);
}
