/** Runs a prepared problem on a GPU and says what became of every series. */
import { createEngine, type Engine, type Status } from "../engine/index.ts";
import { kalmanRefinedGpu, type LinearGaussianProblem, type Moments, type Rows } from "../inference/index.ts";
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
  const [settled, statuses] = settleStatuses(problem, records);
  return {
    records: settled,
    statuses,
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
function settleStatuses(problem: LinearGaussianProblem, given: GpuRecords): [GpuRecords, Status[]] {
  const { stateDim: n, numSeries, numSteps: T, lengths } = problem;
  const { logLikelihoods, filtered, predicted, smoothed, crossCovariances } = given;
  /** First step without an answer, of the filter and of the smoother. */
  const [failed, unsmoothed] = [Uint32Array.from(lengths), Uint32Array.from(lengths)];
  const statuses = Array.from({ length: numSeries }, (_, s): Status => {
    const length = lengths[s]!;
    let bad = 0;
    while (bad < length && isFine(logLikelihoods[s * T + bad]!) && allFinite(n, filtered, s, bad)) bad++;
    if (bad < length) {
      // An overflowed factor looks singular too; then the moments are not finite.
      const singular = logLikelihoods[s * T + bad]! === SINGULAR && allFinite(n, filtered, s, bad);
      logLikelihoods.fill(Number.NaN, s * T + bad, s * T + length);
      failed[s] = bad;
      unsmoothed[s] = 0;
      return singular ? "notPositiveDefinite" : "nonFinite";
    }
    for (let t = 0; t < length; t++) {
      if (allFinite(n, smoothed, s, t)) continue;
      unsmoothed[s] = 0;
      return "nonFinite";
    }
    return "ok";
  });
  if (statuses.every(status => status === "ok")) return [given, statuses];
  const blank = (moments: Moments | undefined, from: Uint32Array): Moments | undefined =>
    moments && {
      means: blankRows(moments.means, n, from),
      factors: blankRows(moments.factors, (n * (n + 1)) / 2, from),
    };
  const records = {
    logLikelihoods,
    filtered: blank(filtered, failed),
    predicted: blank(
      predicted,
      failed.map(bad => bad + 1),
    ),
    smoothed: blank(smoothed, unsmoothed),
    crossCovariances: crossCovariances && blankRows(crossCovariances, n * n, unsmoothed),
  };
  return [records, statuses];
}

const isFine = (value: number): boolean => Number.isFinite(value) && value !== SINGULAR;

function allFinite(n: number, moments: Moments | undefined, s: number, t: number): boolean {
  if (!moments) return true;
  const { means, factors } = moments;
  for (let i = means.at(s, t), end = i + n; i < end; i++) if (!Number.isFinite(means.data[i]!)) return false;
  const size = (n * (n + 1)) / 2;
  for (let i = factors.at(s, t), end = i + size; i < end; i++)
    if (!Number.isFinite(factors.data[i]!)) return false;
  return true;
}

/** The same rows, but NaN for every series s from step from[s] on. */
function blankRows({ data, at }: Rows, size: number, from: Uint32Array): Rows {
  const longer = new (data.constructor as Float64ArrayConstructor)(data.length + size);
  longer.set(data);
  longer.fill(Number.NaN, data.length);
  return { data: longer, at: (s, t) => (t >= from[s]! ? data.length : at(s, t)) };
}
