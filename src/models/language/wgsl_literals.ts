/** Numbers as written, and how numbers without a type take one. The decimal value stays: 0.1 is 0.1 in float64. */
import { scalarOperator } from "./autodiff/scalar_functions.ts";
import { type Expr, literal } from "./autodiff/tree.ts";
import {
  arrayOf,
  BOOL,
  componentOf,
  F32,
  I32,
  isAbstract,
  type ScalarName,
  sameType,
  scalar,
  type Type,
  U32,
  withComponent,
} from "./autodiff/types.ts";

const F32_MAX = 3.4028234663852886e38;

/** The value of a literal, or what is wrong with it. */
export function readLiteral(spelling: string): Expr | { readonly fault: string } {
  if (spelling === "true" || spelling === "false") return literal(spelling === "true" ? 1 : 0, BOOL);
  const hex = /^0x/i.test(spelling);
  const suffix = (hex && !/[p.]/i.test(spelling) ? /[iu]$/ : /[fhiu]$/).exec(spelling)?.[0] ?? "";
  const digits = suffix ? spelling.slice(0, -1) : spelling;
  if (suffix === "h") return { fault: "f16" };
  const value = hex && /[.p]/i.test(digits) ? hexFloat(digits) : Number(digits);
  if (suffix === "f" || /[.]|p/i.test(digits) || (!hex && /e/i.test(digits)))
    return Math.abs(value) > F32_MAX
      ? { fault: "a number larger than f32 holds" }
      : literal(value, suffix === "f" ? F32 : scalar("abstractFloat"));
  const type = suffix === "i" ? I32 : suffix === "u" ? U32 : scalar("abstractInt");
  const most = suffix === "i" ? 2147483647 : suffix === "u" ? 4294967295 : Number.MAX_SAFE_INTEGER;
  return value > most ? { fault: "a whole number that is too large" } : literal(value, type);
}

function hexFloat(text: string): number {
  const [mantissa = "", exponent = "0"] = text.slice(2).toLowerCase().split("p");
  const [whole = "", fraction = ""] = mantissa.split(".");
  const value = Number.parseInt(`${whole}${fraction}`, 16);
  return value * 2 ** (Number(exponent) - 4 * fraction.length);
}

export function fits(value: number, to: ScalarName): boolean {
  if (to === "bool") return true;
  if (to === "i32") return Number.isInteger(value) && value >= -2147483648 && value <= 2147483647;
  if (to === "u32") return Number.isInteger(value) && value >= 0 && value <= 4294967295;
  return to === "abstractFloat" || (to === "f32" && Math.abs(value) <= F32_MAX);
}

/** The expression as a value of a type, if that needs no more than giving literals a type. */
export function coerce(e: Expr, type: Type): Expr | undefined {
  if (sameType(e.type, type)) return e;
  const from = componentOf(e.type);
  if (e.kind === "literal") {
    if (type.kind !== "scalar" || !isAbstract(from)) return undefined;
    if (from === "abstractFloat" && type.name !== "f32") return undefined;
    return fits(e.value, type.name) ? literal(e.value, type) : undefined;
  }
  if (e.type.kind === "array" && type.kind === "array") {
    if (e.kind !== "construct" || e.type.count !== type.count) return undefined;
    const args = e.args.map(arg => coerce(arg, type.of));
    return args.some(arg => !arg) ? undefined : { ...e, type, args: args as Expr[] };
  }
  if (e.type.kind !== "vector" || type.kind !== "vector" || e.type.size !== type.size) return undefined;
  if (!isAbstract(from)) return undefined;
  const part = (a: Expr): Expr | undefined =>
    isAbstract(componentOf(a.type)) ? coerce(a, withComponent(a.type, type.of)) : a;
  switch (e.kind) {
    case "construct":
    case "builtin": {
      const args = e.args.map(part);
      return args.some(arg => !arg) ? undefined : { ...e, type, args: args as Expr[] };
    }
    case "unary": {
      const a = part(e.a);
      return a && { ...e, type, a };
    }
    case "binary": {
      const [a, b] = [part(e.a), part(e.b)];
      return a && b && { ...e, type, a, b };
    }
    default:
      return undefined;
  }
}

/** The type that numbers without one take where nothing asks for another. */
export function concreteType(type: Type): Type {
  if (type.kind === "array") return arrayOf(concreteType(type.of), type.count);
  const of = componentOf(type);
  if (of === "abstractInt") return withComponent(type, "i32");
  return of === "abstractFloat" ? withComponent(type, "f32") : type;
}

export const concrete = (e: Expr): Expr => coerce(e, concreteType(e.type)) ?? e;

/** Gives several operands one scalar, where literals can take it. */
export function unify(operands: readonly Expr[]): Expr[] {
  const names = operands.map(e => componentOf(e.type) ?? (e.type.kind === "matrix" ? "f32" : undefined));
  const target =
    names.find(name => name && !isAbstract(name)) ??
    (names.includes("abstractFloat") ? "abstractFloat" : undefined);
  if (!target) return [...operands];
  return operands.map((e, i) =>
    isAbstract(names[i]) && names[i] !== target ? (coerce(e, withComponent(e.type, target)) ?? e) : e,
  );
}

/** The number that a constant expression of a scalar is; undefined where it is not constant. */
export function constantValue(e: Expr): number | undefined {
  if (e.kind === "literal") return e.value;
  if (e.kind === "name") return e.variable.value && constantValue(e.variable.value);
  if (e.kind === "unary") {
    const a = constantValue(e.a);
    if (a === undefined || e.type.kind !== "scalar") return undefined;
    return e.operator === "-" ? -a : e.operator === "!" ? 1 - a : ~a;
  }
  if (e.kind === "binary" && e.a.type.kind === "scalar" && e.b.type.kind === "scalar") {
    const [a, b] = [constantValue(e.a), constantValue(e.b)];
    const f = scalarOperator(e.operator, e.a.type.name);
    return a === undefined || b === undefined || !f ? undefined : f(a, b);
  }
  if (e.kind === "construct" && e.type.kind === "scalar" && e.args[0]) return constantValue(e.args[0]);
  return undefined;
}
