/** Numbers, vectors and matrices whose entries are nodes of a graph. */
import type { Graph, Id } from "../graph/graph.ts";
import type { OperationName } from "../graph/operations.ts";
import { LanguageFault, type Span } from "./tree.ts";

export interface Value {
  /** [] a number or a truth value, [n] a vector, [r, c] a matrix */
  readonly shape: readonly number[];
  /** Row-major. */
  readonly entries: readonly Id[];
  /** A comparison, not a number. */
  readonly truth: boolean;
}

export const scalar = (entry: Id): Value => ({ shape: [], entries: [entry], truth: false });
export const truth = (entry: Id): Value => ({ shape: [], entries: [entry], truth: true });
export const array = (shape: readonly number[], entries: readonly Id[]): Value => ({
  shape,
  entries,
  truth: false,
});

export const isScalar = ({ shape }: Value): boolean => shape.length === 0;

/** "a vector of 3" */
export function describe({ shape, truth }: Value): string {
  if (truth) return "a comparison";
  if (shape.length === 0) return "a number";
  return shape.length === 1 ? `a vector of ${shape[0]}` : `a ${shape[0]} × ${shape[1]} matrix`;
}

/** The numbers of an operation entry by entry; numbers stand for every entry. */
export function elementwise(
  g: Graph,
  op: OperationName,
  args: readonly Value[],
  sign: string,
  span?: Span,
): Value {
  const shape = commonShape(args, sign, span);
  const length = shape.reduce((a, b) => a * b, 1);
  const entries = Array.from({ length }, (_, i) =>
    g.apply(op, ...args.map(({ entries }) => entries[entries.length === 1 ? 0 : i])),
  );
  return array(shape, entries);
}

/** The shape of those that are not numbers, which must be one. */
export function commonShape(args: readonly Value[], sign: string, span?: Span): readonly number[] {
  const [first, ...rest] = args.filter(arg => !isScalar(arg));
  if (first === undefined) return [];
  for (const other of rest) {
    if (other.shape.join() === first.shape.join()) continue;
    const got = `${describe(first)} ${sign} ${describe(other)}`;
    throw new LanguageFault("shapes that agree", got, "Give both the same shape.", span);
  }
  return first.shape;
}

/** The sum of some nodes, from left to right. */
export const sumOf = (g: Graph, ids: readonly Id[]): Id =>
  ids.length === 0 ? g.constant(0) : ids.reduce((sum, id) => g.apply("add", sum, id));

/** a b of matrices and vectors; of two vectors their scalar product, as in mathjs. */
export function product(g: Graph, a: Value, b: Value, span?: Span): Value {
  if (isScalar(a) || isScalar(b)) return elementwise(g, "mul", [a, b], "*", span);
  const [rows, inner] = a.shape.length === 1 ? [1, a.shape[0]] : a.shape;
  const [depth, columns] = b.shape.length === 1 ? [b.shape[0], 1] : b.shape;
  if (inner !== depth) {
    const got = `${describe(a)} * ${describe(b)}`;
    const fix = a.shape.join() === b.shape.join() ? "For entry by entry write .* instead." : "Check both.";
    throw new LanguageFault("columns of the first equal to rows of the second", got, fix, span);
  }
  const entries: Id[] = [];
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < columns; j++) {
      const terms = Array.from({ length: inner }, (_, k) =>
        g.apply("mul", a.entries[i * inner + k], b.entries[k * columns + j]),
      );
      entries.push(sumOf(g, terms));
    }
  const shape = [...(a.shape.length === 2 ? [rows] : []), ...(b.shape.length === 2 ? [columns] : [])];
  return array(shape, entries);
}

/** Rows become columns; a vector stays as it is, as in mathjs. */
export function transpose(a: Value): Value {
  if (a.shape.length < 2) return a;
  const [rows, columns] = a.shape;
  const entries = a.entries.map((_, at) => a.entries[(at % rows) * columns + Math.floor(at / rows)]);
  return array([columns, rows], entries);
}

/** A list of numbers is a vector, a list of vectors of one length a matrix. */
export function listOf(items: readonly Value[], span?: Span): Value {
  const [first] = items;
  if (first === undefined)
    throw new LanguageFault("entries between [ and ]", "none", "Write [a, b] or [a, b; c, d].", span);
  const odd = items.find(item => item.truth || item.shape.join() !== first.shape.join());
  if (odd !== undefined || first.shape.length > 1) {
    const got =
      odd === undefined ? `a list of ${describe(first)}` : `${describe(first)} and ${describe(odd)}`;
    const fix = "Use concat(a, b) to put vectors behind each other.";
    throw new LanguageFault("numbers, or rows of one length, between [ and ]", got, fix, span);
  }
  return array(
    [items.length, ...first.shape],
    items.flatMap(({ entries }) => entries),
  );
}
