/** Gives every expression its type, and refuses what WGSL or the subset does not allow, at its place. */
import type * as AST from "wgsl_reflect";
import { rootVariable } from "./autodiff/activity.ts";
import { address, at, call, construct, deref, type Expr, type Fn, member } from "./autodiff/tree.ts";
import {
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
import { coerce, concrete, constantValue, readLiteral } from "./wgsl_literals.ts";
import type { Module } from "./wgsl_module.ts";
import { operate, operateOne } from "./wgsl_operators.ts";
import type { Repairs } from "./wgsl_parser.ts";
import { isWritable } from "./wgsl_places.ts";
import type { Scope } from "./wgsl_scope.ts";

/** What compilers of WGSL take: Tint 512. Derivatives are a little deeper than what they are of. */
const MOST_OPERATORS = 450;

export class Expressions {
  private readonly module: Module;
  private depth = 0;

  constructor(module: Module) {
    this.module = module;
  }

  /** @param whole the expression stands alone, so that it may be a call with pointers */
  check(node: AST.Expression, scope: Scope, whole = false): Expr {
    if (++this.depth > MOST_OPERATORS) {
      const expected = `at most ${MOST_OPERATORS} operators in a row`;
      throw this.module.refuse(node, expected, "more", "Split it with let, or use a loop.");
    }
    let e = this.core(node, scope, whole && !node.postfix);
    for (let part = node.postfix; part; part = part.postfix) e = this.postfix(e, part, scope);
    this.depth--;
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
    if (node instanceof reflect.BinaryOperator) {
      const given = [this.check(node.left, scope), this.check(node.right, scope)] as const;
      return operate(module, node.operator, given, node);
    }
    if (node instanceof reflect.CallExpr) return this.call(node, node.name, node.args ?? [], scope, whole);
    if (node instanceof reflect.CreateExpr) return this.create(node, scope);
    if (node instanceof reflect.BitcastExpr) return this.bitcast(node, scope);
    throw module.refuse(node, "an expression of the subset", node.astNodeType, "Write it otherwise.");
  }

  private unary(node: AST.UnaryOperator, scope: Scope): Expr {
    const { module } = this;
    const e = this.check(node.right, scope);
    if (node.operator === "()") return e;
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
    return operateOne(module, node.operator, e, node);
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
      const got = made.got ?? `${args.length} (${args.map(a => typeText(a.type)).join(", ") || "none"})`;
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
    const pointed = args.map(arg => (arg.type.kind === "pointer" ? rootVariable(arg) : undefined));
    const twice = pointed.findIndex((root, i) => root && pointed.indexOf(root) < i);
    if (twice >= 0)
      throw module.refuse(
        nodes[twice]!,
        `pointers of ${fn.hint} to different variables`,
        `two to ${pointed[twice]!.hint}`,
        "Copy one into another var.",
      );
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
