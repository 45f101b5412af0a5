/** Runs a prepared problem on a GPU and says what became of every series. */
import { createEngine, type Engine, type Status } from "../engine/index.ts";
import { kalmanFilterGpu, kalmanSmootherGpu, type LinearGaussianProblem } from "../inference/index.ts";
import type { BackendRun, RunKind } from "./backend.ts";
import type { InferenceOptions } from "./types.ts";

let shared: Promise<Engine> | undefined;

/** The engine of this page: made at the first call that needs one, made anew after its device was lost. */
export async function sharedEngine(): Promise<Engine> {
  const engine = await (shared ??= createEngine()).catch((error: unknown) => {
    shared = undefined;
    throw error;
  });
  if (engine.isAlive) return engine;
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
  const { signal, onProgress, method = "auto", chunkLength, memoryLimit } = options;
  const request = {
    call,
    smooth: kind === "smooth",
    moments: kind !== "likelihood",
    method,
    ...outputs,
    chunkLength,
    memoryLimit,
  };
  const run = kind === "smooth" ? kalmanSmootherGpu : kalmanFilterGpu;
  const records = await run(problem, { call, engine, request, signal, onProgress });
  return {
    records,
    statuses: seriesStatuses(problem, records.logLikelihoods),
    run: {
      backend: "webgpu",
      adapter: engine.adapter.name,
      software: engine.adapter.software,
      method: records.parallel ? "parallel" : "sequential",
      plan: records.plan,
      dtype: "float32",
    },
  };
}

/** What the kernels write for a step whose innovation covariance is singular; see shaders/lib/likelihood.wgsl. */
const SINGULAR = -3e38;

/** Looks at the step likelihoods on the host: a shader's own test for NaN may be folded away. */
function seriesStatuses(
  { numSeries, numSteps, lengths }: LinearGaussianProblem,
  logLikelihoods: ArrayLike<number>,
): Status[] {
  return Array.from({ length: numSeries }, (_, s) => {
    for (let t = 0; t < lengths[s]!; t++) {
      const value = logLikelihoods[s * numSteps + t]!;
      if (value <= SINGULAR) return "notPositiveDefinite";
      if (!Number.isFinite(value)) return "nonFinite";
    }
    return "ok";
  });
}
