/** Numbers of the form: expressions of the parameters, worked out before the model is made. */

import {
  expressionFunction,
  type NestedNumbers,
  ParameterError,
  type SourcePlace,
} from "../../src/api/index.ts";
import { FieldError, type Piece, placeIn, placeOf, whole, wordsOf } from "./faults.ts";
import type { NamedPiece } from "./fields.ts";

export type ParameterValues = Readonly<Record<string, NestedNumbers>>;

/** The values of some expressions, which may use parameters and nothing else. */
export async function numbersOf(list: readonly Piece[], parameters: ParameterValues): Promise<number[]> {
  if (list.length === 0) return [];
  const made = await expressionFunction({
    call: "model",
    source: list[0]!.field,
    expressions: list.map(({ text }) => text),
    stateDim: 1,
    parameters,
  }).catch(error => {
    throw inField(error, list);
  });
  const out = new Float64Array(made.outputDim);
  // There is no state and no time yet: what uses them is no number.
  made.float64.value(out, [Number.NaN], [], Number.NaN, made.parameters);
  const bad = out.findIndex(value => !Number.isFinite(value));
  if (bad >= 0) {
    const piece = list[Math.min(bad, list.length - 1)]!;
    throw new FieldError(
      `A finite number without states and time expected, got ${piece.text}.`,
      placeOf(piece),
    );
  }
  return [...out];
}

/** An error of expressions[i] at the place of the i-th piece. */
function inField(error: unknown, list: readonly Piece[]): unknown {
  if (!(error instanceof ParameterError)) return error;
  const { place } = error as { place?: SourcePlace };
  const words = wordsOf(error.message);
  // A parameter that cannot have its name has a line of its own.
  if (!place && /^\w+: (\w+\.)?parameters\./.test(error.message)) return error;
  if (!place) return new FieldError(words, placeOf(list[0]!));
  const at = Number(/\[(\d+)\]$/.exec(place.source)?.[1] ?? 0);
  return new FieldError(words, placeIn(list[at]!, place));
}

/** Parameters in their order: numbers that may use those before them, vectors [a, b], matrices [a, b; c, d]. */
export async function parametersOf(list: readonly NamedPiece[]): Promise<ParameterValues> {
  const known: Record<string, NestedNumbers> = {};
  for (const piece of list) {
    const inner = /^\[(.*)\]$/.exec(piece.text)?.[1];
    if (inner === undefined) {
      const [value] = await numbersOf([piece], known);
      known[piece.name] = value!;
      continue;
    }
    const rows: number[][] = [];
    let offset = 1;
    for (const row of inner.split(";")) {
      const entries = row.split(",").map(text => {
        const said = text.trim();
        const column = piece.column + offset + text.indexOf(said);
        offset += text.length + 1;
        return { ...piece, text: said, column };
      });
      const empty = entries.find(({ text }) => text === "");
      if (empty) throw new FieldError("A number expected, got none.", placeOf(empty));
      rows.push(await numbersOf(entries, known));
    }
    known[piece.name] = rows.length === 1 ? rows[0]! : rows;
  }
  return known;
}

/**
 * A covariance matrix: one line of standard deviations, or a line for each row.
 * @param size of the matrix, where it is known
 */
export async function covarianceOf(
  field: string,
  rows: readonly (readonly Piece[])[],
  parameters: ParameterValues,
  size?: number,
): Promise<number[][]> {
  const values = await Promise.all(rows.map(row => numbersOf(row, parameters)));
  const count = values.length;
  const wanted = size ?? values[0]?.length ?? 1;
  const square = count === wanted && values.every(row => row.length === wanted);
  if (count === 1 && values[0]!.length === wanted) {
    const negative = values[0]!.findIndex(sd => sd < 0);
    if (negative >= 0) {
      const piece = rows[0]![Math.min(negative, rows[0]!.length - 1)]!;
      throw new FieldError(`A standard deviation ≥ 0 expected, got ${values[0]![negative]}.`, placeOf(piece));
    }
    return values[0]!.map((sd, i) => values[0]!.map((_, j) => (i === j ? sd * sd : 0)));
  }
  if (square) return values;
  const got =
    count === 0
      ? "nothing"
      : `${count} line${count === 1 ? "" : "s"} of ${values.map(row => row.length).join(", ")}`;
  const words = `${wanted} standard deviation${wanted === 1 ? "" : "s"} on one line`;
  const matrix = wanted > 1 ? `, or the ${wanted} rows of a covariance matrix` : "";
  throw new FieldError(`${words}${matrix} expected, got ${got}.`, whole(field));
}
