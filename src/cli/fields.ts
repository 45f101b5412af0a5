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

/** What a model document is about; particles: a nonlinear model, by its particle filter. */
export type ModelKind = "linear-gaussian" | "nonlinear" | "particles" | "hmm" | "recurrence";

const HMM_FILTERED = ["filteredProbs", "predictedProbs", "logLikelihoods", "emissionLogLikelihoods"];

type Fields = Readonly<Partial<Record<CallName, readonly string[]>>>;

const MOMENTS: Fields = {
  filter: FILTERED,
  smooth: ["smoothedMeans", "smoothedCovariances", "smoothedCrossCovariances", ...FILTERED],
  loglik: ["logLikelihoods"],
  forecast: ["means", "covariances", "lower", "upper", "stateMeans", "stateCovariances"],
  sample: ["states"],
  simulate: ["states", "observations"],
};

const PARTICLES = ["filteredMeans", "filteredCovariances", "logLikelihoods", "effectiveSampleSizes"];

/** The result fields of each call that are arrays, in the order they are written. */
const FIELDS: Readonly<Record<ModelKind, Fields>> = {
  nonlinear: MOMENTS,
  particles: {
    filter: PARTICLES,
    smooth: ["smoothedMeans", "smoothedCovariances", ...PARTICLES],
    loglik: ["logLikelihoods", "effectiveSampleSizes"],
    sample: ["states"],
  },
  "linear-gaussian": {
    ...MOMENTS,
    decompose: ["components", "fitted", "irregular"],
  },
  hmm: {
    filter: HMM_FILTERED,
    smooth: ["smoothedProbs", "expectedTransitions", ...HMM_FILTERED],
    loglik: ["logLikelihoods"],
    decode: ["mostLikelyStates"],
    forecast: ["stateProbs", "means", "covariances", "lower", "upper", "categoryProbs"],
    sample: ["states"],
    simulate: ["states", "observations"],
  },
  recurrence: {
    evaluate: ["states", "iterates"],
    lyapunov: ["exponents", "exponentsPerTime"],
  },
};

/** Fields that are written only when --fields names them. */
const ON_REQUEST = ["emissionLogLikelihoods", "categoryProbs", "iterates"];

/** The fields a call can give; none: it is not for such models. */
export const knownFields = (call: CallName, kind: ModelKind = "linear-gaussian"): readonly string[] =>
  FIELDS[kind][call] ?? [];

const IS_COVARIANCE = /covariances$/i;

/** The fields a job gives, after the choice of fields and of the form of covariances. */
export function wantedFields(header: {
  readonly call: CallName;
  readonly covariances: CovarianceForm;
  readonly fields?: readonly string[];
  readonly kind?: ModelKind;
  readonly lag?: number;
}): string[] {
  const all = knownFields(header.call, header.kind);
  const asked = all.filter(name => header.fields?.includes(name) ?? !ON_REQUEST.includes(name));
  return asked.filter(name => {
    // There are none of fewer observations.
    if (name === "expectedTransitions" && header.lag !== undefined) return false;
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
