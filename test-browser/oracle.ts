/**
 * Two independent float64 answers for linear Gaussian models, to judge every backend by. Nothing here is shared
 * with src/: other algorithms, other data structures (nested arrays), written for plainness.
 *
 *   denseOracle     the joint Gaussian of all states and observations, conditioned by one Cholesky factor;
 *                   T·(n + m) up to a few hundred; any singular Q and P0
 *   textbookOracle  covariance-form filter with Joseph's update, missing entries by deleting rows, and the
 *                   Rauch-Tung-Striebel smoother with an explicit solve; any T, predicted covariances regular
 *
 * Sources: Bishop, Pattern Recognition and Machine Learning, §2.3.1; Anderson & Moore, Optimal Filtering; Rauch,
 * Tung & Striebel 1965, doi:10.2514/3.3166.
 */

export type Vector = number[];
export type Matrix = number[][];
/** Constant, or one per step. */
export type OverTime<Entry> = Entry | Entry[];

/** A model as a user writes it; every array nested, constant or with a leading time axis. */
export interface RawModel {
  initial: { mean: Vector; covariance: Matrix };
  dynamics: {
    weights: OverTime<Matrix>;
    bias?: OverTime<Vector>;
    inputWeights?: OverTime<Matrix>;
    covariance: OverTime<Matrix>;
  };
  emissions: {
    weights: OverTime<Matrix>;
    bias?: OverTime<Vector>;
    inputWeights?: OverTime<Matrix>;
    covariance: OverTime<Matrix>;
  };
}

/** y_t [T, m], null where missing. */
export type RawObservations = (number | null)[][];

/** Exact moments of one series. */
export interface OracleResult {
  filteredMeans: Vector[];
  filteredCovariances: Matrix[];
  predictedMeans: Vector[];
  predictedCovariances: Matrix[];
  smoothedMeans: Vector[];
  smoothedCovariances: Matrix[];
  /** Cov(z_t, z_t+1 | y), T − 1 of them */
  smoothedCrossCovariances: Matrix[];
  logLikelihoods: number[];
  marginalLogLikelihood: number;
}

export const zeros = (r: number, c: number): Matrix =>
  Array.from({ length: r }, () => new Array<number>(c).fill(0));
export const identity = (n: number): Matrix =>
  zeros(n, n).map((row, i) => row.map((_, j) => (i === j ? 1 : 0)));
export const transpose = (a: Matrix): Matrix => a[0].map((_, j) => a.map(row => row[j]));
/** A B, with loops: most of the time of an oracle is spent here. */
export const multiply = (a: Matrix, b: Matrix): Matrix =>
  a.map(row => {
    const product = new Array<number>(b[0].length).fill(0);
    for (let k = 0; k < row.length; k++)
      for (let j = 0; j < product.length; j++) product[j] += row[k] * b[k][j];
    return product;
  });
export const apply = (a: Matrix, x: Vector): Vector =>
  a.map(row => row.reduce((sum, v, k) => sum + v * x[k], 0));
export const add = (a: Matrix, b: Matrix): Matrix => a.map((row, i) => row.map((x, j) => x + b[i][j]));
const subtract = (a: Matrix, b: Matrix): Matrix => a.map((row, i) => row.map((x, j) => x - b[i][j]));
const symmetric = (a: Matrix): Matrix => a.map((row, i) => row.map((x, j) => (x + a[j][i]) / 2));
export const plus = (x: Vector, y: Vector): Vector => x.map((v, i) => v + y[i]);

export function matrixAt(value: OverTime<Matrix>, t: number): Matrix {
  return Array.isArray(value[0][0]) ? (value as Matrix[])[t] : (value as Matrix);
}
function vectorAt(value: OverTime<Vector>, t: number): Vector {
  return Array.isArray(value[0]) ? (value as Vector[])[t] : (value as Vector);
}

/** bias + inputWeights u at step t. */
export function offset(part: RawModel["dynamics"], size: number, t: number, inputs?: Matrix): Vector {
  let result = part.bias ? vectorAt(part.bias, t) : new Array<number>(size).fill(0);
  if (part.inputWeights) result = plus(result, apply(matrixAt(part.inputWeights, t), (inputs as Matrix)[t]));
  return result;
}

export function cholesky(a: Matrix): Matrix {
  const n = a.length;
  const l = zeros(n, n);
  for (let j = 0; j < n; j++) {
    for (let i = j; i < n; i++) {
      let sum = a[i][j];
      for (let k = 0; k < j; k++) sum -= l[i][k] * l[j][k];
      if (i === j && !(sum > 0)) throw new Error(`oracle: pivot ${j} is ${sum}, the matrix is singular`);
      l[i][j] = i === j ? Math.sqrt(sum) : sum / l[j][j];
    }
  }
  return l;
}

/** L⁻¹ B. */
export function forward(l: Matrix, b: Matrix): Matrix {
  const x = b.map(row => [...row]);
  for (let i = 0; i < l.length; i++) {
    for (let k = 0; k < i; k++) for (let j = 0; j < x[i].length; j++) x[i][j] -= l[i][k] * x[k][j];
    for (let j = 0; j < x[i].length; j++) x[i][j] /= l[i][i];
  }
  return x;
}

/** A⁻¹ B for symmetric positive definite A. */
function solve(a: Matrix, b: Matrix): Matrix {
  const l = cholesky(a);
  const x = forward(l, b);
  for (let i = l.length - 1; i >= 0; i--) {
    for (let k = i + 1; k < l.length; k++) for (let j = 0; j < x[i].length; j++) x[i][j] -= l[k][i] * x[k][j];
    for (let j = 0; j < x[i].length; j++) x[i][j] /= l[i][i];
  }
  return x;
}

const HALF_LOG_TWO_PI = 0.5 * Math.log(2 * Math.PI);

/** Condition the joint Gaussian of everything. */
export function denseOracle(model: RawModel, observations: RawObservations, inputs?: Matrix): OracleResult {
  const T = observations.length;
  const n = model.initial.mean.length;
  // Joint moments of the stacked states.
  const mean: Vector = [...model.initial.mean];
  const joint = zeros(T * n, T * n);
  const put = (s: number, t: number, block: Matrix): void => {
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) {
        joint[s * n + i][t * n + j] = block[i][j];
        joint[t * n + j][s * n + i] = block[i][j];
      }
    }
  };
  const get = (s: number, t: number): Matrix =>
    Array.from({ length: n }, (_, i) => joint[s * n + i].slice(t * n, t * n + n));
  put(0, 0, model.initial.covariance);
  for (let t = 1; t < T; t++) {
    const F = matrixAt(model.dynamics.weights, t);
    mean.push(...plus(apply(F, mean.slice((t - 1) * n, t * n)), offset(model.dynamics, n, t, inputs)));
    for (let s = 0; s < t; s++) put(t, s, multiply(F, get(t - 1, s)));
    put(
      t,
      t,
      add(multiply(multiply(F, get(t - 1, t - 1)), transpose(F)), matrixAt(model.dynamics.covariance, t)),
    );
  }
  // Observed entries, in order of time: y = A z + noise.
  const seen: { t: number; row: Vector; residual: number; i: number }[] = [];
  for (let t = 0; t < T; t++) {
    const H = matrixAt(model.emissions.weights, t);
    const d = offset(model.emissions, H.length, t, inputs);
    for (let i = 0; i < H.length; i++) {
      const y = observations[t][i];
      if (y === null || Number.isNaN(y)) continue;
      let expected = d[i];
      for (let k = 0; k < n; k++) expected += H[i][k] * mean[t * n + k];
      seen.push({ t, i, row: H[i], residual: y - expected });
    }
  }
  const crossed = seen.map(({ t, row }) =>
    mean.map((_, c) => row.reduce((sum, h, k) => sum + h * joint[t * n + k][c], 0)),
  );
  const spread = seen.map((_, a) =>
    seen.map(other => {
      const noise =
        seen[a].t === other.t ? matrixAt(model.emissions.covariance, other.t)[seen[a].i][other.i] : 0;
      return other.row.reduce((sum, h, k) => sum + h * crossed[a][other.t * n + k], noise);
    }),
  );
  const l = cholesky(symmetric(spread));
  const w = forward(l, crossed);
  const e = forward(
    l,
    seen.map(({ residual }) => [residual]),
  ).map(row => row[0]);
  /** Mean of z_t and covariance of z_s, z_t given the first `count` observed entries. */
  const meanGiven = (t: number, count: number): Vector =>
    Array.from({ length: n }, (_, i) => {
      let sum = mean[t * n + i];
      for (let k = 0; k < count; k++) sum += w[k][t * n + i] * e[k];
      return sum;
    });
  const covarianceGiven = (s: number, t: number, count: number): Matrix =>
    get(s, t).map((row, i) =>
      row.map((x, j) => {
        let sum = x;
        for (let k = 0; k < count; k++) sum -= w[k][s * n + i] * w[k][t * n + j];
        return sum;
      }),
    );
  const upTo = (t: number): number => seen.filter(entry => entry.t <= t).length;
  const steps = Array.from({ length: T }, (_, t) => t);
  const logLikelihoods = new Array<number>(T).fill(0);
  seen.forEach(({ t }, k) => {
    logLikelihoods[t] -= 0.5 * e[k] * e[k] + Math.log(l[k][k]) + HALF_LOG_TWO_PI;
  });
  return {
    filteredMeans: steps.map(t => meanGiven(t, upTo(t))),
    filteredCovariances: steps.map(t => covarianceGiven(t, t, upTo(t))),
    predictedMeans: steps.map(t => meanGiven(t, upTo(t - 1))),
    predictedCovariances: steps.map(t => covarianceGiven(t, t, upTo(t - 1))),
    smoothedMeans: steps.map(t => meanGiven(t, seen.length)),
    smoothedCovariances: steps.map(t => covarianceGiven(t, t, seen.length)),
    smoothedCrossCovariances: steps.slice(1).map(t => covarianceGiven(t - 1, t, seen.length)),
    logLikelihoods,
    marginalLogLikelihood: logLikelihoods.reduce((a, b) => a + b, 0),
  };
}

/** Joseph-form filter and Rauch-Tung-Striebel smoother. */
export function textbookOracle(
  model: RawModel,
  observations: RawObservations,
  inputs?: Matrix,
): OracleResult {
  const T = observations.length;
  const n = model.initial.mean.length;
  const result: OracleResult = {
    filteredMeans: [],
    filteredCovariances: [],
    predictedMeans: [],
    predictedCovariances: [],
    smoothedMeans: [],
    smoothedCovariances: [],
    smoothedCrossCovariances: [],
    logLikelihoods: [],
    marginalLogLikelihood: 0,
  };
  let m = model.initial.mean;
  let P = model.initial.covariance;
  for (let t = 0; t < T; t++) {
    if (t > 0) {
      const F = matrixAt(model.dynamics.weights, t);
      m = plus(apply(F, m), offset(model.dynamics, n, t, inputs));
      P = symmetric(add(multiply(multiply(F, P), transpose(F)), matrixAt(model.dynamics.covariance, t)));
    }
    result.predictedMeans.push(m);
    result.predictedCovariances.push(P);
    const fullH = matrixAt(model.emissions.weights, t);
    const rows = fullH
      .map((_, i) => i)
      .filter(i => observations[t][i] !== null && !Number.isNaN(observations[t][i]));
    let logLikelihood = 0;
    if (rows.length > 0) {
      const H = rows.map(i => fullH[i]);
      const fullR = matrixAt(model.emissions.covariance, t);
      const R = rows.map(i => rows.map(j => fullR[i][j]));
      const d = offset(model.emissions, fullH.length, t, inputs);
      const predicted = apply(H, m);
      const v = rows.map((i, k) => [(observations[t][i] as number) - d[i] - predicted[k]]);
      const S = symmetric(add(multiply(multiply(H, P), transpose(H)), R));
      const K = transpose(solve(S, multiply(H, P)));
      const l = cholesky(S);
      const e = forward(l, v);
      for (let k = 0; k < rows.length; k++) {
        logLikelihood -= 0.5 * e[k][0] * e[k][0] + Math.log(l[k][k]) + HALF_LOG_TWO_PI;
      }
      m = plus(
        m,
        multiply(K, v).map(row => row[0]),
      );
      const A = subtract(identity(n), multiply(K, H));
      P = symmetric(add(multiply(multiply(A, P), transpose(A)), multiply(multiply(K, R), transpose(K))));
    }
    result.filteredMeans.push(m);
    result.filteredCovariances.push(P);
    result.logLikelihoods.push(logLikelihood);
    result.marginalLogLikelihood += logLikelihood;
  }
  for (let t = T - 1; t >= 0; t--) {
    if (t < T - 1) {
      const U = result.filteredCovariances[t];
      const predicted = result.predictedCovariances[t + 1];
      const E = transpose(solve(predicted, multiply(matrixAt(model.dynamics.weights, t + 1), U)));
      const change = m.map((x, i) => x - result.predictedMeans[t + 1][i]);
      result.smoothedCrossCovariances.push(multiply(E, P));
      m = plus(result.filteredMeans[t], apply(E, change));
      P = symmetric(add(U, multiply(multiply(E, subtract(P, predicted)), transpose(E))));
    }
    result.smoothedMeans.push(m);
    result.smoothedCovariances.push(P);
  }
  result.smoothedCrossCovariances.reverse();
  result.smoothedMeans.reverse();
  result.smoothedCovariances.reverse();
  return result;
}
