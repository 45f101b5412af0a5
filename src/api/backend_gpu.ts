/** Runs a prepared problem on a GPU and says what became of every series. */
import { createEngine, type Engine } from "../engine/index.ts";
import { kalmanRefinedGpu, type LinearGaussianProblem } from "../inference/index.ts";
import type { BackendRun, RunKind } from "./backend.ts";
import type { InferenceOptions } from "./types.ts";

let shared: Promise<Engine> | undefined;

/** The engine of this page: made at the first call that needs one, made anew after its device was lost. */
export async function sharedEngine(): Promise<Engine> {
  shared ??= createEngine();
  try {
    const engine = await shared;
    if (engine.isAlive) return engine;
  } catch (error) {
    shared = undefined;
    throw error;
  }
  shared = createEngine();
  return shared;
}

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
