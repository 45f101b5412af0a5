/** How a file is written: its encoding, separators, decimal mark, header and order of dates, guessed from its beginning. */

import { DataError } from "../../src/api/index.ts";
import { type DecimalMark, parseNumber } from "./cells.ts";
import { type DateOrder, parseDate, possibleOrders } from "./dates.ts";
import { cellText, isBlank, type Row, Tokenizer } from "./tokenizer.ts";

export type Encoding = "utf-8" | "utf-16le" | "utf-16be" | "windows-1252";
export type Delimiter = "," | ";" | "\t" | "|";

export interface Dialect {
  readonly encoding: Encoding;
  readonly delimiter: Delimiter;
  readonly decimal: DecimalMark;
  readonly header: boolean;
  readonly dates: DateOrder;
}

/** What is known of the dialect beforehand; the rest is guessed. */
export type GivenDialect = Partial<Omit<Dialect, "encoding">>;

/** In order of preference where several fit. */
export const DELIMITERS: readonly Delimiter[] = ["\t", ";", "|", ","];
const SAMPLE_ROWS = 1000;

/** Files that people take for text, by their first bytes. */
const BINARY: readonly (readonly [start: string, what: string])[] = [
  ["PK\x03\x04", "a zip archive or an Excel workbook: save its sheet as CSV"],
  ["\x1f\x8b", "compressed with gzip: unpack it first"],
  ["%PDF", "a PDF document"],
  ["\x89PNG", "an image"],
  ["\xff\xd8\xff", "an image"],
  ["PAR1", "a Parquet file: export it as CSV"],
  ["\xd0\xcf\x11\xe0", "an old Excel workbook: save its sheet as CSV"],
  ["\x93NUMPY", "a NumPy array: the command line reads it"],
];

/** @throws DataError for an empty file and for bytes that are no text */
export function guessEncoding(sample: Uint8Array): Encoding {
  if (sample.length === 0) throw new DataError("Rows of text expected, got an empty file.");
  if (sample[0] === 0xff && sample[1] === 0xfe) return "utf-16le";
  if (sample[0] === 0xfe && sample[1] === 0xff) return "utf-16be";
  const start = String.fromCharCode(...sample.subarray(0, 8));
  const known = BINARY.find(([bytes]) => start.startsWith(bytes))?.[1];
  let odd = 0;
  for (const byte of sample) if (byte < 9 || (byte > 13 && byte < 32)) odd++;
  if (known || sample.includes(0) || odd > 0.02 * sample.length)
    throw new DataError(
      `Rows of text expected, got a binary file${known ? `. It looks like ${known}.` : ": it has bytes that no text has."}`,
    );
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(sample, { stream: true });
    return "utf-8";
  } catch {
    return "windows-1252";
  }
}

/** The decoder for cells: files of 16 bits are turned into UTF-8 as they are read. */
export const cellDecoder = (encoding: Encoding): TextDecoder =>
  new TextDecoder(encoding === "windows-1252" ? encoding : "utf-8");

/** Cells of the first rows, without blank ones. @throws DataError as the tokenizer */
export function sampleRows(
  bytes: Uint8Array,
  delimiter: Delimiter,
  whole: boolean,
  encoding: Encoding,
): string[][] {
  const rows: string[][] = [];
  const decoder = cellDecoder(encoding);
  const take = (row: Row): void => {
    if (rows.length < SAMPLE_ROWS && !isBlank(row))
      rows.push(Array.from({ length: row.count }, (_, i) => cellText(row, i, decoder)));
  };
  new Tokenizer(delimiter, take).push(bytes, whole);
  return rows;
}

/** The separator by which most rows have the same number of cells, more than one. */
export function guessDelimiter(bytes: Uint8Array, whole: boolean, encoding: Encoding): Delimiter {
  let best: { delimiter: Delimiter; share: number } = { delimiter: ",", share: 0 };
  for (const delimiter of DELIMITERS) {
    let rows: string[][];
    try {
      rows = sampleRows(bytes, delimiter, whole, encoding);
    } catch {
      continue; // quotes that make no sense with this separator
    }
    const counts = new Map<number, number>();
    for (const { length } of rows) counts.set(length, (counts.get(length) ?? 0) + 1);
    const most = Math.max(0, ...[...counts].filter(([cells]) => cells > 1).map(([, times]) => times));
    const share = most / Math.max(1, rows.length);
    if (share > best.share + 0.02) best = { delimiter, share };
  }
  return best.delimiter;
}

const COMMA = /^[+-]?\d+,\d+$/;
const POINT = /^[+-]?\d+\.\d+$/;
const THREES = /^[+-]?\d{1,3}(,\d{3})+$/;

/** The decimal mark of most cells that have one. Commas before three digits each, in a file of commas, are thousands. */
export function guessDecimal(rows: readonly (readonly string[])[], delimiter: Delimiter): DecimalMark {
  let [commas, points, threes] = [0, 0, 0];
  for (const row of rows)
    for (const cell of row) {
      if (/^[+-]?\d{1,3}(\.\d{3})+,\d+$/.test(cell)) commas++;
      if (COMMA.test(cell)) commas++;
      if (THREES.test(cell)) threes++;
      if (POINT.test(cell)) points++;
    }
  if (commas === 0 || points > commas) return ".";
  return delimiter === "," && threes === commas ? "." : ",";
}

/** Whether the first row names the columns: it has text, and no number or date. */
export function guessHeader(first: readonly string[], decimal: DecimalMark): boolean {
  let text = false;
  for (const cell of first) {
    const value = parseNumber(cell, decimal);
    if (
      Number.isFinite(value) ||
      !Number.isNaN(parseDate(cell, "dmy")) ||
      !Number.isNaN(parseDate(cell, "mdy"))
    )
      return false;
    if (!Number.isNaN(value)) text = true;
  }
  return text;
}

export interface DateGuess {
  readonly dates: DateOrder;
  /** The dates could be read in another order too. */
  readonly ambiguous: boolean;
}

/** Day before month where a date says so or none says otherwise; the month first where nothing tells. */
export function guessDates(rows: readonly (readonly string[])[]): DateGuess {
  const width = rows[0]?.length ?? 0;
  for (let i = 0; i < width; i++) {
    const texts = rows.map(row => row[i] ?? "").filter(text => /^\d{1,4}[-/]\d{1,2}[-/]\d{1,4}\b/.test(text));
    if (texts.length < rows.length / 2 || texts.length === 0) continue;
    const orders = possibleOrders(texts);
    if (orders.length > 0) return { dates: orders[0]!, ambiguous: orders.length > 1 };
  }
  return { dates: "ymd", ambiguous: false };
}
