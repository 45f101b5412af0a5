/** The phases of a run on the GPU, each timed on its own. */

import {
  type DispatchTiming,
  type Engine,
  execute,
  Recording,
  readTensors,
  type Tensor,
} from "../src/engine/index.ts";
import { type Sample, summarise } from "./statistics.ts";

export const CALL = "bench";

/** Benchmarks may fill a large GPU; what it refuses becomes an error of the cell. */
export const MEMORY_LIMIT = 32 * 2 ** 30;

export interface DispatchSummary {
  readonly kernel: string;
  readonly dispatches: number;
  /** Median over the repetitions of the sum over its dispatches, ms. */
  readonly ms: number;
}

/** ms that a work takes, on average of so many runs in a row */
export const clock = async (work: () => Promise<unknown>, runs = 1): Promise<number> => {
  const start = performance.now();
  for (let run = 0; run < runs; run++) await work();
  return (performance.now() - start) / runs;
};

/** Whether the device is gone: what was pending may fail before the loss itself is told. */
export async function isLost(engine: Engine | undefined): Promise<boolean> {
  if (!engine) return false;
  if (engine.isAlive) await Promise.race([engine.lost, new Promise(done => setTimeout(done, 100))]);
  return !engine.isAlive;
}

/**
 * The same work in steps: everything up to done; and, where `prepare` is given, that in float64, upload alone, readback.
 * Without timestamps also compute: execute minus upload.
 */
export async function splitOnce(
  engine: Engine,
  recording: Recording,
  prepare: (() => unknown) | undefined,
): Promise<Sample> {
  let tensors: ReadonlyMap<unknown, Tensor> = new Map();
  const execution = await clock(async () => {
    tensors = await execute(engine, recording, { call: CALL });
  });
  try {
    if (!prepare) return { execute: execution };
    const readback = await clock(() => readTensors(engine, CALL, [...tensors.values()]));
    const prepared = await clock(async () => prepare());
    const upload = await clock(async () =>
      dispose(await execute(engine, uploadsOf(recording), { call: CALL })),
    );
    const sample = { prepare: prepared, upload, execute: execution, readback };
    return engine.caps.timestamps ? sample : { ...sample, compute: Math.max(0, execution - upload) };
  } finally {
    dispose(tensors);
  }
}

/** Only the uploads of a recording and the buffers they fill. */
export function uploadsOf(recording: Recording): Recording {
  const uploads = new Recording();
  for (const command of recording.commands) {
    if (command.kind !== "upload") continue;
    uploads.commands.push(command);
    if (!uploads.buffers.includes(command.buffer)) uploads.buffers.push(command.buffer);
  }
  return uploads;
}

/** Timestamps of every dispatch of one run. */
export async function timeKernels(engine: Engine, recording: Recording): Promise<DispatchTiming[]> {
  const timings: DispatchTiming[] = [];
  dispose(await execute(engine, recording, { call: CALL, timings }));
  return timings;
}

export const milliseconds = (timings: readonly DispatchTiming[]): number =>
  timings.reduce((sum, t) => sum + t.nanoseconds, 0) / 1e6;

export function sumByKernel(runs: readonly (readonly DispatchTiming[])[]): DispatchSummary[] {
  const names = [...new Set(runs[0]?.map(t => t.kernel))];
  return names.map(kernel => {
    const own = runs.map(timings => timings.filter(t => t.kernel === kernel));
    return { kernel, dispatches: own[0].length, ms: summarise(own.map(milliseconds)).median };
  });
}

function dispose(tensors: ReadonlyMap<unknown, Tensor>): void {
  for (const tensor of tensors.values()) tensor.dispose();
}
