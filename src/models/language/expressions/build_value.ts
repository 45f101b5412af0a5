/** From a tree to nodes of a graph: names looked up, shapes and numbers of arguments checked. */
import { nearestKey } from "../../../engine/index.ts";
import type { Graph } from "../graph/graph.ts";
import { FUNCTION_TABLE, type LanguageFunction, OPERATOR_TABLE } from "./functions.ts";
import { LanguageFault, type Tree } from "./tree.ts";
import { array, describe, isScalar, listOf, scalar, type Value } from "./values.ts";

/** What names stand for. */
export type Scope = ReadonlyMap<string, Value>;

/** Numbers that have a name of their own; names of the model come first. */
export const CONSTANTS: Readonly<Record<string, number>> = {
  pi: Math.PI,
  tau: 2 * Math.PI,
  e: Math.E,
};

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

  #name({ name, span, unit }: Tree & { kind: "name" }): Value {
    const known = this.#names.get(name);
    if (known !== undefined) return known;
    if (Object.hasOwn(CONSTANTS, name)) return scalar(this.#g.constant(CONSTANTS[name]));
    if (Object.hasOwn(FUNCTION_TABLE, name))
      throw new LanguageFault("a name", `the function "${name}"`, `Write ${name}(…).`, span);
    const [, letter] = /^([a-z])(\d+)$/.exec(name) ?? [];
    const length = letter === undefined ? undefined : this.#lengths[letter];
    if (length !== undefined) throw outOfRange(letter, length, name, span);
    if (name === "i" || unit) {
      const what = name === "i" ? "the complex unit i" : `"${name}" after a number, as a unit`;
      throw new LanguageFault(`one of the names ${this.#known().join(", ")}`, what, "Write numbers.", span);
    }
    const nearest = nearestKey(name, this.#known());
    const fix = nearest === undefined ? "Give it as a parameter." : `Did you mean "${nearest}"?`;
    throw new LanguageFault(`one of the names ${this.#known().join(", ")}`, `"${name}"`, fix, span);
  }

  #known(): string[] {
    const constants = Object.keys(CONSTANTS).filter(name => !this.#names.has(name));
    return [...this.#names.keys(), ...constants];
  }

  #call(tree: Tree & { kind: "call" }): Value {
    const { name, span } = tree;
    const found = this.#function(tree);
    const { least, most, takes, apply } = found;
    const count = tree.args.length;
    if (count < least || count > most) {
      const wanted =
        least === most
          ? `${least}`
          : most === Number.POSITIVE_INFINITY
            ? `${least} or more`
            : `${least} or ${most}`;
      const noun = wanted === "1" ? "argument" : "arguments";
      throw new LanguageFault(`${wanted} ${noun} of ${name}`, String(count), "Check the brackets.", span);
    }
    const args = tree.args.map((arg, i) => {
      const value = this.build(arg);
      this.#checkType(takes[Math.min(i, takes.length - 1)], value, arg, tree.name);
      return value;
    });
    if (name === "?:" && args[1].truth !== args[2].truth)
      throw new LanguageFault("two of a kind around :", "a number and a comparison", "Write numbers.", span);
    const result = apply(this.#g, args, span);
    if (result.entries.some(entry => Number.isNaN(this.#g.valueOf(entry) ?? 0)))
      throw new LanguageFault(`a number from ${name}`, "NaN", "There are real numbers only.", span);
    return result;
  }

  #function({ name, span }: Tree & { kind: "call" }): LanguageFunction {
    if (Object.hasOwn(OPERATOR_TABLE, name)) return OPERATOR_TABLE[name];
    if (Object.hasOwn(FUNCTION_TABLE, name)) return FUNCTION_TABLE[name];
    const known = Object.keys(FUNCTION_TABLE);
    const own = this.#names.get(name);
    if (own !== undefined) {
      const fix = isScalar(own) ? `For a product write ${name}*(…).` : `For an entry write ${name}[…].`;
      throw new LanguageFault("a function", `${name}, ${describe(own)}`, fix, span);
    }
    const nearest = nearestKey(name, known);
    const fix = nearest === undefined ? "Leave it out." : `Did you mean "${nearest}"?`;
    throw new LanguageFault(`one of the functions ${known.join(", ")}`, `"${name}"`, fix, span);
  }

  #checkType(wanted: string, value: Value, { span }: Tree, of: string): void {
    if (wanted === "*" || value.truth === (wanted === "b")) return;
    const where = of === "?:" ? "before ?" : `in ${of}`;
    if (value.truth) {
      const fix = "Choose by a condition: c ? 1 : 0.";
      throw new LanguageFault(`a number ${where}`, "a comparison", fix, span);
    }
    const fix = "Compare it with something, e.g. a > 0.";
    throw new LanguageFault(`a comparison ${where}`, describe(value), fix, span);
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
    if (this.#names.has(name) || Object.hasOwn(FUNCTION_TABLE, name)) {
      const fix = "Each name has one value: choose another.";
      throw new LanguageFault("a new name before =", `"${name}"`, fix, span);
    }
    const result = this.build(value);
    this.#names.set(name, result);
    return result;
  }
}

function outOfRange(letter: string, length: number, name: string, span: Tree["span"]): LanguageFault {
  const what = { x: "state", u: "input", y: "observation" }[letter] ?? letter;
  const expected =
    length === 0 ? `no ${letter}` : length === 1 ? `${letter}0` : `${letter}0 to ${letter}${length - 1}`;
  const fix = `The ${what} has ${length} ${length === 1 ? "entry" : "entries"}.`;
  return new LanguageFault(expected, name, fix, span);
}

/** A vector of variables. */
export const variables = (g: Graph, group: string, shape: readonly number[], offset = 0): Value => {
  const length = shape.reduce((a, b) => a * b, 1);
  return array(
    shape,
    Array.from({ length }, (_, i) => g.variable(group, offset + i)),
  );
};
