/** Records one run of the backward sampler: gains, their products over chunks, and the scan of the draws. */
import { type BufferSpec, Recording } from "../engine/index.ts";
import {
  type kalmanSmootherElement,
  type LevelMatrices,
  recordChunkMatrices,
  recordEach,
  recordVectorScan,
  type VectorElement,
  type VectorInputs,
  type VectorSizes,
  vectorScratch,
} from "../scan/index.ts";
import type { GainSchedule } from "./gain_schedule.ts";
import { type BlockInputs, recordBlockInputs } from "./kalman_blocks.ts";
import { levelMatrices, uploadFloats } from "./level_matrices.ts";
import { type LinearGaussianProblem, type Moments, stateRecordLength } from "./linear_gaussian_problem.ts";
import { seedKey } from "./random/philox.ts";
import { smootherSchedule } from "./smoother_schedule.ts";
import { smootherMatrices } from "./steady_tables.ts";

export interface SamplerRecording {
  readonly recording: Recording;
  readonly outputs: readonly { readonly start: number; readonly steps: number; readonly draws: BufferSpec }[];
}

/** One recording for draws first … of every series. */
export function recordSampler(
  problem: LinearGaussianProblem,
  filtered: Moments,
  exponents: Int32Array,
  schedule: GainSchedule | undefined,
  smoother: ReturnType<typeof kalmanSmootherElement>,
  blockSteps: number,
  firstDraw: number,
  seed: number,
  sizes: VectorSizes,
): SamplerRecording {
  const { stateDim: n, numSteps: T } = problem;
  const element: VectorElement = {
    stem: "backward_sampler",
    size: n,
    constants: {},
    cost: { fold: 3 * n * n + 60 * n, walk: 3 * n * n + 60 * n },
  };
  const recording = new Recording();
  const blocks = Array.from(
    { length: Math.ceil(T / blockSteps) },
    (_, k) => [k * blockSteps, Math.min(T, (k + 1) * blockSteps)] as const,
  );
  const vectors = vectorScratch(recording, element, sizes, blockSteps);
  const inputs = schedule ? undefined : recordBlockInputs(recording, problem, blocks);
  const common = schedule && recordSchedule(recording, problem, schedule);
  const [seedLow, seedHigh] = seedKey(seed);
  const seeds = { first_series: 0, first_draw: firstDraw, seed_low: seedLow, seed_high: seedHigh };
  const outputs = [];
  for (let k = blocks.length - 1; k >= 0; k--) {
    const [start, end] = blocks[k]!;
    const steps = end - start;
    const block = { start, steps, reverse: true, number: blocks.length - 1 - k };
    const draws = recording.buffer(`draws ${start}`, [sizes.numLanes, steps, n], "output");
    const tables = common ?? recordGains(recording, problem, filtered, exponents, smoother, inputs![k]!);
    const own: VectorInputs = {
      rows: schedule ?? { lead: T, period: 0 },
      uniforms: { ...tables.uniforms, ...seeds },
      buffers: { tables: tables.buffer, indices: tables.indices, draws },
    };
    const matrices: readonly LevelMatrices[] = common
      ? levelMatrices(recording, common.matrices, n, start, steps, sizes, true)
      : recordChunkMatrices(recording, element, sizes, block, own);
    recordVectorScan(recording, element, sizes, block, vectors, own, matrices);
    recording.mark("sample", T - start, T);
    outputs.push({ start, steps, draws });
  }
  return { recording, outputs };
}

interface SamplerTables {
  readonly buffer: BufferSpec;
  readonly indices: BufferSpec;
  readonly uniforms: Readonly<Record<string, number>>;
}

/** E and D of every row of the schedule, then U of every row for the last step of a series. */
function recordSchedule(recording: Recording, problem: LinearGaussianProblem, schedule: GainSchedule) {
  const { stateDim: n, numSeries: N } = problem;
  const triangle = (n * (n + 1)) / 2;
  const row = n * n + triangle;
  const gains = smootherSchedule(problem, schedule, false);
  const buffer = uploadFloats(recording, "sampler gains", () => {
    const out = new Float32Array(schedule.rows * (row + triangle));
    for (let r = 0; r < schedule.rows; r++) {
      out.set(gains.gains.subarray(r * n * n, (r + 1) * n * n), r * row);
      out.set(gains.noise.subarray(r * triangle, (r + 1) * triangle), r * row + n * n);
    }
    out.set(schedule.filtered, schedule.rows * row);
    return out;
  });
  const indices = recording.buffer("lengths", [N], "input", "u32");
  recording.upload(indices, () => Uint32Array.from(problem.lengths));
  const uniforms = {
    table_series: 0,
    table_row: row,
    factor_offset: n * n,
    last_offset: schedule.rows * row,
  };
  return { buffer, indices, uniforms, matrices: smootherMatrices(schedule, gains) };
}

/** E and D of every step of a block, from the filtered factors: elements of the smoother, one a step. */
function recordGains(
  recording: Recording,
  problem: LinearGaussianProblem,
  filtered: Moments,
  exponents: Int32Array,
  smoother: ReturnType<typeof kalmanSmootherElement>,
  { start, steps, parameters, indices, uniforms }: BlockInputs,
): SamplerTables {
  const { stateDim: n, numSeries: N } = problem;
  const size = stateRecordLength(n);
  const records = uploadFloats(recording, `filtered ${start}`, () => {
    const out = new Float32Array(N * steps * size);
    const { data, at } = filtered.factors;
    // The gains do not depend on the means.
    for (let s = 0; s < N; s++) {
      for (let t = 0; t < Math.min(steps, problem.lengths[s]! - start); t++) {
        const from = at(s, start + t);
        const to = (s * steps + t) * size + n;
        for (let i = 0, k = 0; i < n; i++)
          for (let j = 0; j <= i; j++, k++) out[to + k] = data[from + k]! * 2 ** -exponents[i]!;
      }
    }
    return out;
  });
  // One for each: two bindings may not write to the same buffer.
  const unused = (): BufferSpec => recording.buffer("not asked for", [4], "scratch");
  const buffer = recordEach(
    recording,
    smoother,
    N,
    { start, steps },
    {
      uniforms: { ...uniforms, flags: 0 },
      buffers: { parameters, indices, filtered: records, smoothed: unused(), cross: unused() },
    },
  );
  const row = smoother.elementFloats;
  return {
    buffer,
    indices,
    // The rows are those of the block.
    uniforms: {
      row_start: 0,
      table_series: steps * row,
      table_row: row,
      factor_offset: n * n + n,
      last_offset: 0,
    },
  };
}
