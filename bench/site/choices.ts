/** What the form says, as numbers and as options of the bench. */

import type { HmmMethod, HmmTask, Method, Task } from "../cell.ts";
import type { BenchOptions } from "../options.ts";

/** Version of links; one from another version is not guessed at. */
export const LINK_VERSION = 1;

export type ModelName = "time-invariant" | "square-root" | "hmm";
/** A line of the form: square root has two CPU baselines. */
export type Kind = "parallel" | "sequential" | "cpu";
export const KINDS: readonly Kind[] = ["parallel", "sequential", "cpu"];

export const MODEL_NAMES: Readonly<Record<ModelName, string>> = {
  "time-invariant": "linear-Gaussian, time-invariant",
  "square-root": "linear-Gaussian, square root",
  hmm: "hidden Markov model",
};

export const METHODS_OF: Readonly<Record<ModelName, Readonly<Record<Kind, readonly Method[]>>>> = {
  "time-invariant": {
    parallel: ["time-invariant"],
    sequential: ["time-invariant-sequential"],
    cpu: ["cpu-time-invariant"],
  },
  "square-root": { parallel: ["parallel"], sequential: ["sequential"], cpu: ["cpu", "cpu-every-step"] },
  hmm: { parallel: ["parallel"], sequential: ["sequential"], cpu: ["cpu"] },
};

export interface Choices {
  readonly model: ModelName;
  readonly task: HmmTask;
  /** n, or K of a hidden Markov model. */
  readonly size: number;
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
    task: values.task as HmmTask,
    size: model === "hmm" ? whole("States K", values.K, 2, 64) : whole("State dimension n", values.n, 1, 32),
    T: lengths(values.T ?? ""),
    series: whole("Series", values.series, 1, 100_000),
    kinds,
    repeat: whole("Repetitions", values.repeat, 1, 99),
    budget: whole("Seconds for a cell", values.budget, 1, 600),
  };
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
  const { model, task, size, T, series, kinds, repeat, budget } = choices;
  const methods = kinds.flatMap(kind => METHODS_OF[model][kind]);
  const hmm = model === "hmm";
  return {
    driver: "page",
    gpu: "auto",
    tasks: hmm ? [] : [task as Task],
    methods: hmm ? [] : methods,
    grids: hmm ? [] : [{ n: [size], T, series: [series] }],
    chunks: [],
    leaves: [],
    sweep: false,
    repeat,
    budget,
    limit: 3600,
    outputs: "least",
    seed: 1,
    hmm: {
      tasks: hmm ? [task] : [],
      methods: hmm ? (methods as HmmMethod[]) : [],
      grids: hmm ? [{ K: [size], T, series: [series] }] : [],
    },
  };
}

/** The same options for fewer lengths. */
export function withLengths(options: BenchOptions, T: readonly number[]): BenchOptions {
  const { grids, hmm } = options;
  return {
    ...options,
    grids: grids.map(grid => ({ ...grid, T })),
    hmm: { ...hmm, grids: hmm.grids.map(grid => ({ ...grid, T })) },
  };
}

const TASK_NAMES: Readonly<Record<HmmTask, string>> = {
  filter: "filter",
  smoother: "smoother with its filter",
  decode: "most probable path",
};

/** Model, task and sizes in words. */
export function choicesText({ model, task, size, series }: Choices): string {
  const dimension = model === "hmm" ? `K = ${size}` : `n = ${size}, m = ${Math.max(1, Math.floor(size / 2))}`;
  return `${MODEL_NAMES[model]}, ${TASK_NAMES[task]}, ${dimension}, ${series} series`;
}
