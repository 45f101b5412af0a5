/** Small expressions for rules of differentiation, simplified where a number is known. */
import { binary, builtin, compare, construct, type Expr, literal, unary } from "./tree.ts";
import { F32, type Type } from "./types.ts";

/** A number as a value of a scalar, vector or matrix type's shape: scalars and vectors only. */
export const number = (value: number, type: Type): Expr =>
  type.kind === "vector" ? construct(type, [literal(value)]) : literal(value, F32);

export const add = (a: Expr | null, b: Expr | null): Expr | null => (a && b ? binary("+", a, b) : (a ?? b));
export const subtract = (a: Expr | null, b: Expr | null): Expr | null =>
  a && b ? binary("-", a, b) : a ? a : b && unary("-", b);

const isOne = (e: Expr): boolean => e.kind === "literal" && e.value === 1;
export const multiply = (a: Expr, b: Expr): Expr =>
  isOne(a) && b.type.kind !== "vector" ? b : isOne(b) ? a : binary("*", a, b);
export const divide = (a: Expr, b: Expr): Expr => binary("/", a, b);
export const negate = (a: Expr): Expr => unary("-", a);

/** A built-in function of one type for arguments and result. */
export const apply = (name: string, ...args: Expr[]): Expr => builtin(name, args, args[0]!.type);
/** select(whenFalse, whenTrue, condition) */
export const select = (whenFalse: Expr, whenTrue: Expr, condition: Expr): Expr =>
  builtin("select", [whenFalse, whenTrue, condition], whenTrue.type);
export const dot = (a: Expr, b: Expr): Expr => builtin("dot", [a, b], F32);
/** The expression where the condition holds, else 0. */
export const where = (condition: Expr, a: Expr): Expr => select(number(0, a.type), a, condition);
/** a where the condition holds, else 1: an argument that is safe to divide by. */
export const safe = (condition: Expr, a: Expr): Expr => select(number(1, a.type), a, condition);
export const isPositive = (a: Expr): Expr => compare(">", a, number(0, a.type));
export const isNotZero = (a: Expr): Expr => compare("!=", a, number(0, a.type));
