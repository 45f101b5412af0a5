/** "statescan/bench@1": whether a value read from JSON is a result of the bench, from the command or from the page. */

import { HMM_METHODS, METHODS, RECURRENCE_METHODS } from "./cell.ts";
import { HMM_TASKS } from "./options.ts";
import { RECURRENCES } from "./recurrence_problems.ts";
import type { BenchResult } from "./report.ts";

export const FORMAT = "statescan/bench@1";

/** Says what is wrong with a value, nothing when it is right. */
type Rule = (value: unknown, path: string) => string[];

const wrong = (path: string, expected: string, got: unknown): string[] => [
  `${path} expected ${expected}, got ${JSON.stringify(got) ?? String(got)}`,
];
const rule =
  (expected: string, holds: (value: unknown) => boolean): Rule =>
  (value, path) =>
    holds(value) ? [] : wrong(path, expected, value);

const text = rule("text", value => typeof value === "string");
const flag = rule("true or false", value => typeof value === "boolean");
const amount = rule("a number from 0", value => typeof value === "number" && value >= 0);
const count = rule("a whole number from 0", value => Number.isSafeInteger(value) && (value as number) >= 0);
const size = rule("a whole number from 1", value => Number.isSafeInteger(value) && (value as number) >= 1);
const oneOf = (...choices: readonly unknown[]): Rule =>
  rule(`one of ${choices.join(", ")}`, value => choices.includes(value));
const date = rule("a date", value => typeof value === "string" && !Number.isNaN(Date.parse(value)));

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const listOf =
  (item: Rule): Rule =>
  (value, path) =>
    Array.isArray(value)
      ? value.flatMap((entry, i) => item(entry, `${path}[${i}]`))
      : wrong(path, "a list", value);

const mapOf =
  (item: Rule): Rule =>
  (value, path) =>
    isObject(value)
      ? Object.entries(value).flatMap(([key, entry]) => item(entry, `${path}.${key}`))
      : wrong(path, "an object", value);

/** Keys that end in "?" may be absent; others than these there may not be. */
const object =
  (rules: Readonly<Record<string, Rule>>): Rule =>
  (value, path) => {
    if (!isObject(value)) return wrong(path, "an object", value);
    const known = new Set(Object.keys(rules).map(key => key.replace(/\?$/, "")));
    const strange = Object.keys(value).filter(key => !known.has(key));
    return [
      ...strange.map(key => `${path}.${key} is not part of ${FORMAT}`),
      ...Object.entries(rules).flatMap(([key, check]) => {
        const name = key.replace(/\?$/, "");
        if (value[name] === undefined && key.endsWith("?")) return [];
        return check(value[name], `${path}.${name}`);
      }),
    ];
  };

const adapter = object({
  name: text,
  vendor: text,
  architecture: text,
  device: text,
  description: text,
  software: flag,
});

const machine = object({
  adapter,
  timestamps: flag,
  driver: oneOf("chrome", "dawn", "page"),
  "clockStep?": amount,
  versions: mapOf(text),
  host: object({ platform: text, cpu: text, cores: count }),
});

const lists = (name: string): Rule =>
  listOf(object({ [name]: listOf(size), T: listOf(size), series: listOf(size) }));

const options = object({
  driver: oneOf("chrome", "dawn", "page"),
  gpu: oneOf("auto", "hardware", "software"),
  "adapter?": text,
  tasks: listOf(oneOf("filter", "smoother")),
  methods: listOf(oneOf(...METHODS)),
  grids: lists("n"),
  chunks: listOf(size),
  leaves: listOf(size),
  sweep: flag,
  repeat: size,
  budget: amount,
  limit: amount,
  outputs: oneOf("least", "all"),
  seed: size,
  "json?": text,
  "table?": text,
  // Runs older than hidden Markov models have none.
  "hmm?": object({
    tasks: listOf(oneOf(...HMM_TASKS)),
    methods: listOf(oneOf(...HMM_METHODS)),
    grids: lists("K"),
  }),
  // Runs older than recurrences have none.
  "recurrence?": object({
    systems: listOf(oneOf(...RECURRENCES)),
    gain: amount,
    methods: listOf(oneOf(...RECURRENCE_METHODS)),
    grids: lists("n"),
  }),
});

const summary = object({ count: size, min: amount, median: amount, q1: amount, q3: amount });

const check: Rule = (value, path) =>
  value === "reference"
    ? []
    : object({
        "means?": amount,
        "covariances?": amount,
        "logLikelihood?": amount,
        "probs?": amount,
        "path?": amount,
        "states?": amount,
        passed: flag,
      })(value, path);

const work = object({
  plan: text,
  chunk: count,
  leaves: count,
  blocks: size,
  dispatches: size,
  uploadBytes: count,
  readbackBytes: count,
  touchedBytes: amount,
  flops: amount,
  "leastBytes?": amount,
});

const cell = object({
  "model?": oneOf("hmm", "recurrence"),
  "K?": size,
  "system?": oneOf(...RECURRENCES),
  "gain?": amount,
  "updates?": count,
  "plan?": text,
  n: size,
  m: size,
  T: size,
  series: size,
  task: oneOf(...HMM_TASKS, "evaluate"),
  method: oneOf(...METHODS),
  outcome: oneOf("timed", "skipped", "check failed", "error"),
  "asked?": object({ "chunk?": size, "leaves?": size }),
  "note?": text,
  "check?": check,
  "phases?": mapOf(summary),
  "runsPerSample?": size,
  "hidden?": oneOf(true),
  "computeFrom?": oneOf("timestamps", "execute minus upload", "host clock"),
  "msEach?": amount,
  "first?": amount,
  "work?": work,
  "perKernel?": listOf(object({ kernel: text, dispatches: size, ms: amount })),
  "gigabytesPerSecond?": amount,
  "gigaflopsPerSecond?": amount,
});

const result = object({ format: oneOf(FORMAT), date, machine, options, cells: listOf(cell) });

/** What keeps a value read from JSON from being a BenchResult, a line each; none: it is one. */
export const resultFaults = (value: unknown): string[] => result(value, "result");

export const isBenchResult = (value: unknown): value is BenchResult => resultFaults(value).length === 0;
