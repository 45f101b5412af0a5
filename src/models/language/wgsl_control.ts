/** Checks branches and loops. */
import type * as AST from "wgsl_reflect";
import type { Case, Expr, Stmt } from "./autodiff/tree.ts";
import { isInteger, type Type, typeText } from "./autodiff/types.ts";
import { coerce, concrete, constantValue } from "./wgsl_literals.ts";
import type { Module } from "./wgsl_module.ts";
import { Scope } from "./wgsl_scope.ts";

type Block = readonly AST.Statement[];

/** What a statement stands in, from the outside in. */
export type Around = "loop" | "switch" | "continuing";

/** What control statements need of the statements in them. */
export interface StatementChecker {
  readonly module: Module;
  readonly around: Around[];
  /** Statements in the scope that is given. */
  block(nodes: Block, scope: Scope): Stmt[];
  /** Statements in a scope of their own. */
  inner(nodes: Block, scope: Scope): Stmt[];
  statement(node: AST.Statement, scope: Scope): Stmt | null;
  condition(node: AST.Expression, scope: Scope): Expr;
}

function within<T>(checker: StatementChecker, what: Around, work: () => T): T {
  checker.around.push(what);
  const result = work();
  checker.around.pop();
  return result;
}

export function checkIf(checker: StatementChecker, node: AST.If, scope: Scope): Stmt {
  let otherwise = checker.inner(node.else ?? [], scope);
  for (const branch of [...(node.elseif ?? [])].reverse()) {
    const condition = checker.condition(branch.condition, scope);
    otherwise = [{ kind: "if", condition, whenTrue: checker.inner(branch.body, scope), otherwise }];
  }
  const condition = checker.condition(node.condition, scope);
  return { kind: "if", condition, whenTrue: checker.inner(node.body, scope), otherwise };
}

export function checkFor(checker: StatementChecker, node: AST.For | AST.While, outer: Scope): Stmt {
  const scope = new Scope(outer);
  const counted = "init" in node ? node : null;
  return {
    kind: "for",
    init: counted?.init ? checker.statement(counted.init, scope) : null,
    condition: node.condition && checker.condition(node.condition, scope),
    update: counted?.increment ? checker.statement(counted.increment, scope) : null,
    body: within(checker, "loop", () => checker.inner(node.body, scope)),
  };
}

export function checkLoop(checker: StatementChecker, node: AST.Loop, outer: Scope): Stmt {
  const { module } = checker;
  const { continuing } = node;
  const scope = new Scope(outer);
  const rest = node.body.filter(s => s !== continuing);
  const body = within(checker, "loop", () => checker.block(rest, scope));
  const last = continuing?.body.at(-1);
  const breakIf = last instanceof module.reflect.Break && last.condition ? last : null;
  const ending = (continuing?.body ?? []).filter(s => s !== breakIf);
  const inner = new Scope(scope);
  return {
    kind: "loop",
    body,
    continuing: within(checker, "continuing", () => checker.block(ending, inner)),
    breakIf: breakIf && checker.condition(breakIf.condition!, inner),
  };
}

export function checkSwitch(checker: StatementChecker, node: AST.Switch, scope: Scope): Stmt {
  const { module } = checker;
  const { reflect } = module;
  const selector = concrete(module.expressions.check(node.condition, scope));
  if (!isInteger(selector.type.kind === "scalar" ? selector.type.name : undefined))
    throw module.refuse(node.condition, "an i32 or u32 to switch on", typeText(selector.type), "Convert it.");
  const seen = new Set<number | "default">();
  const once = (label: number | "default", at: AST.Node): void => {
    if (seen.has(label))
      throw module.refuse(at, "every case once", `a second case of ${label}`, "Remove one.");
    seen.add(label);
  };
  const cases = node.cases.map((c): Case => {
    const selectors = c instanceof reflect.Case ? c.selectors : [];
    const values: number[] = [];
    let isDefault = c instanceof reflect.Default;
    if (isDefault) once("default", c.start >= 0 ? c : node);
    for (const s of selectors) {
      if (s instanceof reflect.DefaultSelector) {
        isDefault = true;
        once("default", c.start >= 0 ? c : node);
        continue;
      }
      const value = caseValue(module, s, selector.type, scope);
      once(value, s);
      values.push(value);
    }
    return { values, isDefault, body: within(checker, "switch", () => checker.inner(c.body, scope)) };
  });
  if (!cases.some(c => c.isDefault)) throw module.refuse(node, "a default case", "none", "Add default {}.");
  return { kind: "switch", selector, cases };
}

function caseValue(module: Module, node: AST.Expression, type: Type, scope: Scope): number {
  const e = coerce(module.expressions.check(node, scope), type);
  const value = e && constantValue(e);
  if (value !== undefined) return value;
  throw module.refuse(node, `a constant ${typeText(type)}`, module.textOf(node), "Use a literal.");
}
