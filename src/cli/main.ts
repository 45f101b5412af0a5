/** The statescan command: dispatch, interruption, exit codes. */

import { writeSync } from "node:fs";
import { nearestKey } from "../api/index.ts";
import { parseArguments } from "./arguments.ts";
import { COMMANDS } from "./command_table.ts";
import { evaluateCommand } from "./commands/evaluate.ts";
import { infer } from "./commands/infer.ts";
import { info } from "./commands/info.ts";
import { simulate } from "./commands/simulate.ts";
import { EXIT, errorText, exitCodeOf, UsageError } from "./exit_codes.ts";
import { commandHelp, generalHelp } from "./help.ts";
import { packageVersion } from "./places.ts";

/** Time to end in good order after a signal, before the process just ends. */
const GRACE_MS = 2000;

/**
 * Run the command; never rejects.
 * @param argv arguments after the program's name
 * @returns exit code
 */
export async function main(argv: readonly string[]): Promise<number> {
  const stop = new AbortController();
  const onSignal = () => {
    if (stop.signal.aborted) process.exit(EXIT.interrupted);
    stop.abort(new Error("interrupted"));
    setTimeout(() => process.exit(EXIT.interrupted), GRACE_MS).unref();
  };
  process.on("SIGINT", onSignal).on("SIGTERM", onSignal);
  // A reader that has seen enough, like head, is no error.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") process.exit(EXIT.done);
    writeSync(
      2,
      `statescan: standard output expected to take the result, got ${error.code ?? error.message}. Use --out.\n`,
    );
    process.exit(EXIT.input);
  });
  try {
    return await dispatch(argv, stop.signal);
  } catch (error) {
    if (stop.signal.aborted) {
      process.stderr.write("statescan: interrupted.\n");
      return EXIT.interrupted;
    }
    process.stderr.write(`${errorText(error)}\n`);
    return exitCodeOf(error);
  } finally {
    process.off("SIGINT", onSignal).off("SIGTERM", onSignal);
  }
}

async function dispatch(argv: readonly string[], signal: AbortSignal): Promise<number> {
  const { command, help, version, rest, options } = parseArguments(argv);
  if (version) return print(`${packageVersion()}\n`);
  if (command === "" || command === "help") return print(helpText(rest));
  if (help) return print(commandHelp(command));
  if (command === "info") return info(options, signal);
  if (command === "simulate") return simulate(options, signal);
  if (command === "evaluate" || command === "lyapunov") return evaluateCommand(command, options, signal);
  return infer(command as Parameters<typeof infer>[0], options, signal);
}

function helpText([topic]: readonly string[]): string {
  if (topic === undefined || topic === "help") return generalHelp();
  if (Object.hasOwn(COMMANDS, topic)) return commandHelp(topic);
  const near = nearestKey(topic, Object.keys(COMMANDS));
  throw new UsageError(
    `help: command expected ${Object.keys(COMMANDS).join(", ")}, got "${topic}".` +
      (near ? ` Did you mean "${near}"?` : " See statescan help."),
  );
}

function print(text: string): number {
  process.stdout.write(text);
  return EXIT.done;
}
