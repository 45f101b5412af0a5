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
function rolesOf(fn: Fn): readonly number[] {
  const byName = fn.params.map(p => (ROLES as readonly string[]).indexOf(p.hint));
  return byName.includes(-1) ? fn.params.map((_, i) => i) : byName;
}

/** @throws SourceError where arguments or result do not fit the sizes */
export function entryFunction(module: Module, node: AST.Function, sizes: FunctionSizes): Fn {
  const fn = module.fn(node.name);
  const counts = [sizes.stateDim, sizes.inputDim, 1, sizes.numParameters];
  const roles = rolesOf(fn);
  if (fn.params.length > 4)
    throw module.refuse(
      node,
      `at most the arguments x, u, t, p of ${node.name}`,
      `${fn.params.length}`,
      "Put what is constant into p.",
    );
  const params = ROLES.map(
    (hint, i): Variable => ({
      hint,
      type: i === 2 ? F32 : arrayOf(F32, Math.max(1, counts[i]!)),
      kind: "parameter",
    }),
  );
  const args = fn.params.map((param, k): Expr => {
    const i = roles[k]!;
    const given = params[i]!;
    if (sameType(param.type, given.type)) return name(given);
    const wanted = counts[i]!;
    const fits = i === 2 ? false : isFloats(param.type) && slots(param.type) === Math.max(1, wanted);
    if (!fits) {
      const size = i === 2 ? "" : ` (${SIZE_NAMES[i]} ${wanted})`;
      const role = `${typeText(given.type)} for ${ROLES[i]}${size}`;
      const fix = param.hint === ROLES[i] ? "Correct one." : "Name the arguments x, u, t and p.";
      throw module.refuse(node.args[k]!.type, role, typeText(param.type), fix);
    }
    return fromNumbers(param.type, name(given), { index: 0 });
  });
  const m = sizes.outputDim;
  if (!isFloats(fn.result) || slots(fn.result) !== m) {
    const expected = `${node.name} to return ${typeText(arrayOf(F32, m))} (outputDim ${m})`;
    throw module.refuse(node.returnType ?? node, expected, typeText(fn.result), "Correct one.");
  }
  const result = arrayOf(F32, m);
  const y: Variable = { hint: "y", type: fn.result, kind: "let" };
  const made = call(fn, args);
  const body: Fn["body"] = sameType(fn.result, result)
    ? [{ kind: "return", value: made }]
    : [declare(y, made), { kind: "return", value: construct(result, toNumbers(name(y))) }];
  return { hint: "value", params, result, body };
}
