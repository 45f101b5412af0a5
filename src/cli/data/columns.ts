/** Choice of columns in formats that have numbers for names. */

import { ParameterError } from "../../api/index.ts";
import type { ReadOptions, Source, Table } from "./series.ts";

/** The chosen columns of a table; a series column is refused. */
export function selectColumns(table: Table, source: Source, { columns, series }: ReadOptions): Table {
  if (series !== undefined) {
    throw new ParameterError(
      `${source.call}: --series expected csv or tsv data, got ${source.path}. ` +
        "Give the series as the first axis of the array, or several --data files.",
    );
  }
  if (!columns) return table;
  const width = table.columns.length;
  const chosen = columns.map(column => {
    if (!/^\d+$/.test(column) || Number(column) >= width) {
      throw new ParameterError(
        `${source.call}: --columns expected numbers from 0 to ${width - 1}, got "${column}". ` +
          `Columns of ${source.path} have no names.`,
      );
    }
    return Number(column);
  });
  return {
    ...table,
    columns: chosen.map(String),
    series: table.series.map(one => ({
      ...one,
      data: Float64Array.from(
        { length: one.numRows * chosen.length },
        (_, i) => one.data[Math.floor(i / chosen.length) * width + chosen[i % chosen.length]],
      ),
    })),
  };
}
