/** Gaussian vectors by dense Cholesky: what tests compare with. Shares no code with src/. */

/** Lower-triangular L with L L' = A [n, n]; A must be positive definite. */
export function cholesky(a: readonly (readonly number[])[]): number[][] {
  const n = a.length;
  const l = Array.from({ length: n }, () => new Array<number>(n).fill(0));
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = a[i][j];
      for (let k = 0; k < j; k++) sum -= l[i][k] * l[j][k];
      if (i === j && !(sum > 0)) throw new Error(`pivot ${i} is ${sum}`);
      l[i][j] = i === j ? Math.sqrt(sum) : sum / l[j][j];
    }
  }
  return l;
}

/** L⁻¹ x */
export function forward(l: readonly (readonly number[])[], x: readonly number[]): number[] {
  const out: number[] = [];
  for (let i = 0; i < x.length; i++) {
    let sum = x[i];
    for (let k = 0; k < i; k++) sum -= l[i][k] * out[k];
    out.push(sum / l[i][i]);
  }
  return out;
}

/** log N(x; 0, A), nats */
export function logDensity(x: readonly number[], a: readonly (readonly number[])[]): number {
  const l = cholesky(a);
  const z = forward(l, x);
  return z.reduce((sum, v, i) => sum - (v * v) / 2 - Math.log(l[i][i]) - Math.log(2 * Math.PI) / 2, 0);
}

/** Mean and variance of f_i given y = f + noise, for zero-mean f; missing entries of y are NaN. */
export function regress(
  y: readonly number[],
  prior: (i: number, j: number) => number,
  noise: number,
): { mean: number[]; variance: number[] } {
  const seen = y.flatMap((value, i) => (Number.isNaN(value) ? [] : [i]));
  const l = cholesky(seen.map(i => seen.map(j => prior(i, j) + (i === j ? noise : 0))));
  const z = forward(
    l,
    seen.map(i => y[i]),
  );
  const mean: number[] = [];
  const variance: number[] = [];
  for (let i = 0; i < y.length; i++) {
    const c = forward(
      l,
      seen.map(j => prior(i, j)),
    );
    mean.push(c.reduce((sum, v, k) => sum + v * z[k], 0));
    variance.push(prior(i, i) - c.reduce((sum, v) => sum + v * v, 0));
  }
  return { mean, variance };
}

/** |got − expected| / |expected|; |got| when 0 is expected. */
export const relativeError = (got: number, expected: number): number =>
  Math.abs(got - expected) / (expected === 0 ? 1 : Math.abs(expected));
