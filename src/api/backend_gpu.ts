/** Runs a prepared problem on a GPU and says what became of every series. */
import { createEngine, type Engine, type Status } from "../engine/index.ts";
import { kalmanRefinedGpu, type LinearGaussianProblem, stateRecordLength } from "../inference/index.ts";
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
  const { signal, onProgress, method = "auto", chunkLength, memoryLimit, refine = "auto" } = options;
  const request = {
    call,
    smooth: kind === "smooth",
    moments: kind !== "likelihood",
    method,
    ...outputs,
    chunkLength,
    memoryLimit,
  };
  const records = await kalmanRefinedGpu(problem, { call, engine, request, signal, onProgress, refine });
  return {
    records,
    statuses: settleStatuses(problem, records),
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

/** What the kernels write for a step whose innovation covariance is singular; see shaders/lib/likelihood.wgsl. */
const SINGULAR = Math.fround(-3.2e38);

type GpuRecords = BackendRun["records"];

/**
 * Looks for failures on the host (a shader's own test for NaN may be folded away) and says NaN where there is no
 * answer: in the filter's fields from the failing step on, in all of the smoother's.
 */
function settleStatuses(
  { stateDim: n, numSeries, numSteps: T, lengths }: LinearGaussianProblem,
  records: GpuRecords,
): Status[] {
  const size = stateRecordLength(n);
  const { logLikelihoods, filtered, predicted, smoothed, crossCovariances } = records;
  return Array.from({ length: numSeries }, (_, s) => {
    const [start, end] = [s * T, s * T + lengths[s]!];
    let bad = start;
    while (bad < end && isFine(logLikelihoods[bad]!) && areFinite(filtered, bad * size, size)) bad++;
    let status: Status = "ok";
    if (bad < end) {
      // An overflowed factor looks singular too; then the moments are not finite.
      const singular = logLikelihoods[bad]! === SINGULAR && areFinite(filtered, bad * size, size);
      status = singular ? "notPositiveDefinite" : "nonFinite";
      logLikelihoods.fill(Number.NaN, bad, end);
      filtered?.fill(Number.NaN, bad * size, end * size);
      predicted?.fill(Number.NaN, (bad + 1) * size, end * size);
    } else if (!areFinite(smoothed, start * size, (end - start) * size)) status = "nonFinite";
    if (status !== "ok") {
      smoothed?.fill(Number.NaN, start * size, end * size);
      const row = s * (T - 1);
      crossCovariances?.fill(Number.NaN, row * n * n, (row + lengths[s]! - 1) * n * n);
    }
    return status;
  });
}

const isFine = (value: number): boolean => Number.isFinite(value) && value !== SINGULAR;

function areFinite(data: ArrayLike<number> | undefined, from: number, count: number): boolean {
  if (data) for (let i = from; i < from + count; i++) if (!Number.isFinite(data[i]!)) return false;
  return true;
}
