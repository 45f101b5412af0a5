/** Runs a hidden Markov problem in float64, step by step. */

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
} from "../inference/index.ts";
import type { HmmRequest, HmmRun } from "./hmm_backend.ts";
import type { HmmCallOptions } from "./hmm_types.ts";
import type { RunInfo } from "./types.ts";

/** Probabilities of the states. */
export async function runCpu(
  problem: HmmProblem,
  call: string,
  { kind, predicted, transitions, smoother, lag }: HmmRequest,
  { signal, onProgress }: HmmCallOptions,
): Promise<HmmRun<HmmFilterRecords & Partial<HmmSmootherRecords>>> {
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
export async function decodeCpu(
  problem: HmmProblem,
  { signal, onProgress }: HmmCallOptions,
): Promise<HmmRun<HmmDecodeRecords>> {
  const records = await hmmDecodeCpu(problem, { signal, onProgress });
  return { records, run: onCpu(problem, "decode: Viterbi") };
}

/** Draws of paths. */
export async function sampleCpu(
  problem: HmmProblem,
  { numSamples, seed, signal, onProgress }: HmmCallOptions & { numSamples: number; seed: number },
): Promise<HmmRun<HmmSampleRecords>> {
  const records = await hmmSamplerCpu(problem, { numSamples, seed, signal, onProgress });
  return { records, run: onCpu(problem, `${numSamples} backward draws`) };
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
