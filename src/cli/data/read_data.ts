/** Observations and inputs from files, by suffix, several files as several series. */

import { readFile } from "node:fs/promises";
import { basename, extname } from "node:path";
import { DataError } from "../../api/index.ts";
import { selectColumns } from "./columns.ts";
import { readCsv } from "./csv.ts";
import { readJson } from "./json.ts";
import { readNpy } from "./npy.ts";
import { readNpz } from "./npz.ts";
import { place, type ReadOptions, type Series, type Source, type Table } from "./series.ts";

/** Suffixes that can be read. */
export const DATA_SUFFIXES = [".csv", ".tsv", ".json", ".npy", ".npz"];

/**
 * Read one or more files into one table; several files are a batch.
 * @param paths "-" is CSV on standard input
 * @throws DataError, ParameterError
 */
export async function readData(
  call: string,
  option: string,
  paths: readonly string[],
  options: ReadOptions = {},
): Promise<Table> {
  for (const path of paths) checkSuffix({ call, option, path });
  const tables: Table[] = [];
  for (const path of paths) tables.push(await readTable({ call, option, path }, options));
  if (tables.length === 1) return tables[0];
  return join(tables, paths, { call, option });
}

function checkSuffix(source: Source): void {
  if (source.path === "-" || DATA_SUFFIXES.includes(extname(source.path).toLowerCase())) return;
  throw new DataError(
    `${source.call}: ${source.option} expected a file ending in ${DATA_SUFFIXES.join(", ")}, or - for CSV on ` +
      `standard input, got ${source.path}. Convert or rename the file.`,
  );
}

async function readTable(source: Source, options: ReadOptions): Promise<Table> {
  const bytes = source.path === "-" ? await readStandardInput() : await readBytes(source);
  switch (source.path === "-" ? ".csv" : extname(source.path).toLowerCase()) {
    case ".npy":
      return selectColumns(fromArray(readNpy(bytes, source), source, options.minusInfinity), source, options);
    case ".npz": {
      const { main, inputs } = readNpz(bytes, source, options.array);
      const table = selectColumns(fromArray(main, source, options.minusInfinity), source, options);
      return inputs ? { ...table, inputs: fromArray(inputs, source) } : table;
    }
    case ".json":
      return readJson(bytes.toString("utf8"), source, options);
    case ".tsv":
      return readCsv(bytes.toString("utf8"), "\t", source, options);
    default:
      return readCsv(bytes.toString("utf8"), ",", source, options);
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: "no such file",
  EISDIR: "a folder",
  EACCES: "a file without permission to read",
};

/**
 * A file's bytes, or the reason why not in our words.
 * @throws DataError
 */
export async function readBytes(source: Source): Promise<Buffer> {
  try {
    return await readFile(source.path);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new DataError(
      `${source.call}: ${source.option} expected a readable file, got ${REASONS[code ?? ""] ?? message} at ` +
        `${source.path}. Check the path.`,
      { cause: error },
    );
  }
}

async function readStandardInput(): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** [T], [T, m] or [N, T, m]. */
function fromArray(
  { data, shape }: { data: Float64Array; shape: readonly number[] },
  source: Source,
  minusInfinity = false,
): Table {
  if (shape.length < 1 || shape.length > 3) {
    throw new DataError(
      `${place(source)} expected shape [T], [T, m] or [N, T, m], got [${shape.join(", ")}]. Reshape the array.`,
    );
  }
  if (data.length === 0) {
    throw new DataError(
      `${place(source)} expected at least one number, got shape [${shape.join(", ")}]. Give a file with data.`,
    );
  }
  const infinite = data.findIndex(
    value => value === Number.POSITIVE_INFINITY || (value === Number.NEGATIVE_INFINITY && !minusInfinity),
  );
  if (infinite >= 0) {
    throw new DataError(
      `${place(source)}, entry ${infinite} expected a finite number or NaN, got ${data[infinite]}. ` +
        "Correct it, or write NaN if it is missing.",
    );
  }
  const batched = shape.length === 3;
  const [numSeries, numRows, width] = batched ? shape : [1, shape[0], shape[1] ?? 1];
  return {
    columns: Array.from({ length: width }, (_, i) => String(i)),
    series: Array.from({ length: numSeries }, (_, i) => ({
      name: batched ? String(i) : "",
      numRows,
      data: data.subarray(i * numRows * width, (i + 1) * numRows * width),
    })),
    batched,
  };
}

function join(
  tables: readonly Table[],
  paths: readonly string[],
  where: { call: string; option: string },
): Table {
  const width = tables[0].columns.length;
  const series: Series[] = [];
  const notes: string[] = [];
  tables.forEach((table, i) => {
    if (table.columns.length !== width) {
      throw new DataError(
        `${where.call}: ${where.option} ${paths[i]} expected ${width} columns as in ${paths[0]}, ` +
          `got ${table.columns.length}. Choose the same columns with --columns.`,
      );
    }
    if (!sameOrder(table.columns, tables[0].columns)) {
      throw new DataError(
        `${where.call}: ${where.option} ${paths[i]} expected the columns in the order of ${paths[0]} ` +
          `(${tables[0].columns.join(", ")}), got ${table.columns.join(", ")}. Give the order by --columns.`,
      );
    }
    const stem = basename(paths[i], extname(paths[i]));
    for (const one of table.series) {
      series.push({ ...one, name: one.name ? `${stem}/${one.name}` : stem, key: `${i}/${one.name}` });
    }
    for (const note of table.notes ?? []) notes.push(`${paths[i]}: ${note}`);
  });
  const inputs = tables.flatMap(table => table.inputs ?? []);
  if (inputs.length > 0 && inputs.length < tables.length) {
    const lacking = paths[tables.findIndex(table => !table.inputs)];
    throw new DataError(
      `${where.call}: ${where.option} ${lacking} expected inputs as in the other files, got none. ` +
        "Give inputs in every file or in none.",
    );
  }
  const joined = { columns: tables[0].columns, series, batched: true, notes };
  return inputs.length > 0 ? { ...joined, inputs: join(inputs, paths, where) } : joined;
}

/** False when both have the same names in another order. */
function sameOrder(a: readonly string[], b: readonly string[]): boolean {
  const permuted = [...a].sort().join("\n") === [...b].sort().join("\n");
  return !permuted || a.every((name, i) => name === b[i]);
}
