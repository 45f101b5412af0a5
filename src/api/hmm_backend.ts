/** Where a hidden Markov problem is run. The only file that knows there is more than one place. */

import {
  type HmmDecodeRecords,
  type HmmFilterRecords,
  type HmmGpuOptions,
  type HmmGpuRun,
  type HmmProblem,
  type HmmSampleRecords,
  type HmmSmootherRecords,
  hmmDecodeCpu,
  hmmDecodeGpu,
  hmmFilterCpu,
  hmmFilterGpu,
  hmmFixedLagCpu,
  hmmSamplerCpu,
  hmmSamplerGpu,
  hmmSmootherCpu,
  hmmSmootherGpu,
  hmmTwoFilterCpu,
  type TransitionsForm,
} from "../inference/index.ts";
import { choosePlace } from "./backend.ts";
import { sharedEngine } from "./backend_gpu.ts";
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
  backend: "webgpu" | "cpu",
  call: string,
  request: HmmRequest,
  options: HmmCallOptions,
): Promise<HmmRun<HmmFilterRecords & Partial<HmmSmootherRecords>>> {
  const { kind, predicted, transitions, smoother, lag } = request;
  const { signal, onProgress } = options;
  if (backend === "webgpu") {
    const filtered = kind !== "likelihood";
    const on = await gpuOptions(call, options, {
      filtered,
      predicted,
      ...(transitions && { transitions }),
      smoother,
      ...(lag !== undefined && { lag }),
    });
    const records = await (kind === "smooth" ? hmmSmootherGpu : hmmFilterGpu)(problem, on);
    return { records, run: onGpu(on, records) };
  }
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

async function gpuOptions(
  call: string,
  options: HmmCallOptions,
  wanted: Pick<HmmGpuOptions["request"], "filtered" | "predicted" | "transitions" | "smoother" | "lag">,
): Promise<HmmGpuOptions> {
  const { signal, onProgress, method = "auto", chunkLength, memoryLimit } = options;
  const engine = options.engine ?? (await sharedEngine());
  const request = { call, method, ...wanted, chunkLength, memoryLimit };
  return { call, engine, request, signal, onProgress };
}

const onGpu = (
  { engine }: Pick<HmmGpuOptions, "engine">,
  { plan, parallel }: Pick<HmmGpuRun, "plan" | "parallel">,
): Omit<RunInfo, "seconds"> => ({
  backend: "webgpu",
  adapter: engine.adapter.name,
  software: engine.adapter.software,
  method: parallel ? "parallel" : "sequential",
  plan,
  dtype: "float32",
  passes: 1,
});

/** The most probable path. */
export async function runHmmDecode(
  problem: HmmProblem,
  backend: "webgpu" | "cpu",
  options: HmmCallOptions,
): Promise<HmmRun<HmmDecodeRecords>> {
  const { signal, onProgress } = options;
  if (backend === "webgpu") {
    const on = await gpuOptions("decode", options, {});
    const records = await hmmDecodeGpu(problem, on);
    return { records, run: onGpu(on, records) };
  }
  const records = await hmmDecodeCpu(problem, { signal, onProgress });
  return { records, run: onCpu(problem, "decode: Viterbi") };
}

/** Draws of paths. */
export async function runHmmSampler(
  problem: HmmProblem,
  backend: "webgpu" | "cpu",
  options: HmmCallOptions & { numSamples: number; seed: number },
): Promise<HmmRun<HmmSampleRecords>> {
  const { numSamples, seed, signal, onProgress } = options;
  if (backend === "webgpu") {
    const on = { ...(await gpuOptions("samplePosterior", options, {})), numSamples, seed };
    const records = await hmmSamplerGpu(problem, on);
    return { records, run: onGpu(on, records) };
  }
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
