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

/** Characters of a line that are shown. */
const MOST_SHOWN = 120;

/** Two lines: the line of the text, and carets under the place. Of a long line the part around it. */
export function excerpt(code: string, { line, column, length }: SourcePlace): string {
  const whole = code.split(/\r?\n/)[line - 1] ?? "";
  const from = whole.length > MOST_SHOWN ? Math.max(0, column - MOST_SHOWN / 2) : 0;
  const shown = whole.slice(from, from + MOST_SHOWN);
  const before = shown.slice(0, column - 1 - from).replace(/[^\t]/g, " ");
  const marks = "^".repeat(Math.max(1, Math.min(length, shown.length - before.length)));
  return `${line} | ${shown}\n${" ".repeat(`${line}`.length)} | ${before}${marks}`;
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
