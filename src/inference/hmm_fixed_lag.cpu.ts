/**
 * hmm_fixed_lag in float64 on the host: p(z_t | y_0:min(t+L, T−1)) for every t, by the reverse kernels of the filter.
 *
 *   row e starts as α_e and goes back by B_e−1, B_e−2, …; after L of them it is p(z_e−L | y_0:e)
 *
 * The rows under way go back together, so that every kernel is made once: O(T L K²) work, L K numbers of space.
 * Source: Moore 1973, doi:10.1016/0005-1098(73)90011-0 (fixed-lag smoothing), with kernels as hmm_reverse_kernel.cpu.ts.
 */

import { type LoopOptions, stepsPerLook } from "./cooperate.ts";
import { type HmmFilterCpuRecords, hmmFilterCpu } from "./hmm_filter.cpu.ts";
import type { HmmProblem } from "./hmm_problem.ts";
import type { HmmSmootherRecords } from "./hmm_records.ts";
import { type Filtered, ReverseKernel } from "./hmm_reverse_kernel.cpu.ts";
import { stepsBack } from "./hmm_steps_back.cpu.ts";
import { denseRows } from "./linear_gaussian_problem.ts";

export interface HmmFixedLagOptions extends LoopOptions {
  /** L ≥ 0: how many later observations a step may use. */
  readonly lag: number;
  /** Default false. */
  readonly predicted?: boolean;
  /** Name of the call in AbortedError; default "smooth". */
  readonly call?: string;
}

/**
 * p(z_t | y_0:min(t+L, T−1)) as smoothedProbs, with what the filter gives.
 * @throws AbortedError
 */
export async function hmmFixedLagCpu(
  problem: HmmProblem,
  options: HmmFixedLagOptions,
): Promise<HmmSmootherRecords & HmmFilterCpuRecords> {
  const { call = "smooth" } = options;
  const filter = await hmmFilterCpu(problem, { ...options, call, filtered: true, logarithms: true });
  const { ends } = filter;
  const { numStates: K, numSeries, numSteps } = problem;
  const lag = Math.min(options.lag, numSteps - 1);
  const kernel = new ReverseKernel(problem, filter as Filtered);
  const smoothed = new Float64Array(numSeries * numSteps * K).fill(Number.NaN);
  const alpha = filter.filteredProbs?.data as Float64Array;
  const stride = Math.max(1, Math.floor(stepsPerLook(K) / (lag + 1)));
  /** Row e at (e mod (L + 1)) K, two copies to go from one to the other. */
  const ring = [new Float64Array((lag + 1) * K), new Float64Array((lag + 1) * K)];
  await stepsBack(problem, ends, { ...options, call, phase: "smooth", stride }, (s, t) => {
    const at = (s * numSteps + t) * K;
    const [rows, moved] = ring;
    const last = Math.min(t + lag, ends[s] - 1);
    if (last > t) {
      kernel.make(s, t);
      for (let e = last; e > t; e--) {
        const row = (e % (lag + 1)) * K;
        kernel.apply(rows, row, moved, row);
      }
    }
    const own = (t % (lag + 1)) * K;
    for (let k = 0; k < K; k++) moved[own + k] = alpha[at + k];
    const done = (last % (lag + 1)) * K;
    for (let k = 0; k < K; k++) smoothed[at + k] = moved[done + k];
    ring.reverse();
  });
  return { ...filter, smoothedProbs: denseRows(smoothed, K, numSteps) };
}
