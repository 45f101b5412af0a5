/** Runs a hidden Markov problem on a GPU. */

import {
  type HmmDecodeRecords,
  type HmmFilterRecords,
  type HmmGpuOptions,
  type HmmGpuRun,
  type HmmProblem,
  type HmmSampleRecords,
  type HmmSmootherRecords,
  hmmDecodeGpu,
  hmmFilterGpu,
  hmmSamplerGpu,
  hmmSmootherGpu,
} from "../inference/index.ts";
import type { HmmRequest, HmmRun } from "./hmm_backend.ts";
import type { HmmCallOptions } from "./hmm_types.ts";
import { sharedEngine } from "./shared_engine.ts";
import type { RunInfo } from "./types.ts";

/** Probabilities of the states. */
export async function runGpu(
  problem: HmmProblem,
  call: string,
  { kind, predicted, transitions, smoother, lag }: HmmRequest,
  options: HmmCallOptions,
): Promise<HmmRun<HmmFilterRecords & Partial<HmmSmootherRecords>>> {
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

/** The most probable path. */
export async function decodeGpu(
  problem: HmmProblem,
  options: HmmCallOptions,
): Promise<HmmRun<HmmDecodeRecords>> {
  const on = await gpuOptions("decode", options, {});
  const records = await hmmDecodeGpu(problem, on);
  return { records, run: onGpu(on, records) };
}

/** Draws of paths. */
export async function sampleGpu(
  problem: HmmProblem,
  options: HmmCallOptions & { numSamples: number; seed: number },
): Promise<HmmRun<HmmSampleRecords>> {
  const { numSamples, seed } = options;
  const on = { ...(await gpuOptions("samplePosterior", options, {})), numSamples, seed };
  const records = await hmmSamplerGpu(problem, on);
  return { records, run: onGpu(on, records) };
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
