/**
 * The Kalman filter or smoother on the GPU with its moments left there, as dense arrays, where one pass is enough. Where it is not,
 * everything is read and the passes go on as for any other call.
 */
import { disposeExcept, execute, readTensors, type Status, type Tensor } from "../engine/index.ts";
import type { Units } from "./conditioning.ts";
import { isCovarianceProblem } from "./covariance_form.ts";
import { chooseKalman, type KalmanChoice, type KalmanOptions } from "./kalman_choice.ts";
import { joinBlocks, readPass, runPass } from "./kalman_pass.ts";
import { needsAgain, type RefinedRecords, refinedRecords, unwhitened } from "./kalman_refined.ts";
import type { Floats, LinearGaussianProblem, Moments } from "./linear_gaussian_problem.ts";
import { type MomentsArray, recordMomentsEach } from "./moments_each.ts";
import { errorOfRatio, REFINE_ABOVE, rememberedError } from "./refine.ts";
import { isFine } from "./settle_statuses.ts";

/** With `left` there are no moments but these; the caller disposes of them. */
export type LeftRecords = RefinedRecords & { readonly left?: ReadonlyMap<MomentsArray, Tensor> };

/** Exponents beyond which a variance in the units of the model may be none in float32. */
const LARGEST_EXPONENT = 48;

const fits = ({ exponents }: Units): boolean =>
  exponents?.every(exponent => Math.abs(exponent) <= LARGEST_EXPONENT) ?? true;

/** @throws ParameterError where the form or smoother asked for does not fit; LimitError, DeviceError, AbortedError */
export async function kalmanLeftGpu(
  given: LinearGaussianProblem,
  options: KalmanOptions,
): Promise<LeftRecords> {
  const choice = chooseKalman(given, options);
  const { problem, units, options: own } = choice;
  const pass = choice.record(problem);
  if (options.refine === "always" || !fits(units))
    return refinedRecords(choice, await runPass(problem, pass, own));
  const each = recordMomentsEach(problem, units, pass);
  const tensors = await execute(own.engine, pass.recording, own);
  const kept = new Map<MomentsArray, Tensor>();
  try {
    const words = [...pass.likelihoods, each.verdicts, each.ends].map(spec => tensors.get(spec)!);
    const read = await readTensors(own.engine, own.call, words);
    const [verdicts, ends] = read.splice(-2) as [Float32Array, Float32Array];
    const values = joinBlocks(read, pass.likelihoods, problem, pass);
    const logLikelihoods = pass.likelihoodsOf?.(values) ?? values;
    const error = judged(choice, logLikelihoods, verdicts, ends);
    if (error === undefined) return await refinedRecords(choice, await readPass(problem, pass, tensors, own));
    const records = {
      ...choice.undo({ logLikelihoods: unwhitened(problem, logLikelihoods) }),
      plan: pass.words() + choice.words,
      parallel: pass.parallel,
      statuses: Array.from(problem.lengths, (): Status => "ok"),
      refusals: [],
      passes: 1,
      ...(options.refine === "never" ? {} : { estimatedError: error }),
      left: kept,
    };
    for (const [name, spec] of each.arrays) kept.set(name, tensors.get(spec)!);
    return records;
  } finally {
    disposeExcept(tensors.values(), kept.values());
  }
}

/** The estimated error of a pass that can stand as it is; undefined where a series failed or another pass is needed. */
function judged(
  choice: KalmanChoice,
  logLikelihoods: Floats,
  verdicts: Float32Array,
  ends: Float32Array,
): number | undefined {
  const { problem, schedule, options } = choice;
  const { lengths, numSteps: T } = problem;
  if (!verdicts.every(Number.isFinite)) return undefined;
  if (!lengths.every((length, s) => logLikelihoods.subarray(s * T, s * T + length).every(isFine)))
    return undefined;
  if (options.refine === "never") return 0;
  // As after any first pass: kalman_refined.ts.
  let error = errorOfRatio(verdicts.reduce((a, b) => Math.max(a, b)));
  if (!schedule) error += rememberedError(problem, endSpreads(problem, ends));
  return error > REFINE_ABOVE || needsAgain(choice, logLikelihoods, error) ? undefined : error;
}

/** Filtered factors or covariances of the last and the middle step of every series. */
function endSpreads(
  problem: LinearGaussianProblem,
  data: Float32Array,
): Pick<Moments, "factors" | "covariances"> {
  const { stateDim: n, lengths } = problem;
  const rows = {
    data,
    at: (s: number, t: number) => (2 * s + (t === lengths[s]! - 1 ? 0 : 1)) * ((n * (n + 1)) / 2),
  };
  return { factors: rows, ...(isCovarianceProblem(problem) && { covariances: rows }) };
}
