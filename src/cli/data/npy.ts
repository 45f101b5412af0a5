/** NumPy's array files, read and written: format versions 1 to 3, numbers of 1 to 8 bytes, both orders. */

import { DataError } from "../../api/index.ts";
import { place, type Source } from "./series.ts";

const MAGIC = "\x93NUMPY";
const ALIGNMENT = 64;

interface Header {
  readonly descr: string;
  readonly fortran: boolean;
  readonly shape: readonly number[];
}

type Reader = (view: DataView, offset: number, little: boolean) => number;

const READERS: Readonly<Record<string, Reader>> = {
  f4: (view, at, little) => view.getFloat32(at, little),
  f8: (view, at, little) => view.getFloat64(at, little),
  i1: (view, at) => view.getInt8(at),
  i2: (view, at, little) => view.getInt16(at, little),
  i4: (view, at, little) => view.getInt32(at, little),
  i8: (view, at, little) => Number(view.getBigInt64(at, little)),
  u1: (view, at) => view.getUint8(at),
  u2: (view, at, little) => view.getUint16(at, little),
  u4: (view, at, little) => view.getUint32(at, little),
  u8: (view, at, little) => Number(view.getBigUint64(at, little)),
  b1: (view, at) => view.getUint8(at),
};

/**
 * @returns float64, row-major
 * @throws DataError
 */
export function readNpy(bytes: Uint8Array, source: Source): { data: Float64Array; shape: readonly number[] } {
  const { header, start } = readHeader(bytes, source);
  const [, order, type] = /^([<>|=])([a-zA-Z]\d+)$/.exec(header.descr) ?? [];
  const read = READERS[type];
  if (!read) {
    throw new DataError(
      `${place(source)} expected real numbers (${Object.keys(READERS).join(", ")}), got dtype "${header.descr}". ` +
        "Save the array as float64.",
    );
  }
  const size = Number(type.slice(1));
  const length = header.shape.reduce((a, b) => a * b, 1);
  if (bytes.byteLength - start < length * size) {
    throw new DataError(
      `${place(source)} expected ${length * size} bytes of data, got ${bytes.byteLength - start}. The file is cut off.`,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset + start, length * size);
  const data = new Float64Array(length);
  for (let i = 0; i < length; i++) data[i] = read(view, i * size, order !== ">");
  return { data: header.fortran ? toRowMajor(data, header.shape) : data, shape: header.shape };
}

function readHeader(bytes: Uint8Array, source: Source): { header: Header; start: number } {
  const latin1 = (from: number, to: number) => Buffer.from(bytes.subarray(from, to)).toString("latin1");
  if (bytes.byteLength < 12 || latin1(0, 6) !== MAGIC) {
    const got = bytes.byteLength === 0 ? "an empty file" : "another format";
    throw new DataError(
      `${place(source)} expected a NumPy array file, got ${got}. Write it with numpy.save.`,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const version = bytes[6];
  const lengthBytes = version === 1 ? 2 : 4;
  const length = version === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  const start = 8 + lengthBytes + length;
  const text = latin1(8 + lengthBytes, start);
  const descr = /'descr'\s*:\s*'([^']*)'/.exec(text)?.[1];
  const fortran = /'fortran_order'\s*:\s*(True|False)/.exec(text)?.[1];
  const shape = /'shape'\s*:\s*\(([\d\s,]*)\)/.exec(text)?.[1];
  if (version > 3 || descr === undefined || fortran === undefined || shape === undefined) {
    throw new DataError(
      `${place(source)} expected the header of a plain array, got one that cannot be read. Write it with numpy.save.`,
    );
  }
  return {
    header: {
      descr,
      fortran: fortran === "True",
      shape: shape
        .split(",")
        .map(s => s.trim())
        .filter(Boolean)
        .map(Number),
    },
    start,
  };
}

function toRowMajor(data: Float64Array, shape: readonly number[]): Float64Array {
  const out = new Float64Array(data.length);
  const index = shape.map(() => 0);
  for (let i = 0; i < data.length; i++) {
    // i counts with the first axis fastest; the same index with the last axis fastest is its place.
    let target = 0;
    for (let axis = 0; axis < shape.length; axis++) target = target * shape[axis] + index[axis];
    out[target] = data[i];
    for (let axis = 0; axis < shape.length && ++index[axis] === shape[axis]; axis++) index[axis] = 0;
  }
  return out;
}

/** A file of format version 1, float64 or float32, row-major. */
export function writeNpy(data: Float64Array | Float32Array, shape: readonly number[]): Uint8Array {
  const descr = data instanceof Float32Array ? "<f4" : "<f8";
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(", ")})`;
  const dict = `{'descr': '${descr}', 'fortran_order': False, 'shape': ${tuple}, }`;
  const fixed = MAGIC.length + 4;
  const headerLength = Math.ceil((fixed + dict.length + 1) / ALIGNMENT) * ALIGNMENT - fixed;
  const bytes = new Uint8Array(fixed + headerLength + data.byteLength);
  bytes.set(Buffer.from(`${MAGIC}\x01\x00`, "latin1"));
  new DataView(bytes.buffer).setUint16(8, headerLength, true);
  bytes.set(Buffer.from(`${dict.padEnd(headerLength - 1)}\n`, "latin1"), fixed);
  bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), fixed + headerLength);
  return bytes;
}
