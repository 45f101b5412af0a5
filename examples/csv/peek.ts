/** The beginning of a file: how it is written, its columns, and which of them a reader most likely wants. */

import { DataError } from "../../src/api/index.ts";
import { parseNumber } from "./cells.ts";
import { type DateOrder, parseDate } from "./dates.ts";
import {
  type Dialect,
  type GivenDialect,
  guessDates,
  guessDecimal,
  guessDelimiter,
  guessEncoding,
  guessHeader,
  sampleRows,
} from "./dialect.ts";

export type ColumnKind = "number" | "date" | "text" | "empty";

export interface Column {
  readonly name: string;
  readonly kind: ColumnKind;
}

export interface Peek {
  readonly dialect: Dialect;
  readonly columns: readonly Column[];
  /** The first rows below the header. */
  readonly rows: readonly (readonly string[])[];
  readonly notes: readonly string[];
  /** 01/02/2012 could be either. */
  readonly ambiguousDates: boolean;
  /** Columns that are most likely meant, by number from 0. */
  readonly time: number | undefined;
  readonly values: readonly number[];
}

const SAMPLE = 1 << 18;
const SHOWN = 5;
/** Whole numbers in these are years. */
const YEAR = /^(year|jahr|année|año|date|datum)$/i;
/** As in the command line: columns that count time. */
const TIME =
  /^(t|time|date|datetime|timestamp|index|year|month|day|week|quarter|datum|zeit|jahr|unnamed: 0)$/i;

/**
 * @param given what the reader has chosen; the rest is guessed from the first 256 KiB
 * @throws DataError for files that are empty, binary or no table
 */
export async function peek(file: Blob, given: GivenDialect = {}): Promise<Peek> {
  const raw = new Uint8Array(await file.slice(0, SAMPLE).arrayBuffer());
  const encoding = guessEncoding(raw);
  const whole = file.size <= SAMPLE;
  const bytes = asUtf8(raw, encoding);
  const delimiter = given.delimiter ?? guessDelimiter(bytes, whole, encoding);
  const rows = sampleRows(bytes, delimiter, whole, encoding);
  const [first] = rows;
  if (!first)
    throw new DataError(
      whole
        ? "Rows of text expected, got blank lines only."
        : "Rows of text expected, got 256 KiB without the end of a line: this is no table.",
    );
  const guessed = guessDecimal(rows, delimiter);
  const decimal = given.decimal ?? guessed;
  const header = given.header ?? guessHeader(first, decimal);
  const body = header ? rows.slice(1) : rows;
  if (body.length === 0)
    throw new DataError("At least one row of values expected, got a header and no rows.");
  const { dates: likely, ambiguous } = guessDates(body);
  const dates = given.dates ?? likely;
  const notes: string[] = [];
  const columns = named(first, header, notes).map((name, i): Column => {
    const cells = body.map(row => row[i] ?? "");
    return { name, kind: kindOf(name, cells, decimal, dates) };
  });
  // A separator at the end of every line makes a last column without name and cells.
  if (columns.length > 1 && columns.at(-1)!.kind === "empty" && (!header || first.at(-1) === ""))
    columns.pop();
  const time = likelyTime(columns);
  return {
    dialect: { encoding, delimiter, decimal, header, dates },
    columns,
    rows: body.slice(0, SHOWN),
    notes,
    ambiguousDates: ambiguous,
    time,
    values: likelyValues(columns, time),
  };
}

/** Bytes of UTF-8 without a byte order mark; one-byte encodings as they are. */
export function asUtf8(bytes: Uint8Array, encoding: Dialect["encoding"]): Uint8Array {
  if (encoding.startsWith("utf-16"))
    return new TextEncoder().encode(new TextDecoder(encoding).decode(bytes, { stream: true }));
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;
}

/** Names of the columns, each once. */
function named(first: readonly string[], header: boolean, notes: string[]): string[] {
  const seen = new Map<string, number>();
  const names = first.map((cell, i) => {
    const name = header && cell !== "" ? cell : `column ${i + 1}`;
    const times = (seen.get(name) ?? 0) + 1;
    seen.set(name, times);
    return times === 1 ? name : `${name} (${times})`;
  });
  const twice = [...seen].filter(([, times]) => times > 1).map(([name]) => `“${name}”`);
  if (twice.length > 0)
    notes.push(`${twice.join(", ")} heads several columns: the later ones have a number behind their name.`);
  return names;
}

function kindOf(
  name: string,
  cells: readonly string[],
  decimal: Dialect["decimal"],
  order: DateOrder,
): ColumnKind {
  let [numbers, dates, texts] = [0, 0, 0];
  for (const cell of cells) {
    const value = parseNumber(cell, decimal);
    if (Number.isNaN(value)) continue;
    const digits = (/^\d{8}$/.test(cell) && TIME.test(name)) || (/^[12]\d{3}$/.test(cell) && YEAR.test(name));
    if ((digits || !Number.isFinite(value)) && isDate(cell, order)) dates++;
    else if (Number.isFinite(value)) numbers++;
    else texts++;
  }
  if (numbers + dates + texts === 0) return "empty";
  if (dates >= numbers + texts) return "date";
  return numbers > 0 || almostNumbers(cells) ? "number" : "text";
}

const isDate = (cell: string, order: DateOrder): boolean =>
  !Number.isNaN(parseDate(cell, order)) ||
  (order !== "ymd" && !Number.isNaN(parseDate(cell, order === "dmy" ? "mdy" : "dmy")));

/** Cells that are numbers in some other notation, as 1,234.5 or 12 %: offered, and explained when they are read. */
const almostNumbers = (cells: readonly string[]): boolean =>
  cells.filter(cell => /^[+-]?[$€£]?\s?\d[\d.,'’\s]*\s?[%€$£°]?$/.test(cell)).length > cells.length / 2;

function likelyTime(columns: readonly Column[]): number | undefined {
  const date = columns.findIndex(({ kind }) => kind === "date");
  if (date >= 0) return date;
  const counted = columns.findIndex(({ name, kind }) => kind === "number" && TIME.test(name));
  const rest = columns.some(({ kind }, i) => i !== counted && (kind === "number" || kind === "empty"));
  return counted >= 0 && rest ? counted : undefined;
}

/** The first column of numbers; one that is empty so far where there is none. */
function likelyValues(columns: readonly Column[], time: number | undefined): number[] {
  for (const wanted of ["number", "empty"] as const) {
    const found = columns.findIndex(({ kind }, i) => kind === wanted && i !== time);
    if (found >= 0) return [found];
  }
  return [];
}
