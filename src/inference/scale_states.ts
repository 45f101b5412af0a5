/**
 * Powers of two that bring states and observations into the range of float32, whose squares underflow below 1e-19 and
 * overflow above 1e19: z = D z', y = E y'. Every operation of the recursions scales exactly, so nothing else changes.
 *
 * Rows of emission records that stand for missing entries stay as they are.
 *
 *   F' = D⁻¹ F D,  b' = D⁻¹ b,  Lq' = D⁻¹ Lq,  H' = E⁻¹ H D,  Lr' = E⁻¹ Lr,  log p(y) = log p(y') − log det E
 */
import { mapMoments } from "./covariance_moments.ts";
import type {
  Field,
  KalmanSmootherRecords,
  LinearGaussianProblem,
  Moments,
  Rows,
} from "./linear_gaussian_problem.ts";

/** Exponents of D [n] and E [m]. */
export interface Scales {
  readonly states: Int32Array;
  readonly observations: Int32Array;
}

/** Scales within 2^±24 are left alone. */
const NEAR_ONE = 24;

/** undefined when everything is in range. */
export function scalesOf(problem: LinearGaussianProblem): Scales | undefined {
  const { stateDim: n, emissionDim: m, initialMean, emissionWeights: H, emissionFactor: Lr } = problem;
  const states = largestRows(n, [problem.initialFactor.data, problem.dynamicsFactor.data]);
  for (let i = 0; i < n; i++)
    if (states[i] === 0)
      for (let at = i; at < initialMean.data.length; at += n)
        states[i] = Math.max(states[i]!, Math.abs(initialMean.data[at]!));
  const observations = new Float64Array(m);
  for (let row = 0; row < Lr.length / m; row++) {
    if (isMissing(problem, row)) continue;
    const i = row % m;
    const own = Math.max(...Lr.subarray(row * m, (row + 1) * m).map(Math.abs));
    // A channel without noise of its own is measured by what the states bring to it.
    const brought = own > 0 ? 0 : Math.max(...states.map((size, j) => Math.abs(H[row * n + j]!) * size));
    observations[i] = Math.max(observations[i]!, own, brought);
  }
  const exponents = (sizes: Float64Array): Int32Array =>
    Int32Array.from(sizes, size => {
      const exponent = size > 0 ? Math.round(Math.log2(size)) : 0;
      return Math.abs(exponent) <= NEAR_ONE ? 0 : exponent;
    });
  const scales = { states: exponents(states), observations: exponents(observations) };
  return scales.states.some(e => e !== 0) || scales.observations.some(e => e !== 0) ? scales : undefined;
}

/** Row of an emission record that says nothing: no loading, and noise 1 of its own. Those of missing entries are; they stay. */
function isMissing(
  { stateDim: n, emissionDim: m, emissionWeights: H, emissionFactor: Lr }: LinearGaussianProblem,
  row: number,
): boolean {
  const i = row % m;
  for (let j = 0; j < n; j++) if (H[row * n + j] !== 0) return false;
  for (let j = 0; j < m; j++) if (Lr[row * m + j] !== (j === i ? 1 : 0)) return false;
  return true;
}

/** Exponents of the rows of every emission record. */
const rowExponents = (problem: LinearGaussianProblem, { observations }: Scales): Int32Array =>
  Int32Array.from({ length: problem.emissionFactor.length / problem.emissionDim }, (_, row) =>
    isMissing(problem, row) ? 0 : observations[row % problem.emissionDim]!,
  );

/** Largest absolute entry of row i over all [size, size] matrices. */
function largestRows(size: number, matrices: readonly Float64Array[]): Float64Array {
  const out = new Float64Array(size);
  for (const data of matrices)
    for (let at = 0; at < data.length; at++) {
      const i = Math.floor(at / size) % size;
      out[i] = Math.max(out[i]!, Math.abs(data[at]!));
    }
  return out;
}

export function scaled(problem: LinearGaussianProblem, scales: Scales): LinearGaussianProblem {
  const { emissionDim: m, numSeries, numSteps: T, emissionIndex: index } = problem;
  const { states } = scales;
  const rows = rowExponents(problem, scales);
  /** Rows of `width` entries: row r times 2^−exponents[r], over and over; column j times 2^columns[j]. */
  const down = (
    data: Float64Array,
    width: number,
    exponents: Int32Array,
    columns?: Int32Array,
  ): Float64Array =>
    data.map(
      (value, at) =>
        value * 2 ** ((columns?.[at % width] ?? 0) - exponents[Math.floor(at / width) % exponents.length]!),
    );
  const field = (given: Field, width: number, columns?: Int32Array): Field => ({
    ...given,
    data: down(given.data, width, states, columns),
  });
  const n = states.length;
  const observations = Float64Array.from(problem.observations);
  for (let s = 0; s < numSeries; s++)
    for (let t = 0; t < T; t++)
      for (let i = 0; i < m; i++)
        observations[(s * T + t) * m + i]! *=
          2 ** -rows[index.data[s * index.seriesStride + t * index.stepStride]! * m + i]!;
  return {
    ...problem,
    initialMean: field(problem.initialMean, 1),
    initialFactor: field(problem.initialFactor, n),
    dynamicsWeights: field(problem.dynamicsWeights, n, states),
    dynamicsBias: field(problem.dynamicsBias, 1),
    dynamicsFactor: field(problem.dynamicsFactor, n),
    emissionWeights: down(problem.emissionWeights, n, rows, states),
    emissionFactor: down(problem.emissionFactor, m, rows),
    observations,
  };
}

/** Records of a scaled problem in the units of the problem. */
export function unscaled<
  R extends Partial<KalmanSmootherRecords> & Pick<KalmanSmootherRecords, "logLikelihoods">,
>(records: R, problem: LinearGaussianProblem, scales: Scales): R {
  const { stateDim: n, emissionDim: m, numSeries, numSteps: T, lengths, emissionIndex: index } = problem;
  const { states } = scales;
  /** Rows of `size`, entry k times 2^exponent(k); in the order [N, steps]. */
  const up = (rows: Rows, size: number, less: number, exponent: (k: number) => number): Rows => {
    const steps = T - less;
    const data = new Float64Array(numSeries * steps * size);
    for (let s = 0; s < numSeries; s++)
      for (let t = 0; t < lengths[s]! - less; t++)
        for (let k = 0, from = rows.at(s, t), to = (s * steps + t) * size; k < size; k++)
          data[to + k] = rows.data[from + k]! * 2 ** exponent(k);
    return { data, at: (s, t) => (s * steps + t) * size };
  };
  const rowOfEntry = Array.from({ length: n }, (_, i) => Array.from({ length: i + 1 }, () => i)).flat();
  const columnOfEntry = Array.from({ length: n }, (_, i) =>
    Array.from({ length: i + 1 }, (_, j) => j),
  ).flat();
  const moments = (given: Moments | undefined): Moments | undefined =>
    given &&
    mapMoments(problem, given, (rows, size) => {
      if (rows === given.means) return up(rows, n, 0, i => states[i]!);
      const columns = given.covariances ? states : undefined;
      return up(rows, size, 0, k => states[rowOfEntry[k]!]! + (columns?.[columnOfEntry[k]!] ?? 0));
    });
  const rows = rowExponents(problem, scales);
  const logLikelihoods = Float64Array.from(records.logLikelihoods);
  for (let s = 0; s < numSeries; s++)
    for (let t = 0; t < lengths[s]!; t++)
      for (let i = 0; i < m; i++)
        logLikelihoods[s * T + t]! -=
          Math.LN2 * rows[index.data[s * index.seriesStride + t * index.stepStride]! * m + i]!;
  return {
    ...records,
    filtered: moments(records.filtered),
    predicted: moments(records.predicted),
    smoothed: moments(records.smoothed),
    crossCovariances:
      records.crossCovariances &&
      up(records.crossCovariances, n * n, 1, k => states[Math.floor(k / n)]! + states[k % n]!),
    logLikelihoods,
  };
}
