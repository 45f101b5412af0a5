/** How far hidden Markov inference on the GPU is from float64, on one of the four models of the accuracy table. */
import { decode, hiddenMarkovModel, smooth } from "../src/api/index.ts";
import type { Engine } from "../src/engine/index.ts";
import { givenLogLikelihoods, type HmmAccuracyCase, hmmAccuracyCase } from "./accuracy_hmm_models.ts";
import { type HmmReference, hmmReference, pathLogJoint } from "./accuracy_hmm_reference.ts";

/** Largest errors over all steps and states. */
export interface HmmErrors {
  readonly filteredProbs: number;
  readonly smoothedProbs: number;
  /** |Δ Σ_t p(z_t = i, z_t+1 = k | y)| / (T − 1) */
  readonly expectedTransitions: number;
  /** |Δ| / |log-likelihood| */
  readonly logLikelihood: number;
  /** (best log p(z, y) − that of the decoded path, both by the reference) / |best| */
  readonly path: number;
  /** |the call's log p(z, y) − the reference's of the same path| / |best| */
  readonly logJoint: number;
  /** Steps at which the decoded path is another one than the reference's. */
  readonly pathDifferences: number;
  /** Those of them at which the reference's path leads by more than 1e-4 nats. */
  readonly pathMisses: number;
}

export const HMM_BOUNDS = { probs: 1e-5, logLikelihood: 1e-6, path: 1e-6, margin: 1e-4 } as const;

/** How probabilities were held: scaled rows, an exponent for every entry, or scaled first and then again with exponents. */
export type HmmHeld = "scaled" | "extended" | "scaled, then extended";

export interface HmmMeasured extends HmmErrors {
  readonly method: "parallel" | "sequential";
  readonly held: HmmHeld;
  readonly plan: string;
  readonly decodePlan: string;
  readonly seconds: { readonly smooth: number; readonly decode: number };
  readonly adapter: string;
  readonly software: boolean;
  readonly status: string;
}

export async function measureHmm(
  engine: Engine,
  given: HmmAccuracyCase,
  exact: HmmReference,
  method: "auto" | "parallel" | "sequential",
): Promise<HmmMeasured> {
  const { initialProbs, transitionMatrix, means, numStates: K } = given;
  const covariances = means.map(() => [[1]]);
  const model = hiddenMarkovModel({
    initialProbs: [...initialProbs],
    transitionMatrix: transitionMatrix.map(row => [...row]),
    emissions: given.precomputed
      ? { family: "precomputed" }
      : { family: "gaussian", means: means.map(mean => [mean]), covariances },
  });
  const options = { backend: "webgpu", engine, method, throwOnFailure: false } as const;
  const y = given.precomputed
    ? { data: given.logLikelihoods, shape: [given.observations.length, K] }
    : [...given.observations];
  const smoothed = await smooth(model, y, { ...options, outputs: ["expectedTransitions"] });
  const decoded = await decode(model, y, options);
  const path = decoded.mostLikelyStates.data;
  const score = pathLogJoint(given, path);
  const size = Math.abs(exact.logJoint);
  const differing = [...path.keys()].filter(t => path[t] !== exact.path[t]);
  const pairs = largest(smoothed.expectedTransitions.data, exact.expectedTransitions);
  const { plan, adapter, software } = smoothed.run;
  return {
    method: smoothed.run.method as HmmMeasured["method"],
    held: plan.includes("again with extended")
      ? "scaled, then extended"
      : plan.startsWith("extended")
        ? "extended"
        : "scaled",
    filteredProbs: largest(smoothed.filteredProbs.data, exact.filteredProbs),
    smoothedProbs: largest(smoothed.smoothedProbs.data, exact.smoothedProbs),
    expectedTransitions: pairs / Math.max(1, path.length - 1),
    logLikelihood:
      Math.abs(smoothed.marginalLogLikelihood - exact.marginalLogLikelihood) /
      Math.abs(exact.marginalLogLikelihood),
    path: (exact.logJoint - score) / size,
    logJoint: Math.abs(decoded.logJoint - score) / size,
    pathDifferences: differing.length,
    pathMisses: differing.filter(t => exact.margins[t]! > HMM_BOUNDS.margin).length,
    plan,
    decodePlan: decoded.run.plan,
    seconds: { smooth: smoothed.run.seconds, decode: decoded.run.seconds },
    adapter,
    software,
    status: smoothed.status === "ok" ? decoded.status : smoothed.status,
  };
}

/** Largest |Δ|; what is no number counts as infinite. */
function largest(got: ArrayLike<number>, exact: ArrayLike<number>): number {
  if (got.length !== exact.length) return Number.POSITIVE_INFINITY;
  let worst = 0;
  for (let i = 0; i < exact.length; i++) {
    const change = Math.abs(got[i]! - exact[i]!);
    if (!(change <= worst)) worst = Number.isNaN(change) ? Number.POSITIVE_INFINITY : change;
  }
  return worst;
}

export interface HmmAccuracyJob {
  readonly model: string;
  readonly steps: number;
  /** The calls are given float32 log-likelihoods; absent: y with Gaussian emissions. */
  readonly givenLogLikelihoods?: true;
}

/** One row of the table: a model over T steps, as users get it and by the method that auto did not take. */
export interface HmmAccuracyRow extends HmmAccuracyJob {
  readonly numStates: number;
  readonly logLikelihood: number;
  readonly logJoint: number;
  /** Steps at which the best path leads by no more than 1e-4 nats. */
  readonly closeSteps: number;
  readonly runs: readonly (Partial<HmmMeasured> & { readonly run: string; readonly failure?: string })[];
}

/** Runs one job; a run that throws is recorded with its message. */
export async function measureHmmJob(engine: Engine, job: HmmAccuracyJob): Promise<HmmAccuracyRow> {
  const drawn = hmmAccuracyCase(job.model, job.steps);
  const given = job.givenLogLikelihoods ? givenLogLikelihoods(drawn) : drawn;
  const exact = hmmReference(given);
  const runs: HmmAccuracyRow["runs"][number][] = [];
  const run = async (method: "auto" | "parallel" | "sequential"): Promise<void> => {
    try {
      runs.push({ run: method, ...(await measureHmm(engine, given, exact, method)) });
    } catch (error) {
      runs.push({ run: method, failure: String(error) });
    }
  };
  await run("auto");
  await run(runs[0]!.method === "parallel" ? "sequential" : "parallel");
  return {
    ...job,
    numStates: given.numStates,
    logLikelihood: exact.marginalLogLikelihood,
    logJoint: exact.logJoint,
    closeSteps: exact.margins.filter(margin => margin <= HMM_BOUNDS.margin).length,
    runs,
  };
}
