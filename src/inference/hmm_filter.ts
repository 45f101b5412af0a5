/** hmm_filter: p(z_t | y_0:t) on the GPU, parallel in time or step by step. */
import type { HmmForm } from "../scan/index.ts";
import type { HmmGpuOptions } from "./hmm_pass.ts";
import type { HmmProblem } from "./hmm_problem.ts";
import type { HmmFilterRecords } from "./hmm_records.ts";
import { type HmmRun, runHmm } from "./hmm_run.ts";
import { denseRows } from "./linear_gaussian_problem.ts";

/** How it was done. */
export interface HmmGpuRun {
  readonly plan: string;
  readonly parallel: boolean;
  /** [N] how the probabilities of each series were held. */
  readonly forms: readonly HmmForm[];
}

/**
 * Filters on the GPU.
 * @returns filtered and, if asked for, predicted probabilities; logLikelihoods [N, T], nats
 * @throws ShaderError with the line of a user's own density; LimitError, DeviceError, AbortedError
 */
export async function hmmFilterGpu(
  problem: HmmProblem,
  options: HmmGpuOptions,
): Promise<HmmFilterRecords & HmmGpuRun> {
  return filterRecords(problem, await runHmm(problem, options, false));
}

export function filterRecords(
  { numStates: K, numSteps: T }: HmmProblem,
  { filtered, predicted, logLikelihoods, ends, plan, parallel, forms }: HmmRun,
): HmmFilterRecords & HmmGpuRun {
  return {
    ...(filtered && { filteredProbs: denseRows(filtered, K, T) }),
    ...(predicted && { predictedProbs: denseRows(predicted, K, T) }),
    logLikelihoods,
    ends,
    plan,
    parallel,
    forms,
  };
}
