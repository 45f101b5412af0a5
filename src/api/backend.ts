/** Where a prepared problem is run. The only file of the API that knows there is more than one place. */

import { DeviceError, type Status } from "../engine/index.ts";
import {
  type KalmanFilterRecords,
  type KalmanSmootherRecords,
  kalmanFilterCpu,
  kalmanSmootherCpu,
  type LinearGaussianProblem,
} from "../inference/index.ts";
import type { InferenceOptions, RunInfo } from "./types.ts";

/** likelihood: only logLikelihoods are read; a backend may leave the filtered records out. */
export type RunKind = "filter" | "smooth" | "likelihood";

/** What a backend hands back. */
export interface BackendRun {
  readonly records: KalmanFilterRecords &
    Partial<Pick<KalmanSmootherRecords, "smoothed" | "crossCovariances">>;
  /** [N] */
  readonly statuses: readonly Status[];
  readonly run: Omit<RunInfo, "seconds">;
}

/** Which groups of outputs a call wants. */
export function wanted(
  kind: RunKind,
  options: InferenceOptions,
): { predicted: boolean; crossCovariances: boolean } {
  const outputs = options.outputs ?? ["predicted", "crossCovariances"];
  return {
    predicted: kind !== "likelihood" && outputs.includes("predicted"),
    crossCovariances: kind === "smooth" && outputs.includes("crossCovariances"),
  };
}

/** The backend that a call will use, as far as can be told before looking at adapters. */
export const chooseBackend = (options: InferenceOptions): "webgpu" | "cpu" =>
  options.backend === "webgpu" ? "webgpu" : "cpu";

/** Runs a problem where the options say. */
export function runBackend(
  problem: LinearGaussianProblem,
  kind: RunKind,
  options: InferenceOptions,
): Promise<BackendRun> {
  return chooseBackend(options) === "webgpu"
    ? runGpu(problem, kind, options)
    : runCpu(problem, kind, options);
}

async function runGpu(
  _problem: LinearGaussianProblem,
  kind: RunKind,
  _options: InferenceOptions,
): Promise<BackendRun> {
  throw new DeviceError(
    `${kind}: options.backend expected "cpu" or "auto", got "webgpu". The GPU is not wired yet.`,
  );
}

async function runCpu(
  problem: LinearGaussianProblem,
  kind: RunKind,
  options: InferenceOptions,
): Promise<BackendRun> {
  const outputs = wanted(kind, options);
  const { signal, onProgress } = options;
  const records = await (kind === "smooth" ? kalmanSmootherCpu : kalmanFilterCpu)(problem, {
    outputs,
    filtered: kind !== "likelihood",
    signal,
    onProgress,
  });
  return {
    records,
    statuses: records.statuses,
    run: {
      backend: "cpu",
      adapter: "cpu (float64 JavaScript)",
      software: false,
      method: "sequential",
      plan: `${kind}: square-root recursion, ${problem.numSeries} series of up to ${problem.numSteps} steps, one after the other`,
      dtype: "float64",
    },
  };
}
