/** Errors at a place of the user's text: what was expected, what is there, what to do, and the line with a caret. */
import { ParameterError } from "../../../engine/index.ts";
import { say } from "../../say.ts";
import type { SourcePlace } from "../vector_function.ts";

/** A ParameterError of a place. */
export class SourceError extends ParameterError {
  readonly place: SourcePlace;
  constructor(message: string, place: SourcePlace) {
    super(message);
    this.place = place;
  }
}

/** Two lines: the line of the text, and a caret under the place. */
export function excerpt(code: string, place: SourcePlace): string {
  const line = code.split(/\r?\n/)[place.line - 1] ?? "";
  const number = `${place.line}`;
  const marks = "^".repeat(Math.max(1, Math.min(place.length, line.length - place.column + 1)));
  const before = line.slice(0, place.column - 1).replace(/[^\t]/g, " ");
  return `${number} | ${line}\n${" ".repeat(number.length)} | ${before}${marks}`;
}

/** A text of the user and the offsets in it. */
export class SourceText {
  readonly call: string;
  readonly source: string;
  readonly code: string;
  constructor(call: string, source: string, code: string) {
    this.call = call;
    this.source = source;
    this.code = code;
  }

  place(start: number, end: number): SourcePlace {
    const before = this.code.slice(0, Math.max(0, start));
    const line = before.split("\n").length;
    const column = before.length - before.lastIndexOf("\n");
    return { source: this.source, line, column, length: Math.max(1, end - start) };
  }

  /** An error at the characters from start to end. */
  refuse(start: number, end: number, expected: string, got: string, fix: string): SourceError {
    const place = this.place(start, end);
    const where = `${place.source}:${place.line}:${place.column}`;
    const text = say(this.call, where, expected, got, fix);
    return new SourceError(`${text}\n${excerpt(this.code, place)}`, place);
  }
}
