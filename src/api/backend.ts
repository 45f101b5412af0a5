/** Where a prepared problem is run. The only file of the API that knows there is more than one place. */

import { LimitError, type Status } from "../engine/index.ts";
import {
  type KalmanFilterRecords,
  type KalmanSmootherRecords,
  type LinearGaussianProblem,
  type Refusal,
  vanishes,
  wideSteps,
} from "../inference/index.ts";
import { say } from "../models/index.ts";
import { diffuseStarts, linearGaussianCpu, linearGaussianGpu } from "./parts.ts";
import { sharedEngine } from "./shared_engine.ts";
import type { InferenceOptions, RunInfo } from "./types.ts";

/** likelihood: only logLikelihoods are read; a backend may leave the filtered records out. */
export type RunKind = "filter" | "smooth" | "likelihood";

/** What a backend hands back. */
export interface BackendRun {
  readonly records: KalmanFilterRecords &
    Partial<Pick<KalmanSmootherRecords, "smoothed" | "crossCovariances">>;
  /** [N] */
  readonly statuses: readonly Status[];
  /** Why series are illConditioned. */
  readonly refusals?: readonly Refusal[];
  readonly run: Omit<RunInfo, "seconds">;
  /** Only for problems with diffuse states. */
  readonly diffuse?: DiffuseInfo;
}

/** What became of the diffuse states. */
export interface DiffuseInfo {
  /** [N] steps until all filtered moments are finite. */
  readonly steps: Uint32Array;
  /** Entries of a step whose likelihood is that of a flat direction. */
  readonly entries: (series: number, step: number) => number;
  /** Sign of the infinite entries of a covariance [n, n], 0 where finite; undefined when all are. */
  readonly infinite: (group: "filtered" | "predicted", series: number, step: number) => Int8Array | undefined;
  /** States at fault where the status is "unidentified". */
  readonly unidentified: readonly (readonly number[])[];
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

/** Steps times series below which the CPU is done before a GPU has answered. */
const SMALL = 4096;
/** States or observations beyond which there are no kernels. */
const LARGEST_ON_GPU = 128;

/**
 * The backend a call will use. auto: the GPU of a given engine or of this page, unless it is a software adapter or the
 * problem is small; the CPU where there is no WebGPU.
 */
export async function chooseBackend(
  size: { readonly stateDim: number; readonly emissionDim: number; readonly steps: number },
  options: InferenceOptions,
): Promise<"webgpu" | "cpu"> {
  return choosePlace(Math.max(size.stateDim, size.emissionDim) <= LARGEST_ON_GPU, size.steps, options);
}

/**
 * The same for a problem of any model.
 * @param fits whether there are kernels for it
 * @param steps time steps of all series
 */
export async function choosePlace(
  fits: boolean,
  steps: number,
  { backend = "auto", engine }: Pick<InferenceOptions, "backend" | "engine">,
): Promise<"webgpu" | "cpu"> {
  if (backend !== "auto") return backend;
  if (!fits) return "cpu";
  if (engine) return "webgpu";
  if (steps < SMALL || !globalThis.navigator?.gpu) return "cpu";
  try {
    return (await sharedEngine()).adapter.software ? "cpu" : "webgpu";
  } catch {
    return "cpu";
  }
}

/** Runs a problem on the backend chosen. */
export async function runBackend(
  problem: LinearGaussianProblem,
  backend: "webgpu" | "cpu",
  call: string,
  kind: RunKind,
  options: InferenceOptions,
): Promise<BackendRun> {
  const outputs = wanted(kind, options);
  const groups = { moments: kind !== "likelihood", smooth: kind === "smooth", ...outputs };
  const onCpu = async (proper: LinearGaussianProblem): Promise<BackendRun> =>
    (await linearGaussianCpu(call)).runCpu(proper, call, kind, options);
  const onGpu = async (narrow: LinearGaussianProblem): Promise<BackendRun> =>
    (await linearGaussianGpu(call)).runGpu(narrow, call, kind, outputs, options);
  const run = async (proper: LinearGaussianProblem): Promise<BackendRun> => {
    if (backend === "cpu") return onCpu(proper);
    // The head's backward gains would blow up what float32 rounds off the first smoothed state of the rest.
    if (kind === "smooth" && problem.diffuse.length > 0 && vanishes(proper)) {
      if (options.backend === "webgpu") throw beyondFloat32(call);
      return onCpu(proper);
    }
    // Covariance form refuses a wide prior, here as on the CPU.
    const wide = options.form === "covariance" ? 0 : wideSteps(proper);
    if (wide === 0) return onGpu(proper);
    return (await diffuseStarts(call)).runDiffuse(proper, groups, options, onGpu, wide);
  };
  if (problem.diffuse.length === 0) return run(problem);
  return (await diffuseStarts(call)).runDiffuse(problem, groups, options, run);
}

const beyondFloat32 = (call: string): LimitError =>
  new LimitError(
    say(
      call,
      "options.backend",
      '"cpu" or "auto" for a diffuse start of states that noise-free data determine',
      '"webgpu"',
      "Its smoothed moments need float64; filter() and logLikelihood() run on a GPU.",
    ),
  );
