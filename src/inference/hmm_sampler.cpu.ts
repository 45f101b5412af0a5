/**
 * hmm_sampler in float64 on the host: draws of z_0:T−1 given y_0:T−1, after the filter.
 *
 *   z_T−1 ~ α_T−1,  z_t ~ B_t[z_t+1, ·]          by the uniform number of the step: random/step_uniforms.ts
 *
 * with the reverse kernels of hmm_reverse_kernel.cpu.ts. Draw d depends on seed, series and d alone.
 * Source: Frühwirth-Schnatter 2006, Finite Mixture and Markov Switching Models, algorithm 11.5.
 */

import { type LoopOptions, stepsPerLook } from "./cooperate.ts";
import { hmmFilterCpu } from "./hmm_filter.cpu.ts";
import type { HmmProblem } from "./hmm_problem.ts";
import type { HmmSampleRecords } from "./hmm_records.ts";
import { type Filtered, ReverseKernel } from "./hmm_reverse_kernel.cpu.ts";
import { stepsBack } from "./hmm_steps_back.cpu.ts";
import { StepUniforms } from "./random/step_uniforms.ts";

export interface HmmSamplerOptions extends LoopOptions {
  /** S */
  readonly numSamples: number;
  /** Whole number 0 … 2^53 − 1. */
  readonly seed: number;
}

/**
 * Draws from p(z_0:T−1 | y_0:T−1), all draws of a series together.
 * @throws AbortedError
 */
export async function hmmSamplerCpu(
  problem: HmmProblem,
  options: HmmSamplerOptions,
): Promise<HmmSampleRecords> {
  const call = "samplePosterior";
  const { numSamples: S, seed } = options;
  const { numStates: K, numSeries, numSteps } = problem;
  const filter = await hmmFilterCpu(problem, { ...options, call, filtered: true, logarithms: true });
  const alpha = filter.filteredProbs?.data as Float64Array;
  const kernel = new ReverseKernel(problem, filter as Filtered);
  const states = new Int32Array(numSeries * S * numSteps).fill(-1);
  const uniforms = new StepUniforms(seed, S);
  const stride = Math.max(1, Math.floor(stepsPerLook(K) / S));
  /** Cumulative weights [K, K] of the rows of a kernel, made when a draw first needs one. */
  const cumulative = new Float64Array(K * K);
  const made = new Uint8Array(K);
  const row = new Float64Array(K);
  const accumulate = (to: number): void => {
    let total = 0;
    for (let i = 0; i < K; i++) {
      total += row[i];
      cumulative[to + i] = total;
    }
  };
  const { ends } = filter;
  const parts = Math.ceil(S / DRAWS_PER_LOOK);
  await stepsBack(problem, ends, { ...options, call, phase: "sample", stride, parts }, (s, t, part) => {
    const last = t === ends[s] - 1;
    if (part === 0) {
      made.fill(0);
      if (last) {
        const at = (s * numSteps + t) * K;
        for (let k = 0; k < K; k++) row[k] = alpha[at + k];
        accumulate(0);
        made[0] = 1;
      } else kernel.make(s, t);
    }
    const to = Math.min(S, (part + 1) * DRAWS_PER_LOOK);
    for (let draw = part * DRAWS_PER_LOOK; draw < to; draw++) {
      const at = (s * S + draw) * numSteps + t;
      const next = last ? 0 : states[at + 1];
      if (made[next] === 0) {
        kernel.row(next, row);
        accumulate(next * K);
        made[next] = 1;
      }
      states[at] = drawState(cumulative, next * K, K, uniforms.at(s, draw, t));
    }
  });
  return { states, ends: filter.ends };
}

/** Draws of one step after which the call looks up, whether it is to stop. */
const DRAWS_PER_LOOK = 8192;

/** The lowest k with u times the sum below the cumulative weight of k; never one of weight 0. */
function drawState(cumulative: Float64Array, at: number, K: number, u: number): number {
  const total = cumulative[at + K - 1];
  const target = u * total;
  let k = 0;
  while (k < K - 1 && cumulative[at + k] <= target) k++;
  while (k > 0 && cumulative[at + k] === cumulative[at + k - 1]) k--;
  return k;
}
