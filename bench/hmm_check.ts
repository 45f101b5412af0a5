/** Hidden Markov records against the float64 reference. */

import type {
  HmmDecodeRecords,
  HmmFilterRecords,
  HmmProblem,
  HmmSmootherRecords,
  Rows,
} from "../src/inference/index.ts";
import { HMM_LIMITS, type HmmCheck } from "./cell.ts";

export type HmmRecords = (HmmFilterRecords & Partial<HmmSmootherRecords>) | HmmDecodeRecords;

/** Everything that the reference has: probabilities and log-likelihoods of every series, or the score of its path. */
export function checkHmmRecords(problem: HmmProblem, got: HmmRecords, reference: HmmRecords): HmmCheck {
  const worst: { probs?: number; logLikelihood?: number; path?: number } = {};
  const note = (name: keyof typeof worst, value: number): void => {
    worst[name] = Number.isNaN(value) ? Number.POSITIVE_INFINITY : Math.max(worst[name] ?? 0, value);
  };
  const { numStates: K, numSeries: N, numSteps: T, lengths } = problem;
  for (let s = 0; s < N; s++) {
    if ("logJoints" in reference) {
      const [path, exact] = [(got as HmmDecodeRecords).logJoints[s], reference.logJoints[s]];
      note("path", Math.abs(path - exact) / Math.max(1, Math.abs(exact)));
      continue;
    }
    const records = got as Exclude<HmmRecords, HmmDecodeRecords>;
    let [expected, difference] = [0, 0];
    for (let t = s * T; t < s * T + lengths[s]; t++) {
      expected += reference.logLikelihoods[t];
      difference += records.logLikelihoods[t] - reference.logLikelihoods[t];
    }
    note("logLikelihood", Math.abs(difference) / Math.max(1, Math.abs(expected)));
    for (const name of ["filteredProbs", "smoothedProbs"] as const) {
      const exact = reference[name];
      if (exact) note("probs", largest(records[name], exact, s, lengths[s], K));
    }
  }
  const passed = Object.entries(worst).every(
    ([name, value]) => value <= HMM_LIMITS[name as keyof typeof worst],
  );
  return { ...worst, passed };
}

/** Largest |Δ| of a series; NaN where there should be a number. */
function largest(got: Rows | undefined, exact: Rows, s: number, length: number, K: number): number {
  if (!got) return Number.NaN;
  let worst = 0;
  for (let t = 0; t < length; t++)
    for (let k = 0; k < K; k++) {
      const change = Math.abs(got.data[got.at(s, t) + k] - exact.data[exact.at(s, t) + k]);
      if (Number.isNaN(change)) return change;
      worst = Math.max(worst, change);
    }
  return worst;
}
