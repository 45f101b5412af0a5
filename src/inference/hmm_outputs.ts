/** Where the outputs of one block stand: parts of buffers, so that only what is asked for is read back. */
import type { BufferSpec, Recording } from "../engine/index.ts";

/** Floats from … from + count − 1 of a buffer. */
export interface HmmPart {
  readonly buffer: BufferSpec;
  readonly from: number;
  readonly count: number;
}

/** Absent: not written. */
export interface HmmOutputs {
  /** Numbers [N, steps + 1, K]; row 0 is before the block. */
  readonly filtered?: HmmPart;
  /** [N, steps, K] */
  readonly predicted?: HmmPart;
  /** [N, steps] */
  readonly likelihoods: HmmPart;
  /** [N, steps, K] */
  readonly smoothed?: HmmPart;
  /** Expected transitions [N, steps / sumSteps, K, K]. */
  readonly sums?: HmmPart;
}

export const wholeBuffer = (buffer: BufferSpec): HmmPart => ({
  buffer,
  from: 0,
  count: buffer.shape.reduce((a, b) => a * b, 1),
});

/** One buffer for parts of the given sizes, one behind the other; a part of no floats is absent. */
export function layOut<Name extends string>(
  recording: Recording,
  label: string,
  counts: Readonly<Record<Name, number>>,
): { readonly buffer: BufferSpec; readonly parts: Partial<Record<Name, HmmPart>> } {
  const names = Object.keys(counts) as Name[];
  const total = names.reduce((sum, name) => sum + counts[name], 0);
  const buffer = recording.buffer(label, [total], "output");
  const parts: Partial<Record<Name, HmmPart>> = {};
  let from = 0;
  for (const name of names) {
    if (counts[name] > 0) parts[name] = { buffer, from, count: counts[name] };
    from += counts[name];
  }
  return { buffer, parts };
}
