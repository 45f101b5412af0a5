/** Memory that a run will need, from the planners: they see sizes, not data. */

import type { AdapterInfo, Caps, Engine } from "../../src/engine/index.ts";
import {
  chooseForm,
  type GainSchedule,
  type HmmRequest,
  type KalmanRequest,
  planHmm,
  planHmmDecode,
  planKalman,
  planSteady,
} from "../../src/inference/index.ts";
import { prepare, prepareHmm } from "../../src/models/index.ts";
import { hmmBenchModel } from "../hmm_problems.ts";
import { benchModel, emissionDim } from "../problems.ts";
import { bytesText, sizeText } from "../table.ts";
import { type Choices, isRecurrence } from "./choices.ts";

/** What planners read of an engine. */
export interface Device {
  readonly adapter: AdapterInfo;
  readonly caps: Caps;
  readonly throughput: number;
}

export interface Estimate {
  /** The longest series asked for. */
  readonly T: number;
  /** Inputs, outputs and scratch; undefined without a device. */
  readonly gpuBytes?: number;
  /** Data, float64 reference and the results that are compared with it. */
  readonly hostBytes: number;
  /** Why it cannot run. */
  readonly refusal?: string;
}

/** What a plan of the library may take, and what arrays of a page may. */
export const GPU_LIMIT = 4 * 2 ** 30;
const HOST_LIMIT = 4 * 2 ** 30;

/** @param deviceMemory GiB, as the browser tells */
export function estimate(choices: Choices, device: Device | undefined, deviceMemory = 8): Estimate {
  const T = Math.max(...choices.T);
  const hostBytes = hostNeeds(choices, T);
  const hostLimit = Math.min(HOST_LIMIT, (deviceMemory / 2) * 2 ** 30);
  try {
    const wantsGpu = choices.kinds.some(kind => kind !== "cpu");
    const gpuBytes = device && wantsGpu ? gpuNeeds(choices, T, device) : undefined;
    const share = Math.max(hostBytes / hostLimit, (gpuBytes ?? 0) / GPU_LIMIT);
    const refusal = share > 1 ? tooLong(T, gpuBytes, hostBytes, hostLimit, share) : undefined;
    return { T, gpuBytes, hostBytes, refusal };
  } catch (error) {
    return { T, hostBytes, refusal: (error as Error).message };
  }
}

function tooLong(T: number, gpu: number | undefined, host: number, hostLimit: number, share: number): string {
  const parts = [
    ...(gpu === undefined ? [] : [`${bytesText(gpu)} on the GPU (at most ${bytesText(GPU_LIMIT)})`]),
    `${bytesText(host)} in the page (at most ${bytesText(hostLimit)})`,
  ];
  const fits = Math.floor(T / share);
  const unit = 10 ** Math.floor(Math.log10(Math.max(1, fits)));
  const advice =
    fits < 1 ? "Use fewer series or states." : `T up to ${sizeText(Math.floor(fits / unit) * unit)} fits.`;
  return `T = ${sizeText(T)} needs about ${parts.join(" and ")}. ${advice}`;
}

/** The largest plan of the methods asked for. @throws LimitError where buffers do not fit the adapter */
function gpuNeeds(choices: Choices, T: number, device: Device): number {
  const methods = choices.kinds.filter(kind => kind !== "cpu") as ("parallel" | "sequential")[];
  return Math.max(...methods.map(method => planBytes(choices, T, device as Engine, method)));
}

function planBytes(
  { model, task, size, series }: Choices,
  T: number,
  engine: Engine,
  method: "parallel" | "sequential",
): number {
  // Inputs, two trajectories, an element (A, b, its merit) of every chunk.
  if (isRecurrence(model))
    return 4 * series * T * (3 * size + (method === "parallel" ? (size * size + size + 1) / CHUNK : 0));
  const sizes = { numSteps: T, numSeries: series };
  const common = { call: "benchmark", method, memoryLimit: Number.POSITIVE_INFINITY };
  if (model === "hmm") {
    const short = { data: new Float64Array(2), shape: [2, 1] };
    const problem = { ...prepareHmm(hmmBenchModel(size, 1), short), ...sizes };
    const request: HmmRequest = { ...common, predicted: false };
    if (task === "decode") return planHmmDecode(engine, problem, request).bytes;
    return planHmm(engine, problem, request, chooseForm(problem), task === "smoother").bytes;
  }
  const m = emissionDim(size);
  const short = { data: new Float64Array(2 * m), shape: [2, m] };
  const problem = { ...prepare(benchModel(size, m, 1), short), ...sizes };
  const request: KalmanRequest = {
    ...common,
    smooth: task === "smoother",
    moments: true,
    predicted: false,
    crossCovariances: false,
  };
  if (model === "square-root") return planKalman(engine, problem, request).bytes;
  // Gains settle within some hundred steps; their bytes are nothing beside a long series.
  return planSteady(engine, problem, { period: 1, rows: SETTLED } as GainSchedule, request).bytes;
}

const SETTLED = 256;

/** Steps of a chunk of a recurrence. */
const CHUNK = 32;

/** Bytes of arrays that live at the same time in the worker. */
function hostNeeds({ model, task, size, series }: Choices, T: number): number {
  const passes = task === "smoother" ? 2 : 1;
  // Inputs, guess, reference and states, twice while they are packed and read back.
  if (isRecurrence(model)) return 8 * series * T * 8 * size;
  if (model === "hmm") {
    const pointers = task === "decode" ? size : 0;
    const records = task === "decode" ? 4 : 8 * (1 + passes * size);
    return series * T * (3 * 8 + 4 + pointers + 2 * records);
  }
  const m = emissionDim(size);
  const records = 8 * (1 + passes * (size + (size * (size + 1)) / 2));
  const updates = task === "smoother" ? 8 * m * (size + m + 1) : 0;
  // Drawn states and observations, packed observations, the reference and what is compared with it.
  return series * T * (8 * (size + 2 * m) + 2 * records + updates);
}
