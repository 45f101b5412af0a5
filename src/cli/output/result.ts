/** A finished job as the writers take it. */

import type { FrameArray } from "../frames.ts";
import type { Call, JobSummary } from "../job.ts";

export interface Result {
  readonly call: Call;
  readonly summary: JobSummary;
  /** Array fields by label, [T, ...] or, batched, [N, T, ...]. */
  readonly fields: ReadonlyMap<string, FrameArray>;
  readonly batched: boolean;
  readonly seriesNames: readonly string[];
}

/** Rows of a field that belong to one series: cross-covariances have one less than there are steps. */
export interface SeriesRows {
  readonly data: FrameArray["data"];
  /** Index of the first number. */
  readonly start: number;
  readonly numRows: number;
  /** Shape of one row; [] for a number. */
  readonly rowShape: readonly number[];
  /** Numbers in one row. */
  readonly rowLength: number;
}

/** The rows of series i, without the padding of a ragged batch. */
export function rowsOf(label: string, array: FrameArray, i: number, result: Result): SeriesRows {
  const { data, shape } = array;
  const [padded, ...rowShape] = result.batched ? shape.slice(1) : shape;
  const rowLength = rowShape.reduce((a, b) => a * b, 1);
  const length = result.summary.lengths[i] - (label.includes("Cross") ? 1 : 0);
  return { data, start: i * padded * rowLength, numRows: Math.min(length, padded), rowShape, rowLength };
}
