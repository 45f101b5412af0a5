/** Inputs of the steps ahead: --future-inputs and every --scenario. */

import { DataError, ShapeError } from "../../api/index.ts";
import type { Arguments } from "../arguments.ts";
import { readData } from "../data/read_data.ts";
import { keyOf, type Table } from "../data/series.ts";
import { UsageError } from "../exit_codes.ts";
import type { FrameArray } from "../frames.ts";
import type { CallName, JobHeader } from "../job.ts";
import { BASELINE } from "../output/write_csv.ts";

type Options = Arguments["options"];

/** What the header of a job says about them. */
export type FutureData = Pick<JobHeader, "futureInputs" | "scenarios">;

/**
 * The files of --scenario by name.
 * @throws UsageError
 */
export function scenarioFiles(call: CallName, options: Options): { name: string; path: string }[] {
  const found = ((options.scenario as string[] | undefined) ?? []).map(text => {
    const [, name, path] = /^([\w.-]+)=(.+)$/.exec(text) ?? [];
    if (name !== undefined && name !== BASELINE) return { name, path };
    throw new UsageError(
      `${call}: --scenario expected NAME=FILE, the name of letters, digits, "_", "." and "-" and not "${BASELINE}", ` +
        `got "${text}". Write --scenario warm=warm.csv.`,
    );
  });
  const names = found.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice === undefined) return found;
  throw new UsageError(`${call}: --scenario expected every name once, got "${twice}" twice. Rename one.`);
}

/** Reads them into `arrays`: one array that all series share, or one per series. */
export async function readFuture(
  call: CallName,
  options: Options,
  data: Table,
  arrays: Record<string, FrameArray>,
): Promise<FutureData> {
  const read = async (option: string, path: string, prefix: string): Promise<number> => {
    const table = await readData(call, option, [path], { series: options.series as string | undefined });
    if (!table.batched) {
      addArrays(arrays, prefix, table);
      return 0;
    }
    const ordered =
      options.series === undefined ? table : inOrderOf(call, option, table, data, options.series as string);
    if (!data.batched || ordered.series.length !== data.series.length) {
      throw new ShapeError(
        `${call}: ${option} ${path} expected ${data.series.length} series as in the data, got ${ordered.series.length}. ` +
          "Give inputs for every series, or one table for all.",
      );
    }
    addArrays(arrays, prefix, ordered);
    return ordered.series.length;
  };
  const path = options["future-inputs"] as string | undefined;
  const futureInputs = path === undefined ? undefined : await read("--future-inputs", path, "futureInputs");
  const scenarios: { name: string; series: number }[] = [];
  for (const { name, path: file } of scenarioFiles(call, options))
    scenarios.push({ name, series: await read(`--scenario ${name}`, file, `scenarios/${name}`) });
  return { futureInputs, ...(scenarios.length > 0 ? { scenarios } : {}) };
}

/** The series of a table of inputs in the order of the data, paired by name. */
export function inOrderOf(call: CallName, option: string, inputs: Table, data: Table, column: string): Table {
  const byKey = new Map(inputs.series.map(one => [keyOf(one), one]));
  const ordered = data.series.map(one => {
    const found = byKey.get(keyOf(one));
    if (found) return found;
    const names = inputs.series.map(({ name }) => name).join(", ");
    throw new DataError(
      `${call}: ${option} expected rows of every series in the data, got none of "${one.name}" (only ${names}). ` +
        `Name the series as in the data, in the column "${column}".`,
    );
  });
  return { ...inputs, series: ordered };
}

/** Every series of a table as prefix/0, prefix/1 … */
export function addArrays(arrays: Record<string, FrameArray>, prefix: string, table: Table): void {
  table.series.forEach(({ numRows, data }, i) => {
    arrays[`${prefix}/${i}`] = { data, shape: [numRows, table.columns.length] };
  });
}
