/** How far hidden Markov records are from the oracle. */
import type { HmmFilterRecords, HmmSmootherRecords } from "../src/inference/index.ts";
import { forwardBackward, type HmmCase } from "./hmm_oracle.ts";

export interface HmmDifferences {
  /** Largest |Δp| over filtered, predicted and smoothed. */
  probs: number;
  /** Largest |Δ| of an expected transition: of a step, or of a sum over its number of steps. */
  transitions: number;
  /** Largest |Δ| of a step over max(1, |step|). */
  logLikelihoods: number;
  /** |Δ| / max(1, |marginal log-likelihood|) */
  marginal: number;
}

/** Differences of every series of a batch; NaN where there should be a number makes Infinity. */
export function hmmDifferences(
  records: HmmFilterRecords & Partial<HmmSmootherRecords>,
  cases: readonly HmmCase[],
  form: "sum" | "steps" = "sum",
): HmmDifferences {
  const worst: HmmDifferences = { probs: 0, transitions: 0, logLikelihoods: 0, marginal: 0 };
  const note = (key: keyof HmmDifferences, value: number): void => {
    worst[key] = Math.max(worst[key], Number.isNaN(value) ? Number.POSITIVE_INFINITY : value);
  };
  const T = Math.max(...cases.map(c => c.logLikelihoods.length));
  cases.forEach((given, s) => {
    const oracle = forwardBackward(given);
    const K = given.initial.length;
    for (const [rows, exact] of [
      [records.filteredProbs, oracle.filtered],
      [records.predictedProbs, oracle.predicted],
      [records.smoothedProbs, oracle.smoothed],
    ] as const)
      exact.forEach((row, t) => {
        row.forEach((p, k) => {
          if (rows) note("probs", Math.abs(rows.data[rows.at(s, t) + k]! - p));
        });
      });
    const pairs = records.expectedTransitions;
    if (pairs)
      for (let i = 0; i < K; i++)
        for (let k = 0; k < K; k++) {
          if (form === "steps")
            oracle.transitions.forEach((xi, t) => {
              note("transitions", Math.abs(pairs[((s * (T - 1) + t) * K + i) * K + k]! - xi[i]![k]!));
            });
          else {
            const sum = oracle.transitions.reduce((total, xi) => total + xi[i]![k]!, 0);
            note(
              "transitions",
              Math.abs(pairs[(s * K + i) * K + k]! - sum) / Math.max(1, oracle.transitions.length),
            );
          }
        }
    let sum = 0;
    let exact = 0;
    oracle.logLikelihoods.forEach((value, t) => {
      const got = records.logLikelihoods[s * T + t]!;
      note("logLikelihoods", Math.abs(got - value) / Math.max(1, Math.abs(value)));
      sum += got;
      exact += value;
    });
    note("marginal", Math.abs(sum - exact) / Math.max(1, Math.abs(exact)));
  });
  return worst;
}
