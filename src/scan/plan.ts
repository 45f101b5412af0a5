/**
 * Records the scan of one block of time: reduce, spine (with as many levels as it takes), apply; or the sequential
 * kernel. Knows nothing of elements but their sizes.
 */
import type { BufferSpec, KernelKey, Recording } from "../engine/index.ts";

/** How an element is laid out over invocations. */
export interface TeamShape {
  readonly variant: "lane" | "team" | "wide";
  /** Invocations per workgroup. */
  readonly workgroup: number;
  /** Invocations per element. */
  readonly team: number;
  /** Elements a workgroup works on at a time: workgroup / team. */
  readonly teams: number;
}

/** What a scan needs to know of its element. */
export interface ScanElement {
  /** Stem: kernels are `${stem}_${skeleton}_${variant}`. */
  readonly stem: string;
  readonly elementFloats: number;
  readonly stateFloats: number;
  readonly constants: Readonly<Record<string, number>>;
  readonly unroll: boolean;
  /** What its kernels take in when they are made. */
  readonly splice?: KernelKey["splice"];
  readonly shape: TeamShape;
  /** Flops of one step of fold_chunk, of run_chunk, and of one combine. */
  readonly cost: { readonly fold: number; readonly step: number; readonly combine: number };
  /** f32 of scratch per workgroup when matrices stand in storage (wide). */
  readonly wideScratchFloats: number;
}

export interface ScanSizes {
  readonly numSeries: number;
  readonly chunkLength: number;
  /** Leaves per workgroup of reduce, up, down and apply. */
  readonly leaves: number;
  /** Leaves the spine takes in one workgroup. */
  readonly spineLeaves: number;
  /** How many times slower one lone series is, per step, than a full device: an estimate for splitting submits. */
  readonly sequentialIdle: number;
}

/** One block of time of one scan. */
export interface ScanBlock {
  readonly start: number;
  readonly steps: number;
  readonly reverse: boolean;
}

/** Slots per series at every level, from the chunks up to what one spine workgroup takes. */
export function scanLevels(steps: number, sizes: ScanSizes): readonly number[] {
  const levels = [
    Math.ceil(steps / sizes.chunkLength),
    Math.ceil(steps / (sizes.chunkLength * sizes.leaves)),
  ];
  while (levels.at(-1)! > sizes.spineLeaves) levels.push(Math.ceil(levels.at(-1)! / sizes.leaves));
  return levels;
}

/** Buffers a scan shares between its blocks. States: N carry slots, then the levels. */
export interface ScanScratch {
  readonly elements: BufferSpec;
  readonly states: BufferSpec;
  /** Floats in elements before the matrices of wide kernels. */
  readonly memoryOffset: number;
}

const slots = (steps: number, sizes: ScanSizes): number =>
  scanLevels(steps, sizes).reduce((sum, level) => sum + level, 0) * sizes.numSeries;

/** Scratch for blocks of up to `steps` steps; sequential scans keep only the carry. */
export function scanScratch(
  recording: Recording,
  element: ScanElement,
  sizes: ScanSizes,
  steps: number,
  parallel: boolean,
): ScanScratch {
  const { stem, elementFloats, stateFloats, wideScratchFloats } = element;
  const count = parallel ? slots(steps, sizes) : 0;
  const groups = element.shape.variant === "wide" ? wideGroups(element, sizes, steps, parallel) : 0;
  return {
    elements: recording.buffer(
      `${stem} elements`,
      [count * elementFloats + groups * wideScratchFloats],
      "scratch",
    ),
    states: recording.buffer(`${stem} states`, [sizes.numSeries + count, stateFloats], "scratch"),
    memoryOffset: count * elementFloats,
  };
}

/** Workgroups of the largest dispatch: each has its own matrices. */
function wideGroups(element: ScanElement, sizes: ScanSizes, steps: number, parallel: boolean): number {
  if (!parallel) return Math.ceil(sizes.numSeries / element.shape.teams);
  const [x, y, z] = seriesGrid(scanLevels(steps, sizes)[1]!, sizes.numSeries);
  return x * y * z;
}

/** Series go along y, and along z when there are more than y takes. */
const seriesGrid = (groups: number, numSeries: number): [number, number, number] => [
  groups,
  Math.min(numSeries, 65535),
  Math.ceil(numSeries / 65535),
];

/** Records one block. `uniforms` and `buffers` are the element's own. @returns the number of dispatches. */
export function recordScan(
  recording: Recording,
  element: ScanElement,
  sizes: ScanSizes,
  block: ScanBlock,
  parallel: boolean,
  scratch: ScanScratch,
  own: {
    readonly uniforms: Readonly<Record<string, number>>;
    readonly buffers: Readonly<Record<string, BufferSpec>>;
    /** Records what stands between the way up and the way down: it sees the totals. */
    readonly between?: () => void;
    /** Three words for each dispatch, in their order, from the one of this number: where a kernel may stop those that come. */
    readonly groups?: BufferSpec;
    readonly firstGroup?: number;
    /** Ends with the state before every chunk, and no recursion over chunks. */
    readonly chunksOnly?: boolean;
  },
): void {
  const { numSeries, chunkLength, leaves, spineLeaves } = sizes;
  const { stem, shape, cost } = element;
  let count = own.firstGroup ?? 0;
  const buffers: Record<string, BufferSpec> = {
    ...own.buffers,
    elements: scratch.elements,
    states: scratch.states,
  };
  const base = {
    ...own.uniforms,
    block_start: block.start,
    block_steps: block.steps,
    chunk_length: chunkLength,
    num_series: numSeries,
    ...NO_LEVELS,
    reverse: block.reverse ? 1 : 0,
    leaf_steps: chunkLength,
    memory_offset: scratch.memoryOffset,
  };
  const dispatch = (
    skeleton: string,
    leafCount: number,
    uniforms: object,
    workgroups: readonly [number, number, number],
    flops: number,
  ) =>
    recording.dispatch({
      kernel: {
        name: `${stem}_${skeleton}_${shape.variant}`,
        constants: {
          ...element.constants,
          WORKGROUP: shape.workgroup,
          TEAM: shape.team,
          TEAMS: shape.teams,
          LEAVES: leafCount,
        },
        unroll: element.unroll,
        ...(element.splice ? { splice: element.splice } : {}),
      },
      uniforms: { ...base, ...uniforms },
      buffers,
      workgroups,
      ...(own.groups ? { indirect: { buffer: own.groups, word: 3 * count++ } } : {}),
      cost: flops,
    });
  if (!parallel) {
    const groups = Math.ceil(numSeries / shape.teams);
    // One series keeps one team busy: a step costs what it costs however wide the device is.
    const idle = Math.max(1, sizes.sequentialIdle / numSeries);
    dispatch(
      "sequential",
      1,
      {},
      [Math.min(groups, 65535), Math.ceil(groups / 65535), 1],
      numSeries * block.steps * cost.step * idle,
    );
    return;
  }
  const levels = scanLevels(block.steps, sizes);
  /** First slot of each level: elements from 0, states after the carry slots. */
  const first = levels.map(
    (_, level) => levels.slice(0, level).reduce((sum, count) => sum + count, 0) * numSeries,
  );
  const grid = (groups: number) => seriesGrid(groups, numSeries);
  const level = (at: number) => ({
    leaf_steps: Math.min(0xffffffff, chunkLength * leaves ** at),
    element_offset: first[at]!,
    element_stride: levels[at]!,
    state_offset: numSeries + first[at]!,
    state_stride: levels[at]!,
    total_offset: first[at + 1] ?? 0,
    total_stride: levels[at + 1] ?? 0,
    parent_offset: numSeries + (first[at + 1] ?? 0),
    parent_stride: levels[at + 1] ?? 0,
  });
  const top = levels.length - 1;
  const work = numSeries * block.steps;
  dispatch("reduce", leaves, level(0), grid(levels[1]!), work * (cost.fold + cost.combine / chunkLength));
  for (let at = 1; at < top; at++)
    dispatch("up", leaves, level(at), grid(levels[at + 1]!), numSeries * levels[at]! * cost.combine);
  dispatch("spine", spineLeaves, level(top), grid(1), 2 * numSeries * levels[top]! * cost.combine);
  own.between?.();
  for (let at = top - 1; at >= 1; at--)
    dispatch("down", leaves, level(at), grid(levels[at + 1]!), numSeries * levels[at]! * cost.combine);
  const last = own.chunksOnly ? "down" : "apply";
  const each = (own.chunksOnly ? 0 : cost.step) + cost.combine / chunkLength;
  dispatch(last, leaves, level(0), grid(levels[1]!), work * each);
}

/**
 * Records the element of every single step of a block.
 * @returns elements [N, steps, elementFloats]
 */
export function recordEach(
  recording: Recording,
  element: ScanElement,
  numSeries: number,
  { start, steps }: { readonly start: number; readonly steps: number },
  own: {
    readonly uniforms: Readonly<Record<string, number>>;
    readonly buffers: Readonly<Record<string, BufferSpec>>;
  },
): BufferSpec {
  const { stem, shape, cost, elementFloats } = element;
  const groups = Math.ceil((numSeries * steps) / shape.teams);
  const [x, y] = [Math.min(groups, 65535), Math.ceil(groups / 65535)];
  const wide = shape.variant === "wide" ? x * y * element.wideScratchFloats : 0;
  const elements = recording.buffer(
    `${stem} elements ${start}`,
    [numSeries * steps * elementFloats + wide],
    "scratch",
  );
  const states = recording.buffer("not asked for", [4], "scratch");
  recording.dispatch({
    kernel: {
      name: `${stem}_each_${shape.variant}`,
      constants: {
        ...element.constants,
        WORKGROUP: shape.workgroup,
        TEAM: shape.team,
        TEAMS: shape.teams,
        LEAVES: 1,
      },
      unroll: element.unroll,
    },
    uniforms: {
      ...NO_LEVELS,
      ...own.uniforms,
      block_start: start,
      block_steps: steps,
      chunk_length: 1,
      num_series: numSeries,
      leaf_steps: 1,
      memory_offset: numSeries * steps * elementFloats,
    },
    buffers: { ...own.buffers, elements, states },
    workgroups: [x, y, 1],
    cost: numSeries * steps * cost.fold,
  });
  return elements;
}

/** Uniforms of a dispatch that has no levels. */
export const NO_LEVELS = {
  reverse: 0,
  element_offset: 0,
  element_stride: 0,
  total_offset: 0,
  total_stride: 0,
  state_offset: 0,
  state_stride: 0,
  parent_offset: 0,
  parent_stride: 0,
};
