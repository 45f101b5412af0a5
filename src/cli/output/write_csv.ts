/**
 * A result as a table, one row per step of every series: `series` (batches only), `t` from 0, then the entries of
 * the fields: smoothed_mean_0, smoothed_cov_0_1 … An empty cell has no value: NaN, or a cross-covariance at the end.
 */

import { type Result, rowsOf } from "./result.ts";

/** Rows per piece. */
const PIECE = 1024;

const SUFFIXES: readonly (readonly [RegExp, string])[] = [
  [/CrossCovariances$/, "_cross_cov"],
  [/Covariances$/, "_cov"],
  [/Variances$/, "_var"],
  [/Means$/, "_mean"],
  [/^logLikelihoods$/, "log_likelihood"],
];

/** "smoothedCovariances" and [2, 2] to smoothed_cov_0_0, smoothed_cov_0_1 … */
export function columnNames(label: string, rowShape: readonly number[]): string[] {
  const [pattern, suffix] = SUFFIXES.find(([end]) => end.test(label)) ?? [/$/, ""];
  let names = [label.replace(pattern, suffix)];
  for (const size of rowShape) {
    names = names.flatMap(name => Array.from({ length: size }, (_, i) => `${name}_${i}`));
  }
  return names;
}

/** Text of the table in pieces. */
export function* csvText(result: Result, delimiter: string): Generator<string> {
  const fields = [...result.fields];
  const header = result.batched ? ["series", "t"] : ["t"];
  for (const [label, array] of fields)
    header.push(...columnNames(label, rowsOf(label, array, 0, result).rowShape));
  yield `${header.join(delimiter)}\n`;
  for (let i = 0; i < result.summary.numSeries; i++) {
    const rows = fields.map(([label, array]) => rowsOf(label, array, i, result));
    const start = result.batched ? quote(result.seriesNames[i], delimiter) + delimiter : "";
    let piece = "";
    for (let t = 0; t < result.summary.lengths[i]; t++) {
      piece += start + t;
      for (const field of rows) {
        for (let j = 0; j < field.rowLength; j++) {
          const value = t < field.numRows ? field.data[field.start + t * field.rowLength + j] : Number.NaN;
          piece += delimiter + (Number.isFinite(value) ? value : "");
        }
      }
      piece += "\n";
      if (t % PIECE === PIECE - 1) {
        yield piece;
        piece = "";
      }
    }
    yield piece;
  }
}

function quote(text: string, delimiter: string): string {
  return /["\r\n]/.test(text) || text.includes(delimiter) ? `"${text.replaceAll('"', '""')}"` : text;
}
