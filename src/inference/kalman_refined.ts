/** The Kalman filter or smoother on the GPU, with as many passes around a nominal trajectory as its means need. */
import { ParameterError, type Status } from "../engine/index.ts";
import { condition } from "./conditioning.ts";
import { checkCovarianceForm } from "./covariance_check.ts";
import { isCovarianceProblem, type Refusal } from "./covariance_form.ts";
import { chooseSchedule, type GainSchedule } from "./gain_schedule.ts";
import { type GpuRunOptions, kalmanFilterGpu } from "./kalman_filter.ts";
import { kalmanSmootherGpu } from "./kalman_smoother.ts";
import type { Floats, KalmanSmootherRecords, LinearGaussianProblem } from "./linear_gaussian_problem.ts";
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
import { chooseSmoother, leastLeafPivot, type Smoother } from "./smoother_choice.ts";
import { smootherGains, steadyGpu } from "./steady.ts";

/** auto: another pass while the estimated error is above REFINE_ABOVE, or for the log-likelihood. always: at least two passes. never: one. */
export type Refine = "auto" | "always" | "never";

type PassRecords = Partial<KalmanSmootherRecords> &
  Pick<KalmanSmootherRecords, "logLikelihoods"> & { readonly plan: string; readonly parallel: boolean };

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

/**
 * A chunk's element starts from a known state, so y_t given z_t−1 must have a regular covariance; the recursion over a whole series
 * needs only that of y_t given the data before it.
 */
function methodFor(
  call: string,
  problem: LinearGaussianProblem,
  method: GpuRunOptions["request"]["method"],
): GpuRunOptions["request"]["method"] {
  if (method === "sequential" || leastLeafPivot(problem) > 0) return method;
  if (method === "auto") return "sequential";
  throw new ParameterError(
    `${call}: options.method expected "auto" or "sequential" for this problem, got "parallel", which needs H Q H' + R regular at every observed step after the first. Use "auto".`,
  );
}

/**
 * Where gains never settle, nothing is forgotten, and the scores that the time-invariant smoother sums go on adding their roundings
 * to directions without information: 8e-5 posterior standard deviations at 1e4 steps, 5e-3 at 1e5.
 */
const remembersTooLong = ({ numSteps }: LinearGaussianProblem, { period }: GainSchedule): boolean =>
  period === 0 && numSteps > 16_384;

/** @throws ParameterError where the form or smoother asked for does not fit; LimitError, DeviceError, AbortedError */
export async function kalmanRefinedGpu(
  given: LinearGaussianProblem,
  options: GpuRunOptions & { refine: Refine; smoother?: Smoother },
): Promise<RefinedRecords> {
  const { refine } = options;
  const { problem: conditioned, undo } = condition(given);
  const { call, smoother = "auto", request: asked } = options;
  const covariance = asked.form === "covariance";
  const problem = covariance
    ? checkCovarianceForm(call, conditioned, asked.smooth && { smoother })
    : conditioned;
  const form = asked.smooth && smoother === "twoFilter" ? "squareRoot" : asked.form;
  const found = chooseSchedule(call, problem, form, asked.smooth);
  const schedule =
    found && asked.smooth && form !== "timeInvariant" && remembersTooLong(problem, found) ? undefined : found;
  const choice =
    asked.smooth && !schedule && !covariance ? chooseSmoother(call, problem, smoother, "float32") : undefined;
  const request = {
    ...options.request,
    moments: options.request.moments || refine !== "never",
    method: schedule ? asked.method : methodFor(call, problem, asked.method),
    ...(choice && { smoother: choice.smoother }),
  };
  const gains = schedule && smootherGains(problem, schedule, request);
  const general = request.smooth ? kalmanSmootherGpu : kalmanFilterGpu;
  const pass = (p: LinearGaussianProblem): Promise<PassRecords> =>
    schedule ? steadyGpu(p, schedule, gains, { ...options, request }) : general(p, { ...options, request });
  let records = await pass(problem);
  let passes = 1;
  let error: number | undefined;
  let nominal: Float64Array | undefined;
  if (refine !== "never") {
    error = estimatedError(problem, records);
    // The time-invariant path takes its gains from the host: the filter's do not add up there.
    if (!schedule) error += rememberedError(problem, records.filtered);
    const again = (): boolean =>
      refine === "always" ||
      likelihoodTooFar(problem, unwhitened(problem, records.logLikelihoods), error as number);
    while (passes < MOST_PASSES && (error > REFINE_ABOVE || (passes === 1 && again()))) {
      nominal = addMeans(problem, (records.smoothed ?? records.filtered)!, nominal);
      records = await pass(residualProblem(problem, nominal));
      error = estimatedError(problem, records);
      passes++;
    }
  }
  // Statuses first: they are told by values that the kernels write.
  const [settled, statuses, refusals] = settleStatuses(
    problem,
    nominal ? aroundNominal(problem, records, nominal) : records,
  );
  const plan = choice ? `${settled.plan}; ${choice.words}` : settled.plan;
  return {
    ...undo({ ...settled, logLikelihoods: unwhitened(problem, settled.logLikelihoods) }),
    plan,
    statuses,
    refusals,
    passes,
    ...(error === undefined ? {} : { estimatedError: error }),
  };
}

/** Log-likelihoods of the data as given, not of whitened ones. */
function unwhitened(problem: LinearGaussianProblem, logLikelihoods: Floats): Floats {
  if (!isCovarianceProblem(problem)) return logLikelihoods;
  const { emissionIndex: index, lengths, numSteps: T, noiseLogDeterminants } = problem;
  const out = Float64Array.from(logLikelihoods);
  for (const [s, length] of lengths.entries())
    for (let t = 0; t < length; t++)
      out[s * T + t]! -= noiseLogDeterminants[index.data[s * index.seriesStride + t * index.stepStride]!]!;
  return out;
}
