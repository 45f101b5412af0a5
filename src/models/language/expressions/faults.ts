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

/** A line of the text, with carets under the place. */
export function showPlace(text: string, { line, column, length }: SourcePlace): string {
  const shown = text.split("\n")[line - 1];
  const indent = shown.slice(0, column - 1).replace(/[^\t]/g, " ");
  return `\n  ${shown}\n  ${indent}${"^".repeat(length)}`;
}

/**
 * What work gives; a LanguageFault of it becomes a ParameterError whose text ends with the line and whose `place` is a SourcePlace.
 * @param source which expression: "dynamics.expressions[1]"
 */
export function placed<T>(call: string, source: string, text: string, work: () => T): T {
  try {
    return work();
  } catch (fault) {
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
