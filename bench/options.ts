/** What a bench is asked to do: by the command line, or by the form of the page. */

import type { HmmMethod, HmmTask, Method, RecurrenceMethod, Task } from "./cell.ts";
import type { RecurrenceName } from "./recurrence_problems.ts";

export const TASKS = ["filter", "smoother"] as const satisfies readonly Task[];
export const HMM_TASKS = [...TASKS, "decode"] as const satisfies readonly HmmTask[];

export interface BenchOptions {
  /** page: chosen in the form of the site. */
  readonly driver: "chrome" | "dawn" | "page";
  readonly gpu: "auto" | "hardware" | "software";
  /** Part of the adapter's name, for Dawn on a machine with several. */
  readonly adapter?: string;
  readonly tasks: readonly Task[];
  readonly methods: readonly Method[];
  /** Grids of sizes, one after the other. */
  readonly grids: readonly Grid[];
  /** Chunk lengths and leaves per workgroup to try; empty = the planner's. */
  readonly chunks: readonly number[];
  readonly leaves: readonly number[];
  readonly sweep: boolean;
  readonly repeat: number;
  /** Seconds for one cell. */
  readonly budget: number;
  /** Seconds after which no new cell is started. */
  readonly limit: number;
  /** all: predicted moments and cross-covariances too, as the calls do by default. */
  readonly outputs: "least" | "all";
  readonly seed: number;
  readonly json?: string;
  readonly table?: string;
  /** What is measured of hidden Markov models; no grid, nothing. */
  readonly hmm: HmmBenchOptions;
  /** The same of recurrences. */
  readonly recurrence: RecurrenceBenchOptions;
}

export interface RecurrenceBenchOptions {
  readonly systems: readonly RecurrenceName[];
  /** g of the mean-field network. */
  readonly gain: number;
  readonly methods: readonly RecurrenceMethod[];
  readonly grids: readonly Grid[];
}

export interface HmmBenchOptions {
  readonly tasks: readonly HmmTask[];
  readonly methods: readonly HmmMethod[];
  readonly grids: readonly HmmGrid[];
}

/** Numbers of states, steps and series. */
export interface HmmGrid {
  readonly K: readonly number[];
  readonly T: readonly number[];
  readonly series: readonly number[];
}

export interface Grid {
  readonly n: readonly number[];
  readonly T: readonly number[];
  readonly series: readonly number[];
}
