/** Errors at a place of the user's WGSL: what was expected, what is there, what to do, and the line with carets. */
import { ParameterError } from "../../../engine/index.ts";
import { say } from "../../say.ts";
import { placeOf, showPlace } from "../expressions/faults.ts";
import type { SourcePlace } from "../vector_function.ts";

/** A ParameterError of a place. */
export type SourceError = ParameterError & { readonly place: SourcePlace };

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

  /** An error at the characters from start to end. */
  refuse(start: number, end: number, expected: string, got: string, fix: string): SourceError {
    const place = placeOf(this.source, this.code, { start: Math.max(0, start), end });
    const where = `${place.source}:${place.line}:${place.column}`;
    const message = say(this.call, where, expected, got, fix) + showPlace(this.code, place);
    return Object.assign(new ParameterError(message), { place });
  }
}
