/**
 * Binary frames between the command and its page: u32 length of the header, a JSON header with a table of
 * arrays, then the raw little-endian arrays, each aligned to eight bytes. Runs in Node and in the page.
 */

/** What a frame may carry. */
export type FrameData = Float64Array | Float32Array | Int32Array | Uint32Array | Uint8Array;

/** A typed array with a shape, as in the API. */
export interface FrameArray {
  readonly data: FrameData;
  readonly shape: readonly number[];
}

/** `op` says what it is, `id` which call it belongs to (0 = none). */
export interface FrameHeader {
  readonly op: string;
  readonly id: number;
  readonly [key: string]: unknown;
}

export interface Frame {
  readonly header: FrameHeader;
  readonly arrays: Readonly<Record<string, FrameArray>>;
}

interface TableRow {
  readonly name: string;
  readonly dtype: keyof typeof CONSTRUCTORS;
  readonly shape: readonly number[];
  /** Bytes from the start of the data section. */
  readonly offset: number;
  readonly length: number;
}

const CONSTRUCTORS = {
  float64: Float64Array,
  float32: Float32Array,
  int32: Int32Array,
  uint32: Uint32Array,
  uint8: Uint8Array,
};

const ALIGNMENT = 8;
const LENGTH_BYTES = 4;
const alignUp = (n: number): number => Math.ceil(n / ALIGNMENT) * ALIGNMENT;

/** Pack a header and named arrays into one message. */
export function encodeFrame(
  header: FrameHeader,
  arrays: Readonly<Record<string, FrameArray>> = {},
): Uint8Array<ArrayBuffer> {
  let offset = 0;
  const table: TableRow[] = [];
  for (const [name, { data, shape }] of Object.entries(arrays)) {
    table.push({ name, dtype: dtypeOf(data), shape, offset, length: data.length });
    offset += alignUp(data.byteLength);
  }
  const json = new TextEncoder().encode(JSON.stringify({ ...header, arrays: table }));
  const start = alignUp(LENGTH_BYTES + json.length);
  const bytes = new Uint8Array(start + offset);
  new DataView(bytes.buffer).setUint32(0, json.length, true);
  bytes.set(json, LENGTH_BYTES);
  for (const row of table) {
    const { data } = arrays[row.name];
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), start + row.offset);
  }
  return bytes;
}

/** Unpack a message; the arrays are views of it unless it is not aligned. */
export function decodeFrame(message: Uint8Array): Frame {
  // Not slice(): that of a Buffer is a view at the same odd address.
  const bytes = message.byteOffset % ALIGNMENT === 0 ? message : new Uint8Array(message);
  if (bytes.byteLength < LENGTH_BYTES) throw new Error("frame: shorter than its length field");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const jsonLength = view.getUint32(0, true);
  if (LENGTH_BYTES + jsonLength > bytes.byteLength) throw new Error("frame: shorter than its header");
  const text = new TextDecoder().decode(bytes.subarray(LENGTH_BYTES, LENGTH_BYTES + jsonLength));
  const { arrays: table, ...header } = JSON.parse(text) as FrameHeader & { arrays: TableRow[] };
  const start = bytes.byteOffset + alignUp(LENGTH_BYTES + jsonLength);
  const arrays: Record<string, FrameArray> = {};
  for (const { name, dtype, shape, offset, length } of table) {
    const Constructor = CONSTRUCTORS[dtype];
    const end = start + offset + length * Constructor.BYTES_PER_ELEMENT;
    if (end > bytes.byteOffset + bytes.byteLength) throw new Error(`frame: array ${name} is cut off`);
    arrays[name] = { data: new Constructor(bytes.buffer as ArrayBuffer, start + offset, length), shape };
  }
  return { header: header as FrameHeader, arrays };
}

function dtypeOf(data: FrameData): TableRow["dtype"] {
  for (const [name, Constructor] of Object.entries(CONSTRUCTORS)) {
    if (data instanceof Constructor) return name as TableRow["dtype"];
  }
  throw new Error("frame: unknown array type");
}
