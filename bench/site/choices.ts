/** What the form says, as numbers and as options of the bench. */

import type { AnyTask, HmmMethod, HmmTask, Method, RecurrenceMethod, Task } from "../cell.ts";
import type { BenchOptions } from "../options.ts";
import { OBSERVED, RECURRENCES, type RecurrenceName } from "../recurrence_problems.ts";

/** Version of links; one from another version is not guessed at. */
export const LINK_VERSION = 1;

export type ModelName = "time-invariant" | "square-root" | "hmm" | RecurrenceName;
/** A line of the form: square root has two CPU baselines, recurrences two ways to go in parallel. */
export type Kind = "parallel" | "sequential" | "cpu";
export const KINDS: readonly Kind[] = ["parallel", "sequential", "cpu"];

export const MODEL_NAMES: Readonly<Record<ModelName, string>> = {
  "time-invariant": "linear-Gaussian, time-invariant",
  "square-root": "linear-Gaussian, square root",
  hmm: "hidden Markov model",
  gru: "GRU",
  "mean-field": "mean-field network",
  observer: "observer of the Lorenz system",
};

export const isRecurrence = (model: ModelName): model is RecurrenceName =>
  (RECURRENCES as readonly string[]).includes(model);

const RECURRENCE_KINDS = { parallel: ["newton", "quasi"], sequential: ["sequential"], cpu: ["cpu"] } as const;

export const METHODS_OF: Readonly<Record<ModelName, Readonly<Record<Kind, readonly Method[]>>>> = {
  "time-invariant": {
    parallel: ["time-invariant"],
    sequential: ["time-invariant-sequential"],
    cpu: ["cpu-time-invariant"],
  },
  "square-root": { parallel: ["parallel"], sequential: ["sequential"], cpu: ["cpu", "cpu-every-step"] },
  hmm: { parallel: ["parallel"], sequential: ["sequential"], cpu: ["cpu"] },
  gru: RECURRENCE_KINDS,
  "mean-field": RECURRENCE_KINDS,
  observer: RECURRENCE_KINDS,
};

export interface Choices {
  readonly model: ModelName;
  readonly task: AnyTask;
  /** n, or K of a hidden Markov model. */
  readonly size: number;
  /** g of a mean-field network. */
  readonly gain?: number;
  readonly T: readonly number[];
  readonly series: number;
  readonly kinds: readonly Kind[];
  readonly repeat: number;
  /** Seconds for a cell. */
  readonly budget: number;
}

/** The case that runs when the page opens. */
export const FIRST_LOOK: Choices = {
  model: "time-invariant",
  task: "filter",
  size: 2,
  T: [1000],
  series: 1,
  kinds: ["cpu", "parallel"],
  repeat: 5,
  budget: 0.5,
};

const MOST_LENGTHS = 12;

/** @throws Error with one sentence that names the field */
export function readChoices(values: Readonly<Record<string, string>>): Choices {
  const model = values.model as ModelName;
  const kinds = (values.methods ?? "")
    .split(",")
    .filter((word): word is Kind => KINDS.includes(word as Kind));
  if (kinds.length === 0) throw new Error("Methods: at least one expected, got none.");
  return {
    model,
    task: values.task as AnyTask,
    size: sizeOf(model, values),
    ...(model === "mean-field" ? { gain: gainOf(values.gain) } : {}),
    T: lengths(values.T ?? ""),
    series: whole("Series", values.series, 1, 100_000),
    kinds,
    repeat: whole("Repetitions", values.repeat, 1, 99),
    budget: whole("Seconds for a cell", values.budget, 1, 600),
  };
}

function sizeOf(model: ModelName, { K, n }: Readonly<Record<string, string>>): number {
  if (model === "hmm") return whole("States K", K, 2, 64);
  if (model === "observer") return OBSERVED;
  return whole("State dimension n", n, 1, isRecurrence(model) ? 128 : 32);
}

function gainOf(text: string | undefined): number {
  const value = Number(text || Number.NaN);
  if (value >= 0.1 && value <= 4) return value;
  throw new Error(`Gain g: a number from 0.1 to 4 expected, got ${text || "nothing"}.`);
}

function whole(name: string, text: string | undefined, low: number, high: number): number {
  const value = Number(text || Number.NaN);
  if (Number.isInteger(value) && value >= low && value <= high) return value;
  throw new Error(`${name}: a whole number from ${low} to ${high} expected, got ${text || "nothing"}.`);
}

/** "1e3, 1e4" as increasing numbers. */
function lengths(text: string): number[] {
  const words = text.split(/[\s,;]+/).filter(word => word !== "");
  const values = words.map(word => {
    const value = Number(word);
    if (Number.isSafeInteger(value) && value >= 1) return value;
    throw new Error(`Steps T: whole numbers from 1 expected, such as 1000, 1e4, got ${word}.`);
  });
  const distinct = [...new Set(values)].sort((a, b) => a - b);
  if (distinct.length >= 1 && distinct.length <= MOST_LENGTHS) return distinct;
  throw new Error(`Steps T: 1 to ${MOST_LENGTHS} numbers expected, got ${distinct.length}.`);
}

/** Options of the bench, the same as of `npm run bench` with these sizes. */
export function benchOptions(choices: Choices): BenchOptions {
  const { model, task, size, gain = 1, T, series, kinds, repeat, budget } = choices;
  const methods = kinds.flatMap(kind => METHODS_OF[model][kind]);
  const hmm = model === "hmm";
  const recurrence = isRecurrence(model);
  const linearGaussian = !(hmm || recurrence);
  const sizes = { n: [size], T, series: [series] };
  return {
    driver: "page",
    gpu: "auto",
    tasks: linearGaussian ? [task as Task] : [],
    methods: linearGaussian ? methods : [],
    grids: linearGaussian ? [sizes] : [],
    chunks: [],
    leaves: [],
    sweep: false,
    repeat,
    budget,
    limit: 3600,
    outputs: "least",
    seed: 1,
    hmm: {
      tasks: hmm ? [task as HmmTask] : [],
      methods: hmm ? (methods as HmmMethod[]) : [],
      grids: hmm ? [{ K: [size], T, series: [series] }] : [],
    },
    recurrence: {
      systems: recurrence ? [model] : [],
      gain,
      methods: recurrence ? (methods as RecurrenceMethod[]) : [],
      grids: recurrence ? [sizes] : [],
    },
  };
}

/** The same options for fewer lengths. */
export function withLengths(options: BenchOptions, T: readonly number[]): BenchOptions {
  const { grids, hmm, recurrence } = options;
  const shorter = <G extends object>(all: readonly G[]) => all.map(grid => ({ ...grid, T }));
  return {
    ...options,
    grids: shorter(grids),
    hmm: { ...hmm, grids: shorter(hmm.grids) },
    recurrence: { ...recurrence, grids: shorter(recurrence.grids) },
  };
}

const TASK_NAMES: Readonly<Record<AnyTask, string>> = {
  filter: "filter",
  smoother: "smoother with its filter",
  decode: "most probable path",
  evaluate: "all states",
};

/** Model, task and sizes in words. */
export function choicesText({ model, task, size, gain, series }: Choices): string {
  const own = gain === undefined ? "" : `, gain ${gain}`;
  const dimension = isRecurrence(model)
    ? `n = ${size}${own}`
    : model === "hmm"
      ? `K = ${size}`
      : `n = ${size}, m = ${Math.max(1, Math.floor(size / 2))}`;
  return `${MODEL_NAMES[model]}, ${TASK_NAMES[task]}, ${dimension}, ${series} series`;
}
