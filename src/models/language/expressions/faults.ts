/** Faults of the language as errors of a call, with their place. */
import { ParameterError } from "../../../engine/index.ts";
import { say } from "../../say.ts";
import type { SourcePlace } from "../vector_function.ts";
import { LanguageFault, type Span } from "./tree.ts";

/** Where a span is in a text; lines and columns from 1. */
export function placeOf(source: string, text: string, { start, end }: Span): SourcePlace {
  const before = text.slice(0, start).split("\n");
  const line = before.length;
  const column = before.at(-1)!.length + 1;
  const rest = text.split("\n")[line - 1].length - column + 1;
  return { source, line, column, length: Math.max(1, Math.min(end - start, rest)) };
}

/** Characters shown of a line, and how many of them before the place. */
const SHOWN = 160;
const BEFORE = 40;

/** A line of the text, with carets under the place; of a long line what is around it. */
export function showPlace(text: string, { line, column, length }: SourcePlace): string {
  const whole = text.split(/\r?\n/)[line - 1];
  const from = whole.length > SHOWN ? Math.max(0, column - 1 - BEFORE) : 0;
  const [head, tail] = [from > 0 ? "…" : "", whole.length > from + SHOWN ? "…" : ""];
  const shown = whole.slice(from, from + SHOWN);
  const indent = head + shown.slice(0, column - 1 - from);
  const carets = "^".repeat(Math.min(length, from + SHOWN - (column - 1)));
  return `\n  ${head}${shown}${tail}\n  ${indent.replace(/[^\t]/g, " ")}${carets}`;
}

/** Browsers have their own errors for functions that call themselves too often. */
const isTooDeep = (error: unknown): boolean =>
  error instanceof RangeError || (error as Error | undefined)?.name === "InternalError";

/**
 * What work gives; a LanguageFault of it becomes a ParameterError whose text ends with the line and whose `place` is a SourcePlace.
 * @param source which expression: "dynamics.expressions[1]"
 */
export function placed<T>(call: string, source: string, text: string, work: () => T): T {
  try {
    return work();
  } catch (fault) {
    if (isTooDeep(fault)) {
      const fix = "Give parts of it a name.";
      throw new ParameterError(
        say(call, source, "an expression that can be read", "brackets inside brackets, too deep", fix),
        { cause: fault },
      );
    }
    if (!(fault instanceof LanguageFault)) throw fault;
    const { expected, got, fix, span } = fault;
    if (span === undefined) throw new ParameterError(say(call, source, expected, got, fix), { cause: fault });
    const place = placeOf(source, text, span);
    const where = text.includes("\n")
      ? `line ${place.line}, column ${place.column}`
      : `column ${place.column}`;
    const message = say(call, source, expected, `${got} at ${where}`, fix) + showPlace(text, place);
    throw Object.assign(new ParameterError(message, { cause: fault }), { place });
  }
}
