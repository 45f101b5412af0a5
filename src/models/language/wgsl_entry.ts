/** The user's function as one of arrays: f(x, u, t, p), whatever its arguments and its result are made of. */
import type * as AST from "wgsl_reflect";
import {
  at,
  call,
  construct,
  declare,
  type Expr,
  type Fn,
  member,
  name,
  type Variable,
} from "./autodiff/tree.ts";
import {
  arrayOf,
  elementCount,
  F32,
  sameType,
  slots,
  type Type,
  typeText,
  vector,
} from "./autodiff/types.ts";
import type { FunctionSizes } from "./vector_function.ts";
import type { Module } from "./wgsl_module.ts";

const ROLES = ["x", "u", "t", "p"] as const;
const SIZE_NAMES = ["stateDim", "inputDim", "", "numParameters"] as const;

/** Made of f32 alone. */
function isFloats(type: Type): boolean {
  if (type.kind === "scalar") return type.name === "f32";
  if (type.kind === "vector") return type.of === "f32";
  if (type.kind === "array") return isFloats(type.of);
  return type.kind === "matrix" || (type.kind === "struct" && type.members.every(m => isFloats(m.type)));
}

/** A value of the type from the numbers of an array, in order. */
function fromNumbers(type: Type, numbers: Expr, next: { index: number }): Expr {
  if (type.kind === "scalar") return at(numbers, next.index++);
  const parts: Type[] =
    type.kind === "struct"
      ? type.members.map(m => m.type)
      : type.kind === "matrix"
        ? Array<Type>(type.columns).fill(vector(type.rows))
        : Array<Type>(elementCount(type)).fill(type.kind === "array" ? type.of : F32);
  return construct(
    type,
    parts.map(part => fromNumbers(part, numbers, next)),
  );
}

/** The numbers of a value, in order. */
function toNumbers(e: Expr): Expr[] {
  const { type } = e;
  if (type.kind === "scalar") return [e];
  if (type.kind === "struct") return type.members.flatMap((_, i) => toNumbers(member(e, i)));
  return Array.from({ length: elementCount(type) }, (_, i) => at(e, i)).flatMap(toNumbers);
}

/** Which argument is which: by the names x, u, t, p where all have one of these, else by position. */
function rolesOf(module: Module, node: AST.Function, fn: Fn): readonly number[] {
  const byName = fn.params.map(p => (ROLES as readonly string[]).indexOf(p.hint));
  if (!byName.includes(-1)) return byName;
  if (fn.params.length > ROLES.length)
    throw module.refuse(
      node,
      `at most the arguments x, u, t, p of ${node.name}`,
      `${fn.params.length}`,
      "Put what is constant into p.",
    );
  const misplaced = byName.findIndex((role, i) => role >= 0 && role !== i);
  if (misplaced >= 0)
    throw unnamed(module, node, misplaced, `${ROLES[misplaced]} as argument ${misplaced + 1}`);
  return fn.params.map((_, i) => i);
}

const unnamed = (module: Module, node: AST.Function, at: number, expected: string) =>
  module.refuse(node.args[at]!.type, expected, node.args[at]!.name, "Name the arguments x, u, t and p.");

/** Sizes that are given; those left out are taken from the types. */
export type GivenSizes = Partial<FunctionSizes>;

export interface Entry {
  /** (x [n], u, t, p) → [m], all arrays but t */
  readonly fn: Fn;
  readonly sizes: FunctionSizes;
}

/** @throws SourceError where arguments or result do not fit the sizes */
export function entryFunction(module: Module, node: AST.Function, given: GivenSizes): Entry {
  const fn = module.fn(node.name);
  const roles = rolesOf(module, node, fn);
  const counts = ROLES.map((_, i) => {
    if (i === 2) return 1;
    const k = roles.indexOf(i);
    return given[SIZE_NAMES[i] as keyof FunctionSizes] ?? (k < 0 ? 0 : slots(fn.params[k]!.type));
  });
  if (counts[0] === 0)
    throw module.refuse(node, `an argument x of ${node.name}, or stateDim`, "neither", "Add one.");
  const params = ROLES.map(
    (hint, i): Variable => ({
      hint,
      type: i === 2 ? F32 : arrayOf(F32, Math.max(1, counts[i]!)),
      kind: "parameter",
    }),
  );
  const args = fn.params.map((param, k): Expr => {
    const i = roles[k]!;
    const wanted = params[i]!;
    // Who leaves arguments out and does not name the others may mean another one.
    if (counts[i] === 0 && param.hint !== ROLES[i] && fn.params.length < ROLES.length)
      throw unnamed(module, node, k, `no argument ${k + 1} (${SIZE_NAMES[i]} 0)`);
    if (sameType(param.type, wanted.type)) return name(wanted);
    if (i === 2 || counts[i] === 0 || !isFloats(param.type) || slots(param.type) !== counts[i]) {
      const size = i === 2 ? "" : ` (${SIZE_NAMES[i]} ${counts[i]})`;
      const fix = param.hint === ROLES[i] ? "Correct one." : "Name the arguments x, u, t and p.";
      const expected = `${typeText(wanted.type)} for ${ROLES[i]}${size}`;
      throw module.refuse(node.args[k]!.type, expected, typeText(param.type), fix);
    }
    return fromNumbers(param.type, name(wanted), { index: 0 });
  });
  const m = given.outputDim ?? slots(fn.result);
  if (m === 0 || !isFloats(fn.result) || slots(fn.result) !== m) {
    const values = given.outputDim === undefined ? "values of f32" : typeText(arrayOf(F32, m));
    const size = given.outputDim === undefined ? "" : ` (outputDim ${m})`;
    const expected = `${node.name} to return ${values}${size}`;
    throw module.refuse(node.returnType ?? node, expected, typeText(fn.result), "Correct one.");
  }
  const result = arrayOf(F32, m);
  const y: Variable = { hint: "y", type: fn.result, kind: "let" };
  const made = call(fn, args);
  const body: Fn["body"] = sameType(fn.result, result)
    ? [{ kind: "return", value: made }]
    : [declare(y, made), { kind: "return", value: construct(result, toNumbers(name(y))) }];
  return {
    fn: { hint: "value", params, result, body },
    sizes: { stateDim: counts[0]!, inputDim: counts[1]!, numParameters: counts[3]!, outputDim: m },
  };
}
