/** Time series as users give them -> one dense array [N, T, width]. */

import { type ArrayInput, DataError, ShapeError } from "../engine/index.ts";
import { checkDense, isDense, isTyped } from "./read_array.ts";
import { say, shapeText, valueText } from "./say.ts";

/** A time series [T, width] ([T] when width is 1), a batch [N, T, width], or a list of series of any lengths. */
export type SeriesInput = ArrayInput | readonly ArrayInput[];

/** One series before it is copied: flat entries from an offset, or rows. */
interface Source {
  readonly flat?: ArrayLike<unknown>;
  readonly offset: number;
  readonly rows?: readonly ArrayLike<unknown>[];
  readonly length: number;
}

/** Where the series are and how long; nothing has been copied yet. */
export interface SeriesLayout {
  readonly sources: readonly Source[];
  readonly numSeries: number;
  /** Length of the longest. */
  readonly numSteps: number;
  readonly lengths: Uint32Array;
  /** true when a series axis or a list of series was given. */
  readonly batch: boolean;
  /** Columns; 0 means that the last axis was left out. */
  readonly width: number;
}

/** How entries become numbers: what to do with null, what to refuse. */
export type ReadEntry = (value: unknown, where: () => string, step: number) => number;

/**
 * Finds [T, width], [N, T, width] or a list of [T_i, width] in the input. With width 1, and always with `bare`, the last
 * axis may be left out.
 * @param bare accept one entry per step in place of `width` (masks); the layout then has width 0
 * @throws ShapeError for other shapes; DataError when there are no rows
 */
export function seriesLayout(
  call: string,
  argument: string,
  value: SeriesInput,
  width: number,
  bare = false,
  batchHint = false,
): SeriesLayout {
  const depth = depthOf(value);
  const list = Array.isArray(value);
  const separate = list && (isDense(value[0]) || (isTyped(value[0]) && (width === 1 || (bare && batchHint))));
  const short = bare
    ? depth === (batchHint ? 2 : 1)
    : width === 1 && (depth === 1 || (depth === 2 && separate));
  const seriesDepth = short ? 1 : 2;
  const batch = depth === seriesDepth + 1;
  if (value === undefined || value === null || (depth !== seriesDepth && !batch)) {
    throw new ShapeError(
      say(
        call,
        argument,
        forms(width, bare),
        depth === 0 ? valueText(value) : `${depth} axes`,
        "Nest by time, then by column; a batch has one axis more.",
      ),
    );
  }
  const columns = short && bare ? 0 : width;
  const sources: Source[] = [];
  if (!batch) sources.push(oneSeries(call, argument, value, Math.max(1, columns), short, width, bare));
  else if (isDense(value)) {
    checkDense(call, argument, value);
    const [count, steps] = value.shape;
    checkWidth(call, argument, value.shape, short, columns, width, bare);
    for (let s = 0; s < count; s++) {
      sources.push({ flat: value.data, offset: s * steps * Math.max(1, columns), length: steps });
    }
  } else {
    const items = value as readonly ArrayInput[];
    for (let s = 0; s < items.length; s++) {
      sources.push(oneSeries(call, `${argument}[${s}]`, items[s], Math.max(1, columns), short, width, bare));
    }
  }
  const lengths = Uint32Array.from(sources, source => source.length);
  const empty = lengths.indexOf(0);
  if (sources.length === 0 || empty >= 0) {
    const which = batch && sources.length > 0 ? `${argument}[${empty}]` : argument;
    throw new DataError(say(call, which, "at least one row", "none", "A series has one row per time step."));
  }
  let numSteps = 0;
  for (const source of sources) numSteps = Math.max(numSteps, source.length);
  return { sources, numSeries: sources.length, numSteps, lengths, batch, width: columns };
}

const forms = (width: number, bare: boolean): string =>
  `${width === 1 || bare ? "[T], " : ""}[T, ${width}], [N, T, ${width}] or a list of [T_i, ${width}]`;

/** Levels of nesting, judged by first elements. */
function depthOf(value: unknown): number {
  if (isDense(value)) return value.shape.length;
  if (isTyped(value)) return 1;
  if (!Array.isArray(value)) return 0;
  return 1 + (value.length > 0 ? depthOf(value[0]) : 0);
}

function checkWidth(
  call: string,
  argument: string,
  shape: readonly number[],
  short: boolean,
  columns: number,
  width: number,
  bare: boolean,
): void {
  if (!short && shape[shape.length - 1] !== columns) {
    throw new ShapeError(say(call, argument, forms(width, bare), shapeText(shape), `Give ${width} columns.`));
  }
}

function oneSeries(
  call: string,
  argument: string,
  value: unknown,
  columns: number,
  short: boolean,
  width: number,
  bare: boolean,
): Source {
  if (isDense(value)) {
    checkDense(call, argument, value);
    checkWidth(call, argument, value.shape, short, columns, width, bare);
    if (value.shape.length !== (short ? 1 : 2)) {
      throw new ShapeError(
        say(call, argument, forms(width, bare), shapeText(value.shape), "Give all series the same axes."),
      );
    }
    return { flat: value.data, offset: 0, length: value.shape[0] };
  }
  if (isTyped(value) && short) return { flat: value, offset: 0, length: value.length };
  if (!Array.isArray(value)) {
    throw new ShapeError(
      say(call, argument, `[T, ${width}]`, valueText(value), "Pass one row per time step."),
    );
  }
  if (short) return { flat: value, offset: 0, length: value.length };
  for (let t = 0; t < value.length; t++) {
    const row = value[t];
    if ((!Array.isArray(row) && !isTyped(row)) || row.length !== columns) {
      const got = Array.isArray(row) || isTyped(row) ? `${row.length}` : valueText(row);
      throw new ShapeError(
        say(call, `${argument}[${t}]`, `${columns} entries`, got, "Give every row the same columns."),
      );
    }
  }
  return { rows: value, offset: 0, length: value.length };
}

/** Copies all series into [N, T, max(1, width)], `padding` past the end of short ones. */
export function fillSeries(
  argument: string,
  layout: SeriesLayout,
  read: ReadEntry,
  padding: number,
): Float64Array {
  const width = Math.max(1, layout.width);
  const { numSteps, sources, batch } = layout;
  const data = new Float64Array(sources.length * numSteps * width);
  for (let s = 0; s < sources.length; s++) {
    const { flat, rows, offset, length } = sources[s];
    let to = s * numSteps * width;
    let t = 0;
    let j = 0;
    const where = (): string =>
      `${argument}${batch ? `[${s}]` : ""}[${t}]${layout.width > 0 && (width > 1 || rows) ? `[${j}]` : ""}`;
    for (t = 0; t < length; t++) {
      for (j = 0; j < width; j++) {
        const value = rows ? rows[t][j] : (flat as ArrayLike<unknown>)[offset + t * width + j];
        data[to++] = read(value, where, t);
      }
    }
    if (length < numSteps) data.fill(padding, to, (s + 1) * numSteps * width);
  }
  return data;
}
