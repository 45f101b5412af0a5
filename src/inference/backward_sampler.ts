/**
 * backward_sampler on the GPU: draws of z_0:T−1 given y_0:T−1, many of them sharing one scan.
 *
 * A draw is the smoothed mean plus d_t = E_t d_t+1 + D_t ε_t, d_T−1 = U ε_T−1: what the recursion of
 * backward_sampler.cpu.ts leaves when the smoother's is taken from it. The kernels see only d, whose size is that of the
 * standard deviations, so float32 is enough; the means are added in float64.
 */
import {
  type BufferSpec,
  type Engine,
  type ExecuteOptions,
  execute,
  Recording,
  readTensors,
} from "../engine/index.ts";
import {
  kalmanSmootherElement,
  type LevelMatrices,
  recordChunkMatrices,
  recordEach,
  recordVectorScan,
  type VectorElement,
  type VectorInputs,
  type VectorSizes,
  vectorScratch,
} from "../scan/index.ts";
import { type GainSchedule, gainSchedule } from "./gain_schedule.ts";
import { type BlockInputs, recordBlockInputs } from "./kalman_blocks.ts";
import { type LinearGaussianProblem, type Moments, stateRecordLength } from "./linear_gaussian_problem.ts";
import { seedKey } from "./random/philox.ts";
import { scaled, scalesOf } from "./scale_states.ts";
import { smootherSchedule } from "./smoother_schedule.ts";
import { levelMatrices, smootherMatrices, uploadFloats } from "./steady_tables.ts";

export interface BackwardSamplerGpuOptions extends ExecuteOptions {
  readonly engine: Engine;
  /** S */
  readonly numSamples: number;
  readonly seed: number;
  /** Chunk length, items in a chunk of the levels above, steps in a block of time, draws at a time: for tests. */
  readonly chunkLength?: number | undefined;
  readonly levelChunk?: number;
  readonly blockSteps?: number;
  readonly drawsAtOnce?: number;
  /** false: gains from the filtered factors at every step, also where the gains settle. For tests. */
  readonly schedule?: boolean;
}

/**
 * Draws from p(z_0:T−1 | y_0:T−1).
 * @param filtered, smoothed moments of the same problem; NaN in them is NaN in the draws
 * @returns z [N, S, T, n], NaN past the end of a series; and what was done, in words
 * @throws LimitError, DeviceError, AbortedError
 */
export async function backwardSamplerGpu(
  given: LinearGaussianProblem,
  filtered: Moments,
  smoothed: Moments,
  options: BackwardSamplerGpuOptions,
): Promise<{ states: Float64Array; plan: string }> {
  const scales = scalesOf(given);
  const problem = scales ? scaled(given, scales) : given;
  const exponents = scales?.states ?? new Int32Array(given.stateDim);
  const { engine, call, numSamples: S, chunkLength, blockSteps, drawsAtOnce } = options;
  const { stateDim: n, numSeries: N, numSteps: T } = problem;
  const schedule = options.schedule === false ? undefined : gainSchedule(problem);
  const binding = Math.min(engine.caps.maxBufferSize, engine.caps.maxStorageBufferBindingSize);
  const element = kalmanSmootherElement(call, n, problem.emissionDim, engine.caps);
  /** Steps that fit when draws, or the gains of every step, stand in one buffer. */
  const fits = (draws: number): number =>
    Math.floor(binding / (4 * N * Math.max(draws * n, schedule ? 0 : element.elementFloats)));
  const draws =
    drawsAtOnce ?? Math.max(1, Math.min(S, Math.floor(binding / (4 * N * n * Math.min(T, 4096)))));
  const most = Math.min(T, blockSteps ?? fits(draws));
  // By series and steps alone, so that a draw does not depend on how many there are.
  const enough = engine.adapter.software ? 64 : 65_536;
  const chunk = chunkLength ?? Math.min(512, Math.max(16, Math.ceil((T * N) / enough)));
  const sizes: VectorSizes = {
    numLanes: N * draws,
    lanesPerSeries: draws,
    chunkLength: roundUp(N >= enough ? T : chunk, Math.max(1, schedule?.period ?? 1)),
    levelChunk: options.levelChunk ?? 16,
  };
  const states = new Float64Array(N * S * T * n);
  let dispatches = 0;
  for (let first = 0; first < S; first += draws) {
    const count = Math.min(draws, S - first);
    const recorded = recordSampler(
      problem,
      filtered,
      exponents,
      schedule,
      element,
      most,
      first,
      options.seed,
      {
        ...sizes,
        numLanes: N * count,
        lanesPerSeries: count,
      },
    );
    const tensors = await execute(engine, recorded.recording, options);
    try {
      for (const { start, steps, draws: spec } of recorded.outputs) {
        const [data] = await readTensors(engine, call, [tensors.get(spec)!]);
        addDraws(problem, smoothed, exponents, data!, states, { start, steps, first, count, S });
      }
    } finally {
      for (const tensor of tensors.values()) tensor.dispose();
    }
    dispatches += recorded.recording.dispatches.length;
  }
  const gains = schedule ? "gains from the host" : "gains of every step";
  const plan = `${S} draws of every series, ${gains}, scan of vectors in chunks of ${sizes.chunkLength}, ${dispatches} dispatches`;
  return { states, plan };
}

const roundUp = (value: number, unit: number): number => Math.ceil(value / unit) * unit;

interface SamplerRecording {
  readonly recording: Recording;
  readonly outputs: readonly { readonly start: number; readonly steps: number; readonly draws: BufferSpec }[];
}

/** One recording for draws first … of every series. */
function recordSampler(
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

/** Smoothed mean + deviation of the steps of a block, into [N, S, T, n]. */
function addDraws(
  { stateDim: n, numSeries: N, numSteps: T, lengths }: LinearGaussianProblem,
  smoothed: Moments,
  exponents: Int32Array,
  data: Float32Array,
  states: Float64Array,
  {
    start,
    steps,
    first,
    count,
    S,
  }: { start: number; steps: number; first: number; count: number; S: number },
): void {
  const { data: means, at: meanAt } = smoothed.means;
  for (let s = 0; s < N; s++) {
    for (let draw = 0; draw < count; draw++) {
      const from = (s * count + draw) * steps;
      const to = (s * S + first + draw) * T + start;
      for (let t = 0; t < steps; t++) {
        const inside = start + t < lengths[s]!;
        const mean = inside ? meanAt(s, start + t) : 0;
        for (let i = 0; i < n; i++)
          states[(to + t) * n + i] = inside
            ? means[mean + i]! + data[(from + t) * n + i]! * 2 ** exponents[i]!
            : Number.NaN;
      }
    }
  }
}
