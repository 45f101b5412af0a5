import { expect, suite, test } from "vitest";
import { decodeFrame, encodeFrame } from "./frames.ts";

suite("encodeFrame() and decodeFrame()", () => {
  const arrays = {
    a: { data: Float64Array.from([1, Number.NaN, -0]), shape: [3] },
    b: { data: Float32Array.from([0.1]), shape: [1, 1] },
    c: { data: Uint8Array.from([7, 8, 9]), shape: [3] },
    none: { data: new Int32Array(0), shape: [0, 2] },
  };

  test("give back header, types, shapes and bits", () => {
    const frame = decodeFrame(encodeFrame({ op: "x", id: 3, note: "größe" }, arrays));
    expect(frame.header).toEqual({ op: "x", id: 3, note: "größe" });
    expect(frame.arrays).toEqual(arrays);
    expect(Object.is(frame.arrays.a.data[2], -0)).toBe(true);
  });

  test("read a message that begins at an odd address", () => {
    const bytes = encodeFrame({ op: "x", id: 1 }, arrays);
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);
    expect(decodeFrame(shifted.subarray(3)).arrays).toEqual(arrays);
    expect(decodeFrame(Buffer.from(shifted.buffer, 3)).arrays).toEqual(arrays);
  });

  test("write only the part of a buffer that a view shows", () => {
    const view = Float64Array.from([1, 2, 3, 4]).subarray(1, 3);
    const { v } = decodeFrame(encodeFrame({ op: "x", id: 1 }, { v: { data: view, shape: [2] } })).arrays;
    expect(Array.from(v.data)).toEqual([2, 3]);
  });

  test("refuse a message that is cut off", () => {
    const bytes = encodeFrame({ op: "x", id: 1 }, arrays);
    expect(() => decodeFrame(bytes.subarray(0, bytes.length - 8))).toThrow(/cut off/);
    expect(() => decodeFrame(bytes.subarray(0, 20))).toThrow(/shorter than its header/);
    expect(() => decodeFrame(bytes.subarray(0, 2))).toThrow(/shorter than its length/);
  });
});
