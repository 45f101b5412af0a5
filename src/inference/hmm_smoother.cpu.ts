/**
 * hmm_smoother in float64 on the host: p(z_t | y_0:T−1) by the reverse kernels of the filter (hmm_reverse_kernel.cpu.ts).
 *
 *   γ_T−1 = α_T−1,  γ_t(i) = Σ_k γ_t+1(k) B_t[k, i],  ξ_t(i, k) = γ_t+1(k) B_t[k, i]
 *
 * Only rows of probabilities are multiplied: no likelihood is needed after the filter, and nothing can overflow.
 */

import { type LoopOptions, stepsPerLook } from "./cooperate.ts";
import { type HmmFilterCpuRecords, hmmFilterCpu } from "./hmm_filter.cpu.ts";
import type { HmmProblem } from "./hmm_problem.ts";
import type { Ends, HmmSmootherRecords, TransitionsForm } from "./hmm_records.ts";
import { type Filtered, ReverseKernel } from "./hmm_reverse_kernel.cpu.ts";
import { stepsBack } from "./hmm_steps_back.cpu.ts";
import { denseRows } from "./linear_gaussian_problem.ts";

export interface HmmSmootherCpuOptions extends LoopOptions {
  /** Default false. */
  readonly predicted?: boolean;
  /** Which expected transitions to compute; default none. */
  readonly transitions?: TransitionsForm;
  /** Name of the call in AbortedError; default "smooth". */
  readonly call?: string;
}

export type HmmSmootherCpuRecords = HmmSmootherRecords & HmmFilterCpuRecords;

/**
 * p(z_t | y_0:T−1) for every series and step, with what the filter gives.
 * @throws AbortedError
 */
export async function hmmSmootherCpu(
  problem: HmmProblem,
  options: HmmSmootherCpuOptions = {},
): Promise<HmmSmootherCpuRecords> {
  const { call = "smooth" } = options;
  const filter = await hmmFilterCpu(problem, { ...options, call, filtered: true, logarithms: true });
  const { ends } = filter;
  const { numStates: K, numSeries, numSteps } = problem;
  const kernel = new ReverseKernel(problem, filter as Filtered);
  const smoothed = new Float64Array(numSeries * numSteps * K).fill(Number.NaN);
  const pairs = new TransitionSums(problem, ends, options.transitions);
  const alpha = filter.filteredProbs?.data as Float64Array;
  const loop = { ...options, call, phase: "smooth", stride: stepsPerLook(K) };
  await stepsBack(problem, ends, loop, (s, t) => {
    const at = (s * numSteps + t) * K;
    if (t === ends[s] - 1) {
      for (let k = 0; k < K; k++) smoothed[at + k] = alpha[at + k];
      return;
    }
    kernel.make(s, t);
    kernel.apply(smoothed, at + K, smoothed, at, pairs.data, pairs.at(s, t));
  });
  return {
    ...filter,
    smoothedProbs: denseRows(smoothed, K, numSteps),
    ...(pairs.data && { expectedTransitions: pairs.data }),
  };
}

/** Where ξ goes: [N, K, K] summed over time, [N, T − 1, K, K], or nowhere. */
export class TransitionSums {
  readonly data: Float64Array | undefined;
  private readonly steps: boolean;
  private readonly size: number;
  private readonly rows: number;

  /** Rows past the end of a series hold nothing. */
  constructor(
    { numStates: K, numSeries, numSteps }: HmmProblem,
    ends: Ends,
    form: TransitionsForm | undefined,
  ) {
    this.steps = form === "steps";
    this.size = K * K;
    this.rows = this.steps ? numSteps - 1 : 1;
    this.data = form && new Float64Array(numSeries * this.rows * this.size);
    if (!this.steps) return;
    ends.forEach((end, series) => {
      const from = series * this.rows + Math.max(0, end - 1);
      this.data?.fill(Number.NaN, from * this.size, (series + 1) * this.rows * this.size);
    });
  }

  at(series: number, t: number): number {
    return (series * this.rows + (this.steps ? t : 0)) * this.size;
  }
}
