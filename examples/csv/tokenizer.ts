/** Delimited text as a stream of bytes -> rows of cells, each a stretch of the bytes: no string is made that nobody asks for. */

import { DataError } from "../../src/api/index.ts";

const [TAB, LF, CR, SPACE, QUOTE] = [9, 10, 13, 32, 34];
/** A row longer than this is no row of a table. */
export const LONGEST_ROW = 1 << 20;

/** One row; its arrays are used again for the next one. Cell i is bytes start[i] … end[i] − 1, without its quotes. */
export interface Row {
  bytes: Uint8Array;
  count: number;
  start: Int32Array;
  end: Int32Array;
  /** 1 where the cell stood in quotes: two quotes in it are one. */
  quoted: Uint8Array;
  /** Line of the file at which it begins, from 1. */
  line: number;
}

/** Splits bytes of UTF-8 or of any one-byte encoding, however they are cut into chunks. Lines end with LF, CR LF or CR. */
export class Tokenizer {
  readonly #row: Row;
  readonly #delimiter: number;
  readonly #onRow: (row: Row) => void;
  #rest = new Uint8Array(0);

  constructor(delimiter: string, onRow: (row: Row) => void) {
    this.#delimiter = delimiter.charCodeAt(0);
    this.#onRow = onRow;
    const size = 64;
    this.#row = {
      bytes: this.#rest,
      count: 0,
      start: new Int32Array(size),
      end: new Int32Array(size),
      quoted: new Uint8Array(size),
      line: 1,
    };
  }

  /**
   * @param last the text ends with this chunk
   * @throws DataError for quotes that never close, for text behind a closing quote and for lines without end
   */
  push(chunk: Uint8Array, last = false): void {
    let bytes = chunk;
    if (this.#rest.length > 0) {
      bytes = new Uint8Array(this.#rest.length + chunk.length);
      bytes.set(this.#rest);
      bytes.set(chunk, this.#rest.length);
    }
    const used = this.#scan(bytes, last);
    this.#rest = bytes.slice(used);
    if (this.#rest.length > LONGEST_ROW) {
      const { line } = this.#row;
      throw new DataError(
        `Line ${line}: a row of at most 1 MiB expected, got more. Either this is no table, or a quote opens here and never closes.`,
      );
    }
  }

  /** @returns where the first row begins that is not complete */
  #scan(bytes: Uint8Array, last: boolean): number {
    const delimiter = this.#delimiter;
    const row = this.#row;
    const length = bytes.length;
    row.bytes = bytes;
    let at = 0;
    while (at < length) {
      const rowStart = at;
      let lines = 1;
      row.count = 0;
      for (;;) {
        let start = at;
        while (start < length && bytes[start] === SPACE) start++;
        if (start < length && bytes[start] === QUOTE) {
          let end = start + 1;
          for (;;) {
            while (end < length && bytes[end] !== QUOTE) if (bytes[end++] === LF) lines++;
            if (end + 1 >= length && !last) return rowStart;
            if (end >= length) throw unclosed(row);
            if (bytes[end + 1] !== QUOTE) break;
            end += 2;
          }
          this.#cell(start + 1, end, 1);
          at = end + 1;
          while (at < length && bytes[at] === SPACE) at++;
          if (at < length && !isEnd(bytes[at]!, delimiter)) throw behindQuote(row);
        } else {
          start = at;
          while (at < length && !isEnd(bytes[at]!, delimiter)) at++;
          this.#cell(start, at, 0);
        }
        if (at >= length) {
          if (!last) return rowStart;
          break;
        }
        const end = bytes[at++]!;
        if (end === delimiter) continue;
        if (end === CR) {
          if (at >= length && !last) return rowStart;
          if (bytes[at] === LF) at++;
        }
        break;
      }
      this.#onRow(row);
      row.line += lines;
    }
    return length;
  }

  #cell(start: number, end: number, quoted: 0 | 1): void {
    const row = this.#row;
    const i = row.count++;
    if (i === row.start.length) {
      const grown = {
        start: new Int32Array(2 * i),
        end: new Int32Array(2 * i),
        quoted: new Uint8Array(2 * i),
      };
      for (const key of ["start", "end", "quoted"] as const) grown[key].set(row[key]);
      Object.assign(row, grown);
    }
    row.start[i] = start;
    row.end[i] = end;
    row.quoted[i] = quoted;
  }
}

const isEnd = (byte: number, delimiter: number): boolean => byte === delimiter || byte === LF || byte === CR;

const unclosed = ({ line, count }: Row): DataError =>
  new DataError(`Line ${line}, column ${count + 1}: a closing quote expected, got the end of the file.`);

const behindQuote = ({ line, count }: Row): DataError =>
  new DataError(
    `Line ${line}, column ${count}: the end of the cell expected behind its closing quote, got text. Write a quote inside quotes twice.`,
  );

/** No cell at all, or one of nothing but blanks. */
export function isBlank({ bytes, count, start, end, quoted }: Row): boolean {
  if (count > 1 || quoted[0] === 1) return false;
  for (let i = start[0]!; i < end[0]!; i++) if (bytes[i] !== SPACE && bytes[i] !== TAB) return false;
  return true;
}

/** The text of a cell, trimmed. */
export function cellText(row: Row, i: number, decoder: TextDecoder): string {
  const text = decoder.decode(row.bytes.subarray(row.start[i], row.end[i]));
  return (row.quoted[i] === 1 ? text.replaceAll('""', '"') : text).trim();
}
