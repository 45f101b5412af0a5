/** A table of rows -> the series that a model runs over: in order of time, one entry a step, NaN where a step has no row. */

import { DataError } from "../../src/api/index.ts";
import type { Table } from "./read_table.ts";
import { equalSteps, type Step, stepWords, timeAfter } from "./steps.ts";

export interface Series {
  /** T */
  readonly numSteps: number;
  readonly names: readonly string[];
  /** One array [T] per column. */
  readonly values: readonly Float64Array[];
  readonly timeName: string;
  /** [T] axis of charts: seconds since 1970, the numbers of the time column, or 0, 1, 2 … */
  readonly x: Float64Array;
  readonly dates: boolean;
  readonly step: Step | undefined;
  /** The time of step t as the file has it; of steps that it does not have, and of those after the last, in like form. */
  label(t: number): string;
  /** How rows became steps, in sentences. */
  readonly notes: readonly string[];
}

/** @param holes what becomes of steps without a row: "missing" values, or "ignore" that time passed */
export function makeSeries(table: Table, holes: "missing" | "ignore"): Series {
  const { numRows, names, labels, timeName, timeKind } = table;
  if (numRows < 3)
    throw new DataError(
      `At least three rows expected, got ${numRows}: a series has to go on for a while before it can be smoothed.`,
    );
  names.forEach((name, i) => {
    let observed = 0;
    for (const value of table.values[i]!) if (!Number.isNaN(value) && ++observed > 2) return;
    throw new DataError(
      `Column “${name}”: at least three values expected, got ${observed}; the other cells are empty.`,
    );
  });
  const notes: string[] = [];
  const ordered = inOrder(table, notes);
  const dates = timeKind === "date" && ordered.times !== undefined;
  const plain: Omit<Series, "label"> = {
    numSteps: numRows,
    names,
    values: ordered.values,
    timeName,
    x: ordered.times ?? Float64Array.from({ length: numRows }, (_, t) => t),
    dates,
    step: undefined,
    notes,
  };
  const rowLabel = (row: number): string =>
    labels?.get(ordered.reversed ? numRows - 1 - row : row) ?? `${row}`;
  const numbered = (t: number): string =>
    t < numRows ? rowLabel(t) : labels ? `+${t - numRows + 1}` : `${t}`;
  if (!ordered.times) return { ...plain, label: numbered };

  const { step, positions, problem } = equalSteps(ordered.times, dates);
  if (!step) {
    notes.push(`The rows are taken as equally spaced, as ${problem}.`);
    return { ...plain, label: numbered };
  }
  const last = ordered.times[numRows - 1]!;
  const write = (time: number): string =>
    dates ? dateText(time, rowLabel(0)) : `${Number(time.toPrecision(12))}`;
  const after = (t: number, T: number): string => write(timeAfter(last, step, t - T + 1));
  if (!positions) {
    notes.push(`One row ${stepWords(step)}.`);
    return { ...plain, step, label: t => (t < numRows ? rowLabel(t) : after(t, numRows)) };
  }
  const T = positions[numRows - 1]! + 1;
  const none = countOf(T - numRows, "step");
  if (holes === "ignore") {
    notes.push(
      `One row ${stepWords(step)}; ${none} without a row, but rows are taken as equally spaced all the same.`,
    );
    return { ...plain, label: t => (t < numRows ? rowLabel(t) : after(t, numRows)) };
  }
  notes.push(`One row ${stepWords(step)}; ${none} without a row, taken as missing values.`);
  const rowOf = new Int32Array(T).fill(-1);
  for (let row = 0; row < numRows; row++) rowOf[positions[row]!] = row;
  const x = new Float64Array(T);
  for (let t = 0; t < T; t++)
    x[t] = rowOf[t]! >= 0 ? ordered.times[rowOf[t]!]! : timeAfter(ordered.times[0]!, step, t);
  return {
    ...plain,
    numSteps: T,
    values: ordered.values.map(column => {
      const spread = new Float64Array(T).fill(Number.NaN);
      for (let row = 0; row < numRows; row++) spread[positions[row]!] = column[row]!;
      return spread;
    }),
    x,
    step,
    label: t => (t >= T ? after(t, T) : rowOf[t]! >= 0 ? rowLabel(rowOf[t]!) : write(x[t]!)),
  };
}

const countOf = (count: number, what: string): string =>
  `${count.toLocaleString("en")} ${what}${count === 1 ? "" : "s"}`;

/** Rows from the earliest to the latest; without times where they are in no order. */
function inOrder(
  { times, values, numRows }: Table,
  notes: string[],
): { times: Float64Array | undefined; values: readonly Float64Array[]; reversed: boolean } {
  let [up, down, same] = [0, 0, 0];
  if (times)
    for (let t = 1; t < numRows; t++) {
      if (times[t]! > times[t - 1]!) up++;
      else if (times[t]! < times[t - 1]!) down++;
      else same++;
    }
  if (times && up === 0 && down > 0 && same === 0) {
    notes.push("The rows went back in time and were turned round.");
    return { times: times.slice().reverse(), values: values.map(v => v.slice().reverse()), reversed: true };
  }
  if (times && (down > 0 || same > 0)) {
    const what =
      down > 0
        ? `In ${countOf(down, "row")} the time is before that of the row above`
        : `In ${countOf(same, "row")} the time is that of the row above`;
    notes.push(
      `${what}: rows are taken as equally spaced, in the order of the file. If the file holds several series, choose the column that names them.`,
    );
    return { times: undefined, values, reversed: false };
  }
  return { times, values, reversed: false };
}

/** A date in the manner of another one: year, month and day, with a clock if that has one. */
function dateText(seconds: number, like: string): string {
  const iso = new Date(seconds * 1000).toISOString();
  if (/^\d{4}$/.test(like)) return iso.slice(0, 4);
  if (/^\d{4}[-/]\d{1,2}$/.test(like)) return iso.slice(0, 7);
  if (/^\d{8}$/.test(like)) return iso.slice(0, 10).replaceAll("-", "");
  return like.includes(":") ? iso.slice(0, 19) : iso.slice(0, 10);
}
