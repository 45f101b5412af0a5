/** What the page and its worker say to each other. The worker keeps the data; the page gets what it shows. */

import type { RunInfo } from "../../src/api/index.ts";
import type { GivenDialect } from "./dialect.ts";
import type { Outcome } from "./infer.ts";
import type { Peek } from "./peek.ts";
import type { Choice } from "./read_table.ts";
import type { ModelSettings } from "./settings.ts";

export interface Reading extends Choice {
  readonly peeked: Peek;
  readonly holes: "missing" | "ignore";
}

/** What the page knows of a series. */
export interface SeriesFacts {
  readonly numSteps: number;
  readonly missing: readonly number[];
  readonly notes: readonly string[];
  readonly seriesNames: readonly string[];
  /** Steps of a season, from the dates or from the data. */
  readonly period: number;
  readonly harmonics: number;
}

export interface BandView {
  readonly mean: Float64Array;
  readonly lower?: Float64Array;
  readonly upper?: Float64Array;
}

/** One column, thinned for a chart; [X] numbers each. */
export interface ColumnView {
  readonly name: string;
  readonly observed: Float64Array;
  readonly smoothed: BandView;
  readonly forecast: BandView | undefined;
  readonly parts: readonly (BandView & { readonly name: string })[];
}

export interface ResultView {
  /** [X] */
  readonly x: Float64Array;
  readonly dates: boolean;
  readonly timeName: string;
  readonly columns: readonly ColumnView[];
  readonly probs: readonly Float64Array[] | undefined;
  readonly regimes: Outcome["regimes"];
  readonly variances: readonly Outcome["columns"][number]["variances"][];
  readonly logLikelihood: number;
  readonly run: RunInfo;
  /** Shell command that does the same with the files of the page. */
  readonly command: string;
}

export type FileKind = "csv" | "json" | "model" | "data";

/** Calls: argument and answer. */
export interface Calls {
  peek: { asks: { file: Blob; given: GivenDialect }; gives: Peek };
  read: { asks: { file: Blob; reading: Reading }; gives: SeriesFacts };
  run: { asks: ModelSettings; gives: ResultView };
  save: { asks: FileKind; gives: Blob };
}
