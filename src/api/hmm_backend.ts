/** Where a hidden Markov problem is run. The only file that knows there is more than one place. */

import {
  type HmmDecodeRecords,
  type HmmFilterRecords,
  type HmmProblem,
  type HmmSampleRecords,
  type HmmSmootherRecords,
  hmmDecodeCpu,
  hmmFilterCpu,
  hmmFixedLagCpu,
  hmmSamplerCpu,
  hmmSmootherCpu,
  hmmTwoFilterCpu,
  type TransitionsForm,
} from "../inference/index.ts";
import { choosePlace } from "./backend.ts";
import type { HmmCallOptions } from "./hmm_types.ts";
import type { RunInfo } from "./types.ts";

/** What a backend hands back. */
export interface HmmRun<Records> {
  readonly records: Records;
  readonly run: Omit<RunInfo, "seconds">;
}

/** What a call wants of the states' probabilities. */
export interface HmmRequest {
  /** likelihood: only log-likelihoods are read. */
  readonly kind: "filter" | "smooth" | "likelihood";
  readonly predicted: boolean;
  readonly transitions?: TransitionsForm;
  readonly smoother: "rts" | "twoFilter";
  readonly lag?: number;
}

/** States beyond which there are no kernels. */
const MOST_STATES = 1024;

/** The backend a call will use, chosen as for other models. */
export const chooseHmmBackend = (
  { numStates }: { readonly numStates: number },
  steps: number,
  options: HmmCallOptions,
): Promise<"webgpu" | "cpu"> => choosePlace(numStates <= MOST_STATES, steps, options);

/** Probabilities of the states. */
export async function runHmm(
  problem: HmmProblem,
  _backend: "webgpu" | "cpu",
  call: string,
  request: HmmRequest,
  options: HmmCallOptions,
): Promise<HmmRun<HmmFilterRecords & Partial<HmmSmootherRecords>>> {
  const { kind, predicted, transitions, smoother, lag } = request;
  const { signal, onProgress } = options;
  const run = { call, predicted, transitions, signal, onProgress };
  if (kind !== "smooth") {
    const records = await hmmFilterCpu(problem, { ...run, filtered: kind === "filter" });
    return { records, run: onCpu(problem, kind) };
  }
  if (lag !== undefined)
    return { records: await hmmFixedLagCpu(problem, { ...run, lag }), run: onCpu(problem, `lag ${lag}`) };
  const records = await (smoother === "twoFilter" ? hmmTwoFilterCpu : hmmSmootherCpu)(problem, run);
  return { records, run: onCpu(problem, smoother === "twoFilter" ? "two filters" : "reverse kernels") };
}

/** The most probable path. */
export async function runHmmDecode(
  problem: HmmProblem,
  _backend: "webgpu" | "cpu",
  { signal, onProgress }: HmmCallOptions,
): Promise<HmmRun<HmmDecodeRecords>> {
  return {
    records: await hmmDecodeCpu(problem, { signal, onProgress }),
    run: onCpu(problem, "decode: Viterbi"),
  };
}

/** Draws of paths. */
export async function runHmmSampler(
  problem: HmmProblem,
  _backend: "webgpu" | "cpu",
  { numSamples, seed, signal, onProgress }: HmmCallOptions & { numSamples: number; seed: number },
): Promise<HmmRun<HmmSampleRecords>> {
  return {
    records: await hmmSamplerCpu(problem, { numSamples, seed, signal, onProgress }),
    run: onCpu(problem, `${numSamples} backward draws`),
  };
}

const onCpu = ({ numSeries, numSteps, numStates }: HmmProblem, what: string): Omit<RunInfo, "seconds"> => ({
  backend: "cpu",
  adapter: "cpu (float64 JavaScript)",
  software: false,
  method: "sequential",
  plan: `${what}: ${numStates} states, ${numSeries} series of up to ${numSteps} steps, one after the other`,
  dtype: "float64",
  passes: 1,
});
