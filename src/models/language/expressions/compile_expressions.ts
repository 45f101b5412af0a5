/** The nodes of a list of expressions, or of one that is a vector. */
import { ParameterError } from "../../../engine/index.ts";
import { say, valueText } from "../../say.ts";
import type { Graph, Id } from "../graph/graph.ts";
import { buildValue, type Scope } from "./build_value.ts";
import { placed } from "./faults.ts";
import { checkName } from "./names.ts";
import { LanguageFault, type Tree } from "./tree.ts";
import { describe, type Value } from "./values.ts";

export interface Sources {
  /** For texts. */
  readonly call: string;
  /** "dynamics.expressions" */
  readonly source: string;
  /** "dynamics.where" */
  readonly whereSource: string;
  readonly expressions: string | readonly string[];
  readonly where: Readonly<Record<string, string>>;
  /** m; absent: as many as there are */
  readonly outputDim?: number;
}

type Read = (text: string) => Tree;

/** y [m] */
export function compileExpressions(
  g: Graph,
  read: Read,
  names: Scope,
  sources: Sources,
  lengths: Readonly<Record<string, number>>,
): Id[] {
  const { call, source, expressions, outputDim } = sources;
  const scope = withWhere(g, read, names, sources, lengths);
  const value = (argument: string, text: unknown, check: (value: Value, tree: Tree) => void): Value => {
    if (typeof text !== "string")
      throw new ParameterError(
        say(call, argument, "an expression as text", valueText(text), "Write it in quotes."),
      );
    return placed(call, argument, text, () => {
      const tree = read(text);
      const built = buildValue(g, tree, scope, { lengths });
      check(built, tree);
      return built;
    });
  };
  const list = typeof expressions === "string" ? [expressions] : expressions;
  if (!Array.isArray(list) || list.length === 0) {
    const got = Array.isArray(list) ? "none" : valueText(list);
    throw new ParameterError(
      say(call, source, "expressions", got, "Give one for every entry of the result."),
    );
  }
  if (list.length === 1) {
    const argument = typeof expressions === "string" ? source : `${source}[0]`;
    return [...value(argument, list[0], (result, tree) => checkWhole(result, tree, outputDim)).entries];
  }
  if (outputDim !== undefined && list.length !== outputDim) {
    const fix = "Write one for every entry, or one that is a vector.";
    throw new ParameterError(say(call, source, `${outputDim} expressions`, String(list.length), fix));
  }
  return list.map((text, i) => value(`${source}[${i}]`, text, checkEntry).entries[0]);
}

/** Names of intermediate values are added one after the other. */
function withWhere(
  g: Graph,
  read: Read,
  names: Scope,
  { call, whereSource, where }: Sources,
  lengths: Readonly<Record<string, number>>,
): Scope {
  const scope = new Map(names);
  for (const [name, text] of Object.entries(where)) {
    const argument = `${whereSource}.${name}`;
    checkName(call, argument, name);
    if (typeof text !== "string")
      throw new ParameterError(
        say(call, argument, "an expression as text", valueText(text), "Write it in quotes."),
      );
    const built = placed(call, argument, text, () => {
      const tree = read(text);
      return buildValue(g, { kind: "assign", name, value: tree }, scope, { lengths });
    });
    scope.set(name, built);
  }
  return scope;
}

function checkNumber(value: Value, { span }: Tree): void {
  if (value.truth) throw new LanguageFault("a number", "a comparison", "Choose by it: c ? 1 : 0.", span);
  if (value.shape.length === 0 || value.entries.length > 0) return;
  throw new LanguageFault("a number", describe(value), "Check it.", span);
}

/** One of several: a number. */
function checkEntry(value: Value, tree: Tree): void {
  checkNumber(value, tree);
  if (value.entries.length === 1) return;
  const fix = "Of several expressions each is one entry; a vector stands alone.";
  throw new LanguageFault("a number", describe(value), fix, tree.span);
}

/** The only one: a number, a vector or a matrix with one row or column. */
function checkWhole(value: Value, tree: Tree, outputDim: number | undefined): void {
  checkNumber(value, tree);
  const flat = value.shape.length < 2 || Math.min(...value.shape) === 1;
  const wanted =
    outputDim === undefined
      ? "a number or a vector"
      : outputDim === 1
        ? "a number"
        : `a vector of ${outputDim}`;
  if (!flat || (outputDim !== undefined && value.entries.length !== outputDim))
    throw new LanguageFault(wanted, describe(value), "Write one expression for every entry.", tree.span);
}
