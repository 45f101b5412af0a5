/** What the names of a model's expressions stand for: states, inputs, time, parameters. */
import { type ArrayInput, ParameterError } from "../../../engine/index.ts";
import { readArray } from "../../read_array.ts";
import { say, shapeText, valueText } from "../../say.ts";
import type { Graph } from "../graph/graph.ts";
import { variables } from "./build_value.ts";
import { FUNCTIONS } from "./signatures.ts";
import { WORD_OPERATORS } from "./source_tokens.ts";
import { scalar, type Value } from "./values.ts";

/** Where a parameter stands in p. */
export interface ParameterPlace {
  readonly offset: number;
  /** [] a number, [n] a vector, [r, c] a matrix, row-major */
  readonly shape: readonly number[];
}

export interface PackedParameters {
  /** p [P] */
  readonly data: Float64Array;
  readonly places: Readonly<Record<string, ParameterPlace>>;
}

/** Numbers, vectors and matrices by name, one behind the other in the order they are given. */
export function packParameters(
  call: string,
  path: string,
  given: Readonly<Record<string, ArrayInput>>,
): PackedParameters {
  if (given === null || typeof given !== "object" || Array.isArray(given))
    throw new ParameterError(
      say(call, path, "an object of numbers, vectors and matrices", valueText(given), "Write {name: value}."),
    );
  const numbers: number[] = [];
  const places: Record<string, ParameterPlace> = {};
  for (const [name, value] of Object.entries(given)) {
    const argument = `${path}.${name}`;
    const { data, shape } = readArray(call, argument, value);
    if (shape.length > 2 || data.length === 0)
      throw new ParameterError(
        say(
          call,
          argument,
          "a number, a vector or a matrix",
          `shape ${shapeText(shape)}`,
          "Give it another.",
        ),
      );
    const odd = data.findIndex(entry => !Number.isFinite(entry));
    if (odd >= 0)
      throw new ParameterError(say(call, argument, "finite numbers", `${data[odd]}`, "Correct it."));
    places[name] = { offset: numbers.length, shape };
    for (const entry of data) numbers.push(entry);
  }
  return { data: Float64Array.from(numbers), places };
}

/** Words that mathjs reads as something else than a name. */
const RESERVED: ReadonlySet<string> = new Set([
  ...WORD_OPERATORS,
  ..."true false null undefined NaN Infinity end".split(" "),
]);

/** @throws ParameterError for what cannot be a name in an expression, or is the name of a function */
export function checkName(call: string, argument: string, name: unknown): asserts name is string {
  const refuse = (expected: string, got: string): never => {
    throw new ParameterError(say(call, argument, expected, got, "Choose another."));
  };
  if (typeof name !== "string" || !/^[\p{L}_][\p{L}\p{N}_]*$/u.test(name))
    refuse("a name of letters, digits and _", valueText(name));
  else if (Object.hasOwn(FUNCTIONS, name)) refuse("names of your own", `the function "${name}"`);
  else if (RESERVED.has(name)) refuse("names of your own", `"${name}", a word of the language`);
}

export interface NameOptions {
  readonly stateDim: number;
  readonly inputDim: number;
  readonly stateNames?: readonly string[];
  readonly inputNames?: readonly string[];
  readonly places: Readonly<Record<string, ParameterPlace>>;
}

/**
 * The names of a model: x0 … and the vector x, u0 … and u, t, then those of the user, which win over x, u and t but over no entry.
 * @param path what stands before stateNames, inputNames and parameters in texts, e.g. "dynamics."
 */
export function modelNames(g: Graph, call: string, path: string, options: NameOptions): Map<string, Value> {
  const names = new Map<string, Value>();
  const entries = (letter: string, dim: number): void => {
    for (let i = 0; i < dim; i++) names.set(`${letter}${i}`, scalar(g.variable(letter, i)));
    if (dim > 0) names.set(letter, variables(g, letter, [dim]));
  };
  entries("x", options.stateDim);
  entries("u", options.inputDim);
  names.set("t", scalar(g.variable("t", 0)));
  const own = new Set<string>();
  const add = (argument: string, name: unknown, value: Value): void => {
    const refuse = (expected: string, got: string, fix: string): never => {
      throw new ParameterError(say(call, argument, expected, got, fix));
    };
    checkName(call, argument, name);
    if (own.has(name)) refuse("names that differ", `"${name}" twice`, "Choose another.");
    const entry = /^[xu]\d+$/.test(name) && names.get(name)?.entries[0] !== value.entries[0];
    if (entry)
      refuse("names of your own", `"${name}"`, "x0, u0 and so on are entries of the state and inputs.");
    own.add(name);
    names.set(name, value);
  };
  const listed = (key: "stateNames" | "inputNames", letter: string, dim: number): void => {
    const given = options[key];
    if (given === undefined) return;
    if (!Array.isArray(given) || given.length !== dim) {
      const got = Array.isArray(given) ? String(given.length) : valueText(given);
      throw new ParameterError(say(call, `${path}${key}`, `${dim} names`, got, "Give one for every entry."));
    }
    given.forEach((name, i) => {
      add(`${path}${key}[${i}]`, name, scalar(g.variable(letter, i)));
    });
  };
  listed("stateNames", "x", options.stateDim);
  listed("inputNames", "u", options.inputDim);
  for (const [name, { offset, shape }] of Object.entries(options.places))
    add(`${path}parameters.${name}`, name, variables(g, "p", shape, offset));
  return names;
}
