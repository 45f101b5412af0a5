/** The declarations of a user's WGSL, each checked when something needs it; what may not be there is refused by name. */
import type * as AST from "wgsl_reflect";
import { nearestKey } from "../../engine/index.ts";
import type { SourceError, SourceText } from "./autodiff/refuse.ts";
import { type Expr, type Fn, name, type Variable } from "./autodiff/tree.ts";
import { componentOf, isAbstract, type Type, typeText, VOID } from "./autodiff/types.ts";
import { BUILTINS, whyRefused } from "./wgsl_builtins.ts";
import { Expressions } from "./wgsl_expressions.ts";
import { concrete, constantValue, fits } from "./wgsl_literals.ts";
import { Scope } from "./wgsl_scope.ts";
import { checkBody } from "./wgsl_statements.ts";
import type { ReflectModule } from "./wgsl_tokens.ts";
import { Types } from "./wgsl_types.ts";

export class Module {
  readonly text: SourceText;
  readonly reflect: ReflectModule;
  readonly structs = new Map<string, AST.Struct>();
  readonly aliases = new Map<string, AST.Alias>();
  readonly functions = new Map<string, AST.Function>();
  private readonly constants = new Map<string, AST.Const>();
  private readonly constantsDone = new Map<string, Expr>();
  private readonly functionsDone = new Map<string, Fn>();
  private readonly pending: string[] = [];
  readonly types = new Types(this);
  readonly expressions = new Expressions(this);

  constructor(text: SourceText, reflect: ReflectModule, statements: readonly AST.Statement[]) {
    this.text = text;
    this.reflect = reflect;
    for (const statement of statements) this.declare(statement);
    const assertions = statements.filter(s => s instanceof reflect.StaticAssert);
    for (const assertion of assertions) this.assertTrue(assertion as AST.StaticAssert, new Scope());
  }

  private declare(node: AST.Statement): void {
    const { reflect } = this;
    const table =
      node instanceof reflect.Function
        ? this.functions
        : node instanceof reflect.Struct
          ? this.structs
          : node instanceof reflect.Alias
            ? this.aliases
            : node instanceof reflect.Const
              ? this.constants
              : undefined;
    if (!table) {
      if (node instanceof reflect.StaticAssert) return;
      const what =
        node instanceof reflect.Var
          ? `the variable ${node.name} of the module`
          : node instanceof reflect.Override
            ? `override ${node.name}`
            : (this.textOf(node).split(/\W/)[0] ?? "something else");
      throw this.refuse(
        node,
        "only functions, constants, structs and aliases",
        what,
        "A model's function reads its arguments and constants only.",
      );
    }
    const named = node as AST.Function | AST.Struct | AST.Alias | AST.Const;
    const attribute = named instanceof reflect.Function ? named.attributes?.[0] : undefined;
    if (attribute && attribute.name !== "must_use")
      throw this.refuse(node, "functions without attributes", `@${attribute.name}`, "Remove it.");
    if ([this.functions, this.structs, this.aliases, this.constants].some(t => t.has(named.name)))
      throw this.refuse(node, "every name once", `a second ${named.name}`, "Rename one.");
    (table as Map<string, AST.Statement>).set(named.name, named);
  }

  /** First and last character of a node, as far as it is known. */
  span(node: AST.Node): readonly [number, number] {
    if (node instanceof this.reflect.BinaryOperator && node.start < 0)
      return [this.span(node.left)[0], this.span(node.right)[1]];
    return [Math.max(0, node.start), Math.max(0, node.end)];
  }

  textOf(node: AST.Node): string {
    const text = this.text.code.slice(...this.span(node)).replace(/\s+/g, " ");
    return text.length > 60 ? `${text.slice(0, 60)}…` : text;
  }

  refuse(node: AST.Node, expected: string, got: string, fix: string): SourceError {
    const [start, end] = this.span(node);
    // Of a statement that spans lines, the first line.
    const firstLine = this.text.code.slice(start, end).split("\n")[0]!.length;
    return this.text.refuse(start, Math.min(end, start + firstLine), expected, got, fix);
  }

  constantInteger(node: AST.Expression, what: string): number {
    const value = constantValue(this.expressions.check(node, new Scope()));
    if (value === undefined || !Number.isInteger(value))
      throw this.refuse(node, what, this.textOf(node), "Use a literal or a const.");
    return value;
  }

  assertTrue(node: AST.StaticAssert, scope: Scope): void {
    const value = constantValue(this.expressions.check(node.expression, scope));
    if (value === undefined)
      throw this.refuse(node, "a constant condition", this.textOf(node), "Use constants only.");
    if (value !== 1) throw this.refuse(node, "what the assertion says", "false", "Correct the constants.");
  }

  isConstant(called: string): boolean {
    return this.constants.has(called);
  }

  get constantNames(): string[] {
    return [...this.constants.keys()];
  }

  /** A constant of the module: a literal where it has no type of its own, else a name. */
  constant(called: string): Expr {
    const done = this.constantsDone.get(called);
    if (done) return done;
    const node = this.constants.get(called)!;
    this.enter(called, node);
    const result = this.constantOf(node.name, node.type, node.value, new Scope());
    this.pending.pop();
    this.constantsDone.set(called, result);
    return result;
  }

  /** What a const declares: a literal, if it is a number without a type; else a name whose value is known. */
  constantOf(called: string, type: AST.Type | null, value: AST.Expression, scope: Scope): Expr {
    const given = this.expressions.check(value, scope);
    if (!type && given.kind === "literal") return given;
    const init = type ? this.expressions.fit(given, this.types.resolve(type), value) : concrete(given);
    if (init.kind === "literal") return init;
    const number = init.type.kind === "scalar" ? constantValue(init) : undefined;
    if (number !== undefined && !fits(number, componentOf(init.type)!))
      throw this.refuse(value, `a constant that ${typeText(init.type)} holds`, `${number}`, "Correct it.");
    if (number !== undefined) return { kind: "literal", type: init.type, value: number };
    if (isAbstract(init.type.kind === "scalar" ? init.type.name : undefined))
      throw this.refuse(value, "a constant expression", this.textOf(value), "Give the constant a type.");
    const variable: Variable = { hint: called, type: init.type, kind: "constant", value: init };
    return name(variable);
  }

  private enter(called: string, node: AST.Node): void {
    if (this.pending.includes(called)) {
      const circle = [...this.pending.slice(this.pending.indexOf(called)), called].join(" → ");
      throw this.refuse(node, "no recursion", circle, "WGSL has none: use a loop.");
    }
    this.pending.push(called);
  }

  /** A function of the user, checked. */
  fn(called: string): Fn {
    const done = this.functionsDone.get(called);
    if (done) return done;
    const node = this.functions.get(called)!;
    this.enter(called, node);
    const scope = new Scope();
    const params = node.args.map((arg): Variable => {
      if (arg.attributes) {
        const got = `@${arg.attributes[0]!.name} on ${arg.name}`;
        throw this.refuse(arg.type, "arguments without attributes", got, "Remove it.");
      }
      const type = this.types.resolve(arg.type);
      const variable: Variable = { hint: arg.name, type, kind: "parameter" };
      scope.declare(arg.name, name(variable));
      return variable;
    });
    if (new Set(params.map(p => p.hint)).size !== params.length)
      throw this.refuse(node, "every argument once", called, "Rename one.");
    const result: Type = node.returnType ? this.types.resolve(node.returnType) : VOID;
    if (result.kind === "pointer")
      throw this.refuse(node.returnType!, "a value", typeText(result), "Return a value.");
    const body = checkBody(this, node, scope, result);
    const fn: Fn = { hint: called, params, result, body };
    this.pending.pop();
    this.functionsDone.set(called, fn);
    return fn;
  }

  /** What the function does not use is checked too: a fault in it is a fault. */
  checkAll(): void {
    for (const called of [...this.structs.keys(), ...this.aliases.keys()]) this.types.named(called);
    for (const called of this.functions.keys()) this.fn(called);
    for (const called of this.constants.keys()) this.constant(called);
  }

  /** An error for a name that nothing has. */
  unknown(node: AST.Node, called: string, what: string, known: readonly string[]): SourceError {
    const why = whyRefused(called);
    if (why) return this.refuse(node, "functions that a model may use", `${called}, ${why}`, "Leave it out.");
    const near = nearestKey(called, known);
    const fix = near ? `Did you mean "${near}"?` : "Declare it.";
    return this.refuse(node, what, `the unknown name ${called}`, fix);
  }

  get callables(): string[] {
    return [...this.functions.keys(), ...BUILTINS];
  }
}
