/** What tests of results on the GPU share: comparison with ordinary results, and the bytes that were read back. */
import { expect, vi } from "vitest";
import type { GpuResult, ResultArray } from "../src/api/index.ts";

/** Runs `work` and counts the bytes of the buffers that it maps for reading. */
export async function bytesRead<T>(work: () => Promise<T>): Promise<readonly [T, number]> {
  let bytes = 0;
  const map = GPUBuffer.prototype.mapAsync;
  const spy = vi.spyOn(GPUBuffer.prototype, "mapAsync").mockImplementation(function (
    this: GPUBuffer,
    ...args: Parameters<typeof map>
  ) {
    bytes += this.size;
    return map.apply(this, args);
  });
  try {
    return [await work(), bytes];
  } finally {
    spy.mockRestore();
  }
}

/** Every array of a result has the shape of the ordinary field, and NaN and infinities where it has. @returns the arrays read */
export async function readAll<Name extends string>(
  result: GpuResult<Name>,
  ordinary: Readonly<Record<Name, ResultArray>>,
): Promise<Map<Name, readonly [got: ResultArray, want: ResultArray]>> {
  const pairs = new Map<Name, readonly [ResultArray, ResultArray]>();
  for (const name of Object.keys(result.arrays) as Name[]) {
    const [got, want] = [await result.read(name), ordinary[name]];
    expect(got.shape, name).toEqual(want.shape);
    const other = want.data.findIndex((x, i) => !Number.isFinite(x) && !Object.is(got.data[i], x));
    expect(other, `${name}: an entry that is not finite`).toBe(-1);
    pairs.set(name, [got, want]);
  }
  return pairs;
}

/** Both are the same float32 numbers. */
export function expectRounded(got: ResultArray, want: ResultArray, name: string): void {
  const other = want.data.findIndex((x, i) => !Object.is(got.data[i], Math.fround(x)));
  expect(other < 0 ? "" : `${got.data[other]} for ${want.data[other]} at ${other}`, name).toBe("");
}

/** Where the one is finite, the two differ by no more than what is allowed there. */
export function expectWithin(
  got: ResultArray,
  want: ResultArray,
  name: string,
  allowed: (at: number) => number,
): void {
  const other = want.data.findIndex(
    (x, at) => Number.isFinite(x) && !(Math.abs(got.data[at]! - x) <= allowed(at)),
  );
  expect(other < 0 ? "" : `${got.data[other]} for ${want.data[other]} at ${other}`, name).toBe("");
}
