/** Nodes of a graph in the notation of expressions: what a reader sees of a derivative. */
import type { Graph, Id } from "./graph.ts";
import type { OperationName } from "./operations.ts";

/** Expressions, and names for long parts of them that repeat. */
export interface ExpressionTexts {
  readonly where: Readonly<Record<string, string>>;
  readonly expressions: readonly string[];
}

/** A text, and how tightly it holds together: what is looser than its place is put in brackets. */
interface Text {
  readonly text: string;
  readonly level: number;
}

/** Loosest first. */
const [CHOICE, OR, AND, COMPARISON, SUM, PRODUCT, POWER, ATOM] = [0, 1, 2, 3, 4, 5, 6, 7];

/** A part that repeats is given a name from this length on, any part from that. */
const REPEATED = 24;
const LONGEST = 160;

interface Infix {
  readonly sign: string;
  readonly level: number;
  /** Levels that the sides need. */
  readonly left: number;
  readonly right: number;
}

const infix = (sign: string, level: number, right = level, left = level): Infix => ({
  sign,
  level,
  left,
  right,
});
const INFIX: { readonly [op in OperationName]?: Infix } = {
  add: infix(" + ", SUM),
  sub: infix(" - ", SUM, PRODUCT),
  mul: infix("*", PRODUCT),
  mul0: infix("*", PRODUCT),
  div: infix("/", PRODUCT, POWER),
  pow: infix("^", POWER, ATOM, ATOM),
  pow0: infix("^", POWER, ATOM, ATOM),
  powi: infix("^", POWER, ATOM, ATOM),
  lt: infix(" < ", COMPARISON, SUM, SUM),
  le: infix(" <= ", COMPARISON, SUM, SUM),
  eq: infix(" == ", COMPARISON, SUM, SUM),
  ne: infix(" != ", COMPARISON, SUM, SUM),
  and: infix(" and ", AND),
  or: infix(" or ", OR),
};

const bracketed = ({ text, level }: Text, least: number): string => (level < least ? `(${text})` : text);

/**
 * @param names of variables, by id
 * @param taken names that parts may not have
 */
export function expressionTexts(
  graph: Graph,
  roots: readonly Id[],
  names: ReadonlyMap<Id, string>,
  taken: ReadonlySet<string>,
): ExpressionTexts {
  const needed = graph.needed(roots);
  const uses = new Map<Id, number>();
  for (const id of [...roots, ...needed.flatMap(id => graph.nodes[id].args)])
    uses.set(id, (uses.get(id) ?? 0) + 1);
  const texts = new Map<Id, Text>();
  const where: Record<string, string> = {};
  let count = 0;
  for (const id of needed) {
    const { op, value, truth, args } = graph.nodes[id];
    if (op === "variable") texts.set(id, { text: names.get(id)!, level: ATOM });
    else if (op === "constant") texts.set(id, numberText(value));
    else {
      const made = operationText(
        op,
        args.map(arg => texts.get(arg)!),
      );
      const length = made.text.length;
      // A truth value has no name in the language.
      if (!truth && (length > LONGEST || (length >= REPEATED && uses.get(id)! > 1))) {
        do count++;
        while (taken.has(`v${count}`));
        where[`v${count}`] = made.text;
        texts.set(id, { text: `v${count}`, level: ATOM });
      } else texts.set(id, made);
    }
  }
  return { where, expressions: roots.map(root => texts.get(root)!.text) };
}

const numberText = (value: number): Text =>
  value === Math.PI
    ? { text: "pi", level: ATOM }
    : { text: String(value), level: value < 0 || Object.is(value, -0) ? SUM : ATOM };

function operationText(op: OperationName, args: readonly Text[]): Text {
  const [a, b, c] = args;
  const known = INFIX[op];
  if (known) {
    const { sign, level, left, right } = known;
    const first = bracketed(a, left);
    const second = bracketed(b, right);
    // Numbers stand before names.
    if (op === "mul" && /^\d/.test(second) && !/^\d/.test(first))
      return { text: second + sign + first, level };
    return { text: first + sign + (second.startsWith("-") ? `(${second})` : second), level };
  }
  switch (op) {
    case "neg":
      return { text: `-${bracketed(a, PRODUCT)}`, level: SUM };
    case "select":
      return {
        text: `${bracketed(a, OR)} ? ${bracketed(b, OR)} : ${bracketed(c, OR)}`,
        level: CHOICE,
      };
    case "not":
      return { text: `not (${a.text})`, level: ATOM };
    case "recip0":
      return { text: `1/${bracketed(a, POWER)}`, level: PRODUCT };
    case "oneMinusSquare":
      return { text: `1 - ${bracketed(a, ATOM)}^2`, level: SUM };
    case "finite0":
      return a;
    default:
      return { text: `${op}(${args.map(({ text }) => text).join(", ")})`, level: ATOM };
  }
}
