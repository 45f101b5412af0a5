/**
 * Gaussian filters and their smoothers as textbooks write them: covariances, explicit inverses, matrices of mathjs. Särkkä & Svensson,
 * Bayesian Filtering and Smoothing, algorithms 7.4, 8.x and 10.x. Shares nothing with the code under test.
 */
import { all, create } from "mathjs";

const { add, inv, multiply, subtract, transpose, det } = create(all, {}) as unknown as {
  add: (a: Matrix, b: Matrix) => Matrix;
  subtract: (a: Matrix, b: Matrix) => Matrix;
  multiply: (a: Matrix, b: Matrix) => Matrix;
  transpose: (a: Matrix) => Matrix;
  inv: (a: Matrix) => Matrix;
  det: (a: Matrix) => number;
};

export type Matrix = number[][];
export type VectorMap = (x: number[], t: number) => number[];

/** E g, Cov(g, x), Cov g for x ~ N(m, P): what distinguishes the filters. */
export type Moments = (
  g: VectorMap,
  t: number,
  m: number[],
  P: Matrix,
) => { mean: number[]; cross: Matrix; covariance: Matrix };

const column = (v: number[]): Matrix => v.map(x => [x]);
const flat = (M: Matrix): number[] => M.map(row => row[0]);

/** By central differences of high order: no derivative is shared with the code under test. */
export const byTaylor: Moments = (g, t, m, P) => {
  const mean = g(m, t);
  const J = mean.map(() => m.map(() => 0));
  for (let j = 0; j < m.length; j++) {
    const h = 1e-2;
    const at = (k: number): number[] =>
      g(
        m.map((x, i) => (i === j ? x + k * h : x)),
        t,
      );
    // Eighth order.
    const weights = [
      [1, 4 / 5],
      [2, -1 / 5],
      [3, 4 / 105],
      [4, -1 / 280],
    ];
    for (const [k, w] of weights) {
      const [up, down] = [at(k), at(-k)];
      for (let i = 0; i < mean.length; i++) J[i][j] += (w * (up[i] - down[i])) / h;
    }
  }
  return { mean, cross: multiply(J, P), covariance: multiply(multiply(J, P), transpose(J)) };
};

/** Lower-triangular, with zeros where a pivot is none. */
export function cholesky(P: Matrix): Matrix {
  const L = P.map(row => row.map(() => 0));
  for (let i = 0; i < P.length; i++)
    for (let j = 0; j <= i; j++) {
      let sum = P[i][j];
      for (let k = 0; k < j; k++) sum -= L[i][k] * L[j][k];
      L[i][j] = i === j ? Math.sqrt(Math.max(0, sum)) : L[j][j] === 0 ? 0 : sum / L[j][j];
    }
  return L;
}

/** By points ξ with weights for means and covariances. */
export const byPoints =
  (points: number[][], means: number[], covariances: number[]): Moments =>
  (g, t, m, P) => {
    const L = cholesky(P);
    const places = points.map(xi => flat(add(column(m), multiply(L, column(xi)))));
    const values = places.map(x => g(x, t));
    const mean = values[0].map((_, i) => values.reduce((sum, v, k) => sum + means[k] * v[i], 0));
    const product = (a: number[][], ma: number[], b: number[][], mb: number[]): Matrix =>
      ma.map((_, i) =>
        mb.map((_, j) =>
          covariances.reduce((sum, w, k) => sum + w * (a[k][i] - ma[i]) * (b[k][j] - mb[j]), 0),
        ),
      );
    return { mean, cross: product(values, mean, places, m), covariance: product(values, mean, values, mean) };
  };

export interface TextbookModel {
  readonly m: number[];
  readonly P: Matrix;
  readonly f: VectorMap;
  readonly Q: Matrix;
  readonly h: VectorMap;
  /** R, or E Cov[y | x] where it depends on x. */
  readonly R: Matrix | ((m: number[], P: Matrix, t: number) => Matrix);
}

/** @param y NaN where missing */
export function textbook(model: TextbookModel, y: number[][], moments: Moments) {
  const filtered: { m: number[]; P: Matrix }[] = [];
  const predicted: { m: number[]; P: Matrix; cross: Matrix }[] = [];
  let logLikelihood = 0;
  let { m, P } = model as { m: number[]; P: Matrix };
  for (let t = 0; t < y.length; t++) {
    let cross: Matrix = [];
    if (t > 0) {
      const { mean, cross: c, covariance } = moments(model.f, t, m, P);
      [m, P, cross] = [mean, add(covariance, model.Q), c];
    }
    predicted.push({ m, P, cross });
    const rows = y[t].flatMap((value, i) => (Number.isNaN(value) ? [] : [i]));
    if (rows.length > 0) {
      const full = moments(model.h, t, m, P);
      const R = typeof model.R === "function" ? model.R(m, P, t) : model.R;
      const S = rows.map(i => rows.map(j => full.covariance[i][j] + R[i][j]));
      const C = rows.map(i => full.cross[i]);
      const v = column(rows.map(i => y[t][i] - full.mean[i]));
      const K = multiply(transpose(C), inv(S));
      m = flat(add(column(m), multiply(K, v)));
      P = subtract(P, multiply(multiply(K, S), transpose(K)));
      const quadratic = multiply(multiply(transpose(v), inv(S)), v)[0][0];
      logLikelihood -= 0.5 * (quadratic + Math.log(det(S)) + rows.length * Math.log(2 * Math.PI));
    }
    filtered.push({ m, P });
  }
  const smoothed = [...filtered];
  for (let t = y.length - 2; t >= 0; t--) {
    const G = multiply(transpose(predicted[t + 1].cross), inv(predicted[t + 1].P));
    const next = smoothed[t + 1];
    smoothed[t] = {
      m: flat(add(column(filtered[t].m), multiply(G, subtract(column(next.m), column(predicted[t + 1].m))))),
      P: add(filtered[t].P, multiply(multiply(G, subtract(next.P, predicted[t + 1].P)), transpose(G))),
    };
  }
  return { filtered, predicted, smoothed, logLikelihood };
}
