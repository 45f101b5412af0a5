/** Value and tangent of expressions. What a rule uses more than once becomes a let in front of the statement. */
import { rootVariable } from "./activity.ts";
import { add, apply, divide, negate, subtract } from "./build.ts";
import type { Forward } from "./forward.ts";
import { FACTORS, TANGENTS } from "./rules.ts";
import {
  binary,
  call,
  construct,
  declare,
  type Expr,
  member,
  name,
  type Stmt,
  type Variable,
} from "./tree.ts";
import { sameType, type Type } from "./types.ts";

export interface Dual {
  readonly value: Expr;
  /** null: zero */
  readonly tangent: Expr | null;
}

type Binary = Extract<Expr, { kind: "binary" }>;
type Builtin = Extract<Expr, { kind: "builtin" }>;
type Call = Extract<Expr, { kind: "call" }>;

export class DualExpressions {
  private readonly forward: Forward;
  private readonly active: ReadonlySet<Variable>;
  private readonly tangentOf: (chain: Expr) => Expr;

  constructor(forward: Forward, active: ReadonlySet<Variable>, tangentOf: (chain: Expr) => Expr) {
    this.forward = forward;
    this.active = active;
    this.tangentOf = tangentOf;
  }

  private isActive(e: Expr): boolean {
    return this.forward.activities.isActive(e, this.active);
  }

  /** @param out takes the lets that come before */
  of(e: Expr, out: Stmt[]): Dual {
    if (e.kind === "call" && (this.isActive(e) || e.fn.params.some(p => p.type.kind === "pointer")))
      return this.call(e, out, false);
    if (!this.isActive(e)) return { value: e, tangent: null };
    switch (e.kind) {
      case "name":
      case "deref":
        return { value: e, tangent: this.tangentOf(e) };
      case "member":
      case "swizzle":
      case "index": {
        const part = e.kind === "index" ? { ...e, index: this.atom(e.index, out) } : e;
        if (rootVariable(e)) return { value: part, tangent: this.tangentOf(part) };
        const { value, tangent } = this.of(e.a, out);
        return { value: { ...part, a: value }, tangent: tangent && { ...part, a: tangent } };
      }
      case "unary": {
        const { value, tangent } = this.of(e.a, out);
        return { value: { ...e, a: value }, tangent: tangent && negate(tangent) };
      }
      case "binary":
        return this.binary(e, out);
      case "construct": {
        const parts = e.args.map(arg => this.of(arg, out));
        const tangents = parts.map((part, i) => part.tangent ?? construct(e.args[i]!.type));
        const value = construct(
          e.type,
          parts.map(part => part.value),
        );
        if (parts.every(part => part.tangent === null)) return { value, tangent: null };
        return { value, tangent: construct(e.type, tangents) };
      }
      case "builtin":
        return this.builtin(e, out);
      default:
        throw new Error(`forward mode: ${e.kind}`);
    }
  }

  /** The expression itself if it costs nothing to use twice, else a let of it. */
  private atom(e: Expr, out: Stmt[], hint = "v"): Expr {
    if (isAtom(e)) return e;
    const variable: Variable = { hint, type: e.type, kind: "let" };
    out.push(declare(variable, e));
    return name(variable);
  }

  private atoms({ value, tangent }: Dual, out: Stmt[]): Dual {
    return { value: this.atom(value, out), tangent: tangent && this.atom(tangent, out, "d_v") };
  }

  /** A tangent in the shape of the result: a scalar beside a vector is spread. */
  private shaped(tangent: Expr | null, type: Type): Expr | null {
    return tangent && !sameType(tangent.type, type) && type.kind === "vector"
      ? construct(type, [tangent])
      : tangent;
  }

  private binary(e: Binary, out: Stmt[]): Dual {
    const { operator, type } = e;
    let a = this.of(e.a, out);
    let b = this.of(e.b, out);
    if (operator === "+" || operator === "-") {
      const join = operator === "+" ? add : subtract;
      const tangent = join(a.tangent, b.tangent);
      return { value: binary(operator, a.value, b.value), tangent: this.shaped(tangent, type) };
    }
    // Tangents too: in a row of products they would stand in each other.
    a = this.atoms(a, out);
    b = this.atoms(b, out);
    const value = binary(operator, a.value, b.value);
    if (operator === "*") {
      const left = a.tangent && binary("*", a.tangent, b.value);
      const right = b.tangent && binary("*", a.value, b.tangent);
      return { value, tangent: add(left, right) };
    }
    if (operator === "/") {
      const quotient = b.tangent ? this.atom(value, out) : value;
      const change = b.tangent && binary("*", quotient, b.tangent);
      const top = subtract(a.tangent, change);
      return { value: quotient, tangent: top && this.shaped(divide(top, b.value), type) };
    }
    // a % b = a − b trunc(a / b)
    const turns = apply("trunc", binary("/", a.value, b.value));
    const tangent = subtract(a.tangent, b.tangent && binary("*", turns, b.tangent));
    return { value, tangent: this.shaped(tangent, type) };
  }

  private builtin(e: Builtin, out: Stmt[]): Dual {
    const parts = e.args.map(arg => this.atoms(this.of(arg, out), out));
    const args = parts.map(part => part.value);
    const value = this.atom({ ...e, args }, out);
    const tangents = parts.map(part => part.tangent);
    const whole = TANGENTS[e.name];
    if (whole) return { value, tangent: this.shaped(whole(args, tangents, value), e.type) };
    const factors = FACTORS[e.name];
    if (!factors) throw new Error(`forward mode: no rule for ${e.name}`);
    const terms = factors(args, value).map((factor, i) => {
      const d = tangents[i];
      const by = d ? factor() : null;
      if (!d || !by) return null;
      return by.kind === "literal" && by.value === 1 ? d : binary("*", by, d);
    });
    return { value, tangent: this.shaped(terms.reduce(add, null), e.type) };
  }

  /** A call of a function of the user: of its derivative where it has one. */
  call(e: Call, out: Stmt[], alone: boolean): Dual {
    const mask = e.args.map(arg => this.isActive(arg));
    const inner = this.forward.differentiate(e.fn, mask);
    if (!inner.params.some(Boolean)) {
      if (alone) out.push({ kind: "call", call: e });
      return { value: alone ? e : this.effect(e, out), tangent: null };
    }
    const values: Expr[] = [];
    const tangents: Expr[] = [];
    e.args.forEach((arg, i) => {
      const pointer = arg.type.kind === "pointer";
      const dual: Dual = pointer
        ? { value: arg, tangent: inner.params[i] ? this.tangentOf(arg) : null }
        : this.of(arg, out);
      values.push(dual.value);
      if (inner.params[i]) tangents.push(dual.tangent ?? construct(arg.type));
    });
    const made = call(inner.fn, [...values, ...tangents]);
    if (alone) {
      out.push({ kind: "call", call: made });
      return { value: made, tangent: null };
    }
    const result: Variable = { hint: "r", type: made.type, kind: "let" };
    out.push(declare(result, made));
    if (!inner.result) return { value: name(result), tangent: null };
    return { value: member(name(result), 0), tangent: member(name(result), 1) };
  }

  /** A call with pointers is made where it stands, before what comes after it. */
  private effect(e: Call, out: Stmt[]): Expr {
    return e.fn.params.some(p => p.type.kind === "pointer") ? this.atom(e, out, "r") : e;
  }
}

function isAtom(e: Expr): boolean {
  if (e.kind === "literal" || e.kind === "name") return true;
  if (e.kind === "member" || e.kind === "swizzle" || e.kind === "deref") return isAtom(e.a);
  if (e.kind === "index") return isAtom(e.a) && isAtom(e.index);
  if (e.kind === "construct") return e.args.length <= 1 && e.args.every(arg => arg.kind === "literal");
  return false;
}
