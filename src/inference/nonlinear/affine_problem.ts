/** A linear Gaussian problem put together step by step from affine maps. */
import type { Field, LinearGaussianProblem } from "../linear_gaussian_problem.ts";
import type { AffineEmission, AffineTransition } from "./affine_steps.ts";
import type { NonlinearProblem } from "./nonlinear_problem.ts";

/** Indices of the entries of y_t that are there. */
export function observedRows(
  { emissionDim: m, numSteps: T, observations }: NonlinearProblem,
  s: number,
  t: number,
): number[] {
  const rows: number[] = [];
  for (let i = 0; i < m; i++) if (!Number.isNaN(observations[(s * T + t) * m + i])) rows.push(i);
  return rows;
}

/** Every step has parameters of its own; until they are set nothing is observed there. */
export class AffineProblem {
  readonly problem: LinearGaussianProblem;
  /** [N, T] to be added to log-likelihoods; 0 for Gaussian emissions. */
  readonly corrections: Float64Array;
  readonly #n: number;
  readonly #m: number;
  readonly #given: NonlinearProblem;

  constructor(given: NonlinearProblem) {
    const { stateDim: n, emissionDim: m, numSeries: N, numSteps: T } = given;
    this.#given = given;
    this.#n = n;
    this.#m = m;
    this.corrections = new Float64Array(N * T);
    const field = (size: number): Field => ({
      data: new Float64Array(N * T * size),
      stepStride: size,
      seriesStride: T * size,
    });
    this.problem = {
      stateDim: n,
      emissionDim: m,
      numSeries: N,
      numSteps: T,
      lengths: given.lengths,
      initialMean: given.initialMean,
      initialFactor: given.initialFactor,
      diffuse: [],
      dynamicsWeights: field(n * n),
      dynamicsBias: field(n),
      dynamicsFactor: field(n * n),
      emissionWeights: new Float64Array(N * T * m * n),
      emissionFactor: new Float64Array(N * T * m * m),
      observedCounts: new Uint32Array(N * T),
      emissionIndex: {
        data: Uint32Array.from({ length: N * T }, (_, at) => at),
        stepStride: 1,
        seriesStride: T,
      },
      observations: new Float64Array(N * T * m),
    };
    for (let row = 0; row < N * T * m; row++) this.problem.emissionFactor[row * m + (row % m)] = 1;
  }

  /** @param around m, the mean that the map was made around */
  setTransition(s: number, t: number, { map, factor }: AffineTransition, around: ArrayLike<number>): void {
    const n = this.#n;
    const at = s * this.problem.numSteps + t;
    const { dynamicsWeights: A, dynamicsBias: b, dynamicsFactor: L } = this.problem;
    A.data.set(map.weights, at * n * n);
    L.data.set(factor, at * n * n);
    for (let i = 0; i < n; i++) {
      let bias = map.centre[i];
      for (let j = 0; j < n; j++) bias -= map.weights[i * n + j] * around[j];
      b.data[at * n + i] = bias;
    }
  }

  /** @param rows the entries of y_t that are there, in the order of the factor */
  setEmission(
    s: number,
    t: number,
    emission: AffineEmission | undefined,
    around: ArrayLike<number>,
    rows: readonly number[],
  ): void {
    const n = this.#n;
    const m = this.#m;
    const at = s * this.problem.numSteps + t;
    const { emissionWeights: H, emissionFactor: L, observations: y, observedCounts } = this.problem;
    observedCounts[at] = rows.length;
    H.fill(0, at * m * n, (at + 1) * m * n);
    L.fill(0, at * m * m, (at + 1) * m * m);
    y.fill(0, at * m, (at + 1) * m);
    for (let i = 0; i < m; i++) L[(at * m + i) * m + i] = 1;
    this.corrections[at] = emission?.correction ?? 0;
    if (!emission) return;
    const { map, factor } = emission;
    rows.forEach((row, i) => {
      let offset = map.centre[row];
      for (let j = 0; j < n; j++) {
        H[(at * m + row) * n + j] = map.weights[row * n + j];
        offset -= map.weights[row * n + j] * around[j];
      }
      y[at * m + row] = this.#given.observations[at * m + row] - offset;
      rows.forEach((column, j) => {
        L[(at * m + row) * m + column] = factor[i * rows.length + j];
      });
    });
  }
}
