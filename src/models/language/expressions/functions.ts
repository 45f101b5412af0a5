/** What the functions and operators of signatures.ts make of their arguments. */
import type { Graph, Id } from "../graph/graph.ts";
import type { OperationName } from "../graph/operations.ts";
import { power } from "../graph/simplify.ts";
import { LanguageFault, type Span } from "./tree.ts";
import {
  array,
  commonShape,
  describe,
  elementwise,
  isScalar,
  product,
  scalar,
  sumOf,
  transpose,
  truth,
  type Value,
} from "./values.ts";

type Meaning = (g: Graph, args: readonly Value[], span?: Span) => Value;

const same =
  (op: OperationName): Meaning =>
  (g, args, span) =>
    elementwise(g, op, args, op, span);
const pair =
  (op: OperationName, sign: string = op): Meaning =>
  (g, args, span) =>
    elementwise(g, op, args, sign, span);

/** Entry by entry, of nodes. */
const each =
  (make: (g: Graph, a: Id) => Id): Meaning =>
  (g, [a]) =>
    array(
      a.shape,
      a.entries.map(entry => make(g, entry)),
    );

const one = (g: Graph, a: Id): Id => g.apply("div", g.constant(1), a);

/** Comparisons and logic are of single numbers: what would a vector of truth values mean? */
const logic =
  (make: (g: Graph, a: Id, b: Id) => Id): Meaning =>
  (g, args, span) => {
    const odd = args.find(arg => arg.entries.length > 1);
    if (odd !== undefined)
      throw new LanguageFault("single numbers to compare", describe(odd), "Compare entries.", span);
    return truth(make(g, args[0].entries[0], args[1]?.entries[0]));
  };

/** Of several arguments entry by entry, of one vector all its entries. */
const folded =
  (op: "min" | "max" | "hypot"): Meaning =>
  (g, args, span) => {
    if (args.length === 1) return scalar(args[0].entries.reduce((a, b) => g.apply(op, a, b)));
    return args.reduce((a, b) => elementwise(g, op, [a, b], ",", span));
  };

const reduced =
  (make: (g: Graph, entries: readonly Id[]) => Id): Meaning =>
  (g, [a]) =>
    scalar(make(g, a.entries));

/** The number that a vector of one entry holds: x of a model with one state. */
const single = ({ entries }: Value): Value => scalar(entries[0]);

/** Refuses what is not a vector (1) or a matrix (2). */
function wantAxes(value: Value, axes: number, span?: Span): void {
  if (value.shape.length === axes) return;
  throw new LanguageFault(axes === 1 ? "a vector" : "a matrix", describe(value), "Check its shape.", span);
}

function dot(g: Graph, [a, b]: readonly Value[], span?: Span): Value {
  for (const value of [a, b]) wantAxes(value, 1, span);
  commonShape([a, b], "·", span);
  return product(g, a, b, span);
}

function cross(g: Graph, [a, b]: readonly Value[], span?: Span): Value {
  for (const value of [a, b])
    if (value.shape.join() !== "3")
      throw new LanguageFault("vectors of 3", describe(value), "The cross product has three entries.", span);
  const times = (i: number, j: number): Id => g.apply("mul", a.entries[i], b.entries[j]);
  const entries = [0, 1, 2].map(i => {
    const [j, k] = [(i + 1) % 3, (i + 2) % 3];
    return g.apply("sub", times(j, k), times(k, j));
  });
  return array([3], entries);
}

function diagonal(g: Graph, [a]: readonly Value[], span?: Span): Value {
  if (isScalar(a)) wantAxes(a, 1, span);
  const [n, columns = 0] = a.shape;
  if (columns > 0) return array([Math.min(n, columns)], diagonalOf(a));
  const entries = Array.from({ length: n * n }, (_, at) =>
    at % (n + 1) === 0 ? a.entries[at / (n + 1)] : g.constant(0),
  );
  return array([n, n], entries);
}

const diagonalOf = ({ shape: [rows, columns], entries }: Value): Id[] =>
  Array.from({ length: Math.min(rows, columns) }, (_, i) => entries[i * columns + i]);

function concat(_g: Graph, args: readonly Value[], span?: Span): Value {
  for (const value of args) if (value.shape.length > 1) wantAxes(value, 1, span);
  const entries = args.flatMap(value => value.entries);
  return array([entries.length], entries);
}

function quotient(g: Graph, [a, b]: readonly Value[], span?: Span): Value {
  if (b.entries.length === 1) return elementwise(g, "div", [a, single(b)], "/", span);
  throw new LanguageFault("a number to divide by", describe(b), "For entry by entry write ./ instead.", span);
}

function scalarPower(g: Graph, args: readonly Value[], span?: Span): Value {
  const odd = args.find(arg => arg.entries.length > 1);
  if (odd === undefined) return elementwise(g, "pow", args.map(single), "^", span);
  throw new LanguageFault(
    "numbers around ^",
    describe(odd),
    "For entry by entry write .^, for a product of matrices A*A.",
    span,
  );
}

function conditional(g: Graph, [condition, yes, no]: readonly Value[], span?: Span): Value {
  const shape = commonShape([yes, no], ":", span);
  const length = shape.reduce((a, b) => a * b, 1);
  const pick = ({ entries }: Value, i: number): Id => entries[entries.length === 1 ? 0 : i];
  const entries = Array.from({ length }, (_, i) =>
    g.apply("select", condition.entries[0], pick(yes, i), pick(no, i)),
  );
  return { shape, entries, truth: yes.truth };
}

const SAME = (
  "abs sign floor ceil round fix sqrt cbrt exp expm1 log1p log2 log10 sin cos tan asin acos atan sinh cosh tanh sech asinh acosh " +
  "atanh sigmoid softplus erf erfc normcdf lgamma"
).split(" ") as OperationName[];

/** By name; operators stand for themselves. */
export const MEANINGS: Readonly<Record<string, Meaning>> = {
  "+": (g, args, span) => (args.length === 1 ? args[0] : elementwise(g, "add", args, "+", span)),
  "-": pair("sub", "-"),
  "*": (g, [a, b], span) => product(g, a, b, span),
  "/": quotient,
  "^": scalarPower,
  ".*": pair("mul", ".*"),
  "./": pair("div", "./"),
  ".^": pair("pow", ".^"),
  negate: same("neg"),
  "<": logic((g, a, b) => g.apply("lt", a, b)),
  ">": logic((g, a, b) => g.apply("lt", b, a)),
  "<=": logic((g, a, b) => g.apply("le", a, b)),
  ">=": logic((g, a, b) => g.apply("le", b, a)),
  "==": logic((g, a, b) => g.apply("eq", a, b)),
  "!=": logic((g, a, b) => g.apply("ne", a, b)),
  "?:": conditional,
  ...Object.fromEntries(SAME.map(op => [op, same(op)])),
  log(g, args, span) {
    const logs = args.map(arg => elementwise(g, "log", [arg], "log"));
    return logs.length === 1 ? logs[0] : elementwise(g, "div", logs, ",", span);
  },
  square: each((g, a) => power(g, a, 2)),
  cube: each((g, a) => power(g, a, 3)),
  sec: each((g, a) => one(g, g.apply("cos", a))),
  csc: each((g, a) => one(g, g.apply("sin", a))),
  cot: each((g, a) => one(g, g.apply("tan", a))),
  relu: each((g, a) => g.apply("max", g.constant(0), a)),
  silu: each((g, a) => g.apply("mul", a, g.apply("sigmoid", a))),
  gelu: each((g, a) => g.apply("mul", a, g.apply("normcdf", a))),
  atan2: pair("atan2", ","),
  mod: pair("mod", "mod"),
  pow: scalarPower,
  min: folded("min"),
  max: folded("max"),
  hypot: folded("hypot"),
  norm(g, [a], span) {
    if (!isScalar(a)) wantAxes(a, 1, span);
    return folded("hypot")(g, [a], span);
  },
  sum: reduced(sumOf),
  prod: reduced((g, entries) => entries.reduce((a, b) => g.apply("mul", a, b))),
  mean: reduced((g, entries) => g.apply("div", sumOf(g, entries), g.constant(entries.length))),
  dot,
  cross,
  transpose: (_g, [a]) => transpose(a),
  diag: diagonal,
  trace(g, [a], span) {
    wantAxes(a, 2, span);
    return scalar(sumOf(g, diagonalOf(a)));
  },
  concat,
  and: logic((g, a, b) => g.apply("and", a, b)),
  or: logic((g, a, b) => g.apply("or", a, b)),
  xor: logic((g, a, b) => {
    const only = (yes: Id, no: Id): Id => g.apply("and", yes, g.apply("not", no));
    return g.apply("or", only(a, b), only(b, a));
  }),
  not: logic((g, a) => g.apply("not", a)),
};
