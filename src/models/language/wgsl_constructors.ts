/** Value constructors: f32(…), vec3f(…), mat2x2f(…), array<…>(…), structs, and zero values. */
import { convert } from "./autodiff/scalar_functions.ts";
import { construct, type Expr, literal } from "./autodiff/tree.ts";
import {
  arrayOf,
  componentOf,
  type ScalarName,
  sameType,
  scalar,
  slots,
  type Type,
  typeText,
  vector,
} from "./autodiff/types.ts";
import type { Misfit } from "./wgsl_builtins.ts";
import { coerce, unify } from "./wgsl_literals.ts";

/** A value of the type, or what does not fit. */
export function constructValue(type: Type, args: readonly Expr[]): Expr | Misfit {
  if (args.length === 0) return construct(type);
  switch (type.kind) {
    case "scalar":
      return constructScalar(type.name, args);
    case "vector":
      return constructVector(type, args);
    case "matrix":
      return constructMatrix(type, args);
    case "array":
      return constructParts(
        type,
        args,
        args.length === type.count ? args.map(() => type.of) : [],
        type.count,
      );
    case "struct": {
      const types = type.members.map(member => member.type);
      return constructParts(type, args, types, types.length);
    }
    default:
      return { expected: "a type that can be constructed" };
  }
}

function constructParts(
  type: Type,
  args: readonly Expr[],
  types: readonly Type[],
  count: number,
): Expr | Misfit {
  if (args.length !== count) return { expected: `${count} values for ${typeText(type)}` };
  const parts: Expr[] = [];
  for (const [i, arg] of args.entries()) {
    const part = coerce(arg, types[i]!);
    if (!part) return { expected: typeText(types[i]!), argument: i };
    parts.push(part);
  }
  return construct(type, parts);
}

function constructScalar(to: ScalarName, args: readonly Expr[]): Expr | Misfit {
  const from = args[0]!.type;
  if (args.length > 1) return { expected: `one value for ${to}` };
  if (from.kind !== "scalar") return { expected: "a scalar", argument: 0 };
  const value = args[0]!.kind === "literal" ? args[0]!.value : undefined;
  if (value !== undefined) return literal(convert(from.name, to)(value), scalar(to));
  return from.name === to ? args[0]! : construct(scalar(to), [args[0]!]);
}

function constructVector(type: Extract<Type, { kind: "vector" }>, args: readonly Expr[]): Expr | Misfit {
  const to = scalar(type.of);
  const only = args.length === 1 ? args[0]! : undefined;
  if (only?.type.kind === "vector" && only.type.size === type.size && only.type.of !== type.of)
    return coerce(only, type) ?? construct(type, [only]);
  let total = 0;
  const parts: Expr[] = [];
  for (const [i, arg] of args.entries()) {
    if (arg.type.kind !== "scalar" && arg.type.kind !== "vector")
      return { expected: "scalars and vectors", argument: i };
    const part = coerce(arg, arg.type.kind === "vector" ? vector(arg.type.size, type.of) : to);
    if (!part) return { expected: type.of, argument: i };
    total += slots(part.type);
    parts.push(part);
  }
  if (only?.type.kind !== "scalar" && total !== type.size)
    return { expected: `${type.size} components for ${typeText(type)}` };
  if (only?.type.kind === "vector") return parts[0]!;
  return construct(type, parts);
}

function constructMatrix(type: Extract<Type, { kind: "matrix" }>, args: readonly Expr[]): Expr | Misfit {
  if (args.length === 1 && sameType(args[0]!.type, type)) return args[0]!;
  const column = vector(type.rows);
  const columns = args.length === type.columns && args[0]!.type.kind === "vector";
  const parts: Expr[] = [];
  for (const [i, arg] of args.entries()) {
    const part = coerce(arg, columns ? column : scalar("f32"));
    if (!part) return { expected: columns ? typeText(column) : "f32", argument: i };
    parts.push(part);
  }
  if (!columns && parts.length !== slots(type))
    return { expected: `${type.columns} columns or ${slots(type)} numbers for ${typeText(type)}` };
  if (columns) return construct(type, parts);
  const grouped = Array.from({ length: type.columns }, (_, c) =>
    construct(column, parts.slice(c * type.rows, (c + 1) * type.rows)),
  );
  return construct(type, grouped);
}

/** vec3(…), mat2x2(…), array(…) without a type between < and >. */
export function constructInferred(name: string, args: readonly Expr[]): Expr | Misfit {
  if (name === "array") {
    const parts = unify(args);
    if (parts.length === 0) return { expected: "values, or a type: array<f32, 2>()" };
    const wrong = parts.findIndex(part => !sameType(part.type, parts[0]!.type));
    if (wrong >= 0) return { expected: typeText(parts[0]!.type), argument: wrong };
    return construct(arrayOf(parts[0]!.type, parts.length), parts);
  }
  const mat = /^mat(\d)x(\d)$/.exec(name);
  if (mat) return constructValue({ kind: "matrix", columns: Number(mat[1]), rows: Number(mat[2]) }, args);
  if (args.length === 0) return { expected: `a type: ${name}<f32>()` };
  const parts = unify(args);
  const of = componentOf(parts[0]!.type);
  if (!of) return { expected: "scalars and vectors", argument: 0 };
  return constructValue(vector(Number(name.slice(3)), of), parts);
}
