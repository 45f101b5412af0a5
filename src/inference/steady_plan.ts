/** The planner of the time-invariant path on the GPU: chunks, blocks of time, bytes, flops. Pure arithmetic, no GPU. */
import { type Engine, LimitError, SUBMIT_SECONDS } from "../engine/index.ts";
import { type VectorElement, type VectorSizes, vectorLevels } from "../scan/index.ts";
import type { GainSchedule } from "./gain_schedule.ts";
import type { KalmanRequest } from "./kalman_plan.ts";
import type { LinearGaussianProblem } from "./linear_gaussian_problem.ts";
import { filterRowLength, smootherRowLength } from "./steady_tables.ts";

export interface SteadyPlan {
  readonly parallel: boolean;
  readonly filter: VectorElement;
  readonly smoother: VectorElement;
  readonly sizes: VectorSizes;
  /** [start, end) of each block of time. */
  readonly blocks: readonly (readonly [number, number])[];
  /** GPU bytes: inputs, outputs, scratch. */
  readonly bytes: number;
}

/** Invocations that keep a device busy. */
const ENOUGH_LANES = { software: 64, hardware: 65_536 };
const SHORTEST_CHUNK = 16;
const LONGEST_CHUNK = 512;
const LEVEL_CHUNK = 16;

/** @throws LimitError when memory is beyond what there is */
export function planSteady(
  engine: Engine,
  problem: LinearGaussianProblem,
  schedule: GainSchedule,
  request: KalmanRequest,
): SteadyPlan {
  const { stateDim: n, emissionDim: m, numSeries: N, numSteps: T } = problem;
  const { software } = engine.adapter;
  const enough = software ? ENOUGH_LANES.software : ENOUGH_LANES.hardware;
  const parallel = request.method === "auto" ? T >= 64 && N < enough : request.method === "parallel";
  const period = Math.max(1, schedule.period);
  const wished = request.chunkLength ?? clamp(Math.ceil((T * N) / enough), SHORTEST_CHUNK, LONGEST_CHUNK);
  const chunk = Math.ceil(wished / period) * period;
  const step = 2 * (n * n + 2 * n * m);
  const filter: VectorElement = {
    stem: "steady_filter",
    size: n,
    constants: { EMISSION_DIM: m },
    cost: { fold: step, walk: step + m * (m + 1) + 2 * m },
  };
  const smoother: VectorElement = {
    stem: "steady_smoother",
    size: n,
    constants: { EMISSION_DIM: m },
    cost: { fold: 2 * (n * n + 2 * n * m), walk: 2 * (2 * n * n + 2 * n * m) },
  };
  const binding = Math.min(engine.caps.maxBufferSize, engine.caps.maxStorageBufferBindingSize);
  const byMemory = Math.floor(binding / (4 * N * Math.max(n, m))) - 1;
  if (byMemory < chunk) {
    throw new LimitError(
      `${request.call}: at most ${binding} bytes per buffer expected on ${engine.adapter.name}, got ${4 * N * Math.max(n, m) * chunk} for ${chunk} steps of ${N} series. Use fewer series at a time.`,
    );
  }
  const busy = Math.min(1, parallel ? 1 : N / enough);
  const byTime = Math.floor((engine.throughput * SUBMIT_SECONDS * busy) / (2 * step * N));
  const most = Math.max(chunk, Math.floor(Math.min(request.blockSteps ?? byTime, byMemory) / chunk) * chunk);
  const blocks = Array.from(
    { length: Math.ceil(T / most) },
    (_, k) => [k * most, Math.min(T, (k + 1) * most)] as const,
  );
  const sizes: VectorSizes = {
    numLanes: N,
    lanesPerSeries: 1,
    chunkLength: parallel ? chunk : most,
    levelChunk: request.leaves ?? LEVEL_CHUNK,
  };
  const biasSteps = problem.dynamicsBias.stepStride === 0 ? 1 : T;
  const biasSeries = problem.dynamicsBias.seriesStride === 0 ? 1 : N;
  const means = 1 + (request.smooth || request.predicted ? 1 : 0) + (request.smooth ? 1 : 0);
  const levels = vectorLevels(Math.min(T, most), sizes).slice(0, -1);
  const floats =
    N * T * (m + 1 + means * n) +
    biasSteps * biasSeries * n +
    schedule.rows * (filterRowLength(n, m) + (request.smooth ? smootherRowLength(n, m) : 0)) +
    (2 + levels.reduce((a, b) => a + b, 0)) * N * n;
  const bytes = 4 * floats;
  const limit = request.memoryLimit ?? 4 * 2 ** 30;
  if (bytes > limit) {
    throw new LimitError(
      `${request.call}: a plan of at most ${gib(limit)} expected on ${engine.adapter.name}, got ${gib(bytes)} for ${N} series of ${T} steps with ${n} states. Use fewer steps or series at a time, fewer outputs, or raise memoryLimit.`,
    );
  }
  return { parallel, filter, smoother, sizes, blocks, bytes };
}

const gib = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(2)} GiB`;
const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));

/** What was planned, in words. */
export function describeSteadyPlan(plan: SteadyPlan, schedule: GainSchedule, dispatches: number): string {
  const { sizes, blocks, parallel, bytes } = plan;
  const how = parallel ? `chunks of ${sizes.chunkLength}` : "one pass per series";
  const settled =
    schedule.period === 0
      ? `${schedule.lead} gains`
      : `gains settled after ${schedule.lead} steps${schedule.period > 1 ? ` (period ${schedule.period})` : ""}`;
  return `time-invariant, ${settled}, scan of means in ${how}, ${blocks.length} block${blocks.length > 1 ? "s" : ""}, ${dispatches} dispatches, ${(bytes / 2 ** 20).toFixed(1)} MiB`;
}
