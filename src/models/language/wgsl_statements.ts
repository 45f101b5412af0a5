/** Checks the statements of a function. Compound assignments become plain ones, const and pointers what they stand for. */
import type * as AST from "wgsl_reflect";
import {
  type CallExpr,
  declare,
  type Expr,
  literal,
  name,
  type Stmt,
  type Variable,
} from "./autodiff/tree.ts";
import { BOOL, isInteger, type Type, typeText } from "./autodiff/types.ts";
import {
  type Around,
  checkFor,
  checkIf,
  checkLoop,
  checkSwitch,
  type StatementChecker,
} from "./wgsl_control.ts";
import { returns } from "./wgsl_flow.ts";
import { concrete } from "./wgsl_literals.ts";
import type { Module } from "./wgsl_module.ts";
import { operate } from "./wgsl_operators.ts";
import type { Repairs } from "./wgsl_parser.ts";
import { isFixed, isWritable, rootOf } from "./wgsl_places.ts";
import { Scope } from "./wgsl_scope.ts";

type Block = readonly AST.Statement[];

/** The statements of a function. */
export function checkBody(module: Module, fn: AST.Function, scope: Scope, result: Type): Stmt[] {
  const body = new Statements(module, result).block(fn.body, new Scope(scope));
  if (result.kind !== "void" && !returns(body)) {
    const span = module.span(fn);
    const end = Math.max(span[0], span[1] - 1);
    throw module.text.refuse(
      end,
      end + 1,
      `return on every way through ${fn.name}`,
      "a way without",
      "Add a return.",
    );
  }
  return body;
}

class Statements implements StatementChecker {
  readonly module: Module;
  readonly around: Around[] = [];
  private readonly result: Type;

  constructor(module: Module, result: Type) {
    this.module = module;
    this.result = result;
  }

  block(nodes: Block, scope: Scope): Stmt[] {
    return nodes.flatMap(node => this.statement(node, scope) ?? []);
  }

  inner(nodes: Block, scope: Scope): Stmt[] {
    return this.block(nodes, new Scope(scope));
  }

  condition(node: AST.Expression, scope: Scope): Expr {
    return this.module.expressions.checkAs(node, BOOL, scope);
  }

  statement(node: AST.Statement, scope: Scope): Stmt | null {
    const { module } = this;
    const { reflect } = module;
    const { block } = node as Repairs;
    if (block) return { kind: "block", body: this.inner(block, scope) };
    if (node instanceof reflect.Var || node instanceof reflect.Let || node instanceof reflect.Const)
      return this.declaration(node, scope);
    if (node instanceof reflect.Assign) return this.assignment(node, scope);
    if (node instanceof reflect.Increment) {
      const target = this.target(node.variable, scope);
      const value = operate(
        module,
        node.operator === "++" ? "+" : "-",
        [target, literal(1, target.type)],
        node,
      );
      if (!isInteger(target.type.kind === "scalar" ? target.type.name : undefined))
        throw module.refuse(node, "an integer before ++ and --", typeText(target.type), "Use += 1.0.");
      return { kind: "assign", target, value };
    }
    if (node instanceof reflect.Call) return this.callStatement(node, node.name, node.args, scope);
    if (node instanceof reflect.If) return checkIf(this, node, scope);
    if (node instanceof reflect.While || node instanceof reflect.For) return checkFor(this, node, scope);
    if (node instanceof reflect.Loop) return checkLoop(this, node, scope);
    if (node instanceof reflect.Switch) return checkSwitch(this, node, scope);
    if (node instanceof reflect.Break) return this.break(node);
    if (node instanceof reflect.Continue) {
      // Of a switch the loop around it counts.
      if (this.around.findLast(a => a !== "switch") !== "loop")
        throw module.refuse(node, "continue in the body of a loop", "one elsewhere", "Remove it.");
      return { kind: "continue" };
    }
    if (node instanceof reflect.Return) return this.return(node, scope);
    if (node instanceof reflect.StaticAssert) {
      module.assertTrue(node, scope);
      return null;
    }
    if (node instanceof reflect.Discard)
      throw module.refuse(node, "statements of a function of numbers", "discard", "Remove it.");
    throw module.refuse(node, "a statement of the subset", node.astNodeType, "Write it otherwise.");
  }

  private named(called: string, value: Expr, node: AST.Node, scope: Scope): void {
    if (!scope.declare(called, value))
      throw this.module.refuse(node, "every name once in a block", `a second ${called}`, "Rename one.");
  }

  private declaration(node: AST.Var | AST.Let | AST.Const, scope: Scope): Stmt | null {
    const { module } = this;
    const { reflect } = module;
    if (node instanceof reflect.Const) {
      const value = module.constantOf(node.name, node.type, node.value, scope);
      this.named(node.name, value, node, scope);
      if (value.kind === "literal" || value.kind !== "name") return null;
      const variable: Variable = { hint: node.name, type: value.type, kind: "let" };
      return this.declared(variable, value.variable.value!, node, scope, true);
    }
    const kind = node instanceof reflect.Var ? "var" : "let";
    const given = node.value && module.expressions.check(node.value, scope, true);
    const declaredType = node.type && module.types.resolve(node.type);
    if (given?.type.kind === "void")
      throw module.refuse(node.value!, "a value", "a call that returns nothing", "Call it as a statement.");
    const init =
      given && (declaredType ? module.expressions.fit(given, declaredType, node.value!) : concrete(given));
    const type = declaredType ?? init?.type;
    if (!type) throw module.refuse(node, "a type or a value", `only the name ${node.name}`, "Add one.");
    if (type.kind === "pointer") {
      const pointed = init?.kind === "address" ? init.a : undefined;
      if (kind === "var" || !init || (pointed && !isFixed(pointed)))
        throw module.refuse(
          node,
          "pointers in let, to a place with constant indices",
          module.textOf(node),
          "Use the variable itself.",
        );
      this.named(node.name, init, node, scope);
      return null;
    }
    return this.declared({ hint: node.name, type, kind }, init ?? null, node, scope, false);
  }

  private declared(
    variable: Variable,
    init: Expr | null,
    node: AST.Node,
    scope: Scope,
    again: boolean,
  ): Stmt {
    if (again) scope.replace(variable.hint, name(variable));
    else this.named(variable.hint, name(variable), node, scope);
    return declare(variable, init);
  }

  private target(node: AST.Expression, scope: Scope): Expr {
    const { module } = this;
    const target = module.expressions.check(node, scope);
    if (isWritable(target)) return target;
    const root = rootOf(target);
    if (root?.kind === "name")
      throw module.refuse(
        node,
        "a var on the left side",
        `${root.variable.hint}, which is not one`,
        "Copy it into a var first.",
      );
    const got = target.kind === "swizzle" ? "several components at once" : module.textOf(node);
    throw module.refuse(
      node,
      "a variable or one part of it on the left side",
      got,
      "Assign the parts one by one.",
    );
  }

  private assignment(node: AST.Assign, scope: Scope): Stmt | null {
    const { expressions } = this.module;
    if (!node.variable) {
      const e = expressions.check(node.value, scope, true);
      return e.kind === "call" ? { kind: "call", call: e } : null;
    }
    const target = this.target(node.variable, scope);
    if (node.operator === "=") {
      const plain = target.kind === "name" || (target.kind === "deref" && target.a.kind === "name");
      return { kind: "assign", target, value: expressions.checkAs(node.value, target.type, scope, plain) };
    }
    const right = expressions.check(node.value, scope);
    const value = operate(this.module, node.operator.slice(0, -1), [target, right], node);
    return { kind: "assign", target, value: expressions.fit(value, target.type, node) };
  }

  private callStatement(node: AST.Node, called: string, args: readonly AST.Expression[], scope: Scope): Stmt {
    const { module } = this;
    const e = module.expressions.call(node, called, args, scope, true);
    if (e.kind !== "call")
      throw module.refuse(node, "the result of a call to be used", called, "Assign it, or remove the call.");
    return { kind: "call", call: e as CallExpr };
  }

  private break(node: AST.Break): Stmt {
    const { module } = this;
    if (node.condition)
      throw module.refuse(node, "break if at the end of continuing", "break if", "Use if (…) { break; }.");
    const inside = this.around.at(-1);
    if (inside === "continuing")
      throw module.refuse(node, "break if at the end of continuing", "break", "Write break if …;.");
    if (!inside) throw module.refuse(node, "break in a loop or a switch", "one elsewhere", "Remove it.");
    return { kind: "break" };
  }

  private return(node: AST.Return, scope: Scope): Stmt {
    const { module } = this;
    if (this.around.includes("continuing"))
      throw module.refuse(node, "no return in continuing", "one", "Leave the loop first.");
    if (this.result.kind === "void" || !node.value) {
      if (this.result.kind !== "void" || node.value)
        throw module.refuse(node, `return of ${typeText(this.result)}`, module.textOf(node), "Correct it.");
      return { kind: "return", value: null };
    }
    return { kind: "return", value: module.expressions.checkAs(node.value, this.result, scope, true) };
  }
}
