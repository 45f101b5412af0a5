/**
 * What may stand in an expression: constants, functions and operators with their numbers of arguments; and the faults of whoever uses
 * others. Small and without the functions themselves, for checks before any work.
 */
import { nearestKey } from "../../../engine/index.ts";
import { LanguageFault, type Span } from "./tree.ts";

/** Numbers that have a name of their own; names of the model come first. */
export const CONSTANTS: Readonly<Record<string, number>> = {
  pi: Math.PI,
  tau: 2 * Math.PI,
  e: Math.E,
};

export interface Signature {
  /** Arguments. */
  readonly least: number;
  readonly most: number;
  /** n numbers, b truth values, * either; the last letter stands for all that follow. */
  readonly takes: string;
  /** A comparison or logic. */
  readonly truth: boolean;
  /** Only of vectors and matrices, or making them. */
  readonly arrays: boolean;
}

const ANY = Number.POSITIVE_INFINITY;

function signatures(rows: readonly [least: number, most: number, takes: string, names: string][]) {
  return Object.fromEntries(
    rows.flatMap(([least, most, kinds, names]) => {
      const takes = kinds.replace(/[>A]/g, "");
      const signature = { least, most, takes, truth: kinds.includes(">"), arrays: kinds.includes("A") };
      return names.split(" ").map(name => [name, signature] as const);
    }),
  ) as Readonly<Record<string, Signature>>;
}

// > gives a truth value, A is about arrays.
export const FUNCTIONS = signatures([
  [1, 1, "n", "sin cos tan sec csc cot asin acos atan"],
  [2, 2, "n", "atan2"],
  [1, 1, "n", "sinh cosh tanh sech asinh acosh atanh exp expm1"],
  [1, 2, "n", "log"],
  [1, 1, "n", "log1p log2 log10 sqrt cbrt square cube"],
  [2, 2, "n", "pow mod"],
  [1, 1, "n", "abs sign floor ceil round fix sigmoid softplus relu silu gelu erf erfc normcdf lgamma"],
  [1, ANY, "n", "min max hypot"],
  [1, 1, "n", "sum prod mean norm"],
  [2, 2, "nA", "dot cross"],
  [1, 1, "nA", "transpose diag trace"],
  [1, ANY, "nA", "concat"],
  [2, 2, "b>", "and or xor"],
  [1, 1, "b>", "not"],
]);

export const OPERATORS = signatures([
  [1, 2, "n", "+"],
  [2, 2, "n", "- * / ^ .* ./ .^"],
  [1, 1, "n", "negate"],
  [2, 2, "n>", "< > <= >= == !="],
  [3, 3, "b*", "?:"],
]);

/** The signature of a function or operator. */
export const signatureOf = (name: string): Signature | undefined =>
  Object.hasOwn(OPERATORS, name)
    ? OPERATORS[name]
    : Object.hasOwn(FUNCTIONS, name)
      ? FUNCTIONS[name]
      : undefined;

/** @throws LanguageFault where a function is given too few or too many arguments */
export function checkCount(name: string, count: number, { least, most }: Signature, span?: Span): void {
  if (count >= least && count <= most) return;
  const wanted = least === most ? `${least}` : most === ANY ? `${least} or more` : `${least} or ${most}`;
  const noun = wanted === "1" ? "argument" : "arguments";
  throw new LanguageFault(`${wanted} ${noun} of ${name}`, String(count), "Check the brackets.", span);
}

/**
 * @param at which argument
 * @param truth whether it is a comparison; got: what it is in words
 * @throws LanguageFault for a number where a comparison must be, and the other way round
 */
export function checkKind(
  name: string,
  at: number,
  takes: string,
  truth: boolean,
  got: string,
  span?: Span,
): void {
  const wanted = takes[Math.min(at, takes.length - 1)];
  if (wanted === "*" || truth === (wanted === "b")) return;
  const where = name === "?:" ? "before ?" : `in ${name}`;
  const [expected, fix] = truth
    ? [`a number ${where}`, "Choose by a condition: c ? 1 : 0."]
    : [`a comparison ${where}`, "Compare it with something, e.g. a > 0."];
  throw new LanguageFault(expected, got, fix, span);
}

/** @throws LanguageFault where c ? a : b has a number and a comparison */
export function checkBranches(yes: boolean, no: boolean, span?: Span): void {
  if (yes === no) return;
  throw new LanguageFault("two of a kind around :", "a number and a comparison", "Write numbers.", span);
}

/** The fault of a name that nothing has. lengths: how many x0 …, u0 … there are */
export function unknownName(
  { name, span, unit }: { readonly name: string; readonly span?: Span; readonly unit?: boolean },
  names: Iterable<string>,
  lengths: Readonly<Record<string, number>>,
): LanguageFault {
  if (Object.hasOwn(FUNCTIONS, name))
    return new LanguageFault("a name", `the function "${name}"`, `Write ${name}(…).`, span);
  const [, letter] = /^([a-z])(\d+)$/.exec(name) ?? [];
  const length = letter === undefined ? undefined : lengths[letter];
  if (length !== undefined) return outOfRange(letter, length, name, span);
  const known = [...new Set([...names, ...Object.keys(CONSTANTS)])];
  const expected = `one of the names ${shortened(known, lengths).join(", ")}`;
  if (name === "i" || unit) {
    const what = name === "i" ? "the complex unit i" : `"${name}" after a number, as a unit`;
    return new LanguageFault(expected, what, "Write numbers.", span);
  }
  const nearest = nearestKey(name, known);
  const fix = nearest === undefined ? "Give it as a parameter." : `Did you mean "${nearest}"?`;
  return new LanguageFault(expected, `"${name}"`, fix, span);
}

/** The names, with "x0 to x59" for many entries. */
function shortened(names: readonly string[], lengths: Readonly<Record<string, number>>): string[] {
  return names.flatMap(name => {
    const [, letter, index] = /^([a-z])(\d+)$/.exec(name) ?? [];
    const length = letter === undefined ? 0 : (lengths[letter] ?? 0);
    if (length < 5) return name;
    return index === "0" ? `${letter}0 to ${letter}${length - 1}` : [];
  });
}

function outOfRange(letter: string, length: number, name: string, span?: Span): LanguageFault {
  const what = { x: "state", u: "input", y: "observation" }[letter] ?? letter;
  const one = `${letter}0`;
  const expected = length === 0 ? `no ${letter}` : length === 1 ? one : `${one} to ${letter}${length - 1}`;
  const fix = `The ${what} has ${length} ${length === 1 ? "entry" : "entries"}.`;
  return new LanguageFault(expected, name, fix, span);
}

/** The fault of a call of what is no function. */
export function unknownFunction(name: string, span?: Span): LanguageFault {
  const known = Object.keys(FUNCTIONS);
  const nearest = nearestKey(name, known);
  const fix = nearest === undefined ? "Leave it out." : `Did you mean "${nearest}"?`;
  return new LanguageFault(`one of the functions ${known.join(", ")}`, `"${name}"`, fix, span);
}
