/** Parses the command line by the table of options. */

import { parseArgs } from "node:util";
import { nearestKey } from "../api/index.ts";
import { COMMANDS, type Option } from "./command_table.ts";
import { UsageError } from "./exit_codes.ts";

/** Options after parsing: choices have their defaults, but for those that stay unset. */
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
    if (!option) throw unknownOption(command, token.rawName, token.name);
    // An option right after an option is a forgotten value; "-" alone is standard input, and "-1" a number.
    const swallowed = !token.inlineValue && /^-(?!\.?\d)./.test(token.value ?? "");
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
  for (const [name, { choices, unset }] of Object.entries(table)) {
    if (choices && !unset) options[name] ??= choices[0];
  }
  return { options, help: options.help === true };
}

/** An option of other commands is said to be that; else the nearest one of this command is named. */
function unknownOption(command: string, rawName: string, name: string): UsageError {
  const others = Object.keys(COMMANDS).filter(other => Object.hasOwn(COMMANDS[other], name));
  if (others.length > 0 && rawName.startsWith("--")) {
    return new UsageError(
      `${command}: option expected one of its options, got "${rawName}", which ${command} does not take (${list(others, "and")} ${others.length > 1 ? "do" : "does"}). ` +
        `Leave it out, or see statescan help ${command}.`,
    );
  }
  const near = nearestKey(name, Object.keys(COMMANDS[command]));
  return new UsageError(
    `${command}: option expected one of its options, got "${rawName}". ` +
      (near ? `Did you mean "--${near}"?` : `See statescan help ${command}.`),
  );
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

function list(words: readonly string[], last = "or"): string {
  return words.length < 2
    ? words.join("")
    : `${words.slice(0, -1).join(", ")} ${last} ${words[words.length - 1]}`;
}
