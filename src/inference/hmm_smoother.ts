/** hmm_smoother: p(z_t | y_0:T−1) and expected transitions on the GPU, parallel in time or step by step. */
import { filterRecords, type HmmGpuRun } from "./hmm_filter.ts";
import type { HmmGpuOptions } from "./hmm_pass.ts";
import type { HmmProblem } from "./hmm_problem.ts";
import type { HmmSmootherRecords } from "./hmm_records.ts";
import { type HmmRun, runHmm } from "./hmm_run.ts";
import { denseRows } from "./linear_gaussian_problem.ts";

/**
 * Smooths on the GPU: the filter, and the reverse kernels back over the same blocks. With options.request.lag smoothedProbs are
 * p(z_t | y_0:min(t+L, T−1)), and there are no expectedTransitions.
 * @returns what the filter gives, smoothedProbs and, if options.request.transitions asks for them, expectedTransitions
 * @throws ShaderError with the line of a user's own density; LimitError, DeviceError, AbortedError
 */
export async function hmmSmootherGpu(
  problem: HmmProblem,
  options: HmmGpuOptions,
): Promise<HmmSmootherRecords & HmmGpuRun> {
  return smootherRecords(problem, await runHmm(problem, options, true));
}

export const smootherRecords = (problem: HmmProblem, run: HmmRun): HmmSmootherRecords & HmmGpuRun => ({
  ...filterRecords(problem, run),
  smoothedProbs: denseRows(run.smoothed!, problem.numStates, problem.numSteps),
  ...(run.transitions && { expectedTransitions: run.transitions }),
});
