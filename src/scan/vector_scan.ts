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

/** Records one block; `number` counts blocks in scan order. */
export function recordVectorScan(
  recording: Recording,
  element: VectorElement,
  sizes: VectorSizes,
  block: ScanBlock & { readonly number: number },
  vectors: BufferSpec,
  own: {
    readonly rows: TableRows;
    readonly uniforms: Readonly<Record<string, number>>;
    readonly buffers: Readonly<Record<string, BufferSpec>>;
    /** Matrices of level 1, 2, … */
    readonly matrices: readonly LevelMatrices[];
  },
): void {
  const { numLanes, lanesPerSeries, chunkLength, levelChunk } = sizes;
  const n = element.size;
  const chunks = vectorLevels(block.steps, sizes);
  const offsets = [0];
  for (const count of chunks) offsets.push(offsets.at(-1)! + count);
  /** Floats before the vectors of level `at` ≥ 1. */
  const offset = (at: number): number => (2 + offsets[at - 1]!) * numLanes * n;
  const dispatch = (skeleton: "fold" | "walk", at: number): void => {
    const level = own.matrices[at - 1];
    const items = at === 0 ? block.steps : chunks[at - 1]!;
    const stem = at === 0 ? element.stem : "vector";
    const cost = at === 0 ? element.cost[skeleton] : 2 * n * n;
    const rows = level ?? own.rows;
    const count = chunks[at]! * numLanes;
    const groups = Math.ceil(count / WORKGROUP);
    recording.dispatch({
      kernel: {
        name: `${stem}_${skeleton}`,
        constants: { ...(at === 0 ? element.constants : {}), STATE_DIM: n, WORKGROUP },
        unroll: n <= 8,
      },
      uniforms: {
        block_start: block.start,
        block_steps: block.steps,
        num_lanes: numLanes,
        lanes_per_series: lanesPerSeries,
        reverse: block.reverse ? 1 : 0,
        item_steps: at === 0 ? 1 : chunkLength * levelChunk ** (at - 1),
        chunk_length: at === 0 ? chunkLength : levelChunk,
        chunks: chunks[at]!,
        linear: 0,
        has_parent: chunks[at]! > 1 ? 1 : 0,
        parent_offset: chunks[at]! > 1 ? offset(at + 1) : 0,
        carry_in: (block.number % 2) * numLanes * n,
        carry_out: ((block.number + 1) % 2) * numLanes * n,
        row_start: at === 0 ? block.start : 0,
        lead: rows.lead,
        period: rows.period,
        ...(level
          ? {
              items_offset: offset(at),
              items_stride: items,
              matrix_series: level.strides[0],
              matrix_row: level.strides[1],
              matrix_i: level.strides[2],
              matrix_j: level.strides[3],
            }
          : own.uniforms),
      },
      buffers: level
        ? { vectors, indices: own.buffers["indices"]!, matrices: level.buffer }
        : { vectors, ...own.buffers },
      workgroups: [Math.min(groups, 65535), Math.ceil(groups / 65535), 1],
      // One invocation keeps a device as busy as many: what counts is the longest chain.
      cost: Math.max(numLanes * items * cost, IDLE * chunkLength * cost),
    });
  };
  const top = chunks.length - 1;
  for (let at = 0; at < top; at++) dispatch("fold", at);
  for (let at = top; at >= 0; at--) dispatch("walk", at);
}

const WORKGROUP = 64;
/** How many invocations at least a dispatch is charged for, when submits are split by time. */
const IDLE = 64;
