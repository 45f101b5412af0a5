/** How far a result is from the oracle, in the units that matter. */

import type { Matrix, OracleResult, Vector } from "./oracle.ts";

/** The fields of a result, flat, of one series without a series axis. */
export interface FlatResult {
  filteredMeans: { data: ArrayLike<number> };
  filteredCovariances: { data: ArrayLike<number> };
  predictedMeans: { data: ArrayLike<number> };
  predictedCovariances: { data: ArrayLike<number> };
  smoothedMeans: { data: ArrayLike<number> };
  smoothedCovariances: { data: ArrayLike<number> };
  smoothedCrossCovariances: { data: ArrayLike<number> };
  logLikelihoods: { data: ArrayLike<number> };
  marginalLogLikelihood: number;
}

export interface Differences {
  /** Largest |Δ mean| / sd over filtered, predicted and smoothed. */
  means: number;
  /** Largest |ΔP_ij| / √(P_ii P_jj). */
  covariances: number;
  /** Largest |ΔC_ij| / √(P_t,ii P_t+1,jj). */
  crossCovariances: number;
  /** Largest |Δ| of a step, nats. */
  logLikelihoods: number;
  /** |Δ| / max(1, |marginal log-likelihood|) */
  marginalLogLikelihood: number;
}

/** Below this a standard deviation of the oracle is rounding of an exact zero. */
const LEAST_SD = 1e-9;

/**
 * Differences over all fields. NaN anywhere in the result makes a difference of Infinity.
 * @param zeroSd unit for the difference of a mean whose standard deviation is exactly zero; for float32 results, which
 *   hold such a mean only to 6e-8 of its size, 1e-4 asks for 1e-7 where 1e-3 sd are asked for elsewhere
 */
export function differences(result: FlatResult, oracle: OracleResult, zeroSd = LEAST_SD): Differences {
  const n = oracle.filteredMeans[0].length;
  const worst: Differences = {
    means: 0,
    covariances: 0,
    crossCovariances: 0,
    logLikelihoods: 0,
    marginalLogLikelihood: 0,
  };
  const note = (key: keyof Differences, value: number): void => {
    worst[key] = Math.max(worst[key], Number.isNaN(value) ? Number.POSITIVE_INFINITY : value);
  };
  const deviation = (P: Matrix, i: number): number => {
    const sd = Math.sqrt(Math.max(0, P[i][i]));
    return sd < LEAST_SD ? zeroSd : sd;
  };
  const moments = (
    means: ArrayLike<number>,
    covariances: ArrayLike<number>,
    m: Vector[],
    P: Matrix[],
  ): void => {
    if (means.length !== m.length * n || covariances.length !== m.length * n * n) note("means", Number.NaN);
    m.forEach((mean, t) => {
      for (let i = 0; i < n; i++) {
        note("means", Math.abs(means[t * n + i] - mean[i]) / deviation(P[t], i));
        for (let j = 0; j < n; j++) {
          const change = Math.abs(covariances[(t * n + i) * n + j] - P[t][i][j]);
          note("covariances", change / deviation(P[t], i) / deviation(P[t], j));
        }
      }
    });
  };
  moments(
    result.filteredMeans.data,
    result.filteredCovariances.data,
    oracle.filteredMeans,
    oracle.filteredCovariances,
  );
  moments(
    result.predictedMeans.data,
    result.predictedCovariances.data,
    oracle.predictedMeans,
    oracle.predictedCovariances,
  );
  moments(
    result.smoothedMeans.data,
    result.smoothedCovariances.data,
    oracle.smoothedMeans,
    oracle.smoothedCovariances,
  );
  const cross = result.smoothedCrossCovariances.data;
  if (cross.length !== oracle.smoothedCrossCovariances.length * n * n) note("crossCovariances", Number.NaN);
  oracle.smoothedCrossCovariances.forEach((C, t) => {
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) {
        const scale =
          deviation(oracle.smoothedCovariances[t], i) * deviation(oracle.smoothedCovariances[t + 1], j);
        note("crossCovariances", Math.abs(cross[(t * n + i) * n + j] - C[i][j]) / scale);
      }
    }
  });
  oracle.logLikelihoods.forEach((value, t) => {
    note("logLikelihoods", Math.abs(result.logLikelihoods.data[t] - value));
  });
  const total = oracle.marginalLogLikelihood;
  note(
    "marginalLogLikelihood",
    Math.abs(result.marginalLogLikelihood - total) / Math.max(1, Math.abs(total)),
  );
  return worst;
}

/** An oracle's own result in the flat form, to compare two oracles. */
export function flat(oracle: OracleResult): FlatResult {
  const vectors = (m: Vector[]) => ({ data: m.flat() });
  const matrices = (P: Matrix[]) => ({ data: P.flat(2) });
  return {
    filteredMeans: vectors(oracle.filteredMeans),
    filteredCovariances: matrices(oracle.filteredCovariances),
    predictedMeans: vectors(oracle.predictedMeans),
    predictedCovariances: matrices(oracle.predictedCovariances),
    smoothedMeans: vectors(oracle.smoothedMeans),
    smoothedCovariances: matrices(oracle.smoothedCovariances),
    smoothedCrossCovariances: matrices(oracle.smoothedCrossCovariances),
    logLikelihoods: { data: oracle.logLikelihoods },
    marginalLogLikelihood: oracle.marginalLogLikelihood,
  };
}
