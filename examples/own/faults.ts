/** What is wrong with a model as it was typed, and where: a field, and a place in its text. */

export interface FieldPlace {
  /** Name of the field in the form. */
  readonly field: string;
  /** From 1; 0: the field as a whole. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
  readonly length: number;
}

export class FieldError extends Error {
  override name = "FieldError";
  readonly place: FieldPlace;
  constructor(message: string, place: FieldPlace) {
    super(message);
    this.place = place;
  }
}

/** A part of a field's text, and where it begins there. */
export interface Piece {
  readonly field: string;
  readonly text: string;
  readonly line: number;
  readonly column: number;
}

export const placeOf = ({ field, text, line, column }: Piece): FieldPlace => ({
  field,
  line,
  column,
  length: Math.max(1, text.split("\n")[0]!.length),
});

export const whole = (field: string): FieldPlace => ({ field, line: 0, column: 1, length: 1 });

/** What the library says of its own text (lines and columns from 1), as a place in the field. */
export const placeIn = (
  { field, line, column }: Pick<Piece, "field" | "line" | "column">,
  own: { readonly line: number; readonly column: number; readonly length: number },
): FieldPlace => ({
  field,
  line: line + own.line - 1,
  column: own.line === 1 ? column + own.column - 1 : own.column,
  length: own.length,
});

/** "call: argument expected …" without what the form says itself: call, argument, line and column, the line with its carets. */
export const wordsOf = (message: string): string =>
  message
    .split("\n")[0]!
    .replace(/^\w+: \S+ expected /, "expected ")
    .replace(/ at (line \d+, )?column \d+(?=[.,] )/, "");
