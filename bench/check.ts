/** A result against the float64 reference, on the records themselves: no result arrays are made. */

import type {
  KalmanFilterRecords,
  KalmanSmootherRecords,
  LinearGaussianProblem,
  Moments,
  Rows,
} from "../src/inference/index.ts";
import { type Check, LIMITS } from "./cell.ts";

export type Records = KalmanFilterRecords & Partial<Pick<KalmanSmootherRecords, "smoothed">>;

const HALF_LOG_TWO_PI = 0.5 * Math.log(2 * Math.PI);

/** Filtered and, where the reference has them, smoothed moments, and the log-likelihood of every series. */
export function checkRecords(problem: LinearGaussianProblem, got: Records, reference: Records): Check {
  const worst = { means: 0, covariances: 0, logLikelihood: logLikelihoodError(problem, got, reference) };
  for (const name of ["filtered", "smoothed"] as const) {
    const expected = reference[name];
    if (expected) compareStates(problem, got[name], expected, worst);
  }
  const passed = Object.entries(LIMITS).every(([name, limit]) => worst[name as keyof typeof worst] <= limit);
  return { ...worst, passed };
}

function logLikelihoodError(
  { numSeries: N, numSteps: T, emissionDim: m, lengths }: LinearGaussianProblem,
  got: Records,
  reference: Records,
): number {
  let worst = 0;
  for (let s = 0; s < N; s++) {
    let expected = -HALF_LOG_TWO_PI * m * lengths[s];
    let difference = 0;
    for (let t = s * T; t < s * T + lengths[s]; t++) {
      expected += reference.logLikelihoods[t];
      difference += got.logLikelihoods[t] - reference.logLikelihoods[t];
    }
    worst = atLeast(worst, Math.abs(difference) / Math.max(1, Math.abs(expected)));
  }
  return worst;
}

function compareStates(
  { stateDim: n, numSeries, lengths }: LinearGaussianProblem,
  got: Moments | undefined,
  expected: Moments,
  worst: { means: number; covariances: number },
): void {
  if (!got) {
    worst.means = Number.POSITIVE_INFINITY;
    return;
  }
  const sd = new Float64Array(n);
  for (let s = 0; s < numSeries; s++) {
    for (let t = 0; t < lengths[s]; t++) {
      for (let i = 0; i < n; i++) {
        sd[i] = Math.sqrt(covariance(expected.factors, s, t, i, i));
        const change =
          got.means.data[got.means.at(s, t) + i] - expected.means.data[expected.means.at(s, t) + i];
        worst.means = atLeast(worst.means, Math.abs(change) / sd[i]);
        for (let j = 0; j <= i; j++) {
          const error = covariance(got.factors, s, t, i, j) - covariance(expected.factors, s, t, i, j);
          worst.covariances = atLeast(worst.covariances, Math.abs(error) / (sd[i] * sd[j]));
        }
      }
    }
  }
}

/** (U U')_ij, j ≤ i. */
function covariance({ data, at }: Rows, s: number, t: number, i: number, j: number): number {
  const left = at(s, t) + (i * (i + 1)) / 2;
  const right = at(s, t) + (j * (j + 1)) / 2;
  let sum = 0;
  for (let k = 0; k <= j; k++) sum += data[left + k] * data[right + k];
  return sum;
}

/** The larger; NaN counts as infinite. */
const atLeast = (worst: number, value: number): number =>
  Number.isNaN(value) ? Number.POSITIVE_INFINITY : Math.max(value, worst);
