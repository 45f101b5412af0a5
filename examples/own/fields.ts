/** The texts of the form, cut into the pieces that the library takes, each with its place. */

import { FieldError, type Piece, placeOf } from "./faults.ts";

/** Names before an equals sign: intermediate values, parameters. */
const NAMED = /^(\s*)([\p{L}_][\p{L}\p{N}_]*)\s*=(?!=)\s*/u;

export interface NamedPiece extends Piece {
  readonly name: string;
}

/** Lines that say something, without blanks around and without comments of whole lines. */
function pieces(field: string, text: string): Piece[] {
  return text.split("\n").flatMap((line, i) => {
    const said = line.trim();
    if (said === "" || said.startsWith("#")) return [];
    return [{ field, text: said, line: i + 1, column: line.indexOf(said) + 1 }];
  });
}

/** Lines of expressions: `name = …` is an intermediate value, every other line an entry. */
export function readExpressions(field: string, text: string) {
  const entries: Piece[] = [];
  const where: NamedPiece[] = [];
  for (const piece of pieces(field, text)) {
    const named = asNamed(piece);
    if (named) where.push(named);
    else entries.push(piece);
  }
  refuseTwice(where);
  return { entries, where };
}

/** Lines of `name = …` alone. */
export function readNamed(field: string, text: string): NamedPiece[] {
  const all = pieces(field, text).map(piece => {
    const named = asNamed(piece);
    if (named) return named;
    throw new FieldError(`A line "name = value" expected, got "${piece.text}".`, placeOf(piece));
  });
  refuseTwice(all);
  return all;
}

/** Lines of entries with commas between: numbers as expressions. A comma in brackets separates nothing. */
export function readRows(field: string, text: string): Piece[][] {
  return pieces(field, text).map(piece => {
    const row: Piece[] = [];
    let depth = 0;
    let start = 0;
    const end = (at: number): void => {
      const part = piece.text.slice(start, at);
      const said = part.trim();
      const column = piece.column + start + (said === "" ? 0 : part.indexOf(said));
      if (said === "")
        throw new FieldError("A number expected between the commas, got none.", {
          ...placeOf(piece),
          column,
          length: 1,
        });
      row.push({ ...piece, text: said, column });
      start = at + 1;
    };
    for (let at = 0; at < piece.text.length; at++) {
      const sign = piece.text[at]!;
      if ("([".includes(sign)) depth++;
      else if (")]".includes(sign)) depth--;
      else if (sign === "," && depth === 0) end(at);
    }
    end(piece.text.length);
    return row;
  });
}

function asNamed(piece: Piece): NamedPiece | undefined {
  const found = NAMED.exec(piece.text);
  if (!found) return undefined;
  if (found[2] === "__proto__") throw new FieldError("Another name expected.", placeOf(piece));
  const text = piece.text.slice(found[0].length);
  if (text === "") throw new FieldError(`A value of ${found[2]} expected, got none.`, placeOf(piece));
  return { ...piece, name: found[2]!, text, column: piece.column + found[0].length };
}

function refuseTwice(named: readonly NamedPiece[]): void {
  const known = new Set<string>();
  for (const piece of named) {
    if (known.has(piece.name))
      throw new FieldError(`Names that differ expected, got "${piece.name}" twice.`, placeOf(piece));
    known.add(piece.name);
  }
}
