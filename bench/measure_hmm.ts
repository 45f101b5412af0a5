/** One cell of a hidden Markov model: run and check, warm up, then time. The phases are those of measure_gpu.ts. */

import { decode, filter, smooth } from "../src/api/index.ts";
import type { DispatchTiming, Engine, Recording } from "../src/engine/index.ts";
import {
  chooseForm,
  type HmmProblem,
  type HmmRequest,
  hmmDecodeCpu,
  hmmDecodeGpu,
  hmmFilterCpu,
  hmmFilterGpu,
  hmmSmootherCpu,
  hmmSmootherGpu,
  planHmm,
  planHmmDecode,
  recordHmm,
  recordHmmDecode,
} from "../src/inference/index.ts";
import { prepareHmm } from "../src/models/index.ts";
import type { Cell, HmmMethod, HmmTask, Work } from "./cell.ts";
import { runsForClock } from "./clock.ts";
import { checkHmmRecords, type HmmRecords } from "./hmm_check.ts";
import type { HmmBenchProblem } from "./hmm_problems.ts";
import { hmmTraffic, leastBytes } from "./hmm_traffic.ts";
import type { Measured } from "./measure_gpu.ts";
import { CALL, clock, MEMORY_LIMIT, milliseconds, splitOnce, sumByKernel, timeKernels } from "./phases.ts";
import { collect, type Sample, summarisePhases, warmUp } from "./statistics.ts";

export interface HmmCellOptions {
  readonly task: HmmTask;
  readonly method: HmmMethod;
  readonly chunk?: number;
  readonly leaves?: number;
  readonly outputs: "least" | "all";
  readonly repeat: number;
  /** ms */
  readonly budget: number;
}

type Sizes = { readonly K: number; readonly T: number; readonly series: number; readonly m: number };

const request = ({ task, method, chunk, leaves, outputs }: HmmCellOptions): HmmRequest => ({
  call: CALL,
  method: method === "sequential" ? method : "parallel",
  predicted: outputs === "all",
  ...(outputs === "all" && task === "smoother" ? { transitions: "sum" } : {}),
  chunkLength: chunk,
  leaves,
  memoryLimit: MEMORY_LIMIT,
});

/** The float64 recursion alone, on a prepared problem. */
export function runHmmCpu(
  problem: HmmProblem,
  { task, outputs }: Pick<HmmCellOptions, "task" | "outputs">,
): Promise<HmmRecords> {
  if (task === "decode") return hmmDecodeCpu(problem);
  const predicted = outputs === "all";
  if (task === "filter") return hmmFilterCpu(problem, { predicted });
  return hmmSmootherCpu(problem, { predicted, transitions: predicted ? "sum" : undefined });
}

/** The public call, from observations to a result whose records are on the host. */
function callOnce(
  { model, observations }: HmmBenchProblem,
  { task, method, chunk, outputs }: HmmCellOptions,
  engine?: Engine,
): Promise<unknown> {
  const options = engine
    ? ({ engine, backend: "webgpu", method, chunkLength: chunk, memoryLimit: MEMORY_LIMIT } as object)
    : ({ backend: "cpu" } as const);
  if (task === "decode") return decode(model, observations, options);
  const groups = outputs === "all" ? {} : { outputs: [] };
  if (task === "filter") return filter(model, observations, { ...options, ...groups });
  return smooth(model, observations, { ...options, ...groups });
}

/** A recording of the work and what is to be told about it. */
function record(
  engine: Engine,
  problem: HmmProblem,
  options: HmmCellOptions,
): { recording: Recording; work: (sizes: Sizes) => Work } {
  const { task } = options;
  const asked = request(options);
  const plan =
    task === "decode"
      ? planHmmDecode(engine, problem, asked)
      : planHmm(engine, problem, asked, chooseForm(problem), task === "smoother");
  const elements = "maps" in plan ? [plan.maxPlus, plan.maps] : [plan.filter, plan.smoother];
  const { recording } =
    "maps" in plan ? recordHmmDecode(problem, plan) : recordHmm(problem, plan, asked, task === "smoother");
  const { variant, team } = elements[0].shape;
  const idle = plan.parallel ? 1 : Math.max(1, plan.sizes.sequentialIdle / problem.numSeries);
  return {
    recording,
    work: sizes => ({
      plan: `${variant} kernels, ${team} per element${"form" in plan ? `, ${plan.form}` : ""}`,
      chunk: plan.sizes.chunkLength,
      leaves: plan.sizes.leaves,
      blocks: plan.blocks.length,
      dispatches: recording.dispatches.length,
      uploadBytes: recording.bytes("input"),
      readbackBytes: recording.bytes("output"),
      ...hmmTraffic(recording, elements, idle),
      leastBytes: leastBytes(task, sizes, options.outputs === "all"),
    }),
  };
}

export async function measureHmmGpu(
  engine: Engine,
  bench: HmmBenchProblem,
  problem: HmmProblem,
  reference: HmmRecords,
  options: HmmCellOptions & { readonly sizes: Sizes },
): Promise<Measured> {
  const { task, repeat, budget, leaves } = options;
  const start = performance.now();
  const run = { filter: hmmFilterGpu, smoother: hmmSmootherGpu, decode: hmmDecodeGpu }[task];
  const records: HmmRecords = await run(problem, { call: CALL, engine, request: request(options) });
  const first = performance.now() - start;
  const check = checkHmmRecords(problem, records, reference);
  if (!check.passed) return { outcome: "check failed", check, first };

  const timed = engine.caps.timestamps;
  const kernels: DispatchTiming[][] = [];
  const again = () => record(engine, prepareHmm(bench.model, bench.observations), options);
  const once = async (): Promise<Sample> => {
    const whole = leaves ? undefined : { total: await clock(() => callOnce(bench, options, engine)) };
    const split = await splitOnce(engine, record(engine, problem, options).recording, again);
    if (!timed) return { ...split, ...whole };
    const timings = await timeKernels(engine, record(engine, problem, options).recording);
    kernels.push(timings);
    return { ...split, compute: milliseconds(timings), ...whole };
  };
  await warmUp(once, { budget });
  kernels.length = 0;
  const { samples, msEach } = await collect(once, { repeat, budget });
  const phases = summarisePhases(samples);
  const work = record(engine, problem, options).work(options.sizes);
  const compute = phases.compute.median;
  return {
    outcome: "timed",
    check,
    first,
    work,
    phases,
    msEach,
    computeFrom: timed ? "timestamps" : "execute minus upload",
    ...(timed ? { perKernel: sumByKernel(kernels) } : {}),
    // A clock that is too coarse may say that no time has passed.
    ...(compute ? { gigabytesPerSecond: work.touchedBytes / compute / 1e6 } : {}),
    ...(compute ? { gigaflopsPerSecond: work.flops / compute / 1e6 } : {}),
  };
}

/** The float64 code on the host, which is also the reference. */
export async function measureHmmCpu(
  bench: HmmBenchProblem,
  options: HmmCellOptions,
): Promise<Pick<Cell, "outcome" | "check" | "phases" | "msEach" | "computeFrom" | "runsPerSample">> {
  const problem = prepareHmm(bench.model, bench.observations);
  const once = async (runs: number): Promise<Sample> => ({
    prepare: await clock(async () => prepareHmm(bench.model, bench.observations), runs),
    compute: await clock(() => runHmmCpu(problem, options), runs),
    total: await clock(() => callOnce(bench, options), runs),
  });
  await warmUp(() => once(1), options);
  const runs = await runsForClock(() => runHmmCpu(problem, options));
  const { samples, msEach } = await collect(() => once(runs), options);
  return {
    outcome: "timed",
    check: "reference",
    phases: summarisePhases(samples),
    msEach: msEach / runs,
    computeFrom: "host clock",
    ...(runs > 1 ? { runsPerSample: runs } : {}),
  };
}
