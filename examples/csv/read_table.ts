/** A file -> typed arrays of the chosen columns, piece by piece: what is held is 8 bytes a number, not the file. */

import { AbortedError, DataError, LimitError } from "../../src/api/index.ts";
import { adviceOn, NO_NUMBER, numberAt } from "./cells.ts";
import { dateAt } from "./dates.ts";
import { cellDecoder, type Dialect } from "./dialect.ts";
import { Labels, Numbers } from "./labels.ts";
import { asUtf8, type Peek } from "./peek.ts";
import { cellText, isBlank, type Row, Tokenizer } from "./tokenizer.ts";

export interface Choice {
  readonly time: number | undefined;
  readonly values: readonly number[];
  /** Column that names the series of a row, and the one to keep; the first of the file when it is not named. */
  readonly series?: number;
  readonly seriesName?: string;
  /** Keep every k-th row. */
  readonly every: number;
}

export interface Table {
  readonly timeName: string;
  readonly timeKind: "date" | "number" | "text" | "none";
  /** Seconds since 1970 or the numbers of the time column; undefined for texts and without one. */
  readonly times: Float64Array | undefined;
  readonly labels: Labels | undefined;
  readonly names: readonly string[];
  /** One array [T] per chosen column; NaN = missing. */
  readonly values: readonly Float64Array[];
  readonly numRows: number;
  readonly seriesNames: readonly string[];
  readonly notes: readonly string[];
}

export interface ReadOptions {
  readonly signal?: AbortSignal;
  /** Bytes read so far. */
  readonly onProgress?: (done: number, total: number) => void;
  /** Bytes that the arrays may take. */
  readonly memoryLimit?: number;
}

const PIECE = 4 << 20;
const MOST_SERIES = 1000;
export const MEMORY_LIMIT = 1 << 30;

/** @throws DataError naming line and column; LimitError; AbortedError */
export async function readTable(
  file: Blob,
  found: Peek,
  choice: Choice,
  options: ReadOptions = {},
): Promise<Table> {
  const { dialect, columns } = found;
  if (choice.values.length === 0)
    throw new DataError("A column of numbers expected, got none. Choose one under “Values”.");
  const reader = new TableReader(found, choice, options.memoryLimit ?? MEMORY_LIMIT);
  const tokenizer = new Tokenizer(dialect.delimiter, row => reader.take(row));
  const wide = dialect.encoding.startsWith("utf-16") ? new TextDecoder(dialect.encoding) : undefined;
  for (let at = 0; at < file.size; at += PIECE) {
    if (options.signal?.aborted) throw new AbortedError("Reading was cancelled.");
    const last = at + PIECE >= file.size;
    const raw = new Uint8Array(await file.slice(at, at + PIECE).arrayBuffer());
    const bytes = wide
      ? new TextEncoder().encode(wide.decode(raw, { stream: !last }))
      : at === 0
        ? asUtf8(raw, dialect.encoding)
        : raw;
    tokenizer.push(bytes, last);
    options.onProgress?.(Math.min(at + PIECE, file.size), file.size);
  }
  return reader.table(columns.map(({ name }) => name));
}

class TableReader {
  readonly #found: Peek;
  readonly #choice: Choice;
  readonly #limit: number;
  readonly #decoder: TextDecoder;
  readonly #values: Numbers[];
  readonly #times = new Numbers();
  readonly #labels: Labels;
  readonly #series = new Set<string>();
  readonly #timeKind: Table["timeKind"];
  #seriesName: string | undefined;
  #header: boolean;
  #seen = 0;
  #blank = 0;
  #blankTail = 0;

  constructor(found: Peek, choice: Choice, limit: number) {
    this.#found = found;
    this.#choice = choice;
    this.#limit = limit;
    this.#decoder = cellDecoder(found.dialect.encoding);
    this.#labels = new Labels(this.#decoder);
    this.#values = choice.values.map(() => new Numbers());
    this.#header = found.dialect.header;
    this.#seriesName = choice.seriesName;
    const kind = choice.time === undefined ? "none" : found.columns[choice.time]!.kind;
    this.#timeKind = kind === "empty" ? "text" : kind;
  }

  take(row: Row): void {
    const { columns, dialect } = this.#found;
    const width = columns.length;
    if (isBlank(row)) {
      // An empty line of a single column is a missing value, but not at the end of the file.
      if (width === 1 && !this.#header) this.#blankTail++;
      else this.#blank++;
      return;
    }
    if (this.#header) {
      this.#header = false;
      return;
    }
    for (; this.#blankTail > 0; this.#blankTail--) this.#values[0]?.push(Number.NaN);
    if (row.count !== width && !(row.count === width + 1 && this.#isEmpty(row, width)))
      throw this.#ragged(row);
    if (this.#choice.series !== undefined && !this.#isOfSeries(row, this.#choice.series)) return;
    if (this.#seen++ % this.#choice.every !== 0) return;
    this.#choice.values.forEach((column, i) => {
      const value = numberAt(row.bytes, row.start[column]!, row.end[column]!, dialect.decimal);
      if (value === NO_NUMBER) throw this.#noNumber(row, column);
      this.#values[i]!.push(value);
    });
    if (this.#choice.time !== undefined) this.#takeTime(row, this.#choice.time, dialect);
    if (this.#seen % 65536 === 0) this.#checkMemory();
  }

  #takeTime(row: Row, column: number, { dates, decimal }: Dialect): void {
    const [start, end] = [row.start[column]!, row.end[column]!];
    this.#labels.add(row.bytes, start, end);
    if (this.#timeKind === "text") return;
    const isDate = this.#timeKind === "date";
    const time = isDate ? dateAt(row.bytes, start, end, dates) : numberAt(row.bytes, start, end, decimal);
    if (Number.isFinite(time)) {
      this.#times.push(time);
      return;
    }
    const text = cellText(row, column, this.#decoder);
    const what = text === "" ? "an empty cell" : `“${text}”`;
    const order = { ymd: "year, month, day", dmy: "day, month, year", mdy: "month, day, year" }[dates];
    throw new DataError(
      `${this.#place(row, column)}: a ${isDate ? `date (${order})` : "number"} expected for the time of the row, got ${what}. ` +
        `Correct it${isDate ? ", choose the order of dates under “How the file was read”" : ""}, or choose another time column.`,
    );
  }

  #isOfSeries(row: Row, column: number): boolean {
    const name = cellText(row, column, this.#decoder);
    if (this.#series.size < MOST_SERIES) this.#series.add(name);
    this.#seriesName ??= name;
    return name === this.#seriesName;
  }

  #isEmpty(row: Row, i: number): boolean {
    return cellText(row, i, this.#decoder) === "";
  }

  #checkMemory(): void {
    const rows = this.#values[0]!.length;
    const bytes = 8 * rows * (this.#values.length + 1) + this.#labels.size;
    if (bytes > this.#limit)
      throw new LimitError(
        `The chosen columns need more than ${Math.round(this.#limit / 2 ** 20)} MiB: ${rows.toLocaleString("en")} rows were read. ` +
          "Choose fewer columns, or keep every k-th row only (under “How the file was read”).",
      );
  }

  #place(row: Row, column: number): string {
    return `Line ${row.line.toLocaleString("en")}, column “${this.#found.columns[column]!.name}”`;
  }

  #noNumber(row: Row, column: number): DataError {
    const text = cellText(row, column, this.#decoder);
    const got = text.length > 40 ? `${text.slice(0, 40)}…` : text;
    const advice = adviceOn(text, this.#found.dialect.decimal);
    return new DataError(`${this.#place(row, column)}: a number expected, got “${got}”. ${advice}`);
  }

  #ragged(row: Row): DataError {
    const { columns } = this.#found;
    const short = row.count < columns.length;
    const place = short ? this.#place(row, row.count) : `Line ${row.line.toLocaleString("en")}`;
    return new DataError(
      `${place}: ${columns.length} cells expected, as in the first row, got ${row.count}. ` +
        (short
          ? "Cells are missing from this column on: leave missing values empty, but keep their separators."
          : `There is a cell too many behind column “${columns.at(-1)!.name}”: put text with separators in quotes.`),
    );
  }

  table(names: readonly string[]): Table {
    const { time, values } = this.#choice;
    const numRows = this.#values[0]!.length;
    const notes: string[] = [];
    if (this.#blank > 0)
      notes.push(`${this.#blank} blank ${this.#blank === 1 ? "line was" : "lines were"} left out.`);
    return {
      timeName: time === undefined ? "t" : names[time]!,
      timeKind: this.#timeKind,
      times: this.#timeKind === "date" || this.#timeKind === "number" ? this.#times.values : undefined,
      labels: time === undefined ? undefined : this.#labels,
      names: values.map(i => names[i]!),
      values: this.#values.map(column => column.values),
      numRows,
      seriesNames: [...this.#series],
      notes,
    };
  }
}
