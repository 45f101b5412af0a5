/** Gives every expression its type, and refuses what WGSL or the subset does not allow, at its place. */
import type * as AST from "wgsl_reflect";
import { scalarOperator } from "./autodiff/scalar_functions.ts";
import {
  address,
  at,
  binaryType,
  call,
  construct,
  deref,
  type Expr,
  type Fn,
  literal,
  member,
  unary,
} from "./autodiff/tree.ts";
import {
  BOOL,
  componentOf,
  elementCount,
  isAbstract,
  isFloat,
  isInteger,
  sameType,
  scalar,
  type Type,
  typeText,
  U32,
  vector,
  withComponent,
} from "./autodiff/types.ts";
import { BUILTINS, callBuiltin, isMisfit, type Misfit } from "./wgsl_builtins.ts";
import { constructInferred, constructValue } from "./wgsl_constructors.ts";
import { coerce, concrete, constantValue, readLiteral, unify } from "./wgsl_literals.ts";
import type { Module } from "./wgsl_module.ts";
import type { Repairs } from "./wgsl_parser.ts";
import type { Scope } from "./wgsl_scope.ts";

/** The variable that an expression is a part of, if it can be written to or pointed to. */
export function rootOf(e: Expr): Expr | undefined {
  if (e.kind === "name" || e.kind === "deref") return e;
  if (e.kind === "member" || e.kind === "index") return rootOf(e.a);
  if (e.kind === "swizzle" && e.components.length === 1) return rootOf(e.a);
  return undefined;
}

export const isWritable = (e: Expr): boolean => {
  const root = rootOf(e);
  return root?.kind === "deref" || (root?.kind === "name" && root.variable.kind === "var");
};

export class Expressions {
  private readonly module: Module;

  constructor(module: Module) {
    this.module = module;
  }

  /** @param whole the expression stands alone, so that it may be a call with pointers */
  check(node: AST.Expression, scope: Scope, whole = false): Expr {
    let e = this.core(node, scope, whole && !node.postfix);
    for (let part = node.postfix; part; part = part.postfix) e = this.postfix(e, part, scope);
    return e;
  }

  /** An expression of a type that is known. */
  checkAs(node: AST.Expression, type: Type, scope: Scope, whole = false): Expr {
    return this.fit(this.check(node, scope, whole), type, node);
  }

  fit(e: Expr, type: Type, node: AST.Node): Expr {
    const fitted = coerce(e, type);
    if (fitted) return fitted;
    const both = e.type.kind === "scalar" && type.kind === "scalar" && !isAbstract(e.type.name);
    const fix = both ? `Convert it: ${type.name}(…).` : "Correct the type.";
    throw this.module.refuse(node, typeText(type), typeText(e.type), fix);
  }

  private core(node: AST.Expression, scope: Scope, whole: boolean): Expr {
    const { module } = this;
    const { reflect } = module;
    if (node instanceof reflect.LiteralExpr) {
      const read = readLiteral((node as AST.LiteralExpr & Repairs).spelling!);
      if ("kind" in read) return read;
      throw module.refuse(node, "numbers of f32, i32 and u32", read.fault, "Write another number.");
    }
    if (node instanceof reflect.VariableExpr) {
      const found = scope.find(node.name) ?? (module.isConstant(node.name) && module.constant(node.name));
      if (found) return found;
      if (module.types.isType(node.name) || module.callables.includes(node.name))
        throw module.refuse(node, "a value", `${node.name}, which is not one`, `Call it: ${node.name}(…).`);
      throw module.unknown(node, node.name, "a name in scope", [...scope.names, ...module.constantNames]);
    }
    if (node instanceof reflect.UnaryOperator) return this.unary(node, scope);
    if (node instanceof reflect.BinaryOperator) return this.binary(node, scope);
    if (node instanceof reflect.CallExpr) return this.call(node, node.name, node.args ?? [], scope, whole);
    if (node instanceof reflect.CreateExpr) return this.create(node, scope);
    if (node instanceof reflect.BitcastExpr) return this.bitcast(node, scope);
    throw module.refuse(node, "an expression of the subset", node.astNodeType, "Write it otherwise.");
  }

  private unary(node: AST.UnaryOperator, scope: Scope): Expr {
    const { module } = this;
    const e = this.check(node.right, scope);
    if (node.operator === "()") return e;
    const of = componentOf(e.type);
    if (node.operator === "&") {
      if (!isWritable(e) || e.kind === "swizzle" || (e.kind === "index" && e.a.type.kind === "vector"))
        throw module.refuse(node, "the address of a var", module.textOf(node), "Declare it as var.");
      return address(e);
    }
    if (node.operator === "*") {
      if (e.type.kind !== "pointer")
        throw module.refuse(node.right, "a pointer", typeText(e.type), "Leave out the *.");
      return deref(e);
    }
    const allowed =
      node.operator === "!"
        ? of === "bool"
        : node.operator === "~"
          ? isInteger(of)
          : of !== "bool" && of !== "u32" && of !== undefined;
    if (!allowed)
      throw module.refuse(
        node,
        node.operator === "!" ? "bool" : node.operator === "~" ? "an integer" : "a signed number",
        typeText(e.type),
        "Correct the operand.",
      );
    if (e.kind === "literal") {
      const value = node.operator === "-" ? -e.value : node.operator === "!" ? 1 - e.value : ~e.value;
      return literal(of === "u32" ? value >>> 0 : value, e.type);
    }
    return unary(node.operator, e);
  }

  private binary(node: AST.BinaryOperator, scope: Scope): Expr {
    const given = [this.check(node.left, scope), this.check(node.right, scope)] as const;
    return this.operate(node.operator, given, node);
  }

  /** An operator on operands that were checked; also for compound assignments. */
  operate(operator: string, given: readonly [Expr, Expr], node: AST.Node): Expr {
    const { module } = this;
    const shift = operator === "<<" || operator === ">>";
    let [a, b] = (shift ? given : unify(given)) as [Expr, Expr];
    const bad = (): never => {
      const types = `${typeText(given[0].type)} ${operator} ${typeText(given[1].type)}`;
      const scalars = given.every(e => e.type.kind === "scalar" && e.type.name !== "bool");
      throw module.refuse(
        node,
        `operands that fit ${operator}`,
        types,
        scalars ? "Convert one: f32(…), i32(…) or u32(…)." : "Correct an operand.",
      );
    };
    if (a.kind === "literal" && b.kind === "literal" && isAbstract(componentOf(a.type))) {
      const folded = this.fold(operator, a, b);
      if (folded) return folded;
      throw module.refuse(node, "a finite constant", module.textOf(node), "Correct the numbers.");
    }
    if (shift) {
      a = concrete(a);
      b = coerce(b, withComponent(a.type, "u32")) ?? bad();
      return isInteger(componentOf(a.type)) ? { kind: "binary", type: a.type, operator, a, b } : bad();
    }
    const of = componentOf(a.type);
    if (/^(==|!=|<|<=|>|>=)$/.test(operator)) {
      [a, b] = [concrete(a), concrete(b)];
      const order = operator !== "==" && operator !== "!=";
      if (!of || !sameType(a.type, b.type) || (order && of === "bool")) bad();
      const type = a.type.kind === "vector" ? vector(a.type.size, "bool") : BOOL;
      return { kind: "binary", type, operator, a, b };
    }
    if (operator === "&&" || operator === "||") {
      if (!sameType(a.type, BOOL) || !sameType(b.type, BOOL)) bad();
      return { kind: "binary", type: BOOL, operator, a, b };
    }
    if ("&|^".includes(operator)) {
      const fits = isInteger(of) || (of === "bool" && operator !== "^");
      if (!fits || !sameType(a.type, b.type)) bad();
      return { kind: "binary", type: a.type, operator, a, b };
    }
    const type = binaryType(operator, a.type, b.type);
    if (!type) return bad();
    return { kind: "binary", type, operator, a, b };
  }

  private fold(operator: string, a: Expr, b: Expr): Expr | undefined {
    const of = componentOf(a.type)!;
    const shift = operator === "<<" || operator === ">>";
    if (!shift && of !== componentOf(b.type)) return undefined;
    if (of === "abstractFloat" && !/^[-+*/%<>!=]=?$/.test(operator)) return undefined;
    const value = scalarOperator(operator, of)?.(constantValue(a)!, constantValue(b)!);
    if (value === undefined || !Number.isFinite(value)) return undefined;
    return literal(value, /^(==|!=|<|<=|>|>=)$/.test(operator) ? BOOL : scalar(of));
  }

  private bitcast(node: AST.BitcastExpr, scope: Scope): Expr {
    const { module } = this;
    const to = module.types.resolve(((node.type as Repairs).parameters ?? [])[0] ?? node);
    const e = concrete(this.check(node.value, scope));
    const [from, into] = [componentOf(e.type), componentOf(to)];
    if (!isInteger(from) || !isInteger(into) || !sameType(withComponent(e.type, into!), to))
      throw module.refuse(
        node,
        "bitcast between i32 and u32",
        `bitcast<${typeText(to)}> of ${typeText(e.type)}`,
        "The bits of an f32 have no derivative.",
      );
    return construct(to, [e]);
  }

  private create(node: AST.CreateExpr, scope: Scope): Expr {
    const { module } = this;
    if (node.args === null)
      throw module.refuse(node, "a value", `the type ${module.textOf(node)}`, "Add (…).");
    const args = node.args.map(arg => this.check(arg, scope));
    const { parameters } = node.type as Repairs;
    const made = parameters
      ? constructValue(module.types.resolve(node.type!), args)
      : constructInferred(node.type!.name, args);
    return this.settle(made, node, node.args, args);
  }

  private settle(
    made: Expr | Misfit,
    node: AST.Node,
    nodes: readonly AST.Expression[],
    args: readonly Expr[],
  ): Expr {
    if (!isMisfit(made)) return made;
    const which = made.argument;
    if (which === undefined) {
      const got = `${args.length} (${args.map(a => typeText(a.type)).join(", ") || "none"})`;
      throw this.module.refuse(node, made.expected, got, "Correct the arguments.");
    }
    throw this.module.refuse(
      nodes[which]!,
      made.expected,
      typeText(args[which]!.type),
      "Correct the argument.",
    );
  }

  /** A call of a function of the user, of WGSL, or of a type. */
  call(node: AST.Node, called: string, nodes: readonly AST.Expression[], scope: Scope, whole: boolean): Expr {
    const { module } = this;
    if (module.types.isType(called)) {
      const type = module.types.resolve(new module.reflect.VariableExpr(called));
      const args = nodes.map(arg => this.check(arg, scope));
      return this.settle(constructValue(type, args), node, nodes, args);
    }
    if (module.functions.has(called)) return this.callUser(node, module.fn(called), nodes, scope, whole);
    if (!BUILTINS.includes(called)) throw module.unknown(node, called, "a function", module.callables);
    const args = nodes.map(arg => this.check(arg, scope));
    if (called === "modf") {
      throw module.refuse(
        node,
        "a function with one result",
        "modf, which has two",
        "Use fract(x) with trunc(x), or x - trunc(x).",
      );
    }
    return this.settle(callBuiltin(called, args), node, nodes, args);
  }

  private callUser(
    node: AST.Node,
    fn: Fn,
    nodes: readonly AST.Expression[],
    scope: Scope,
    whole: boolean,
  ): Expr {
    const { module } = this;
    if (nodes.length !== fn.params.length) {
      const expected = `${fn.params.length} argument${fn.params.length === 1 ? "" : "s"} of ${fn.hint}`;
      throw module.refuse(node, expected, `${nodes.length}`, "Correct the call.");
    }
    if (!whole && fn.params.some(p => p.type.kind === "pointer"))
      throw module.refuse(
        node,
        `${fn.hint}, which takes pointers, called in a statement of its own`,
        "a call inside an expression",
        "Put the result in a let first.",
      );
    const args = nodes.map((arg, i) => this.checkAs(arg, fn.params[i]!.type, scope));
    return call(fn, args);
  }

  private postfix(given: Expr, node: AST.Expression, scope: Scope): Expr {
    const { module } = this;
    const { reflect } = module;
    const e = given.type.kind === "pointer" ? deref(given) : given;
    if (node instanceof reflect.ArrayIndex) return this.index(e, node, scope);
    const called = (node as AST.StringExpr).value;
    if (e.type.kind === "struct") {
      const members = e.type.members.map(m => m.name);
      const i = members.indexOf(called);
      if (i < 0) throw module.unknown(node, called, `a member of ${e.type.name}`, members);
      return member(e, i);
    }
    if (e.type.kind === "vector" && (/^[xyzw]{1,4}$/.test(called) || /^[rgba]{1,4}$/.test(called))) {
      const components = [...called].map(c => (/[xyzw]/.test(c) ? "xyzw" : "rgba").indexOf(c));
      if (components.every(c => c < elementCount(e.type))) {
        const { of } = e.type;
        const type = components.length === 1 ? scalar(of) : vector(components.length, of);
        return { kind: "swizzle", type, a: e, components };
      }
    }
    const fix = "Use members of structs, and x, y, z, w of vectors.";
    throw module.refuse(node, `a member of ${typeText(e.type)}`, `.${called}`, fix);
  }

  private index(e: Expr, node: AST.ArrayIndex, scope: Scope): Expr {
    const { module } = this;
    const count = elementCount(e.type);
    if (count === 0)
      throw module.refuse(node, "an array, a vector or a matrix before [", typeText(e.type), "Leave it out.");
    const index = concrete(this.check(node.index, scope));
    if (!(sameType(index.type, U32) || (index.type.kind === "scalar" && index.type.name === "i32"))) {
      const fix = isFloat(componentOf(index.type)) ? "Convert it: i32(…)." : "Correct the index.";
      throw module.refuse(node.index, "an index: i32 or u32", typeText(index.type), fix);
    }
    const known = constantValue(index);
    if (known !== undefined && (known < 0 || known >= count))
      throw module.refuse(
        node.index,
        `an index from 0 to ${count - 1} of ${typeText(e.type)}`,
        `${known}`,
        "Indices count from 0.",
      );
    if (known !== undefined) return at(e, known);
    // A value that is no variable cannot be indexed by a number that is not known: WGSL needs a place for it.
    return at(e, index);
  }
}
