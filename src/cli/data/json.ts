/**
 * Observations as JSON: nested numbers [T], [T, m] or a list of [T_i, m]; null is missing. JSON has no infinity: where −Infinity may be,
 * it is "-Infinity", or a number beyond float64 such as -1e999.
 */

import { DataError } from "../../api/index.ts";
import { parseJson } from "../parse_json.ts";
import { selectColumns } from "./columns.ts";
import { place, type ReadOptions, type Series, type Source, type Table } from "./series.ts";

/** Keys beside which no others may stand; states are taken out of whole results. */
const KEYS = { observations: ["observations", "inputs"], inputs: ["inputs"], states: undefined };

/**
 * Accepts the arrays alone or {"observations": …, "inputs": …}; where another array is wanted, {"inputs": …} or {"states": …}.
 * @throws DataError
 */
export function readJson(text: string, source: Source, options: ReadOptions = {}): Table {
  if (text.trim() === "") {
    throw new DataError(
      `${place(source)} expected rows of numbers, got an empty file. Give a file with data.`,
    );
  }
  const value = parseJson(text, place(source), DataError);
  if (Array.isArray(value))
    return selectColumns(readNested(value, "", source, options.minusInfinity), source, options);
  const wanted = options.array ?? "observations";
  if (typeof value !== "object" || value === null || !(wanted in value)) {
    throw new DataError(
      `${place(source)} expected an array or {"${wanted}": ...}, got ${kindOf(value)}. ` +
        "Write rows of numbers as [[1, 2], [3, null]].",
    );
  }
  const known = KEYS[wanted];
  const unknown = known && Object.keys(value).find(key => !known.includes(key));
  if (unknown !== undefined) {
    throw new DataError(
      `${place(source)} expected the ${known && known.length > 1 ? "keys" : "key"} ${known?.join(" and ")}, got "${unknown}". Remove it.`,
    );
  }
  const arrays = value as Record<string, unknown>;
  const table = selectColumns(
    readNested(arrays[wanted], `.${wanted}`, source, options.minusInfinity),
    source,
    options,
  );
  const inputs = wanted === "observations" ? arrays.inputs : undefined;
  return inputs === undefined ? table : { ...table, inputs: readNested(inputs, ".inputs", source) };
}

function readNested(value: unknown, path: string, source: Source, minusInfinity = false): Table {
  const batched = depthOf(value) === 3;
  const list = batched ? (value as unknown[]) : [value];
  const series = list.map((rows, i) =>
    readRows(rows, batched ? `${path}[${i}]` : path, batched ? String(i) : "", source, minusInfinity),
  );
  const width = series[0].width;
  series.forEach((one, i) => {
    if (one.width !== width) {
      throw new DataError(
        `${place(source)}${path}[${i}] expected ${width} numbers a row as in the first series, got ${one.width}. ` +
          "Give every series the same columns.",
      );
    }
  });
  return {
    columns: Array.from({ length: width }, (_, i) => String(i)),
    series: series.map(one => one.series),
    batched,
  };
}

/** Levels of arrays down the first entries that are arrays. */
function depthOf(value: unknown): number {
  if (!Array.isArray(value)) return 0;
  return 1 + Math.max(0, ...value.slice(0, 1).map(depthOf));
}

function readRows(
  rows: unknown,
  path: string,
  name: string,
  source: Source,
  minusInfinity: boolean,
): { series: Series; width: number } {
  if (!Array.isArray(rows)) {
    throw new DataError(
      `${place(source)}${path} expected an array of rows, got ${kindOf(rows)}. Write [[1], [2]].`,
    );
  }
  if (rows.length === 0) {
    throw new DataError(
      `${place(source)}${path} expected at least one row, got none. Give a file with data.`,
    );
  }
  const flat = !Array.isArray(rows[0]);
  const width = flat ? 1 : (rows[0] as unknown[]).length;
  if (width === 0) {
    throw new DataError(
      `${place(source)}${path}[0] expected at least one number, got none. Give every row its numbers.`,
    );
  }
  const data = new Float64Array(rows.length * width);
  rows.forEach((row: unknown, i) => {
    const cells = flat ? [row] : row;
    if (!Array.isArray(cells) || cells.length !== width) {
      throw new DataError(
        `${place(source)}${path}[${i}] expected ${width} numbers, got ${Array.isArray(cells) ? cells.length : kindOf(cells)}. ` +
          "Give every row the same number of entries; write null for a missing one.",
      );
    }
    cells.forEach((entry: unknown, j) => {
      const impossible = minusInfinity && (entry === "-Infinity" || entry === Number.NEGATIVE_INFINITY);
      const cell = impossible ? Number.NEGATIVE_INFINITY : entry;
      if (!impossible && cell !== null && (typeof cell !== "number" || !Number.isFinite(cell))) {
        const where = flat ? `[${i}]` : `[${i}][${j}]`;
        throw new DataError(
          `${place(source)}${path}${where} expected a finite number or null, got ${kindOf(cell)}. Correct the entry.`,
        );
      }
      data[i * width + j] = cell === null ? Number.NaN : (cell as number);
    });
  });
  return { series: { name, numRows: rows.length, data }, width };
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return "an array";
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "number") return String(value);
  return value === null ? "null" : typeof value;
}
