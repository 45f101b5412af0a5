/** Records the time-invariant path: means by a scan of vectors, with the matrices of steady_tables.ts. */
import { type BufferSpec, Recording } from "../engine/index.ts";
import { recordVectorScan, vectorScratch } from "../scan/index.ts";
import type { GainSchedule } from "./gain_schedule.ts";
import { sliceSteps } from "./kalman_blocks.ts";
import { levelMatrices, uploadFloats } from "./level_matrices.ts";
import type { LinearGaussianProblem } from "./linear_gaussian_problem.ts";
import type { SmootherSchedule } from "./smoother_schedule.ts";
import type { SteadyPlan } from "./steady_plan.ts";
import { filterMatrices, filterTable, smootherTables } from "./steady_tables.ts";

const WRITE_FILTERED = 1;
const WRITE_PREDICTED = 2;

/** Data of one block and the buffers it writes. */
export interface SteadyOutputs {
  readonly observations: BufferSpec;
  readonly filtered: BufferSpec;
  readonly predicted: BufferSpec;
  readonly likelihoods: BufferSpec;
  readonly smoothed: BufferSpec;
}

export interface SteadyRecording {
  readonly recording: Recording;
  readonly outputs: readonly SteadyOutputs[];
}

/** Which outputs come back. */
export interface SteadyRequest {
  readonly smooth: boolean;
  readonly moments: boolean;
  readonly predicted: boolean;
}

/** Records the filter over all blocks and, with smoother gains, the smoother from the last block to the first. */
export function recordSteady(
  problem: LinearGaussianProblem,
  plan: SteadyPlan,
  schedule: GainSchedule,
  gains: SmootherSchedule | undefined,
  request: SteadyRequest,
): SteadyRecording {
  const { stateDim: n, emissionDim: m, numSeries: N, numSteps: T, dynamicsBias: b } = problem;
  const recording = new Recording();
  const { blocks, filter, sizes } = plan;
  const longest = Math.max(...blocks.map(([start, end]) => end - start));
  const keeps = request.moments || gains !== undefined;
  const ahead = request.predicted || gains !== undefined;
  const table = uploadFloats(recording, "filter gains", () => filterTable(problem, schedule));
  const indices = recording.buffer("lengths", [N], "input", "u32");
  recording.upload(indices, () => Uint32Array.from(problem.lengths));
  const vectors = vectorScratch(recording, filter, sizes, longest);
  recording.upload(vectors, () => priorMeans(problem));
  // One for each: two bindings may not write to the same buffer.
  const unused = (): BufferSpec => recording.buffer("not asked for", [4], "scratch");
  const closed = filterMatrices(problem, schedule);
  const constantBias =
    b.stepStride === 0 ? uploadFloats(recording, "bias", () => biasOf(problem, 0, 1)) : undefined;
  const outputs = blocks.map(([start, end], number): SteadyOutputs => {
    const steps = end - start;
    const observations = recording.buffer(`observations ${start}`, [N, steps, m], "input");
    recording.upload(observations, () => sliceSteps(problem.observations, N, T, m, start, end));
    const biases =
      constantBias ??
      uploadFloats(recording, `bias ${start}`, () => biasOf(problem, start, Math.min(end + 1, T)));
    const biasSteps = constantBias ? 1 : Math.min(end + 1, T) - start;
    const own: SteadyOutputs = {
      observations,
      filtered: keeps ? recording.buffer(`filtered ${start}`, [N, steps, n], "output") : unused(),
      predicted: ahead ? recording.buffer(`predicted ${start}`, [N, steps + 1, n], "output") : unused(),
      likelihoods: recording.buffer(`log-likelihoods ${start}`, [N, steps], "output"),
      smoothed: gains ? recording.buffer(`smoothed ${start}`, [N, steps, n], "output") : unused(),
    };
    recordVectorScan(
      recording,
      filter,
      sizes,
      { start, steps, reverse: false, number },
      vectors,
      {
        rows: schedule,
        uniforms: {
          bias_step: constantBias ? 0 : n,
          bias_series: b.seriesStride === 0 ? 0 : biasSteps * n,
          flags: (keeps ? WRITE_FILTERED : 0) | (ahead ? WRITE_PREDICTED : 0),
        },
        buffers: {
          tables: table,
          indices,
          biases,
          observations,
          filtered: own.filtered,
          predicted: own.predicted,
          likelihoods: own.likelihoods,
        },
      },
      levelMatrices(recording, closed, n, start, steps, sizes, false),
    );
    recording.mark("filter", end, T);
    return own;
  });
  if (gains) recordSmoother(recording, problem, plan, schedule, indices, outputs);
  return { recording, outputs };
}

function recordSmoother(
  recording: Recording,
  problem: LinearGaussianProblem,
  { blocks, smoother, sizes }: SteadyPlan,
  schedule: GainSchedule,
  indices: BufferSpec,
  outputs: readonly SteadyOutputs[],
): void {
  const { stateDim: n, numSteps: T } = problem;
  const longest = Math.max(...blocks.map(([start, end]) => end - start));
  const vectors = vectorScratch(recording, smoother, sizes, longest);
  const { table, matrices } = smootherTables(problem, schedule);
  const tables = uploadFloats(recording, "smoother gains", () => table);
  for (let k = blocks.length - 1; k >= 0; k--) {
    const [start, end] = blocks[k]!;
    const steps = end - start;
    const { observations, filtered, predicted, smoothed } = outputs[k]!;
    const block = { start, steps, reverse: true, number: blocks.length - 1 - k };
    recordVectorScan(
      recording,
      smoother,
      sizes,
      block,
      vectors,
      {
        rows: schedule,
        uniforms: { mean_series: steps * n },
        buffers: { tables, indices, observations, filtered, predicted, smoothed },
      },
      levelMatrices(recording, matrices, n, start, steps, sizes, true),
    );
    recording.mark("smooth", T - start, T);
  }
}

function priorMeans({
  stateDim: n,
  numSeries: N,
  initialMean,
}: LinearGaussianProblem): Float32Array<ArrayBuffer> {
  const out = new Float32Array(N * n);
  for (let s = 0; s < N; s++) {
    const at = s * initialMean.seriesStride;
    out.set(initialMean.data.subarray(at, at + n), s * n);
  }
  return out;
}

/** b of steps [start, end): [N or 1, steps, n] */
function biasOf(
  { stateDim: n, numSeries, dynamicsBias: b }: LinearGaussianProblem,
  start: number,
  end: number,
): Float32Array<ArrayBuffer> {
  const series = b.seriesStride === 0 ? 1 : numSeries;
  const out = new Float32Array(series * (end - start) * n);
  for (let s = 0; s < series; s++)
    for (let t = start; t < end; t++)
      for (let i = 0; i < n; i++)
        out[(s * (end - start) + t - start) * n + i] =
          // The bias of step 0 is never used, and may hold anything.
          t === 0 && b.stepStride !== 0 ? 0 : b.data[s * b.seriesStride + t * b.stepStride + i]!;
  return out;
}
