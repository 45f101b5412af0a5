/** The Kalman filter or smoother on the GPU, with as many passes around a nominal trajectory as its means need. */
import { checkCovarianceForm } from "./covariance_check.ts";
import { isCovarianceProblem } from "./covariance_form.ts";
import { chooseSchedule } from "./gain_schedule.ts";
import { type GpuRunOptions, kalmanFilterGpu } from "./kalman_filter.ts";
import { kalmanSmootherGpu } from "./kalman_smoother.ts";
import type { Floats, KalmanSmootherRecords, LinearGaussianProblem } from "./linear_gaussian_problem.ts";
import {
  addMeans,
  aroundNominal,
  estimatedError,
  MOST_PASSES,
  REFINE_ABOVE,
  residualProblem,
} from "./refine.ts";
import { smootherGains, steadyGpu } from "./steady.ts";

/** auto: another pass while the estimated error is above REFINE_ABOVE. always: at least two passes. never: one. */
export type Refine = "auto" | "always" | "never";

/** Records of the last pass, and how it came to them. */
export type RefinedRecords = Partial<KalmanSmootherRecords> &
  Pick<KalmanSmootherRecords, "logLikelihoods"> & {
    readonly plan: string;
    readonly parallel: boolean;
    /** Runs of the filter. */
    readonly passes: number;
    /** Of the means, in posterior standard deviations; undefined when moments were not looked at. */
    readonly estimatedError?: number;
  };

/** @throws ParameterError where the form asked for does not fit; LimitError, DeviceError, AbortedError */
export async function kalmanRefinedGpu(
  given: LinearGaussianProblem,
  options: GpuRunOptions & { refine: Refine },
): Promise<RefinedRecords> {
  const { refine } = options;
  const { call, request: asked } = options;
  const problem = asked.form === "covariance" ? checkCovarianceForm(call, given, asked.smooth) : given;
  const request = { ...options.request, moments: options.request.moments || refine !== "never" };
  const schedule = chooseSchedule(options.call, problem, request.form);
  const gains = schedule && smootherGains(problem, schedule, request);
  const general = request.smooth ? kalmanSmootherGpu : kalmanFilterGpu;
  const pass = (p: LinearGaussianProblem): Promise<Omit<RefinedRecords, "passes">> =>
    schedule ? steadyGpu(p, schedule, gains, { ...options, request }) : general(p, { ...options, request });
  let records = await pass(problem);
  if (refine === "never")
    return { ...records, logLikelihoods: unwhitened(problem, records.logLikelihoods), passes: 1 };
  let error = estimatedError(problem, records);
  let passes = 1;
  let nominal: Float64Array | undefined;
  while (passes < MOST_PASSES && (error > REFINE_ABOVE || (refine === "always" && passes === 1))) {
    nominal = addMeans(problem, (records.smoothed ?? records.filtered)!, nominal);
    records = await pass(residualProblem(problem, nominal));
    error = estimatedError(problem, records);
    passes++;
  }
  return {
    ...(nominal ? aroundNominal(problem, records, nominal) : records),
    logLikelihoods: unwhitened(problem, records.logLikelihoods),
    passes,
    estimatedError: error,
  };
}

/** Log-likelihoods of the data as given, not of whitened ones; what marks a failed step stays beyond all likelihoods. */
function unwhitened(problem: LinearGaussianProblem, logLikelihoods: Floats): Floats {
  if (!isCovarianceProblem(problem)) return logLikelihoods;
  const { emissionIndex: index, lengths, numSteps: T, noiseLogDeterminants } = problem;
  const out = Float64Array.from(logLikelihoods);
  for (const [s, length] of lengths.entries())
    for (let t = 0; t < length; t++)
      out[s * T + t]! -= noiseLogDeterminants[index.data[s * index.seriesStride + t * index.stepStride]!]!;
  return out;
}
