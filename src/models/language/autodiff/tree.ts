/**
 * The typed tree of functions: what the checker makes of WGSL, what the derivative is taken of, what is printed and what is
 * run in float64. Expressions have no effects, but for a call with pointers, which stands only as a statement, a whole
 * initial value, the right side of an assignment to a name, or after return. Trees are shared, never changed.
 */
import { BOOL, elementOf, F32, type StructType, sameType, scalar, type Type } from "./types.ts";

export interface Variable {
  /** The user's name, or what a printed name begins with. */
  readonly hint: string;
  readonly type: Type;
  readonly kind: "let" | "var" | "parameter" | "constant";
  /** Of a constant of the module. */
  readonly value?: Expr;
}

export interface Fn {
  readonly hint: string;
  readonly params: readonly Variable[];
  readonly result: Type;
  body: readonly Stmt[];
}

export type Literal = { readonly kind: "literal"; readonly type: Type; readonly value: number };
export type Name = { readonly kind: "name"; readonly type: Type; readonly variable: Variable };
export type CallExpr = {
  readonly kind: "call";
  readonly type: Type;
  readonly fn: Fn;
  readonly args: readonly Expr[];
};
export type Expr =
  | Literal
  | Name
  | CallExpr
  | { readonly kind: "unary"; readonly type: Type; readonly operator: string; readonly a: Expr }
  | {
      readonly kind: "binary";
      readonly type: Type;
      readonly operator: string;
      readonly a: Expr;
      readonly b: Expr;
    }
  | { readonly kind: "member"; readonly type: Type; readonly a: Expr; readonly index: number }
  | {
      readonly kind: "swizzle";
      readonly type: Type;
      readonly a: Expr;
      readonly components: readonly number[];
    }
  | { readonly kind: "index"; readonly type: Type; readonly a: Expr; readonly index: Expr }
  | { readonly kind: "construct"; readonly type: Type; readonly args: readonly Expr[] }
  | { readonly kind: "builtin"; readonly type: Type; readonly name: string; readonly args: readonly Expr[] }
  | { readonly kind: "address"; readonly type: Type; readonly a: Expr }
  | { readonly kind: "deref"; readonly type: Type; readonly a: Expr };

export type Stmt =
  | { readonly kind: "declare"; readonly variable: Variable; readonly init: Expr | null }
  | { readonly kind: "assign"; readonly target: Expr; readonly value: Expr }
  | { readonly kind: "call"; readonly call: CallExpr }
  | {
      readonly kind: "if";
      readonly condition: Expr;
      readonly whenTrue: readonly Stmt[];
      readonly otherwise: readonly Stmt[];
    }
  | {
      readonly kind: "for";
      readonly init: Stmt | null;
      readonly condition: Expr | null;
      readonly update: Stmt | null;
      readonly body: readonly Stmt[];
    }
  | {
      readonly kind: "loop";
      readonly body: readonly Stmt[];
      readonly continuing: readonly Stmt[];
      readonly breakIf: Expr | null;
    }
  | { readonly kind: "switch"; readonly selector: Expr; readonly cases: readonly Case[] }
  | { readonly kind: "break" }
  | { readonly kind: "continue" }
  | { readonly kind: "return"; readonly value: Expr | null }
  | { readonly kind: "block"; readonly body: readonly Stmt[] };

export interface Case {
  readonly values: readonly number[];
  readonly isDefault: boolean;
  readonly body: readonly Stmt[];
}

export const literal = (value: number, type: Type = F32): Expr => ({ kind: "literal", type, value });
export const name = (variable: Variable): Expr => ({ kind: "name", type: variable.type, variable });
export const unary = (operator: string, a: Expr): Expr => ({ kind: "unary", type: a.type, operator, a });
export const builtin = (called: string, args: readonly Expr[], type: Type): Expr => ({
  kind: "builtin",
  type,
  name: called,
  args,
});
export const construct = (type: Type, args: readonly Expr[] = []): Expr => ({
  kind: "construct",
  type,
  args,
});
export const call = (fn: Fn, args: readonly Expr[]): CallExpr => ({
  kind: "call",
  type: fn.result,
  fn,
  args,
});
export const at = (a: Expr, index: number | Expr): Expr => ({
  kind: "index",
  type: elementOf(a.type)!,
  a,
  index: typeof index === "number" ? literal(index, scalar("i32")) : index,
});
export const member = (a: Expr, index: number): Expr => ({
  kind: "member",
  type: (a.type as StructType).members[index]!.type,
  a,
  index,
});
export const deref = (a: Expr): Expr =>
  a.kind === "address" ? a.a : { kind: "deref", type: a.type.kind === "pointer" ? a.type.to : a.type, a };
export const address = (a: Expr): Expr =>
  a.kind === "deref" ? a.a : { kind: "address", type: { kind: "pointer", to: a.type }, a };
export const declare = (variable: Variable, init: Expr | null): Stmt => ({ kind: "declare", variable, init });

/** Type of an arithmetic operator; undefined where WGSL has none for these types. */
export function binaryType(operator: string, a: Type, b: Type): Type | undefined {
  const plain = (t: Type): t is Extract<Type, { kind: "scalar" | "vector" }> =>
    t.kind === "scalar" || t.kind === "vector";
  if (plain(a) && plain(b)) {
    const of = a.kind === "scalar" ? a.name : a.of;
    if (of === "bool" || of !== (b.kind === "scalar" ? b.name : b.of)) return undefined;
    if (a.kind === "vector" && b.kind === "vector") return a.size === b.size ? a : undefined;
    return a.kind === "vector" ? a : b;
  }
  if (a.kind === "matrix" && b.kind === "matrix") {
    if (operator === "*")
      return a.columns === b.rows ? { kind: "matrix", columns: b.columns, rows: a.rows } : undefined;
    return "+-".includes(operator) && a.columns === b.columns && a.rows === b.rows ? a : undefined;
  }
  if (operator !== "*") return undefined;
  const float = (t: Type) => plain(t) && (t.kind === "scalar" ? t.name : t.of) === "f32";
  if (a.kind === "matrix" && float(b)) {
    if (b.kind === "scalar") return a;
    return b.kind === "vector" && b.size === a.columns
      ? { kind: "vector", size: a.rows, of: "f32" }
      : undefined;
  }
  if (b.kind === "matrix" && float(a)) {
    if (a.kind === "scalar") return b;
    return a.kind === "vector" && a.size === b.rows
      ? { kind: "vector", size: b.columns, of: "f32" }
      : undefined;
  }
  return undefined;
}

/** An arithmetic operator on operands that fit. */
export function binary(operator: string, a: Expr, b: Expr): Expr {
  const type = binaryType(operator, a.type, b.type);
  if (!type) throw new Error(`binary ${operator}: types do not fit`);
  return { kind: "binary", type, operator, a, b };
}

/** A comparison, componentwise. */
export const compare = (operator: string, a: Expr, b: Expr): Expr => ({
  kind: "binary",
  type: a.type.kind === "vector" ? { kind: "vector", size: a.type.size, of: "bool" } : BOOL,
  operator,
  a,
  b,
});

/** Two structs of the same value and tangent are one type. */
export class Duals {
  private readonly made: { readonly of: Type; readonly dual: StructType }[] = [];

  of(type: Type): StructType {
    const found = this.made.find(entry => sameType(entry.of, type));
    if (found) return found.dual;
    const dual: StructType = {
      kind: "struct",
      name: "Dual",
      members: [
        { name: "value", type },
        { name: "tangent", type },
      ],
    };
    this.made.push({ of: type, dual });
    return dual;
  }
}
