/**
 * Comma- and tab-separated text. The first row is a header when none of its cells is a number. Without a choice
 * of columns all numeric ones are taken, except those named like a time axis; a column is numeric when any of its
 * cells is a number, and then text in it is an error.
 */

import Papa from "papaparse";
import { DataError, nearestKey, ParameterError } from "../../api/index.ts";
import { parseCell } from "./number.ts";
import { place, type ReadOptions, type Series, type Source, type Table } from "./series.ts";

/** Columns that count time and are no data, unless chosen. */
export const TIME_NAMES = ["t", "time", "date", "datetime", "timestamp", "index", "year"];

interface Rows {
  readonly names: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Line of the first row in the file, from 1. */
  readonly firstLine: number;
}

/**
 * @param delimiter "," or a tab
 * @throws DataError, ParameterError
 */
export function readCsv(text: string, delimiter: string, source: Source, options: ReadOptions = {}): Table {
  const rows = splitRows(text, delimiter, source);
  const { series, seriesIfAny } = options;
  const own = seriesIfAny !== undefined && rows.names.includes(seriesIfAny) ? seriesIfAny : undefined;
  const name = series ?? own;
  const seriesColumn = name === undefined ? undefined : findColumn(name, "--series", rows, source);
  const notes: string[] = [];
  const columns = options.columns
    ? options.columns.map(column => findColumn(column, "--columns", rows, source))
    : defaultColumns(rows, seriesColumn, notes);
  if (columns.length === 0) {
    throw new DataError(
      `${place(source)} expected a column of numbers, got none (columns ${rows.names.join(", ")}). ` +
        (semicolons(rows.names, rows.rows[0]) ?? "Choose columns with --columns."),
    );
  }
  return {
    columns: columns.map(column => rows.names[column]),
    series: groups(rows, seriesColumn, source).map(({ name, indices }) =>
      readSeries(name, indices, rows, columns, source, options.minusInfinity),
    ),
    batched: seriesColumn !== undefined,
    notes,
  };
}

function splitRows(text: string, delimiter: string, source: Source): Rows {
  const { data, errors } = Papa.parse<string[]>(text.replace(/^\uFEFF/, ""), { delimiter });
  const quote = errors.find(error => error.type === "Quotes");
  if (quote) {
    throw new DataError(
      `${place(source)}, line ${(quote.row ?? 0) + 1} expected closed quotes, got ${quote.message.toLowerCase()}. ` +
        "Correct the line.",
    );
  }
  while (data.length > 0 && isBlank(data[data.length - 1])) data.pop();
  if (data.length === 0) {
    throw new DataError(
      `${place(source)} expected rows of numbers, got an empty file. Give a file with data.`,
    );
  }
  const first = data[0];
  const kinds = first.map(cell => parseCell(cell).kind);
  const header = kinds.includes("text") && !kinds.includes("number") && !kinds.includes("infinite");
  const rows = header ? data.slice(1) : data;
  if (rows.length === 0) {
    throw new DataError(
      `${place(source)} expected at least one row, got a header and no rows. Give a file with data.`,
    );
  }
  const names = first.map((cell, i) => (header && cell.trim()) || String(i));
  const firstLine = header ? 2 : 1;
  rows.forEach((row, i) => {
    if (row.length !== names.length) {
      throw new DataError(
        `${place(source)}, line ${firstLine + i} expected ${count(names.length, "cell")}, got ${row.length}. ` +
          (semicolons(names, row) ??
            (row.length === names.length + 1 && row[row.length - 1].trim() === ""
              ? `Remove the ${delimiter === "," ? "comma" : "tab"} at the end of the line.`
              : "Give every row the same number of cells; leave a missing one empty.")),
      );
    }
  });
  return { names, rows, firstLine };
}

/** What to do about a file whose cells are separated by semicolons, if it looks like one. */
function semicolons(names: readonly string[], row: readonly string[]): string | undefined {
  const looks = names.some(name => name.includes(";")) || row.some(cell => /^[^;"]*\d;/.test(cell));
  if (!looks) return undefined;
  return "The cells seem to be separated by semicolons: separate them by commas, and write decimals with a point.";
}

const isBlank = (row: readonly string[]): boolean => row.length === 1 && row[0].trim() === "";

function defaultColumns(table: Rows, seriesColumn: number | undefined, notes: string[]): number[] {
  return table.names.flatMap((name, column) => {
    if (column === seriesColumn || TIME_NAMES.includes(name.toLowerCase())) return [];
    // A delimiter at the end of every line makes a last column without name and cells.
    const isLast = column > 0 && column === table.names.length - 1;
    if (isLast && name === String(column) && table.rows.every(row => row[column].trim() === "")) {
      notes.push(
        `the last column has no name and no cells (every line ends with a delimiter) and is left out`,
      );
      return [];
    }
    const kinds = new Set(table.rows.map(row => parseCell(row[column]).kind));
    if (kinds.has("text") && !kinds.has("number") && !kinds.has("infinite")) {
      notes.push(`column "${name}" holds text and is left out`);
      return [];
    }
    return [column];
  });
}

function findColumn(wanted: string, option: string, { names }: Rows, source: Source): number {
  const byName = names.indexOf(wanted);
  if (byName !== names.lastIndexOf(wanted)) {
    throw new ParameterError(
      `${source.call}: ${option} expected a column that ${source.path} has once, got "${wanted}", which it has twice. ` +
        `Use its number from 0: ${byName} is the first.`,
    );
  }
  if (byName >= 0) return byName;
  if (/^\d+$/.test(wanted) && Number(wanted) < names.length) return Number(wanted);
  const near = nearestKey(wanted, names);
  throw new ParameterError(
    `${source.call}: ${option} expected a column of ${source.path} (${names.join(", ")}), got "${wanted}". ` +
      (near ? `Did you mean "${near}"?` : "Use a name or a number from 0."),
  );
}

function groups(
  table: Rows,
  seriesColumn: number | undefined,
  source: Source,
): { name: string; indices: number[] }[] {
  if (seriesColumn === undefined) return [{ name: "", indices: table.rows.map((_, i) => i) }];
  const byName = new Map<string, number[]>();
  table.rows.forEach((row, i) => {
    const name = row[seriesColumn].trim();
    if (name === "") {
      throw new DataError(
        `${place(source)}, line ${table.firstLine + i}, column "${table.names[seriesColumn]}" expected the name ` +
          "of a series, got an empty cell. Name the series of every row.",
      );
    }
    const indices = byName.get(name);
    if (indices) indices.push(i);
    else byName.set(name, [i]);
  });
  return Array.from(byName, ([name, indices]) => ({ name, indices }));
}

function readSeries(
  name: string,
  indices: readonly number[],
  table: Rows,
  columns: readonly number[],
  source: Source,
  minusInfinity = false,
): Series {
  const data = new Float64Array(indices.length * columns.length);
  let out = 0;
  for (const i of indices) {
    for (const column of columns) {
      const text = table.rows[i][column];
      const cell = parseCell(text);
      const impossible = minusInfinity && cell.kind === "infinite" && cell.value < 0;
      if (cell.kind === "text" || (cell.kind === "infinite" && !impossible)) {
        throw new DataError(
          `${place(source)}, line ${table.firstLine + i}, column "${table.names[column]}" expected ` +
            `${cell.kind === "text" ? "a number" : "a finite number"}, got "${text.trim()}". ` +
            "Correct the cell, leave it empty if it is missing, or choose other columns with --columns.",
        );
      }
      data[out++] = "value" in cell ? cell.value : Number.NaN;
    }
  }
  return { name, numRows: indices.length, data };
}

const count = (n: number, noun: string): string => `${n} ${noun}${n === 1 ? "" : "s"}`;
