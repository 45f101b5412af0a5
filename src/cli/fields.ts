/** Which arrays each call gives, and what they are called in the output. */

import type { CallName } from "./job.ts";

/** Which part of every covariance is wanted. */
export type CovarianceForm = "full" | "diag" | "none";

const FILTERED = [
  "filteredMeans",
  "filteredCovariances",
  "predictedMeans",
  "predictedCovariances",
  "logLikelihoods",
];

/** The result fields of each call that are arrays, in the order they are written. */
export const FIELDS: Readonly<Record<CallName, readonly string[]>> = {
  filter: FILTERED,
  smooth: ["smoothedMeans", "smoothedCovariances", "smoothedCrossCovariances", ...FILTERED],
  loglik: ["logLikelihoods"],
  forecast: ["means", "covariances", "lower", "upper", "stateMeans", "stateCovariances"],
  sample: ["states"],
  simulate: ["states", "observations"],
  decompose: ["components", "fitted", "irregular"],
};

const IS_COVARIANCE = /covariances$/i;

/** The fields a job gives, after the choice of fields and of the form of covariances. */
export function wantedFields(header: {
  readonly call: CallName;
  readonly covariances: CovarianceForm;
  readonly fields?: readonly string[];
}): string[] {
  const all = FIELDS[header.call];
  const asked = header.fields ? all.filter(name => header.fields?.includes(name)) : all;
  return asked.filter(name => {
    if (!IS_COVARIANCE.test(name)) return true;
    if (header.covariances === "none") return false;
    // The diagonal of a cross-covariance is not a variance.
    return header.covariances === "full" || name !== "smoothedCrossCovariances";
  });
}

/** Is the field to be cut to its diagonals? */
export const isCut = (name: string, form: CovarianceForm): boolean =>
  form === "diag" && IS_COVARIANCE.test(name);

/** Name of a field in the output: covariances cut to their diagonals are variances. */
export function fieldLabel(name: string, form: CovarianceForm): string {
  return form === "diag"
    ? name.replace(/Covariances$/, "Variances").replace(/^covariances$/, "variances")
    : name;
}
