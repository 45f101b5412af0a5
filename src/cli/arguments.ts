/** The command line as data: one table of options serves parsing, checking and help. */

import { parseArgs } from "node:util";
import { nearestKey } from "../api/index.ts";
import { UsageError } from "./exit_codes.ts";

interface Option {
  readonly type: "string" | "boolean";
  readonly short?: string;
  readonly multiple?: boolean;
  /** Allowed values; the first is the default. */
  readonly choices?: readonly string[];
  /** What stands for the value in help. */
  readonly value?: string;
  readonly help: string;
}

const HELP: Option = { type: "boolean", short: "h", help: "show this help" };
const GPU: Option = {
  type: "string",
  choices: ["auto", "hardware", "software"],
  help: "which WebGPU adapter: hardware refuses a software one, exit 3",
};

const MODEL: Option = { type: "string", short: "m", value: "F.json", help: "model document" };
const OUT: Option = {
  type: "string",
  short: "o",
  value: "F",
  help: "result file; default JSON on standard output",
};
const FIELDS: Option = { type: "string", value: "a,b", help: "result fields to write; default all" };
const SEED: Option = {
  type: "string",
  value: "K",
  help: "whole number; the same seed gives the same draws; default 0",
};

const LEVEL: Option = {
  type: "string",
  value: "P",
  help: "probability between lower and upper; default 0.95",
};

/** Options of the commands that run on data; `own` are of one command alone. */
const onData = (
  own: Readonly<Record<string, Option>>,
  covariances: Readonly<Record<string, Option>> = {},
): Readonly<Record<string, Option>> => ({
  model: MODEL,
  data: {
    type: "string",
    short: "d",
    multiple: true,
    value: "F",
    help: "observations; again for more series",
  },
  inputs: { type: "string", multiple: true, value: "F", help: "inputs u_t, a file for every data file" },
  columns: { type: "string", value: "a,b", help: "columns of the data to use, by name or number from 0" },
  series: { type: "string", value: "COLUMN", help: "column that names the series a row belongs to" },
  ...own,
  out: OUT,
  fields: FIELDS,
  backend: {
    type: "string",
    choices: ["auto", "webgpu", "cpu"],
    help: "webgpu: headless Chrome; auto takes it for large work on a hardware GPU",
  },
  gpu: GPU,
  method: { type: "string", choices: ["auto", "parallel", "sequential"], help: "how time is handled" },
  refine: {
    type: "string",
    choices: ["auto", "always", "never"],
    help: "float32 runs around a nominal trajectory; the CPU code needs none",
  },
  ...covariances,
  progress: {
    type: "string",
    choices: ["auto", "json", "none"],
    help: "auto: a bar on a terminal; json: one object a line on standard error",
  },
  help: HELP,
});

const COVARIANCES: Readonly<Record<string, Option>> = {
  covariances: {
    type: "string",
    choices: ["full", "diag", "none"],
    help: "covariance matrices, their diagonals (as ...Variances), or neither",
  },
};

const LIKELIHOOD: Readonly<Record<string, Option>> = {
  likelihood: {
    type: "string",
    choices: ["exact", "diffuseOmitted", "burn"],
    help: "how a diffuse start is counted",
  },
  "burn-in": {
    type: "string",
    value: "STEPS",
    help: "steps that burn leaves out; default the diffuse ones",
  },
};

/** Options of every command. */
export const COMMANDS: Readonly<Record<string, Readonly<Record<string, Option>>>> = {
  filter: onData({}, { ...COVARIANCES, ...LIKELIHOOD }),
  smooth: onData({}, { ...COVARIANCES, ...LIKELIHOOD }),
  loglik: onData({}, { ...COVARIANCES, ...LIKELIHOOD }),
  forecast: onData(
    {
      steps: { type: "string", value: "H", help: "number of steps after the data" },
      level: LEVEL,
      "future-inputs": { type: "string", value: "F", help: "inputs of the steps ahead" },
      scenario: {
        type: "string",
        multiple: true,
        value: "NAME=F",
        help: "what if: other inputs of the steps ahead; again for more scenarios",
      },
    },
    COVARIANCES,
  ),
  sample: onData({
    samples: { type: "string", value: "S", help: "number of draws; default 1" },
    seed: SEED,
  }),
  decompose: onData({
    level: LEVEL,
    states: {
      type: "string",
      choices: ["smoothed", "filtered"],
      help: "given all observations, or those up to each step",
    },
  }),
  simulate: {
    model: MODEL,
    steps: { type: "string", value: "T", help: "number of steps; default that of time-varying parameters" },
    samples: { type: "string", value: "S", help: "number of draws, along an axis of their own" },
    seed: SEED,
    inputs: { type: "string", value: "F", help: "inputs u_t" },
    series: { type: "string", value: "COLUMN", help: "column of the inputs that names the series of a row" },
    "initial-state": {
      type: "string",
      value: "a,b",
      help: "z_0, in place of a draw; needed for diffuse starts",
    },
    out: OUT,
    fields: FIELDS,
    help: HELP,
  },
  info: {
    gpu: GPU,
    json: { type: "boolean", help: "print JSON" },
    help: HELP,
  },
  help: {},
};

/** Options after parsing: choices have their defaults. */
export interface Arguments {
  readonly command: string;
  readonly help: boolean;
  readonly version: boolean;
  /** What follows the command; only `help` takes one. */
  readonly rest: readonly string[];
  readonly options: Readonly<Record<string, string | boolean | string[] | undefined>>;
}

/**
 * @param argv arguments after the program's name
 * @throws UsageError
 */
export function parseArguments(argv: readonly string[]): Arguments {
  const [command, ...rest] = argv;
  const none = { rest: [], options: {}, help: false, version: false };
  if (command === "--version" || command === "-V") return { ...none, command: "", version: true };
  if (command === "--help" || command === "-h") return { ...none, command: "", help: true };
  if (command === undefined) {
    throw new UsageError(`statescan: command expected ${list(Object.keys(COMMANDS))}, got none. ${SEE_HELP}`);
  }
  if (!Object.hasOwn(COMMANDS, command)) {
    throw new UsageError(
      `statescan: command expected ${list(Object.keys(COMMANDS))}, got "${command}". ` +
        suggestion(command, Object.keys(COMMANDS), ""),
    );
  }
  if (command === "help") return { ...none, command, rest };
  return { ...none, command, ...parseOptions(command, rest) };
}

function parseOptions(command: string, argv: readonly string[]): Pick<Arguments, "options" | "help"> {
  const table = COMMANDS[command];
  const { values, tokens } = parseArgs({
    args: [...argv],
    options: Object.fromEntries(
      Object.entries(table).map(([name, { type, short, multiple }]) => [
        name,
        { type, ...(short ? { short } : {}), multiple: multiple ?? false },
      ]),
    ),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const seen = new Set<string>();
  for (const token of tokens) {
    if (token.kind === "positional") {
      throw new UsageError(
        `${command}: arguments expected options only, got "${token.value}". Give files with --data and --model.`,
      );
    }
    if (token.kind !== "option") continue;
    const option = table[token.name];
    if (!option) {
      const known = Object.keys(table).map(name => `--${name}`);
      throw new UsageError(
        `${command}: option expected one of its options, got "${token.rawName}". ` +
          suggestion(token.rawName, known, command),
      );
    }
    // An option right after an option is a forgotten value; "-" alone is standard input.
    const swallowed = !token.inlineValue && /^-./.test(token.value ?? "");
    if (option.type === "string" && (!token.value || swallowed)) {
      throw new UsageError(
        `${command}: ${token.rawName} expected ${valueName(option)}, got nothing. ${SEE_HELP}`,
      );
    }
    if (option.type === "boolean" && token.value !== undefined) {
      throw new UsageError(
        `${command}: ${token.rawName} expected no value, got "${token.value}". Leave it out.`,
      );
    }
    if (option.choices && !option.choices.includes(token.value ?? "")) {
      throw new UsageError(
        `${command}: ${token.rawName} expected ${list(option.choices)}, got "${token.value}". ` +
          suggestion(token.value ?? "", option.choices, command),
      );
    }
    if (seen.has(token.name) && !option.multiple) {
      throw new UsageError(`${command}: ${token.rawName} expected once, got it twice. Keep one.`);
    }
    seen.add(token.name);
  }
  const options: Record<string, string | boolean | string[] | undefined> = { ...values } as never;
  for (const [name, { choices }] of Object.entries(table)) {
    if (choices) options[name] ??= choices[0];
  }
  return { options, help: options.help === true };
}

/** What a value may be, in words. */
export function valueName(option: Option): string {
  return option.choices ? option.choices.join("|") : (option.value ?? "");
}

const SEE_HELP = "See statescan help.";

function suggestion(word: string, known: readonly string[], command: string): string {
  const near = nearestKey(word, known);
  return near ? `Did you mean "${near}"?` : `See statescan help${command ? ` ${command}` : ""}.`;
}

function list(words: readonly string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} or ${words[words.length - 1]}`;
}
