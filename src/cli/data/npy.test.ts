import { expect, suite, test } from "vitest";
import { DataError } from "../../api/index.ts";
import { readNpy, writeNpy } from "./npy.ts";

const source = { call: "smooth", option: "--data", path: "a.npy" };

/** A file as numpy.save writes it. */
function file(descr: string, fortran: boolean, shape: string, bytes: Uint8Array, version = 1): Uint8Array {
  const dict = `{'descr': '${descr}', 'fortran_order': ${fortran ? "True" : "False"}, 'shape': (${shape}), }`;
  const lengthBytes = version === 1 ? 2 : 4;
  const length = Math.ceil((8 + lengthBytes + dict.length + 1) / 64) * 64 - 8 - lengthBytes;
  const head = Buffer.alloc(8 + lengthBytes + length, " ");
  head.write("\x93NUMPY", "latin1");
  head[6] = version;
  head[7] = 0;
  if (version === 1) head.writeUInt16LE(length, 8);
  else head.writeUInt32LE(length, 8);
  head.write(dict, 8 + lengthBytes, "latin1");
  head[head.length - 1] = 10;
  return Buffer.concat([head, bytes]);
}

const bytesOf = (array: { buffer: ArrayBufferLike }) => new Uint8Array(array.buffer);

suite("readNpy()", () => {
  test.each([
    ["<f8", Float64Array.from([1.5, -2])],
    ["<f4", Float32Array.from([1.5, -2])],
    ["<i4", Int32Array.from([1, -2])],
    ["<i8", BigInt64Array.from([1n, -2n])],
    ["<i2", Int16Array.from([1, -2])],
    ["|i1", Int8Array.from([1, -2])],
    ["<u8", BigUint64Array.from([1n, 2n])],
    ["<u4", Uint32Array.from([1, 2])],
    ["|u1", Uint8Array.from([1, 2])],
    ["|b1", Uint8Array.from([1, 0])],
  ])("reads %s", (descr, array) => {
    const { data, shape } = readNpy(file(descr, false, "2,", bytesOf(array)), source);
    expect(shape).toEqual([2]);
    expect(Array.from(data)).toEqual(Array.from(array as ArrayLike<number>, Number));
  });

  test("reads big-endian numbers", () => {
    const bytes = new Uint8Array(16);
    new DataView(bytes.buffer).setFloat64(0, 1.5);
    new DataView(bytes.buffer).setFloat64(8, -2);
    expect(Array.from(readNpy(file(">f8", false, "2,", bytes), source).data)).toEqual([1.5, -2]);
  });

  test("turns Fortran order into rows", () => {
    const matrix = file("<f8", true, "2, 3", bytesOf(Float64Array.from([1, 4, 2, 5, 3, 6])));
    expect(Array.from(readNpy(matrix, source).data)).toEqual([1, 2, 3, 4, 5, 6]);
    const cube = file("|u1", true, "2, 2, 2", Uint8Array.from([0, 4, 2, 6, 1, 5, 3, 7]));
    expect(Array.from(readNpy(cube, source).data)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  test("reads format versions 2 and 3", () => {
    for (const version of [2, 3]) {
      expect(
        Array.from(readNpy(file("|u1", false, "1, 2", Uint8Array.from([8, 9]), version), source).data),
      ).toEqual([8, 9]);
    }
  });

  test.each([
    ["an empty file", new Uint8Array(0), /got an empty file/],
    ["another format", Buffer.from("a,b\n1,2\n3,4\n5,6\n"), /got another format/],
    ["complex numbers", file("<c16", false, "1,", new Uint8Array(16)), /got dtype "<c16"/],
    ["records", file("<V3", false, "1,", new Uint8Array(3)), /got dtype "<V3"/],
    [
      "a file that is cut off",
      file("<f8", false, "3,", new Uint8Array(16)),
      /expected 24 bytes of data, got 16/,
    ],
  ])("refuses %s", (_, bytes, message) => {
    expect(() => readNpy(bytes, source)).toThrow(DataError);
    expect(() => readNpy(bytes, source)).toThrow(message);
  });
});

suite("writeNpy()", () => {
  test("writes what readNpy() reads, in blocks of 64 bytes", () => {
    for (const shape of [[6], [2, 3], [1, 2, 3]]) {
      const bytes = writeNpy(Float64Array.from([1, NaN, 3, 4, 5, 6]), shape);
      expect((bytes.byteLength - 48) % 64).toBe(0);
      expect(readNpy(bytes, source)).toEqual({ data: Float64Array.from([1, NaN, 3, 4, 5, 6]), shape });
    }
    expect(readNpy(writeNpy(Float32Array.from([0.5]), [1]), source).data[0]).toBe(0.5);
  });
});
