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
import { LanguageFault, type Span, type Tree } from "./tree.ts";
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

  build(tree: Tree): Value {
    if (tree.kind === "number") return scalar(this.#g.constant(tree.value));
    if (tree.kind === "name") return this.#name(tree);
    if (tree.kind === "call") return this.#call(tree);
    if (tree.kind === "index") return this.#index(tree);
    if (tree.kind === "list")
      return listOf(
        tree.items.map(item => this.build(item)),
        tree.span,
      );
    if (tree.kind === "assign") return this.#assign(tree);
    return tree.items.map(item => this.build(item)).at(-1)!;
  }

  #name(tree: Tree & { kind: "name" }): Value {
    const { name } = tree;
    const known = this.#names.get(name);
    if (known !== undefined) return known;
    if (Object.hasOwn(CONSTANTS, name)) return scalar(this.#g.constant(CONSTANTS[name]));
    throw unknownName(tree, this.#names.keys(), this.#lengths);
  }

  #call({ name, args: given, span }: Tree & { kind: "call" }): Value {
    const signature = signatureOf(name);
    if (signature === undefined) throw this.#notFunction(name, span);
    checkCount(name, given.length, signature, span);
    const args = given.map((arg, i) => {
      const value = this.build(arg);
      checkKind(name, i, signature.takes, value.truth, describe(value), arg.span);
      return value;
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

  #index({ of, at, span }: Tree & { kind: "index" }): Value {
    const value = this.build(of);
    const { shape, entries } = value;
    if (at.length !== shape.length || isScalar(value)) {
      const wanted = isScalar(value) ? "a vector or a matrix before [" : `${shape.length} indices`;
      const got = isScalar(value) ? describe(value) : `${at.length} into ${describe(value)}`;
      throw new LanguageFault(wanted, got, "Write v[1] or A[1, 2].", span);
    }
    const places = at.map((tree, axis) => {
      const { entries: place, shape: own } = this.build(tree);
      const index = own.length === 0 ? this.#g.valueOf(place[0]) : undefined;
      if (index !== undefined && Number.isInteger(index) && index >= 1 && index <= shape[axis])
        return index - 1;
      const got = index === undefined ? "one that is not constant" : String(index);
      const fix = "Indices count from 1, as in mathjs; the names x0, x1 … count from 0.";
      throw new LanguageFault(`an index from 1 to ${shape[axis]}`, got, fix, tree.span ?? span);
    });
    return scalar(entries[places.reduce((sum, place, axis) => sum * shape[axis] + place, 0)]);
  }

  #assign({ name, value, span }: Tree & { kind: "assign" }): Value {
    if (this.#names.has(name) || Object.hasOwn(FUNCTIONS, name)) {
      const fix = "Each name has one value: choose another.";
      throw new LanguageFault("a new name before =", `"${name}"`, fix, span);
    }
    const result = this.build(value);
    this.#names.set(name, result);
    return result;
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
