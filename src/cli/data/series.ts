/** What every reader gives: named series of rows. */

/** One series: row-major [numRows, number of columns], NaN where missing. */
export interface Series {
  readonly name: string;
  /** Number of the file and name in it, where several files were joined. */
  readonly key?: string;
  readonly numRows: number;
  readonly data: Float64Array;
}

/** The content of one file. */
export interface Table {
  /** Names of the columns that were kept; "0", "1" … where the file has none. */
  readonly columns: readonly string[];
  readonly series: readonly Series[];
  /** The file holds a batch (a series axis or a series column), even if of one. */
  readonly batched: boolean;
  /** Inputs that came in the same JSON file. */
  readonly inputs?: Table;
  /** Columns left out although not asked, with the reason. */
  readonly notes?: readonly string[];
}

/** Where the data come from, for messages. */
export interface Source {
  /** The command, "smooth". */
  readonly call: string;
  /** "--data" or "--inputs". */
  readonly option: string;
  /** The file as the user wrote it. */
  readonly path: string;
}

/** Choices of the user that readers obey. */
export interface ReadOptions {
  /** Columns to use, by name or by number from 0. */
  readonly columns?: readonly string[];
  /** Column with names of series. */
  readonly series?: string;
  /** Column of a table that names series where there is one, and need not be. */
  readonly seriesIfAny?: string;
  /** −Infinity is a number that may stand there: a log-likelihood of the impossible. */
  readonly minusInfinity?: boolean;
  /** Which array of a file that has several is meant; default "observations", with "inputs" beside it. */
  readonly array?: ArrayName;
}

export type ArrayName = "observations" | "inputs" | "states";

/** What pairs a series of the inputs with one of the data. */
export const keyOf = ({ key, name }: Series): string => key ?? `0/${name}`;

/** Start of a message: "smooth: --data nile.csv". */
export const place = ({ call, option, path }: Source): string =>
  `${call}: ${option} ${path === "-" ? "standard input" : path}`;
