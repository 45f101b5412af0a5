/** A result as JSON text, in pieces: a long series does not fit into one string. */

import type { FrameArray } from "../frames.ts";
import { type Result, rowsOf, type SeriesRows } from "./result.ts";

/** Rows per piece. */
const PIECE = 1024;

/** Of recurrences, one value a series. */
const BY_SERIES = [
  "merit",
  "merits",
  "lyapunov",
  "overshoot",
  "stateError",
  "predictedIterations",
  "resets",
  "prefixIterations",
] as const;

/** Fields by name; a label with slashes is a path into it. */
interface Tree extends Map<string, Tree | { readonly label: string; readonly array: FrameArray }> {}

/**
 * Scalars first, then one row of every array field a line. NaN is written as null, infinite variances as 1e999, which is JSON
 * and reads as infinity.
 */
export function* jsonText(result: Result): Generator<string> {
  const { summary, batched } = result;
  const scalars: Record<string, unknown> = {
    call: result.call,
    status: summary.status,
    marginalLogLikelihood: summary.marginalLogLikelihood,
    logJoint: summary.logJoint,
    impossibleSteps: batched ? summary.impossibleSteps : summary.impossibleSteps?.[0],
    diffuseSteps: batched ? summary.diffuseSteps : summary.diffuseSteps?.[0],
    iterations: batched ? summary.iterations : summary.iterations?.[0],
    converged: batched ? summary.converged : summary.converged?.[0],
    objectives: batched ? summary.objectives : summary.objectives?.[0],
    ...Object.fromEntries(BY_SERIES.map(name => [name, batched ? summary[name] : summary[name]?.[0]])),
    level: summary.level,
    numSamples: summary.numSamples,
    seed: summary.seed,
    run: summary.run,
  };
  if (batched) {
    scalars.series = result.seriesNames;
    scalars.lengths = summary.lengths;
    scalars.statuses = summary.statuses;
    scalars.marginalLogLikelihoods = summary.marginalLogLikelihoods;
    scalars.logJoints = summary.logJoints;
  }
  yield `{\n${Object.entries(scalars)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `  ${JSON.stringify(key)}: ${scalarText(value)}`)
    .join(",\n")}`;
  yield* treeText(treeOf(result.fields), result, "  ", ",\n");
  yield "\n}\n";
}

function treeOf(fields: Result["fields"]): Tree {
  const root: Tree = new Map();
  for (const [label, array] of fields) {
    const path = label.split("/");
    let node = root;
    for (const name of path.slice(0, -1)) {
      if (!node.has(name)) node.set(name, new Map());
      node = node.get(name) as Tree;
    }
    node.set(path[path.length - 1], { label, array });
  }
  return root;
}

/** @param before what stands in front of the first member */
function* treeText(tree: Tree, result: Result, indent: string, before: string): Generator<string> {
  let separator = before;
  for (const [name, node] of tree) {
    yield `${separator}${indent}${JSON.stringify(name)}: `;
    separator = ",\n";
    if (node instanceof Map) {
      yield "{\n";
      yield* treeText(node, result, `${indent}  `, "");
      yield `\n${indent}}`;
    } else yield* fieldText(node.label, node.array, result, indent);
  }
}

/** The array of a field, nested by series and sample where there are such axes. */
function* fieldText(label: string, array: FrameArray, result: Result, indent: string): Generator<string> {
  const { numSamples, numSeries } = result.summary;
  const samples = function* (i: number, space: string): Generator<string> {
    if (numSamples === undefined) {
      yield* rowsText(rowsOf(label, array, i, result), `${space}  `);
      return;
    }
    const one = (sample: number) => rowsText(rowsOf(label, array, i, result, sample), `${space}    `);
    yield* listText(numSamples, one, space);
  };
  if (result.batched) yield* listText(numSeries, i => samples(i, `${indent}  `), indent);
  else yield* samples(0, indent);
}

function* listText(count: number, item: (i: number) => Generator<string>, indent: string): Generator<string> {
  yield `[\n${indent}  `;
  for (let i = 0; i < count; i++) {
    if (i > 0) yield `,\n${indent}  `;
    yield* item(i);
  }
  yield `\n${indent}]`;
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
  if (axis === shape.length) return numberText(data[start]);
  const stride = shape.slice(axis + 1).reduce((a, b) => a * b, 1);
  const parts: string[] = [];
  for (let i = 0; i < shape[axis]; i++) parts.push(rowText(data, start + i * stride, shape, axis + 1));
  return `[${parts.join(", ")}]`;
}

/** A number, a list, or anything that JSON can hold. */
function scalarText(value: unknown): string {
  if (typeof value === "number") return numberText(value);
  return Array.isArray(value) ? `[${value.map(scalarText).join(",")}]` : JSON.stringify(value);
}

function numberText(value: number): string {
  if (Number.isFinite(value)) return String(value);
  return Number.isNaN(value) ? "null" : value > 0 ? "1e999" : "-1e999";
}
