/** A finished job as the writers take it. */

import type { FrameArray } from "../frames.ts";
import type { CallName, JobSummary } from "../job.ts";

export interface Result {
  readonly call: CallName;
  readonly summary: JobSummary;
  /**
   * Array fields by label, [T, ...] or, batched, [N, T, ...]; with samples [S, T, ...] or [N, S, T, ...]. A label with
   * slashes is a path: scenarios/NAME/means.
   */
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

/** The rows of series i, and of one sample where there are samples, without the padding of a ragged batch. */
export function rowsOf(label: string, array: FrameArray, i: number, result: Result, sample = 0): SeriesRows {
  const { data, shape } = array;
  const { numSamples, lengths } = result.summary;
  const axes = (result.batched ? 1 : 0) + (numSamples === undefined ? 0 : 1);
  const [padded, ...rowShape] = shape.slice(axes);
  const rowLength = rowShape.reduce((a, b) => a * b, 1);
  const whole = hasOwnRows(result) || isWhole(label, result);
  const length = whole ? padded : lengths[i] - (/Cross|^expectedTransitions$/.test(label) ? 1 : 0);
  const start = (i * (numSamples ?? 1) + sample) * padded * rowLength;
  return { data, start, numRows: Math.min(length, padded), rowShape, rowLength };
}

/** A field whose rows are not steps: no table holds it. */
export const isWhole = (label: string, { summary }: Result): boolean =>
  label === "iterates" || (label === "expectedTransitions" && summary.transitions !== "steps");

/** Rows are of steps after the data, not of the data's own. */
const isAhead = ({ call }: Result): boolean => call === "forecast";

/** Rows of a table are others than the steps of the data. */
const hasOwnRows = (result: Result): boolean => isAhead(result) || result.call === "lyapunov";

/** What the rows of a table are counted by. */
export const rowName = ({ call }: Result): string => (call === "lyapunov" ? "index" : "t");

/** t of the first row of series i. */
export const firstStep = (result: Result, i: number): number =>
  isAhead(result) ? result.summary.lengths[i] : 0;

/** Rows of series i in a table. */
export function tableRows(result: Result, i: number): number {
  if (!hasOwnRows(result)) return result.summary.lengths[i];
  const [label, array] = result.fields.entries().next().value as [string, FrameArray];
  return rowsOf(label, array, i, result).numRows;
}
