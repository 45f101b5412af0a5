/** From a tree to nodes of a graph: names looked up, shapes and numbers of arguments checked. */
import type { Graph } from "../graph/graph.ts";
import { MEANINGS } from "./functions.ts";
import {
  CONSTANTS,
  checkBranches,
  checkCount,
  checkKind,
  FUNCTIONS,
  signatureOf,
  unknownFunction,
  unknownName,
} from "./signatures.ts";
import { foldTree, LanguageFault, type Span, type Tree } from "./tree.ts";
import { array, describe, isScalar, listOf, scalar, type Value } from "./values.ts";

/** What names stand for. */
export type Scope = ReadonlyMap<string, Value>;

export interface BuildOptions {
  /** How many entries x and u have, for the text about x7; absent where there are none. */
  readonly lengths?: Readonly<Record<string, number>>;
}

/**
 * The value of an expression.
 * @throws LanguageFault
 */
export function buildValue(g: Graph, tree: Tree, scope: Scope, options: BuildOptions = {}): Value {
  return new Builder(g, scope, options).build(tree);
}

class Builder {
  readonly #g: Graph;
  readonly #names: Map<string, Value>;
  readonly #lengths: Readonly<Record<string, number>>;

  constructor(g: Graph, scope: Scope, { lengths = {} }: BuildOptions) {
    this.#g = g;
    this.#names = new Map(scope);
    this.#lengths = lengths;
  }

  build(root: Tree): Value {
    return foldTree<Value>(
      root,
      tree => this.#check(tree),
      (tree, parts) => {
        if (tree.kind === "number") return scalar(this.#g.constant(tree.value));
        if (tree.kind === "name") return this.#name(tree);
        if (tree.kind === "call") return this.#call(tree, parts);
        if (tree.kind === "index") return this.#index(tree, parts);
        if (tree.kind === "list") return listOf(parts, tree.span);
        if (tree.kind === "assign") this.#names.set(tree.name, parts[0]);
        return parts.at(-1)!;
      },
    );
  }

  /** What can be wrong with a tree whatever its parts are. */
  #check(tree: Tree): void {
    const { kind, span } = tree;
    if (kind === "call") {
      const signature = signatureOf(tree.name);
      if (signature === undefined) throw this.#notFunction(tree.name, span);
      checkCount(tree.name, tree.args.length, signature, span);
    }
    if (kind !== "assign") return;
    const { name } = tree;
    // x7 of two states is no name either.
    const letter = /^([a-z])\d+$/.exec(name)?.[1] ?? "";
    if (!this.#names.has(name) && !Object.hasOwn(FUNCTIONS, name) && !Object.hasOwn(this.#lengths, letter))
      return;
    throw new LanguageFault(
      "a new name before =",
      `"${name}"`,
      "Each name has one value: choose another.",
      span,
    );
  }

  #name(tree: Tree & { kind: "name" }): Value {
    const { name } = tree;
    const known = this.#names.get(name);
    if (known !== undefined) return known;
    if (Object.hasOwn(CONSTANTS, name)) return scalar(this.#g.constant(CONSTANTS[name]));
    throw unknownName(tree, this.#names.keys(), this.#lengths);
  }

  #call({ name, args: trees, span }: Tree & { kind: "call" }, args: readonly Value[]): Value {
    args.forEach((value, i) => {
      checkKind(name, i, signatureOf(name)!.takes, value.truth, describe(value), trees[i].span);
    });
    if (name === "?:") checkBranches(args[1].truth, args[2].truth, span);
    const result = MEANINGS[name](this.#g, args, span);
    if (result.entries.some(entry => Number.isNaN(this.#g.valueOf(entry) ?? 0)))
      throw new LanguageFault(`a number from ${name}`, "NaN", "There are real numbers only.", span);
    return result;
  }

  #notFunction(name: string, span?: Span): LanguageFault {
    const own = this.#names.get(name);
    if (own === undefined) return unknownFunction(name, span);
    const fix = isScalar(own) ? `For a product write ${name}*(…).` : `For an entry write ${name}[…].`;
    return new LanguageFault("a function", `${name}, ${describe(own)}`, fix, span);
  }

  #index({ at, span }: Tree & { kind: "index" }, [value, ...indices]: readonly Value[]): Value {
    const { shape, entries } = value;
    if (at.length !== shape.length || isScalar(value)) {
      const wanted = isScalar(value) ? "a vector or a matrix before [" : `${shape.length} indices`;
      const got = isScalar(value) ? describe(value) : `${at.length} into ${describe(value)}`;
      throw new LanguageFault(wanted, got, "Write v[1] or A[1, 2].", span);
    }
    const places = indices.map(({ entries: place, shape: own }, axis) => {
      const index = own.length === 0 ? this.#g.valueOf(place[0]) : undefined;
      if (index !== undefined && Number.isInteger(index) && index >= 1 && index <= shape[axis])
        return index - 1;
      const got = index === undefined ? "one that is not constant" : String(index);
      const fix = "Indices count from 1, as in mathjs; the names x0, x1 … count from 0.";
      throw new LanguageFault(`an index from 1 to ${shape[axis]}`, got, fix, at[axis].span ?? span);
    });
    return scalar(entries[places.reduce((sum, place, axis) => sum * shape[axis] + place, 0)]);
  }
}

/** A vector of variables. */
export const variables = (g: Graph, group: string, shape: readonly number[], offset = 0): Value => {
  const length = shape.reduce((a, b) => a * b, 1);
  return array(
    shape,
    Array.from({ length }, (_, i) => g.variable(group, offset + i)),
  );
};
