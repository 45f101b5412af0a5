/** Seeded models and data: stable, well observed, fully dense, of any size. */

import { CounterRandom } from "../src/inference/index.ts";
import { type LinearGaussianSSM, linearGaussianSSM, simulate } from "../src/models/index.ts";
import type { Size } from "./cell.ts";

type Matrix = number[][];

export interface BenchProblem {
  readonly size: Size;
  readonly model: LinearGaussianSSM;
  /** [N, T, m], or [T, m] of one series. */
  readonly observations: { readonly data: Float64Array; readonly shape: readonly number[] };
}

/** Observations per step of a state of dimension n. */
export const emissionDim = (n: number): number => Math.max(1, Math.floor(n / 2));

/** Damped rotations on the diagonal (radius 0.9 to 0.99) with couplings above it, dense noise. */
export function benchModel(n: number, m: number, seed: number): LinearGaussianSSM {
  const random = new CounterRandom(seed, n);
  const matrix = (rows: number, columns: number, scale: number): Matrix =>
    Array.from({ length: rows }, () => Array.from({ length: columns }, () => scale * random.normal()));
  const F = matrix(n, n, 0.1).map((row, i) => row.map((x, j) => (j > i ? x : 0)));
  for (let i = 0; i < n; i += 2) {
    const radius = 0.9 + 0.09 * random.uniform();
    const angle = 0.1 + random.uniform();
    F[i][i] = i + 1 < n ? radius * Math.cos(angle) : radius;
    if (i + 1 < n) {
      F[i + 1][i + 1] = F[i][i];
      F[i][i + 1] = -radius * Math.sin(angle);
      F[i + 1][i] = radius * Math.sin(angle);
    }
  }
  return linearGaussianSSM({
    initial: { mean: new Array(n).fill(0), covariance: withDiagonal(square(matrix(n, n, 0.5)), 1) },
    dynamics: { weights: F, covariance: withDiagonal(square(matrix(n, n, 0.3)), 0.05) },
    emissions: { weights: matrix(m, n, 1), covariance: withDiagonal(square(matrix(m, m, 0.3)), 0.5) },
  });
}

export function benchProblem(size: Size, seed: number): BenchProblem {
  const { n, m, T, series } = size;
  const model = benchModel(n, m, seed);
  const data = new Float64Array(series * T * m);
  for (let s = 0; s < series; s++) {
    const draw = simulate(model, { numSteps: T, seed: seed * 1_000_003 + s });
    data.set(draw.observations.data, s * T * m);
  }
  return { size, model, observations: { data, shape: series === 1 ? [T, m] : [series, T, m] } };
}

/** G G'. */
const square = (G: Matrix): Matrix => G.map(a => G.map(b => a.reduce((sum, x, k) => sum + x * b[k], 0)));
const withDiagonal = (A: Matrix, d: number): Matrix =>
  A.map((row, i) => row.map((x, j) => (i === j ? x + d : x)));
