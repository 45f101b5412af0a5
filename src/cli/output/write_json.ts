/** A result as JSON text, in pieces: a long series does not fit into one string. */

import { type Result, rowsOf, type SeriesRows } from "./result.ts";

/** Rows per piece. */
const PIECE = 1024;

/** Scalars first, then one row of every array field a line; NaN is written as null. */
export function* jsonText(result: Result): Generator<string> {
  const { summary, batched } = result;
  const scalars: Record<string, unknown> = {
    call: result.call,
    status: summary.status,
    marginalLogLikelihood: summary.marginalLogLikelihood,
    run: summary.run,
  };
  if (batched) {
    scalars.series = result.seriesNames;
    scalars.lengths = summary.lengths;
    scalars.statuses = summary.statuses;
    scalars.marginalLogLikelihoods = summary.marginalLogLikelihoods;
  }
  yield `{\n${Object.entries(scalars)
    .map(([key, value]) => `  ${JSON.stringify(key)}: ${JSON.stringify(value)}`)
    .join(",\n")}`;
  for (const [label, array] of result.fields) {
    yield `,\n  ${JSON.stringify(label)}: `;
    if (!batched) {
      yield* rowsText(rowsOf(label, array, 0, result), "    ");
      continue;
    }
    yield "[\n    ";
    for (let i = 0; i < summary.numSeries; i++) {
      if (i > 0) yield ",\n    ";
      yield* rowsText(rowsOf(label, array, i, result), "      ");
    }
    yield "\n  ]";
  }
  yield "\n}\n";
}

function* rowsText(rows: SeriesRows, indent: string): Generator<string> {
  if (rows.numRows <= 0) {
    yield "[]";
    return;
  }
  const separator = rows.rowShape.length === 0 ? ", " : `,\n${indent}`;
  yield rows.rowShape.length === 0 ? "[" : `[\n${indent}`;
  let piece = "";
  for (let t = 0; t < rows.numRows; t++) {
    if (t > 0) piece += separator;
    piece += rowText(rows.data, rows.start + t * rows.rowLength, rows.rowShape, 0);
    if (t % PIECE === PIECE - 1) {
      yield piece;
      piece = "";
    }
  }
  yield rows.rowShape.length === 0 ? `${piece}]` : `${piece}\n${indent.slice(2)}]`;
}

function rowText(data: SeriesRows["data"], start: number, shape: readonly number[], axis: number): string {
  if (axis === shape.length) return Number.isFinite(data[start]) ? String(data[start]) : "null";
  const stride = shape.slice(axis + 1).reduce((a, b) => a * b, 1);
  const parts: string[] = [];
  for (let i = 0; i < shape[axis]; i++) parts.push(rowText(data, start + i * stride, shape, axis + 1));
  return `[${parts.join(", ")}]`;
}
