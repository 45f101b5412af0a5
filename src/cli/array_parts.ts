/** Long arrays cross the wire in parts: one message holds at most 2 GiB, and no copy of the whole is ever made. */

import type { FrameArray, FrameData } from "./frames.ts";

/** Bytes of one part. */
export const PART_BYTES = 32 * 2 ** 20;

/** Which entries of which array a part holds. */
export interface PartHeader {
  readonly name: string;
  /** Shape of the whole array. */
  readonly shape: readonly number[];
  /** Entries of the whole array. */
  readonly length: number;
  /** Index of the part's first entry. */
  readonly start: number;
}

/** The parts of an array in order; an empty array has one. */
export function* splitArray(
  name: string,
  { data, shape }: FrameArray,
  partBytes = PART_BYTES,
): Generator<{ header: PartHeader; part: FrameArray }> {
  const step = Math.max(1, Math.floor(partBytes / data.BYTES_PER_ELEMENT));
  for (let start = 0; start === 0 || start < data.length; start += step) {
    const piece = data.subarray(start, start + step);
    yield {
      header: { name, shape, length: data.length, start },
      part: { data: piece, shape: [piece.length] },
    };
  }
}

/** Put a part into its array, made when its first part comes. */
export function addPart(arrays: Map<string, FrameArray>, header: PartHeader, part: FrameData): void {
  let whole = arrays.get(header.name);
  if (!whole || header.start === 0) {
    const Constructor = part.constructor as new (length: number) => FrameData;
    whole = { data: new Constructor(header.length), shape: header.shape };
    arrays.set(header.name, whole);
  }
  whole.data.set(part, header.start);
}
