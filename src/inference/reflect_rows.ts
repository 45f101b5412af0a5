/**
 * Applies the Householder reflection I − β x x', x = (v at column `pivot`, w at columns tail … tail + length − 1), from
 * the right to rows first … last − 1 of a. w is read from row `from`. Tails of up to four entries are kept in registers.
 */
export function reflectRows(
  a: Float64Array,
  stride: number,
  from: number,
  pivot: number,
  tail: number,
  length: number,
  first: number,
  last: number,
  v: number,
  beta: number,
): void {
  const source = from * stride + tail;
  let p = first * stride + pivot;
  let t = first * stride + tail;
  if (length === 4) {
    const w0 = a[source];
    const w1 = a[source + 1];
    const w2 = a[source + 2];
    const w3 = a[source + 3];
    for (let i = first; i < last; i++) {
      const x = a[p];
      const x0 = a[t];
      const x1 = a[t + 1];
      const x2 = a[t + 2];
      const x3 = a[t + 3];
      const s = beta * (v * x + w0 * x0 + w1 * x1 + w2 * x2 + w3 * x3);
      a[p] = x - s * v;
      a[t] = x0 - s * w0;
      a[t + 1] = x1 - s * w1;
      a[t + 2] = x2 - s * w2;
      a[t + 3] = x3 - s * w3;
      p += stride;
      t += stride;
    }
  } else if (length === 3) {
    const w0 = a[source];
    const w1 = a[source + 1];
    const w2 = a[source + 2];
    for (let i = first; i < last; i++) {
      const x = a[p];
      const x0 = a[t];
      const x1 = a[t + 1];
      const x2 = a[t + 2];
      const s = beta * (v * x + w0 * x0 + w1 * x1 + w2 * x2);
      a[p] = x - s * v;
      a[t] = x0 - s * w0;
      a[t + 1] = x1 - s * w1;
      a[t + 2] = x2 - s * w2;
      p += stride;
      t += stride;
    }
  } else if (length === 2) {
    const w0 = a[source];
    const w1 = a[source + 1];
    for (let i = first; i < last; i++) {
      const x = a[p];
      const x0 = a[t];
      const x1 = a[t + 1];
      const s = beta * (v * x + w0 * x0 + w1 * x1);
      a[p] = x - s * v;
      a[t] = x0 - s * w0;
      a[t + 1] = x1 - s * w1;
      p += stride;
      t += stride;
    }
  } else if (length === 1) {
    const w0 = a[source];
    for (let i = first; i < last; i++) {
      const x = a[p];
      const x0 = a[t];
      const s = beta * (v * x + w0 * x0);
      a[p] = x - s * v;
      a[t] = x0 - s * w0;
      p += stride;
      t += stride;
    }
  } else {
    for (let i = first; i < last; i++) {
      let s = v * a[p];
      for (let j = 0; j < length; j++) s += a[source + j] * a[t + j];
      s *= beta;
      a[p] -= s * v;
      for (let j = 0; j < length; j++) a[t + j] -= s * a[source + j];
      p += stride;
      t += stride;
    }
  }
}
