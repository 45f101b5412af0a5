/** From the nodes of mathjs to a tree of this language, with places. What lies outside the language is refused by name. */
import type { MathNode } from "./mathjs_parser.ts";
import { SourceTokens } from "./source_tokens.ts";
import { LanguageFault, type Span, spanOf, type Tree } from "./tree.ts";

/** Operators of mathjs by its name for them, and ours. */
const OPERATORS: Readonly<Record<string, string>> = {
  add: "+",
  subtract: "-",
  multiply: "*",
  divide: "/",
  pow: "^",
  dotMultiply: ".*",
  dotDivide: "./",
  dotPow: ".^",
  mod: "mod",
  unaryMinus: "negate",
  unaryPlus: "+",
  ctranspose: "transpose",
  smaller: "<",
  larger: ">",
  smallerEq: "<=",
  largerEq: ">=",
  equal: "==",
  unequal: "!=",
  and: "and",
  or: "or",
  xor: "xor",
  not: "not",
};

const SEE = "docs/expressions.md lists what there is.";

/**
 * The tree of an expression.
 * @param parse of mathjs_parser.ts, which is loaded when it is needed
 * @throws LanguageFault
 */
export function readExpression(written: string, parse: (text: string) => MathNode): Tree {
  // Ends of lines as Windows writes them; places stay.
  const text = written.replace(/\r/g, " ");
  if (!/[^;\s]/.test(text.replace(/#.*/g, "")))
    throw new LanguageFault("an expression", "an empty text", "Write what the value is, e.g. x0 + dt*x1.");
  const tokens = new SourceTokens(text);
  let node: MathNode;
  try {
    node = parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) throw syntaxFault(error, text);
    throw error;
  }
  return new Reader(tokens).read(node);
}

function syntaxFault(error: Error & { char?: number }, text: string): LanguageFault {
  const what = error.message.replace(/\s*\(char \d+\)$/, "");
  const start = Math.min((error.char ?? 1) - 1, text.length);
  const said = what.charAt(0).toLowerCase() + what.slice(1);
  return new LanguageFault("an expression that can be read", said, "Correct it.", { start, end: start + 1 });
}

class Reader {
  readonly #tokens: SourceTokens;
  constructor(tokens: SourceTokens) {
    this.#tokens = tokens;
  }

  read(node: MathNode): Tree {
    const reader = READERS[node.type];
    if (reader === undefined) throw this.outside(node.type);
    return reader(this, node);
  }

  all(nodes: unknown): Tree[] {
    return (nodes as MathNode[]).map(node => this.read(node));
  }

  take(word: string | number): Span | undefined {
    return this.#tokens.take(word);
  }

  outside(what: string): LanguageFault {
    return new LanguageFault("numbers, names, operators and functions", what, SEE, this.#tokens.peek());
  }
}

const call = (name: string, args: readonly Tree[], span = spanOf(args)): Tree => ({
  kind: "call",
  name,
  args,
  span,
});

const READERS: Readonly<Record<string, (reader: Reader, node: MathNode) => Tree>> = {
  ParenthesisNode: (reader, { content }) => reader.read(content as MathNode),
  ConstantNode(reader, { value }) {
    if (typeof value === "string") throw reader.outside(`the text "${value}"`);
    if (typeof value !== "number") throw reader.outside(`the value ${value}`);
    if (!Number.isFinite(value)) throw reader.outside(`the number ${value}`);
    return { kind: "number", value, span: reader.take(value) };
  },
  SymbolNode: (reader, { name }) => ({ kind: "name", name: String(name), span: reader.take(String(name)) }),
  OperatorNode(reader, node) {
    // A sum is as deep on its left side as it has terms.
    const chain: { name: string; implicit: boolean; others: readonly MathNode[] }[] = [];
    let first = node;
    while (first.type === "OperatorNode") {
      const { op, fn, isPercentage, implicit, args } = first;
      if (isPercentage) throw reader.outside("a percentage");
      const name = OPERATORS[String(fn)];
      if (name === undefined) throw reader.outside(`the operator ${op}`);
      const [left, ...others] = args as MathNode[];
      chain.push({ name, implicit: implicit === true, others });
      first = left;
    }
    return chain.reduceRight((left, { name, implicit, others }) => {
      const [right] = reader.all(others);
      if (right === undefined) return call(name, [left]);
      const unit = implicit && left.kind === "number" && right.kind === "name";
      return call(name, [left, unit ? { ...right, unit } : right]);
    }, reader.read(first));
  },
  ConditionalNode: (reader, { condition, trueExpr, falseExpr }) =>
    call("?:", reader.all([condition, trueExpr, falseExpr])),
  RelationalNode(reader, { conditionals, params }) {
    const sides = reader.all(params);
    const pairs = (conditionals as string[]).map((name, i) =>
      call(OPERATORS[name], [sides[i], sides[i + 1]]),
    );
    return pairs.reduce((all, pair) => call("and", [all, pair]));
  },
  FunctionNode(reader, { fn, args }) {
    const { type, name } = fn as MathNode;
    if (type !== "SymbolNode") throw reader.outside("a call of something that is not a name");
    const span = reader.take(String(name));
    return call(String(name), reader.all(args), span);
  },
  ArrayNode(reader, { items }) {
    const all = reader.all(items);
    return { kind: "list", items: all, span: spanOf(all) };
  },
  AccessorNode(reader, { object, index }) {
    const of = reader.read(object as MathNode);
    const { dimensions, dotNotation } = index as MathNode;
    if (dotNotation) throw reader.outside("a property after a dot");
    const at = reader.all(dimensions);
    return { kind: "index", of, at, span: spanOf([of, ...at]) };
  },
  AssignmentNode(reader, { object, index, value }) {
    const { type, name } = object as MathNode;
    if (type !== "SymbolNode" || index) throw reader.outside("an assignment to a part of something");
    const span = reader.take(String(name));
    return { kind: "assign", name: String(name), value: reader.read(value as MathNode), span };
  },
  BlockNode(reader, { blocks }) {
    const items = (blocks as { node: MathNode }[]).map(({ node }) => reader.read(node));
    return { kind: "block", items, span: spanOf(items) };
  },
  RangeNode(reader) {
    throw reader.outside("a range with :");
  },
  ObjectNode(reader) {
    throw reader.outside("an object { }");
  },
  FunctionAssignmentNode(reader, { name }) {
    throw reader.outside(`the definition of a function, ${name}(…) =`);
  },
};
