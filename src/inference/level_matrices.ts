/** Matrices of the levels of a scan of vectors, made on the host in float64 and uploaded. */
import type { BufferSpec, Recording } from "../engine/index.ts";
import {
  chunkMatrices,
  type LevelMatrices,
  type MatrixTable,
  type VectorSizes,
  vectorLevels,
} from "../scan/index.ts";

/** Matrices of all levels above 0 of one block. */
export function levelMatrices(
  recording: Recording,
  table: MatrixTable,
  n: number,
  start: number,
  steps: number,
  sizes: VectorSizes,
  reverse: boolean,
): LevelMatrices[] {
  const chunks = vectorLevels(steps, sizes);
  let [items, first, count, chunk] = [table, start, steps, sizes.chunkLength];
  return chunks.slice(0, -1).map((_, level) => {
    items = chunkMatrices(items, n, first, count, chunk, reverse);
    [first, count, chunk] = [0, chunks[level]!, sizes.levelChunk];
    const { lead, period, data } = items;
    const buffer = uploadFloats(recording, `chunk matrices ${level + 1}`, () => Float32Array.from(data));
    return { lead, period, buffer, strides: [0, n * n, n, 1] as const };
  });
}

/** A buffer of the recording with these floats. */
export function uploadFloats(
  recording: Recording,
  label: string,
  make: () => Float32Array<ArrayBuffer>,
): BufferSpec {
  const data = make();
  const buffer = recording.buffer(label, [data.length], "input");
  recording.upload(buffer, () => data);
  return buffer;
}
