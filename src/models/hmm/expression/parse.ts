/**
 * Formulas of numbers as text, in the notation of mathjs: numbers, names, + − * / ^, comparisons, and, or, not, c ? a : b, and calls.
 * The result is a tree of ../../language, never code that is run as text. It is read here and not by mathjs, which loads later:
 * hiddenMarkovModel() is synchronous and refuses a formula at once.
 */
import { LanguageFault, type Span, spanOf, type Tree } from "../../language/expressions/tree.ts";

/** Operators of two sides by how tightly they bind. */
const LEVELS: readonly (readonly string[])[] = [
  ["or"],
  ["and"],
  ["==", "!=", "<=", ">=", "<", ">"],
  ["+", "-"],
  ["*", "/"],
];

const FIX = "Correct the formula.";

/**
 * The tree of a formula.
 * @throws LanguageFault with the place of the fault
 */
export function parseFormula(text: string): Tree {
  const tokens = tokenise(text);
  let at = 0;
  const peek = (): string | undefined => tokens[at]?.text;
  const fail = (expected: string): never => {
    const token = tokens[at];
    if (token) throw new LanguageFault(expected, `"${token.text}"`, FIX, token.span);
    throw new LanguageFault(expected, "the end", FIX, { start: text.length, end: text.length + 1 });
  };
  const take = (wanted: string): void => {
    if (peek() !== wanted) fail(`"${wanted}"`);
    at++;
  };
  const call = (name: string, args: readonly Tree[], span = spanOf(args)): Tree => ({
    kind: "call",
    name,
    args,
    span,
  });

  const conditional = (): Tree => {
    const condition = binary(0);
    if (peek() !== "?") return condition;
    at++;
    const yes = conditional();
    take(":");
    return call("?:", [condition, yes, conditional()]);
  };
  const binary = (level: number): Tree => {
    if (level === LEVELS.length) return unary();
    let left = binary(level + 1);
    for (let operator = peek(); operator && LEVELS[level].includes(operator); operator = peek()) {
      at++;
      left = call(operator, [left, binary(level + 1)]);
    }
    return left;
  };
  const unary = (): Tree => {
    const operator = peek();
    if (operator === "-" || operator === "+" || operator === "not") {
      at++;
      const value = unary();
      return operator === "+" ? value : call(operator === "-" ? "negate" : "not", [value]);
    }
    return power();
  };
  const power = (): Tree => {
    const base = primary();
    if (peek() !== "^") return base;
    at++;
    return call("^", [base, unary()]);
  };
  const primary = (): Tree => {
    const token = tokens[at];
    if (token === undefined) return fail("a number, a name or (");
    if (token.text === "(") {
      at++;
      const inner = conditional();
      take(")");
      return inner;
    }
    if (/^[\d.]/.test(token.text)) {
      at++;
      return { kind: "number", value: Number(token.text), span: token.span };
    }
    if (!/^[A-Za-z_]/.test(token.text)) return fail("a number, a name or (");
    at++;
    if (peek() !== "(") return { kind: "name", name: token.text, span: token.span };
    at++;
    const args: Tree[] = [];
    while (peek() !== ")") {
      if (args.length > 0) take(",");
      args.push(conditional());
    }
    at++;
    return call(token.text, args, token.span);
  };
  const tree = conditional();
  if (at < tokens.length) fail("an operator or the end");
  return tree;
}

function tokenise(text: string): { text: string; span: Span }[] {
  const pattern = /\s*((?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|[A-Za-z_]\w*|[<>=!]=|[-+*/^(),<>?:])/y;
  const tokens: { text: string; span: Span }[] = [];
  const end = text.trimEnd().length;
  while (pattern.lastIndex < end) {
    const from = pattern.lastIndex;
    const match = pattern.exec(text);
    if (match === null) {
      const place = from + text.slice(from).search(/\S/);
      throw new LanguageFault("a formula", `"${text[place]}"`, FIX, { start: place, end: place + 1 });
    }
    const end = pattern.lastIndex;
    tokens.push({ text: match[1], span: { start: end - match[1].length, end } });
  }
  return tokens;
}
