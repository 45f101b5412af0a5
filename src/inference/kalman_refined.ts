/** The Kalman filter or smoother on the GPU, with as many passes around a nominal trajectory as its means need. */
import type { Status } from "../engine/index.ts";
import { isCovarianceProblem, type Refusal } from "./covariance_form.ts";
import { chooseKalman, type KalmanChoice, type KalmanOptions } from "./kalman_choice.ts";
import { type PassRecords, runPass } from "./kalman_pass.ts";
import type { Floats, LinearGaussianProblem } from "./linear_gaussian_problem.ts";
import {
  addMeans,
  aroundNominal,
  estimatedError,
  likelihoodTooFar,
  MOST_PASSES,
  REFINE_ABOVE,
  rememberedError,
  residualProblem,
} from "./refine.ts";
import { settleStatuses } from "./settle_statuses.ts";

/** Records of the last pass, and how it came to them. */
export type RefinedRecords = PassRecords & {
  /** [N] */
  readonly statuses: readonly Status[];
  /** Why series are illConditioned. */
  readonly refusals: readonly Refusal[];
  /** Runs of the filter. */
  readonly passes: number;
  /** Of the means, in posterior standard deviations; absent when moments were not looked at. */
  readonly estimatedError?: number;
};

/** @throws ParameterError where the form or smoother asked for does not fit; LimitError, DeviceError, AbortedError */
export async function kalmanRefinedGpu(
  given: LinearGaussianProblem,
  options: KalmanOptions,
): Promise<RefinedRecords> {
  const choice = chooseKalman(given, options);
  const { problem, options: own } = choice;
  return refinedRecords(choice, await runPass(problem, choice.record(problem), own));
}

/** Further passes after a first one, as many as are needed, and what became of every series. */
export async function refinedRecords(choice: KalmanChoice, first: PassRecords): Promise<RefinedRecords> {
  const { problem, options, schedule, undo, words } = choice;
  const { refine } = options;
  let records = first;
  let passes = 1;
  let error: number | undefined;
  let nominal: Float64Array | undefined;
  if (refine !== "never") {
    error = estimatedError(problem, records);
    // The time-invariant path takes its gains from the host: the filter's do not add up there.
    if (!schedule) error += rememberedError(problem, records.filtered);
    while (
      passes < MOST_PASSES &&
      (error > REFINE_ABOVE || (passes === 1 && needsAgain(choice, records.logLikelihoods, error)))
    ) {
      nominal = addMeans(problem, (records.smoothed ?? records.filtered)!, nominal);
      const residual = residualProblem(problem, nominal);
      records = await runPass(residual, choice.record(residual), options);
      error = estimatedError(problem, records);
      passes++;
    }
  }
  // Statuses first: they are told by values that the kernels write.
  const [settled, statuses, refusals] = settleStatuses(
    problem,
    nominal ? aroundNominal(problem, records, nominal) : records,
  );
  return {
    ...undo({ ...settled, logLikelihoods: unwhitened(problem, settled.logLikelihoods) }),
    plan: settled.plan + words,
    statuses,
    refusals,
    passes,
    ...(error === undefined ? {} : { estimatedError: error }),
  };
}

/** Whether a first pass with an error of its means calls for a second one all the same. */
export const needsAgain = (
  { problem, options: { refine } }: KalmanChoice,
  logLikelihoods: Floats,
  error: number,
): boolean => refine === "always" || likelihoodTooFar(problem, unwhitened(problem, logLikelihoods), error);

/** Log-likelihoods of the data as given, not of whitened ones. */
export function unwhitened(problem: LinearGaussianProblem, logLikelihoods: Floats): Floats {
  if (!isCovarianceProblem(problem)) return logLikelihoods;
  const { emissionIndex: index, lengths, numSteps: T, noiseLogDeterminants } = problem;
  const out = Float64Array.from(logLikelihoods);
  for (const [s, length] of lengths.entries())
    for (let t = 0; t < length; t++)
      out[s * T + t]! -= noiseLogDeterminants[index.data[s * index.seriesStride + t * index.stepStride]!]!;
  return out;
}
