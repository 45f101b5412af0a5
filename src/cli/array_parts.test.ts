import { expect, suite, test } from "vitest";
import { addPart, splitArray } from "./array_parts.ts";
import type { FrameArray } from "./frames.ts";

suite("splitArray() and addPart()", () => {
  const rebuilt = (array: FrameArray, partBytes: number) => {
    const arrays = new Map<string, FrameArray>();
    let parts = 0;
    for (const { header, part } of splitArray("x", array, partBytes)) {
      addPart(arrays, header, part.data);
      parts++;
    }
    return { parts, array: arrays.get("x") };
  };

  test("rebuild an array from parts of any size", () => {
    const array = { data: Float64Array.from({ length: 10 }, (_, i) => i), shape: [5, 2] };
    for (const [bytes, parts] of [
      [8, 10],
      [24, 4],
      [80, 1],
      [1000, 1],
      [1, 10],
    ]) {
      expect(rebuilt(array, bytes)).toEqual({ parts, array });
    }
  });

  test("send an empty array as one part, type and shape kept", () => {
    const array = { data: new Float32Array(0), shape: [0, 3] };
    expect(rebuilt(array, 8)).toEqual({ parts: 1, array });
  });

  test("begin anew when an array is sent again, as after a restart of the browser", () => {
    const arrays = new Map<string, FrameArray>();
    addPart(arrays, { name: "x", shape: [2], length: 2, start: 0 }, Float64Array.of(9, 9));
    addPart(arrays, { name: "x", shape: [1], length: 1, start: 0 }, Float64Array.of(1));
    expect(arrays.get("x")).toEqual({ data: Float64Array.of(1), shape: [1] });
  });
});
