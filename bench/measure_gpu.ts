/** One cell on the GPU: run and check, warm up, then time its phases apart. */

import { filter, smooth } from "../src/api/index.ts";
import type { DispatchTiming, Engine, Recording } from "../src/engine/index.ts";
import {
  chooseSchedule,
  type KalmanRequest,
  kalmanRefinedGpu,
  type LinearGaussianProblem,
  planKalman,
  planSteady,
  recordKalmanFilter,
  recordKalmanSmoother,
  recordSteady,
  smootherGains,
} from "../src/inference/index.ts";
import { prepare } from "../src/models/index.ts";
import type { Cell, Task, Work } from "./cell.ts";
import { checkRecords, type Records } from "./check.ts";
import { CALL, clock, MEMORY_LIMIT, milliseconds, splitOnce, sumByKernel, timeKernels } from "./phases.ts";
import type { BenchProblem } from "./problems.ts";
import { collect, type Sample, summarisePhases, warmUp } from "./statistics.ts";
import { leastBytes, steadyTraffic, traffic } from "./traffic.ts";

export type GpuMethod =
  | "parallel"
  | "sequential"
  | "refined"
  | "time-invariant"
  | "time-invariant-sequential";

export interface GpuCellOptions {
  readonly task: Task;
  readonly method: GpuMethod;
  readonly chunk?: number;
  readonly leaves?: number;
  readonly outputs: "least" | "all";
  readonly repeat: number;
  /** ms */
  readonly budget: number;
  /** Only execute and compute: for sweeps. */
  readonly computeOnly?: boolean;
}

export type Measured = Pick<
  Cell,
  | "outcome"
  | "check"
  | "first"
  | "work"
  | "phases"
  | "msEach"
  | "computeFrom"
  | "perKernel"
  | "gigabytesPerSecond"
  | "gigaflopsPerSecond"
>;

export async function measureGpu(
  engine: Engine,
  bench: BenchProblem,
  problem: LinearGaussianProblem,
  reference: Records,
  options: GpuCellOptions,
): Promise<Measured> {
  const { task, method, chunk, leaves, repeat, budget } = options;
  const extra = options.outputs === "all";
  const request: KalmanRequest = {
    call: CALL,
    smooth: task === "smoother",
    moments: true,
    method: method.endsWith("sequential") ? "sequential" : "parallel",
    form: method.startsWith("time-invariant") ? "timeInvariant" : "squareRoot",
    predicted: extra,
    crossCovariances: extra && task === "smoother",
    chunkLength: chunk,
    leaves,
    memoryLimit: MEMORY_LIMIT,
  };
  const start = performance.now();
  const refine = method === "refined" ? "always" : "never";
  const records = await kalmanRefinedGpu(problem, { call: CALL, engine, request, refine });
  const first = performance.now() - start;
  const check = checkRecords(problem, records, reference);
  if (!check.passed) return { outcome: "check failed", check, first };

  const total =
    options.computeOnly || leaves ? undefined : () => callOnce(engine, bench, options, request, refine);
  const timed = engine.caps.timestamps;
  const kernels: DispatchTiming[][] = [];
  const once = async (): Promise<Sample> => {
    const whole = total ? { total: await clock(total) } : undefined;
    // Passes around a nominal are no recording: only the whole call is timed.
    if (method === "refined") return whole ?? {};
    const again = () => record(engine, prepare(bench.model, bench.observations), request);
    const { recording } = record(engine, problem, request);
    const split = await splitOnce(engine, recording, options.computeOnly ? undefined : again);
    if (!timed) return { ...split, ...whole };
    const timings = await timeKernels(engine, record(engine, problem, request).recording);
    kernels.push(timings);
    return { ...split, compute: milliseconds(timings), ...whole };
  };
  // The check has compiled the kernels; that is no warm-up.
  await warmUp(once, { budget });
  kernels.length = 0;
  const { samples, msEach } = await collect(once, { repeat, budget });
  const phases = summarisePhases(samples);
  const work = method === "refined" ? undefined : describeWork(engine, problem, request);
  const compute = phases.compute?.median;
  return {
    outcome: "timed",
    check,
    first,
    ...(work ? { work } : {}),
    phases,
    msEach,
    ...(compute !== undefined ? { computeFrom: timed ? "timestamps" : "execute minus upload" } : {}),
    ...(timed ? { perKernel: sumByKernel(kernels) } : {}),
    ...(compute && work ? { gigabytesPerSecond: work.touchedBytes / compute / 1e6 } : {}),
    ...(compute && work ? { gigaflopsPerSecond: work.flops / compute / 1e6 } : {}),
  };
}

/** The public call, from observations to a result whose records are on the host. */
const callOnce = (
  engine: Engine,
  { model, observations }: BenchProblem,
  { task, chunk }: GpuCellOptions,
  request: KalmanRequest,
  refine: "always" | "never",
): Promise<unknown> =>
  (task === "smoother" ? smooth : filter)(model, observations, {
    engine,
    backend: "webgpu",
    method: request.method,
    form: request.form,
    refine,
    chunkLength: chunk,
    memoryLimit: MEMORY_LIMIT,
    outputs: request.predicted ? undefined : [],
  });

/** A recording of the work and what is to be told about it. */
function record(
  engine: Engine,
  problem: LinearGaussianProblem,
  request: KalmanRequest,
): { recording: Recording; work: () => Omit<Work, "dispatches" | "uploadBytes" | "readbackBytes"> } {
  const schedule = chooseSchedule(CALL, problem, request.form);
  if (schedule) {
    const plan = planSteady(engine, problem, schedule, request);
    const gains = smootherGains(problem, schedule, request);
    const { recording } = recordSteady(problem, plan, schedule, gains, request);
    return {
      recording,
      work: () => ({
        plan: `time-invariant, ${schedule.rows} gains`,
        chunk: Math.min(plan.sizes.chunkLength, problem.numSteps),
        leaves: plan.sizes.levelChunk,
        blocks: plan.blocks.length,
        ...steadyTraffic(recording),
      }),
    };
  }
  const plan = planKalman(engine, problem, request);
  const recorder = request.smooth ? recordKalmanSmoother : recordKalmanFilter;
  const { recording } = recorder(problem, plan, request);
  const { variant, team } = plan.filter.shape;
  return {
    recording,
    work: () => ({
      plan: `${variant} kernels, ${team} per element`,
      chunk: plan.sizes.chunkLength,
      leaves: plan.sizes.leaves,
      blocks: plan.blocks.length,
      ...traffic(recording, plan),
    }),
  };
}

function describeWork(engine: Engine, problem: LinearGaussianProblem, request: KalmanRequest): Work {
  const { recording, work } = record(engine, problem, request);
  return {
    ...work(),
    dispatches: recording.dispatches.length,
    uploadBytes: recording.bytes("input"),
    readbackBytes: recording.bytes("output"),
    leastBytes: leastBytes(problem, request),
  };
}
