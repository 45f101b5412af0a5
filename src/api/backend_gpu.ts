/** Runs a prepared problem on a GPU and says what became of every series. */
import {
  backwardSamplerGpu,
  kalmanRefinedGpu,
  type LinearGaussianProblem,
  type Moments,
} from "../inference/index.ts";
import type { BackendRun, RunKind } from "./backend.ts";
import { sharedEngine } from "./shared_engine.ts";
import type { InferenceOptions } from "./types.ts";

export async function runGpu(
  problem: LinearGaussianProblem,
  call: string,
  kind: RunKind,
  outputs: { predicted: boolean; crossCovariances: boolean },
  options: InferenceOptions,
): Promise<BackendRun> {
  const engine = options.engine ?? (await sharedEngine());
  const { signal, onProgress, method = "auto", form, chunkLength, memoryLimit, refine = "auto" } = options;
  const request = {
    call,
    smooth: kind === "smooth",
    moments: kind !== "likelihood",
    method,
    form,
    ...outputs,
    chunkLength,
    memoryLimit,
  };
  const records = await kalmanRefinedGpu(problem, {
    call,
    engine,
    request,
    signal,
    onProgress,
    refine,
    smoother: options.smoother,
  });
  return {
    records,
    statuses: records.statuses,
    refusals: records.refusals,
    run: {
      backend: "webgpu",
      adapter: engine.adapter.name,
      software: engine.adapter.software,
      method: records.parallel ? "parallel" : "sequential",
      plan: records.plan,
      dtype: "float32",
      passes: records.passes,
      ...(records.estimatedError === undefined ? {} : { estimatedError: records.estimatedError }),
    },
  };
}

/** Backward draws of all series around their smoothed means, on the engine that runGpu() takes. */
export async function drawGpu(
  problem: LinearGaussianProblem,
  filtered: Moments,
  smoothed: Moments,
  call: string,
  options: InferenceOptions & { readonly numSamples: number; readonly seed: number },
): Promise<{ states: Float64Array; plan: string }> {
  const engine = options.engine ?? (await sharedEngine());
  const { numSamples, seed, chunkLength, signal, onProgress } = options;
  const on = { call, engine, numSamples, seed, chunkLength, signal, onProgress };
  return backwardSamplerGpu(problem, filtered, smoothed, on);
}
