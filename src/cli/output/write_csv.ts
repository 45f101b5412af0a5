/**
 * A result as a table, one row per step of every series: `series` (batches only), `scenario` and `sample` where there are
 * any, `t` from 0 (forecasts: from the first step after the data), then the entries of the fields: smoothed_mean_0,
 * smoothed_cov_0_1 … An empty cell has no value: NaN, or a cross-covariance at the end.
 */

import { firstStep, isWhole, type Result, rowName, rowsOf, type SeriesRows, tableRows } from "./result.ts";

/** Rows per piece. */
const PIECE = 1024;
/** What stands for the forecast itself in the column `scenario`. */
export const BASELINE = "baseline";

const SUFFIXES: readonly (readonly [RegExp, string])[] = [
  [/CrossCovariances$/, "_cross_cov"],
  [/Covariances$/, "_cov"],
  [/Variances$/, "_var"],
  [/Means$/, "_mean"],
  [/^covariances$/, "cov"],
  [/^variances$/, "var"],
  [/^means$/, "mean"],
  [/^states$/, "state"],
  [/^observations$/, "observation"],
  [/^logLikelihoods$/, "log_likelihood"],
  [/^emissionLogLikelihoods$/, "emission_log_likelihood"],
  [/Probs$/, "_prob"],
  [/^mostLikelyStates$/, "most_likely_state"],
  [/^expectedTransitions$/, "expected_transition"],
  [/^exponents$/, "exponent"],
  [/^exponentsPerTime$/, "exponent_per_time"],
];

/** "smoothedCovariances" and [2, 2] to smoothed_cov_0_0, smoothed_cov_0_1 … */
export function columnNames(label: string, rowShape: readonly number[]): string[] {
  const [, part, entry] = /^(?:components\/)?(.+)\/(mean|variance|lower|upper)$/.exec(label) ?? [];
  if (part !== undefined) return [`${part}_${entry === "variance" ? "var" : entry}`];
  const [pattern, suffix] = SUFFIXES.find(([end]) => end.test(label)) ?? [/$/, ""];
  let names = [label.replace(pattern, suffix)];
  for (const size of rowShape) {
    names = names.flatMap(name => Array.from({ length: size }, (_, i) => `${name}_${i}`));
  }
  return names;
}

/** Text of the table in pieces. */
export function* csvText(result: Result, delimiter: string): Generator<string> {
  const { scenarios, numSamples, numSeries } = result.summary;
  const fields = [...result.fields];
  const own = fields.filter(([label]) => !label.startsWith("scenarios/") && !isWhole(label, result));
  const header = [
    ...(result.batched ? ["series"] : []),
    ...(scenarios ? ["scenario"] : []),
    ...(numSamples === undefined ? [] : ["sample"]),
    rowName(result),
  ];
  for (const [label, array] of own)
    header.push(...columnNames(label, rowsOf(label, array, 0, result).rowShape));
  yield `${header.map(name => quote(name, delimiter)).join(delimiter)}\n`;
  for (let i = 0; i < numSeries; i++) {
    for (const scenario of [undefined, ...(scenarios ?? [])]) {
      const prefix = scenario === undefined ? "" : `scenarios/${scenario}/`;
      for (let sample = 0; sample < (numSamples ?? 1); sample++) {
        const keys = [
          ...(result.batched ? [quote(result.seriesNames[i], delimiter)] : []),
          ...(scenarios ? [scenario ?? BASELINE] : []),
          ...(numSamples === undefined ? [] : [sample]),
        ];
        const rows = own.map(([label]) => {
          const array = result.fields.get(prefix + label) as (typeof own)[0][1];
          return rowsOf(label, array, i, result, sample);
        });
        yield* rowTexts(keys, firstStep(result, i), tableRows(result, i), rows, delimiter);
      }
    }
  }
}

function* rowTexts(
  keys: readonly (string | number)[],
  first: number,
  numRows: number,
  rows: readonly SeriesRows[],
  delimiter: string,
): Generator<string> {
  const start = keys.map(key => key + delimiter).join("");
  let piece = "";
  for (let t = 0; t < numRows; t++) {
    piece += start + (first + t);
    for (const field of rows) {
      for (let j = 0; j < field.rowLength; j++) {
        const value = t < field.numRows ? field.data[field.start + t * field.rowLength + j] : Number.NaN;
        piece += delimiter + (Number.isNaN(value) ? "" : value);
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

function quote(text: string, delimiter: string): string {
  return /["\r\n]/.test(text) || text.includes(delimiter) ? `"${text.replaceAll('"', '""')}"` : text;
}
