/** How a linear Gaussian problem is run on the GPU: units, form, smoother and method, and the pass that follows from them. */
import { ParameterError } from "../engine/index.ts";
import { condition, type Units } from "./conditioning.ts";
import { checkCovarianceForm } from "./covariance_check.ts";
import { chooseSchedule, type GainSchedule } from "./gain_schedule.ts";
import { recordFilterPass } from "./kalman_filter.ts";
import type { GpuRunOptions, RecordedPass } from "./kalman_pass.ts";
import { recordSmootherPass } from "./kalman_smoother.ts";
import type { LinearGaussianProblem } from "./linear_gaussian_problem.ts";
import { chooseSmoother, leastLeafPivot, type Smoother } from "./smoother_choice.ts";
import { recordSteadyPass, smootherGains } from "./steady.ts";

/** auto: another pass while the estimated error is above REFINE_ABOVE, or for the log-likelihood. always: at least two passes. never: one. */
export type Refine = "auto" | "always" | "never";

export type KalmanOptions = GpuRunOptions & { readonly refine: Refine; readonly smoother?: Smoother };

export interface KalmanChoice {
  /** In units that float32 holds. */
  readonly problem: LinearGaussianProblem;
  readonly units: Units;
  readonly undo: ReturnType<typeof condition>["undo"];
  /** With the request as it is run. */
  readonly options: KalmanOptions;
  /** Of the time-invariant path, where it is taken. */
  readonly schedule: GainSchedule | undefined;
  /** What is to be said of the smoother. */
  readonly words: string;
  /** A pass over the problem, or over that of its residuals. */
  readonly record: (problem: LinearGaussianProblem) => RecordedPass;
}

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

/** @throws ParameterError where the form or smoother asked for does not fit */
export function chooseKalman(given: LinearGaussianProblem, options: KalmanOptions): KalmanChoice {
  const { call, refine, smoother = "auto", request: asked } = options;
  const { problem: conditioned, undo, units } = condition(given);
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
    ...asked,
    moments: asked.moments || refine !== "never",
    method: schedule ? asked.method : methodFor(call, problem, asked.method),
    ...(choice && { smoother: choice.smoother }),
  };
  const own = { ...options, request };
  const gains = schedule && smootherGains(problem, schedule, request);
  const recordGeneral = request.smooth ? recordSmootherPass : recordFilterPass;
  return {
    problem,
    units,
    undo,
    options: own,
    schedule,
    words: choice ? `; ${choice.words}` : "",
    record: p => (schedule ? recordSteadyPass(p, schedule, gains, own) : recordGeneral(p, own)),
  };
}
