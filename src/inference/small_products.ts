/** Products with a lower-triangular factor U [n, n], the other operand and the result being parts of larger arrays. */

/** out [rows, n] = A U, with A row-major [rows, n] from `at`; out has its own stride. U is kept in registers for n ≤ 4. */
export function timesLower(
  a: Float64Array,
  at: number,
  aStride: number,
  rows: number,
  u: Float64Array,
  n: number,
  out: Float64Array,
  to: number,
  stride: number,
): void {
  let p = at;
  let q = to;
  if (n === 4) {
    const u00 = u[0];
    const u10 = u[4];
    const u11 = u[5];
    const u20 = u[8];
    const u21 = u[9];
    const u22 = u[10];
    const u30 = u[12];
    const u31 = u[13];
    const u32 = u[14];
    const u33 = u[15];
    for (let i = 0; i < rows; i++) {
      const x = a[p];
      const y = a[p + 1];
      const z = a[p + 2];
      const w = a[p + 3];
      out[q] = x * u00 + y * u10 + z * u20 + w * u30;
      out[q + 1] = y * u11 + z * u21 + w * u31;
      out[q + 2] = z * u22 + w * u32;
      out[q + 3] = w * u33;
      p += aStride;
      q += stride;
    }
  } else if (n === 3) {
    const u00 = u[0];
    const u10 = u[3];
    const u11 = u[4];
    const u20 = u[6];
    const u21 = u[7];
    const u22 = u[8];
    for (let i = 0; i < rows; i++) {
      const x = a[p];
      const y = a[p + 1];
      const z = a[p + 2];
      out[q] = x * u00 + y * u10 + z * u20;
      out[q + 1] = y * u11 + z * u21;
      out[q + 2] = z * u22;
      p += aStride;
      q += stride;
    }
  } else if (n === 2) {
    const u00 = u[0];
    const u10 = u[2];
    const u11 = u[3];
    for (let i = 0; i < rows; i++) {
      out[q] = a[p] * u00 + a[p + 1] * u10;
      out[q + 1] = a[p + 1] * u11;
      p += aStride;
      q += stride;
    }
  } else {
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < n; j++) {
        let sum = 0;
        for (let k = j; k < n; k++) sum += a[p + k] * u[k * n + j];
        out[q + j] = sum;
      }
      p += aStride;
      q += stride;
    }
  }
}

/** out [rows, n] = G U', with G from `at` in steps of gStride; out is dense. */
export function timesLowerTransposed(
  g: Float64Array,
  at: number,
  gStride: number,
  rows: number,
  u: Float64Array,
  n: number,
  out: Float64Array,
): void {
  let p = at;
  let q = 0;
  if (n === 4) {
    const u00 = u[0];
    const u10 = u[4];
    const u11 = u[5];
    const u20 = u[8];
    const u21 = u[9];
    const u22 = u[10];
    const u30 = u[12];
    const u31 = u[13];
    const u32 = u[14];
    const u33 = u[15];
    for (let i = 0; i < rows; i++) {
      const x = g[p];
      const y = g[p + 1];
      const z = g[p + 2];
      const w = g[p + 3];
      out[q] = x * u00;
      out[q + 1] = x * u10 + y * u11;
      out[q + 2] = x * u20 + y * u21 + z * u22;
      out[q + 3] = x * u30 + y * u31 + z * u32 + w * u33;
      p += gStride;
      q += 4;
    }
  } else {
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < n; j++) {
        let sum = 0;
        for (let k = 0; k <= j; k++) sum += g[p + k] * u[j * n + k];
        out[q++] = sum;
      }
      p += gStride;
    }
  }
}
