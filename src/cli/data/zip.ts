/**
 * ZIP archives as NumPy writes and reads them: members stored, and deflated ones read. No zip64, so nothing of 4 GiB.
 * Source: PKWARE, APPNOTE.TXT, .ZIP File Format Specification 6.3.10, sections 4.3 and 4.4.
 */

import { crc32, inflateRawSync } from "node:zlib";
import { DataError, LimitError } from "../../api/index.ts";
import { place, type Source } from "./series.ts";

const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
const END_BYTES = 22;
const MAX_COMMENT = 0xffff;
const LIMIT = 0xffffffff;
/** Version 2.0; bit 11: names in UTF-8; 1 January 1980, so that equal results give equal files. */
const [VERSION, UTF8, DATE] = [20, 0x0800, 0x21];
const [STORED, DEFLATED] = [0, 8];

/**
 * The pieces of an archive with its members stored.
 * @param call for the error text
 * @throws LimitError from 4 GiB on
 */
export function* zipPieces(
  call: string,
  members: Iterable<readonly [name: string, bytes: Uint8Array]>,
): Generator<Uint8Array> {
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, bytes] of members) {
    const title = Buffer.from(name, "utf8");
    const header = Buffer.alloc(30);
    header.writeUInt32LE(LOCAL, 0);
    header.set(fileFields(bytes, title.length), 4);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(CENTRAL, 0);
    entry.writeUInt16LE(VERSION, 4);
    entry.set(header.subarray(4), 6);
    if (offset + bytes.length > LIMIT) tooLarge(call);
    entry.writeUInt32LE(offset, 42);
    directory.push(entry, title);
    yield header;
    yield title;
    yield bytes;
    offset += header.length + title.length + bytes.length;
  }
  const size = directory.reduce((sum, part) => sum + part.length, 0);
  if (offset > LIMIT) tooLarge(call);
  yield* directory;
  const end = Buffer.alloc(END_BYTES);
  end.writeUInt32LE(END, 0);
  end.writeUInt16LE(directory.length / 2, 8);
  end.writeUInt16LE(directory.length / 2, 10);
  end.writeUInt32LE(size, 12);
  end.writeUInt32LE(offset, 16);
  yield end;
}

/** What local header and directory share: version, flags, method, time, date, CRC, sizes, lengths. */
function fileFields(bytes: Uint8Array, nameLength: number): Buffer {
  const fields = Buffer.alloc(26);
  fields.writeUInt16LE(VERSION, 0);
  fields.writeUInt16LE(UTF8, 2);
  fields.writeUInt16LE(STORED, 4);
  fields.writeUInt16LE(DATE, 8);
  fields.writeUInt32LE(crc32(bytes), 10);
  fields.writeUInt32LE(bytes.length, 14);
  fields.writeUInt32LE(bytes.length, 18);
  fields.writeUInt16LE(nameLength, 22);
  return fields;
}

function tooLarge(call: string): never {
  throw new LimitError(
    `${call}: --out expected less than 4 GiB in an archive, got more. Write fewer --fields, or one to a .npy file.`,
  );
}

/**
 * Members of an archive by name, in its order.
 * @throws DataError
 */
export function readZip(bytes: Buffer, source: Source): Map<string, Uint8Array> {
  const refuse = (expected: string, got: string, fix: string): never => {
    throw new DataError(`${place(source)} expected ${expected}, got ${got}. ${fix}`);
  };
  const rewrite = "Write it with numpy.savez.";
  const end = findEnd(bytes);
  if (end < 0) refuse("a zip archive", bytes.length === 0 ? "an empty file" : "another format", rewrite);
  const members = new Map<string, Uint8Array>();
  let at = bytes.readUInt32LE(end + 16);
  for (let i = 0; i < bytes.readUInt16LE(end + 10); i++) {
    if (at + 46 > end || bytes.readUInt32LE(at) !== CENTRAL)
      refuse("a whole archive", "one that is cut off", rewrite);
    const method = bytes.readUInt16LE(at + 10);
    const [crc, packed, size] = [16, 20, 24].map(field => bytes.readUInt32LE(at + field));
    const [nameLength, extra, comment] = [28, 30, 32].map(field => bytes.readUInt16LE(at + field));
    const local = bytes.readUInt32LE(at + 42);
    const name = bytes.toString("utf8", at + 46, at + 46 + nameLength);
    if ([packed, size, local].includes(LIMIT))
      refuse("members below 4 GiB", `"${name}" of more`, "Use .npy files.");
    if ((bytes.readUInt16LE(at + 8) & 1) === 1) refuse("no password", `"${name}" with one`, rewrite);
    if (method !== STORED && method !== DEFLATED)
      refuse("members stored or deflated", `"${name}" with method ${method}`, rewrite);
    if (local + 30 > end) refuse("a whole archive", "one that is cut off", rewrite);
    const start = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
    const content = bytes.subarray(start, start + packed);
    const whole = method === STORED ? content : inflate(content, size);
    if (whole?.length !== size || crc32(whole) !== crc)
      refuse(
        `the bytes of "${name}" as they were written`,
        "others (the check sum differs)",
        "The file is damaged.",
      );
    members.set(name, whole as Uint8Array);
    at += 46 + nameLength + extra + comment;
  }
  return members;
}

function inflate(content: Uint8Array, size: number): Uint8Array | undefined {
  try {
    return inflateRawSync(content, { maxOutputLength: Math.max(1, size) });
  } catch {
    return undefined;
  }
}

/** Where the end record begins, before a comment of any length; −1 if there is none. */
function findEnd(bytes: Buffer): number {
  for (let at = bytes.length - END_BYTES; at >= 0 && at >= bytes.length - END_BYTES - MAX_COMMENT; at--) {
    if (bytes.readUInt32LE(at) === END && at + END_BYTES + bytes.readUInt16LE(at + 20) === bytes.length)
      return at;
  }
  return -1;
}
