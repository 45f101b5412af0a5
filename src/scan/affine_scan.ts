/** affine: all states of z_t = A_t z_{t−1} + b_t on the GPU, from either end, parallel in time or sequential. */
import {
  type BufferSpec,
  type Engine,
  type ExecuteOptions,
  execute,
  Recording,
  readTensors,
  ShapeError,
} from "../engine/index.ts";
import { affineElement } from "./elements/affine.ts";
import type { Variant } from "./elements/shape.ts";
import { recordScan, type ScanSizes, scanScratch } from "./plan.ts";

export interface AffineScanInput {
  /** A_t [N, T, n, n]; for a diagonal scan its diagonals [N, T, n]. */
  readonly weights: Float32Array<ArrayBuffer>;
  /** b_t [N, T, n] */
  readonly biases: Float32Array<ArrayBuffer>;
  /** The state before the first step in scan order [N, n]. */
  readonly initial: Float32Array<ArrayBuffer>;
  /** N, T, n */
  readonly shape: readonly [number, number, number];
  /** [N] steps of each series, default T. */
  readonly lengths?: Uint32Array;
}

export interface AffineScanOptions extends ExecuteOptions {
  /** A_t diagonal: n independent scalar scans. */
  readonly diagonal?: boolean;
  /** From the last step to the first: z_t = A_t z_{t+1} + b_t. */
  readonly reverse?: boolean;
  readonly parallel?: boolean;
  readonly variant?: Variant;
  readonly sizes?: Partial<Pick<ScanSizes, "chunkLength" | "leaves" | "spineLeaves">>;
  /** Steps per block of time, default all. */
  readonly blockSteps?: number;
}

/**
 * @returns every state [N, T, n]; steps past the end of a series are 0
 * @throws ShapeError when arrays do not fit the shape; LimitError, DeviceError, AbortedError
 */
export async function affineScan(
  engine: Engine,
  input: AffineScanInput,
  options: AffineScanOptions,
): Promise<Float32Array> {
  const [N, T, n] = input.shape;
  const { diagonal = false, reverse = false, parallel = true, blockSteps = T } = options;
  const size = diagonal ? n : n * n;
  for (const [name, array, length] of [
    ["weights", input.weights, N * T * size],
    ["biases", input.biases, N * T * n],
    ["initial", input.initial, N * n],
  ] as const) {
    if (array.length !== length) {
      throw new ShapeError(
        `${options.call}: ${name} expected ${length} entries, got ${array.length}. Check shape [N, T, n].`,
      );
    }
  }
  // A diagonal scan is n scalar scans per series: channel k of series s is scan s·n + k.
  const dim = diagonal ? 1 : n;
  const scans = diagonal ? N * n : N;
  const sizes: ScanSizes = {
    numSeries: scans,
    chunkLength: 32,
    leaves: 64,
    spineLeaves: 512,
    sequentialIdle: 64,
    ...options.sizes,
  };
  const element = affineElement(options.call, dim, engine.caps, options.variant);
  const weights = diagonal ? transposeChannels(input.weights, N, T, n) : input.weights;
  const offsets = diagonal ? transposeChannels(input.biases, N, T, n) : input.biases;
  const recording = new Recording();
  const scratch = scanScratch(recording, element, sizes, blockSteps, parallel);
  recording.upload(scratch.states, () => input.initial);
  const lengths = input.lengths ?? new Uint32Array(N).fill(T);
  const starts = Array.from({ length: Math.ceil(T / blockSteps) }, (_, k) => k * blockSteps);
  const outputs = new Map<number, BufferSpec>();
  for (const start of reverse ? starts.toReversed() : starts) {
    const steps = Math.min(blockSteps, T - start);
    const indices = recording.buffer(`lengths ${start}`, [scans], "input", "u32");
    recording.upload(indices, () =>
      Uint32Array.from({ length: scans }, (_, k) => lengths[diagonal ? Math.floor(k / n) : k]!),
    );
    const parameters = uploadBlock(recording, "weights", weights, scans, T, dim * dim, start, steps);
    const biases = uploadBlock(recording, "biases", offsets, scans, T, dim, start, steps);
    const output = recording.buffer(`states ${start}`, [scans, steps, dim], "output");
    outputs.set(start, output);
    recordScan(recording, element, sizes, { start, steps, reverse }, parallel, scratch, {
      uniforms: {
        weights_offset: 0,
        weights_step: dim * dim,
        weights_series: steps * dim * dim,
        bias_offset: 0,
        bias_step: dim,
        bias_series: steps * dim,
      },
      buffers: { parameters, indices, biases, outputs: output },
    });
    recording.mark("scan", start + steps, T);
  }
  const tensors = await execute(engine, recording, options);
  const blocks = await readTensors(
    engine,
    options.call,
    starts.map(start => tensors.get(outputs.get(start)!)!),
  );
  for (const tensor of tensors.values()) tensor.dispose();
  const joined = new Float32Array(scans * T * dim);
  starts.forEach((start, k) => {
    const steps = Math.min(blockSteps, T - start) * dim;
    for (let s = 0; s < scans; s++)
      joined.set(blocks[k]!.subarray(s * steps, (s + 1) * steps), (s * T + start) * dim);
  });
  return diagonal ? transposeChannels(joined, N, n, T) : joined;
}

/** Steps [start, start + steps) of [scans, T, size]. */
function uploadBlock(
  recording: Recording,
  name: string,
  data: Float32Array,
  scans: number,
  T: number,
  size: number,
  start: number,
  steps: number,
): BufferSpec {
  const buffer = recording.buffer(`${name} ${start}`, [scans, steps, size], "input");
  recording.upload(buffer, () => {
    const out = new Float32Array(scans * steps * size);
    for (let s = 0; s < scans; s++)
      out.set(data.subarray((s * T + start) * size, (s * T + start + steps) * size), s * steps * size);
    return out;
  });
  return buffer;
}

/** [N, a, b] → [N, b, a] */
function transposeChannels(data: Float32Array, N: number, a: number, b: number): Float32Array {
  const out = new Float32Array(data.length);
  for (let s = 0; s < N; s++)
    for (let i = 0; i < a; i++)
      for (let j = 0; j < b; j++) out[(s * b + j) * a + i] = data[(s * a + i) * b + j]!;
  return out;
}
