/** What the log-likelihood of a series with a diffuse or merely wide start is to count. */

import { ParameterError } from "../engine/index.ts";
import type { LinearGaussianProblem } from "../inference/index.ts";
import { type LinearGaussianSSM, say, valueText } from "../models/index.ts";
import type { BackendRun } from "./backend.ts";
import type { InferenceOptions } from "./types.ts";

/**
 * @throws ParameterError for burnIn without likelihood "burn", and for "burn" without a number of steps to go by
 */
export function checkConvention(
  call: string,
  { diffuse }: LinearGaussianSSM,
  { likelihood, burnIn }: InferenceOptions,
): void {
  if (burnIn !== undefined && likelihood !== "burn") {
    throw new ParameterError(
      say(
        call,
        "options.likelihood",
        '"burn" beside burnIn',
        valueText(likelihood),
        'Add likelihood: "burn" or remove burnIn.',
      ),
    );
  }
  if (likelihood === "burn" && burnIn === undefined && diffuse.length === 0) {
    throw new ParameterError(
      say(
        call,
        "options.burnIn",
        "a number of steps, as the start of the model is not diffuse",
        "nothing",
        "Say how many steps not to count.",
      ),
    );
  }
}

/** The terms of the log-likelihood as the caller wants them: see InferenceOptions.likelihood. */
export function applyConvention(
  { numSeries, numSteps, lengths }: LinearGaussianProblem,
  { likelihood = "exact", burnIn }: InferenceOptions,
  { records, observedCount, diffuse }: Pick<BackendRun, "records" | "diffuse"> & ObservedCount,
): Pick<BackendRun, "records"> & ObservedCount {
  if (likelihood === "exact" || (likelihood === "diffuseOmitted" && diffuse === undefined)) {
    return { records, observedCount };
  }
  if (likelihood === "diffuseOmitted") {
    return { records, observedCount: (s, t) => observedCount(s, t) - (diffuse?.entries(s, t) ?? 0) };
  }
  const burnt = (s: number): number => Math.min(lengths[s], burnIn ?? diffuse?.steps[s] ?? 0);
  const logLikelihoods = records.logLikelihoods.slice();
  for (let s = 0; s < numSeries; s++) {
    for (let at = s * numSteps; at < s * numSteps + burnt(s); at++) {
      // What failed stays NaN.
      if (Number.isFinite(logLikelihoods[at])) logLikelihoods[at] = 0;
    }
  }
  return {
    records: { ...records, logLikelihoods },
    observedCount: (s, t) => (t < burnt(s) ? 0 : observedCount(s, t)),
  };
}

interface ObservedCount {
  /** How many constants ½ log 2π a step counts. */
  readonly observedCount: (series: number, step: number) => number;
}
