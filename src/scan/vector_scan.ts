/**
 * Records the scan of vectors v ← A_t v + w_t whose matrices are known beforehand and shared by many lanes: fold chunks
 * to the level above, until one chunk is left, then walk back down. Knows nothing of elements but their sizes.
 */
import type { BufferSpec, Recording } from "../engine/index.ts";
import type { ScanBlock } from "./plan.ts";

/** What the scan needs to know of its level 0. */
export interface VectorElement {
  /** Kernels are `${stem}_fold` and `${stem}_walk`. */
  readonly stem: string;
  /** n */
  readonly size: number;
  readonly constants: Readonly<Record<string, number>>;
  /** Flops of one item when folded and when walked. */
  readonly cost: { readonly fold: number; readonly walk: number };
}

export interface VectorSizes {
  readonly numLanes: number;
  readonly lanesPerSeries: number;
  /** Items in a chunk of level 0; all the steps of the block for a sequential run. */
  readonly chunkLength: number;
  /** Items in a chunk of the levels above. */
  readonly levelChunk: number;
}

/** Tables with a row for each of the first `lead` items and `period` that repeat after them. */
export interface TableRows {
  readonly lead: number;
  readonly period: number;
}

/** Where the matrices of one level above 0 stand: an item for each chunk of the level below. */
export interface LevelMatrices extends TableRows {
  readonly buffer: BufferSpec;
  /** Floats from series to series, row to row, along i and along j. */
  readonly strides: readonly [series: number, row: number, i: number, j: number];
}

/** Chunks of a lane at every level: the last is 1. */
export function vectorLevels(steps: number, sizes: VectorSizes): readonly number[] {
  const chunks = [Math.ceil(steps / sizes.chunkLength)];
  while (chunks.at(-1)! > 1) chunks.push(Math.ceil(chunks.at(-1)! / sizes.levelChunk));
  return chunks;
}

/** Carries, then the vectors of the levels above 0. Upload what comes before the first block to its first lanes · n floats. */
export function vectorScratch(
  recording: Recording,
  element: VectorElement,
  sizes: VectorSizes,
  steps: number,
): BufferSpec {
  const items = vectorLevels(steps, sizes)
    .slice(0, -1)
    .reduce((a, b) => a + b, 0);
  return recording.buffer(`${element.stem} vectors`, [2 + items, sizes.numLanes, element.size], "scratch");
}

/** What the dispatches of one block have in common. */
export interface VectorBlock extends ScanBlock {
  /** Counts blocks in scan order, from 0. */
  readonly number: number;
}

/** Level 0 of a scan: its tables, uniforms and buffers by the names in the element's WGSL. */
export interface VectorInputs {
  readonly rows: TableRows;
  readonly uniforms: Readonly<Record<string, number>>;
  readonly buffers: Readonly<Record<string, BufferSpec>>;
}

/** Records one block: up the levels by folds, down again by walks. */
export function recordVectorScan(
  recording: Recording,
  element: VectorElement,
  sizes: VectorSizes,
  block: VectorBlock,
  vectors: BufferSpec,
  own: VectorInputs,
  matrices: readonly LevelMatrices[],
): void {
  const { numLanes } = sizes;
  const n = element.size;
  const chunks = vectorLevels(block.steps, sizes);
  const top = chunks.length - 1;
  /** Floats before the vectors of level `at` ≥ 1. */
  const offset = (at: number): number =>
    (2 + chunks.slice(0, at - 1).reduce((a, b) => a + b, 0)) * numLanes * n;
  const record = (skeleton: "fold" | "walk", at: number): void => {
    const level = matrices[at - 1];
    const shared = {
      carry_in: (block.number % 2) * numLanes * n,
      carry_out: ((block.number + 1) % 2) * numLanes * n,
      parent_offset: at < top ? offset(at + 1) : 0,
    };
    if (at === 0 || !level) dispatchItems(recording, skeleton, element, sizes, block, vectors, own, shared);
    else
      dispatchLevel(recording, skeleton, element, sizes, block, vectors, level, at, own.buffers, {
        ...shared,
        items_offset: offset(at),
      });
  };
  for (let at = 0; at < top; at++) record("fold", at);
  for (let at = top; at >= 0; at--) record("walk", at);
}

/**
 * Records what chunks do to vectors, level by level, on the GPU: for matrices that only it has.
 * @returns the matrices of levels 1, 2, …
 */
export function recordChunkMatrices(
  recording: Recording,
  element: VectorElement,
  sizes: VectorSizes,
  block: VectorBlock,
  own: VectorInputs,
): LevelMatrices[] {
  const n = element.size;
  const numSeries = sizes.numLanes / sizes.lanesPerSeries;
  // Every column of the identity is a lane.
  const columns = { ...sizes, numLanes: numSeries * n, lanesPerSeries: n };
  const chunks = vectorLevels(block.steps, sizes);
  const out: LevelMatrices[] = [];
  for (let at = 0; at < chunks.length - 1; at++) {
    const count = chunks[at]!;
    const buffer = recording.buffer(`chunk matrices ${at + 1}`, [numSeries, n, count, n], "scratch");
    const linear = { linear: 1, parent_offset: 0, carry_in: 0, carry_out: 0, items_offset: 0 };
    if (at === 0) dispatchItems(recording, "fold", element, columns, block, buffer, own, linear);
    else
      dispatchLevel(
        recording,
        "fold",
        element,
        columns,
        block,
        buffer,
        out[at - 1]!,
        at,
        own.buffers,
        linear,
      );
    out.push({ lead: count, period: 0, buffer, strides: [n * count * n, n, 1, count * n] });
  }
  return out;
}

type Skeleton = "fold" | "walk";

function dispatchItems(
  recording: Recording,
  skeleton: Skeleton,
  element: VectorElement,
  sizes: VectorSizes,
  block: VectorBlock,
  vectors: BufferSpec,
  own: VectorInputs,
  uniforms: Readonly<Record<string, number>>,
): void {
  dispatch(recording, `${element.stem}_${skeleton}`, element, sizes, block, 0, {
    constants: element.constants,
    uniforms: {
      item_steps: 1,
      chunk_length: sizes.chunkLength,
      row_start: block.start,
      lead: own.rows.lead,
      period: own.rows.period,
      ...own.uniforms,
      ...uniforms,
    },
    buffers: { vectors, ...own.buffers },
    cost: element.cost[skeleton],
  });
}

function dispatchLevel(
  recording: Recording,
  skeleton: Skeleton,
  element: VectorElement,
  sizes: VectorSizes,
  block: VectorBlock,
  vectors: BufferSpec,
  { buffer, strides, lead, period }: LevelMatrices,
  at: number,
  buffers: Readonly<Record<string, BufferSpec>>,
  uniforms: Readonly<Record<string, number>>,
): void {
  dispatch(recording, `vector_${skeleton}`, element, sizes, block, at, {
    constants: {},
    uniforms: {
      item_steps: sizes.chunkLength * sizes.levelChunk ** (at - 1),
      chunk_length: sizes.levelChunk,
      row_start: 0,
      lead,
      period,
      items_stride: vectorLevels(block.steps, sizes)[at - 1]!,
      matrix_series: strides[0],
      matrix_row: strides[1],
      matrix_i: strides[2],
      matrix_j: strides[3],
      ...uniforms,
    },
    buffers: { vectors, indices: buffers["indices"]!, matrices: buffer },
    cost: 2 * element.size ** 2,
  });
}

function dispatch(
  recording: Recording,
  name: string,
  { size }: VectorElement,
  { numLanes, lanesPerSeries, chunkLength, levelChunk }: VectorSizes,
  block: VectorBlock,
  at: number,
  own: {
    readonly constants: Readonly<Record<string, number>>;
    readonly uniforms: Readonly<Record<string, number>>;
    readonly buffers: Readonly<Record<string, BufferSpec>>;
    readonly cost: number;
  },
): void {
  const levels = vectorLevels(block.steps, { numLanes, lanesPerSeries, chunkLength, levelChunk });
  const items = at === 0 ? block.steps : levels[at - 1]!;
  const groups = Math.ceil((levels[at]! * numLanes) / WORKGROUP);
  recording.dispatch({
    kernel: { name, constants: { ...own.constants, STATE_DIM: size, WORKGROUP }, unroll: size <= 8 },
    uniforms: {
      block_start: block.start,
      block_steps: block.steps,
      num_lanes: numLanes,
      lanes_per_series: lanesPerSeries,
      reverse: block.reverse ? 1 : 0,
      chunks: levels[at]!,
      linear: 0,
      ...own.uniforms,
    },
    buffers: own.buffers,
    workgroups: [Math.min(groups, 65535), Math.ceil(groups / 65535), 1],
    // A few lanes keep a device as busy as many: what counts then is the longest chain.
    cost: own.cost * Math.max(numLanes * items, IDLE * (at === 0 ? chunkLength : levelChunk)),
    work: own.cost * numLanes * items,
  });
}

const WORKGROUP = 64;
/** Invocations that at least are paid for in a dispatch, when submits are split by time. */
const IDLE = 64;
