/** Small dense float64 matrices for the twins: plain and slow on purpose, so that they can be believed. */

/** r × c, row-major. */
export interface Dense {
  readonly r: number;
  readonly c: number;
  readonly data: Float64Array;
}
/** A matrix with one column. */
export type Vector = Dense;

export const dense = (r: number, c: number, entry: (i: number, j: number) => number): Dense => ({
  r,
  c,
  data: Float64Array.from({ length: r * c }, (_, k) => entry(Math.floor(k / c), k % c)),
});
export const zeros = (r: number, c: number): Dense => dense(r, c, () => 0);
export const identity = (n: number): Dense => dense(n, n, (i, j) => (i === j ? 1 : 0));
export const transpose = (a: Dense): Dense => dense(a.c, a.r, (i, j) => a.data[j * a.c + i]!);
export const add = (a: Dense, b: Dense): Dense =>
  dense(a.r, a.c, (i, j) => a.data[i * a.c + j]! + b.data[i * b.c + j]!);
export const subtract = (a: Dense, b: Dense): Dense =>
  dense(a.r, a.c, (i, j) => a.data[i * a.c + j]! - b.data[i * b.c + j]!);

export function multiply(a: Dense, b: Dense): Dense {
  return dense(a.r, b.c, (i, j) => {
    let sum = 0;
    for (let k = 0; k < a.c; k++) sum += a.data[i * a.c + k]! * b.data[k * b.c + j]!;
    return sum;
  });
}

/** [A B], side by side. */
export const beside = (a: Dense, b: Dense): Dense =>
  dense(a.r, a.c + b.c, (i, j) => (j < a.c ? a.data[i * a.c + j]! : b.data[i * b.c + j - a.c]!));

/** A over B. */
export const above = (a: Dense, b: Dense): Dense =>
  dense(a.r + b.r, a.c, (i, j) => (i < a.r ? a.data[i * a.c + j]! : b.data[(i - a.r) * b.c + j]!));

export const block = (a: Dense, row: number, column: number, r: number, c: number): Dense =>
  dense(r, c, (i, j) => a.data[(row + i) * a.c + column + j]!);

/** Lower-triangular L (r × r) with L Lᵀ = A Aᵀ, A r × c, by modified Gram–Schmidt on the rows; zero rows give zero pivots. */
export function tria(a: Dense): Dense {
  const rows = Array.from({ length: a.r }, (_, i) =>
    Float64Array.from(a.data.subarray(i * a.c, (i + 1) * a.c)),
  );
  const L = new Float64Array(a.r * a.r);
  rows.forEach((row, k) => {
    const before = Math.hypot(...a.data.subarray(k * a.c, (k + 1) * a.c));
    const norm = Math.hypot(...row);
    // What is left of a dependent row is rounding.
    if (norm <= 1e-14 * before) return;
    L[k * a.r + k] = norm;
    for (let i = k + 1; i < a.r; i++) {
      const d = rows[i]!.reduce((sum, x, j) => sum + (x * row[j]!) / norm, 0);
      L[i * a.r + k] = d;
      for (let j = 0; j < a.c; j++) rows[i]![j] = rows[i]![j]! - (d * row[j]!) / norm;
    }
  });
  return { r: a.r, c: a.r, data: L };
}

/** X with X L = B, L lower triangular; a zero pivot gives a zero column. */
export function solveRight(B: Dense, L: Dense): Dense {
  const n = L.r;
  const X = new Float64Array(B.data);
  for (let i = 0; i < B.r; i++) {
    for (let k = n - 1; k >= 0; k--) {
      let value = X[i * n + k]!;
      for (let j = k + 1; j < n; j++) value -= X[i * n + j]! * L.data[j * n + k]!;
      X[i * n + k] = L.data[k * n + k] === 0 ? 0 : value / L.data[k * n + k]!;
    }
  }
  return { r: B.r, c: n, data: X };
}

/** X with X Lᵀ = B, L lower triangular and regular. */
export function solveRightTransposed(B: Dense, L: Dense): Dense {
  const n = L.r;
  const X = new Float64Array(B.data);
  for (let i = 0; i < B.r; i++) {
    for (let k = 0; k < n; k++) {
      let value = X[i * n + k]!;
      for (let j = 0; j < k; j++) value -= X[i * n + j]! * L.data[k * n + j]!;
      X[i * n + k] = value / L.data[k * n + k]!;
    }
  }
  return { r: B.r, c: n, data: X };
}

/** X with A X = B, A regular: elimination with partial pivoting. */
export function solveLeft(A: Dense, B: Dense): Dense {
  const n = A.r;
  const rows = Array.from({ length: n }, (_, i) => [
    ...A.data.subarray(i * n, (i + 1) * n),
    ...B.data.subarray(i * B.c, (i + 1) * B.c),
  ]);
  for (let k = 0; k < n; k++) {
    let pivot = k;
    for (let i = k + 1; i < n; i++) if (Math.abs(rows[i]![k]!) > Math.abs(rows[pivot]![k]!)) pivot = i;
    [rows[k], rows[pivot]] = [rows[pivot]!, rows[k]!];
    for (let i = 0; i < n; i++) {
      if (i === k) continue;
      const factor = rows[i]![k]! / rows[k]![k]!;
      rows[i] = rows[i]!.map((x, j) => x - factor * rows[k]![j]!);
    }
  }
  return dense(n, B.c, (i, j) => rows[i]![n + j]! / rows[i]![i]!);
}
