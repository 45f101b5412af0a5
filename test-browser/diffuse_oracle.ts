/**
 * Exact moments under a prior that is flat on some states, by generalised least squares on everything at once: with the flat
 * states δ, all states are Z = M + X δ + noise and all data Y = H Z + noise, so
 *
 *   L⁻¹(Y − H M) = L⁻¹ H X δ + unit noise,   L L' = Cov(Y | δ)
 *
 * is a regression. What its row space does not span has infinite variance. Nothing here is shared with src/. Cov(Y | δ) must
 * be regular. Source: De Jong 1991, doi:10.1214/aos/1176348139; Rosenberg 1973, Annals of Economic and Social Measurement.
 */

import {
  add,
  apply,
  cholesky,
  forward,
  type Matrix,
  matrixAt,
  multiply,
  offset,
  plus,
  type RawModel,
  type RawObservations,
  transpose,
  type Vector,
  zeros,
} from "./oracle.ts";

export interface DiffuseOracle {
  filteredMeans: Vector[];
  filteredCovariances: Matrix[];
  predictedMeans: Vector[];
  predictedCovariances: Matrix[];
  /** Empty if the data do not identify everything. */
  smoothedMeans: Vector[];
  smoothedCovariances: Matrix[];
  smoothedCrossCovariances: Matrix[];
  /** Exact, constants for all observed entries. */
  logLikelihoods: number[];
  /** Entries that made the row space larger, by step. */
  diffuseEntries: number[];
  /** Directions never seen. */
  unseen: number;
}

const dot = (x: Vector, y: Vector): number => x.reduce((sum, v, i) => sum + v * y[i], 0);

/** Orthonormal vectors: those given, and what `vectors` add to them beyond `tolerance` of their length. */
function span(basis: Vector[], vectors: Vector[], tolerance = 1e-9): Vector[] {
  const all = [...basis];
  for (const vector of vectors) {
    const length = Math.sqrt(dot(vector, vector));
    if (length === 0) continue;
    let rest = vector.map(v => v / length);
    for (let pass = 0; pass < 2; pass++) {
      for (const b of all) {
        const share = dot(rest, b);
        rest = rest.map((v, i) => v - share * b[i]);
      }
    }
    const left = Math.sqrt(dot(rest, rest));
    if (left > tolerance) all.push(rest.map(v => v / left));
  }
  return all;
}

/** @param diffuse which states are flat at step 0; their mean and covariance in the model are 0 */
export function diffuseOracle(
  model: RawModel,
  diffuse: boolean[],
  observations: RawObservations,
  inputs?: Matrix,
): DiffuseOracle {
  const T = observations.length;
  const n = model.initial.mean.length;
  const flat = diffuse.flatMap((yes, i) => (yes ? [i] : []));
  const k = flat.length;
  // M, X and Cov(Z | δ), stacked over time.
  const M: Vector = [...model.initial.mean];
  const X: Matrix = zeros(n, k);
  flat.forEach((state, j) => {
    X[state][j] = 1;
  });
  const V = zeros(T * n, T * n);
  const block = (s: number, t: number): Matrix =>
    Array.from({ length: n }, (_, i) => V[s * n + i].slice(t * n, t * n + n));
  const put = (s: number, t: number, value: Matrix): void => {
    value.forEach((row, i) => {
      row.forEach((x, j) => {
        V[s * n + i][t * n + j] = x;
        V[t * n + j][s * n + i] = x;
      });
    });
  };
  put(0, 0, model.initial.covariance);
  for (let t = 1; t < T; t++) {
    const F = matrixAt(model.dynamics.weights, t);
    M.push(...plus(apply(F, M.slice((t - 1) * n, t * n)), offset(model.dynamics, n, t, inputs)));
    X.push(...multiply(F, X.slice((t - 1) * n, t * n)));
    for (let s = 0; s < t; s++) put(t, s, multiply(F, block(t - 1, s)));
    put(
      t,
      t,
      add(multiply(multiply(F, block(t - 1, t - 1)), transpose(F)), matrixAt(model.dynamics.covariance, t)),
    );
  }
  // Observed entries: rows of H on the stacked states.
  const seen: { t: number; i: number; row: Vector; value: number }[] = [];
  for (let t = 0; t < T; t++) {
    const H = matrixAt(model.emissions.weights, t);
    const d = offset(model.emissions, H.length, t, inputs);
    H.forEach((h, i) => {
      const y = observations[t][i];
      if (y === null || Number.isNaN(y)) return;
      const row = new Array<number>(T * n).fill(0);
      h.forEach((x, j) => {
        row[t * n + j] = x;
      });
      seen.push({ t, i, row, value: y - d[i] - dot(row, M) });
    });
  }
  const HV = seen.map(({ row }) => apply(V, row));
  const spread = seen.map((a, p) =>
    seen.map((b, q) => {
      const noise = a.t === b.t ? matrixAt(model.emissions.covariance, a.t)[a.i][b.i] : 0;
      return dot(seen[q].row, HV[p]) + noise;
    }),
  );
  const L = seen.length > 0 ? cholesky(spread) : [];
  const e = forward(
    L,
    seen.map(({ value }) => [value]),
  ).map(row => row[0]);
  const G = forward(
    L,
    seen.map(({ row }) => (k > 0 ? apply(transpose(X), row) : [])),
  );
  const W = forward(L, HV);

  /** Everything given the first `count` entries. */
  const given = (count: number) => {
    const rows = G.slice(0, count);
    const basis = k > 0 ? span([], rows) : [];
    const q = basis.length;
    const unit = Array.from({ length: k }, (_, i) => Array.from({ length: k }, (_, j) => (i === j ? 1 : 0)));
    const hidden = span(basis, unit, 1e-7).slice(q);
    // Regression on the coordinates along the basis, by orthogonal columns.
    const columns = basis.map(b => rows.map(row => dot(row, b)));
    const Q: Matrix = [];
    const R = zeros(q, q);
    columns.forEach((column, j) => {
      let rest = [...column];
      for (let pass = 0; pass < 2; pass++) {
        Q.forEach((unitColumn, i) => {
          const share = dot(rest, unitColumn);
          R[i][j] += share;
          rest = rest.map((v, r) => v - share * unitColumn[r]);
        });
      }
      R[j][j] = Math.sqrt(dot(rest, rest));
      Q.push(rest.map(v => v / R[j][j]));
    });
    const target = e.slice(0, count);
    const projected = Q.map(column => dot(column, target));
    const backSolve = (rhs: Vector): Vector => {
      const x = [...rhs];
      for (let i = q - 1; i >= 0; i--) {
        for (let j = i + 1; j < q; j++) x[i] -= R[i][j] * x[j];
        x[i] /= R[i][i];
      }
      return x;
    };
    const omega = backSolve(projected);
    const inverse = Array.from({ length: q }, (_, j) =>
      backSolve(Array.from({ length: q }, (_, i) => (i === j ? 1 : 0))),
    );
    const left = dot(target, target) - dot(projected, projected);
    const logLikelihood =
      -0.5 * left -
      L.slice(0, count).reduce((sum, row, i) => sum + Math.log(row[i]), 0) -
      R.reduce((sum, row, i) => sum + Math.log(row[i]), 0) -
      0.5 * Math.log(2 * Math.PI) * count;
    // Z = M + W'e + (X − W'G)(basis ω + hidden ν) + noise
    const sensitivity = (t: number, direction: Vector): Vector =>
      Array.from({ length: n }, (_, i) => {
        let sum = dot(X[t * n + i], direction);
        for (let r = 0; r < count; r++) sum -= W[r][t * n + i] * dot(G[r], direction);
        return sum;
      });
    const mean = (t: number): Vector => {
      const along = basis.map(b => sensitivity(t, b));
      return Array.from({ length: n }, (_, i) => {
        let sum = M[t * n + i];
        for (let r = 0; r < count; r++) sum += W[r][t * n + i] * e[r];
        return along.reduce((total, column, j) => total + column[i] * omega[j], sum);
      });
    };
    const covariance = (s: number, t: number): Matrix => {
      const finite = block(s, t).map((row, i) =>
        row.map((x, j) => {
          let sum = x;
          for (let r = 0; r < count; r++) sum -= W[r][s * n + i] * W[r][t * n + j];
          return sum;
        }),
      );
      if (k === 0) return finite;
      const a = basis.map(column => sensitivity(s, column));
      const b = basis.map(column => sensitivity(t, column));
      const h = hidden.map(column => [sensitivity(s, column), sensitivity(t, column)]);
      return finite.map((row, i) =>
        row.map((x, j) => {
          const infinite = h.reduce((sum, [p, r]) => sum + p[i] * r[j], 0);
          const size = h.reduce((sum, [p, r]) => sum + Math.hypot(...p) * Math.hypot(...r), 0);
          if (Math.abs(infinite) > 1e-9 * size && size > 1e-18)
            return Math.sign(infinite) * Number.POSITIVE_INFINITY;
          // (a R⁻¹)(b R⁻¹)'
          return inverse.reduce((sum, column) => {
            const along = (c: Vector[], e: number): number =>
              c.reduce((total, direction, l) => total + direction[e] * column[l], 0);
            return sum + along(a, i) * along(b, j);
          }, x);
        }),
      );
    };
    return { mean, covariance, logLikelihood, rank: q };
  };

  const steps = Array.from({ length: T }, (_, t) => t);
  const upTo = (t: number): number => seen.filter(entry => entry.t <= t).length;
  const states = steps.map(t => given(upTo(t)));
  const before = [given(0), ...states.slice(0, -1)];
  const last = states[T - 1];
  const complete = last.rank === k;
  return {
    filteredMeans: steps.map(t => states[t].mean(t)),
    filteredCovariances: steps.map(t => states[t].covariance(t, t)),
    predictedMeans: steps.map(t => before[t].mean(t)),
    predictedCovariances: steps.map(t => before[t].covariance(t, t)),
    smoothedMeans: complete ? steps.map(t => last.mean(t)) : [],
    smoothedCovariances: complete ? steps.map(t => last.covariance(t, t)) : [],
    smoothedCrossCovariances: complete ? steps.slice(1).map(t => last.covariance(t - 1, t)) : [],
    logLikelihoods: steps.map(t => states[t].logLikelihood - before[t].logLikelihood),
    diffuseEntries: steps.map(t => states[t].rank - before[t].rank),
    unseen: k - last.rank,
  };
}
