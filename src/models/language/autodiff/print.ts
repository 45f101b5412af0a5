/** WGSL text of typed functions. Everything of the module begins with the prefix, so several texts stand in one module. */
import { libraryText } from "../graph/shader_library.ts";
import { bond, isReserved, LIBRARY, literalText, memberText } from "./print_words.ts";
import { construct, type Expr, type Fn, type Stmt, type Variable } from "./tree.ts";
import { type StructType, type Type, typeText } from "./types.ts";

type Binary = Extract<Expr, { kind: "binary" }>;

export class Printer {
  private readonly prefix: string;
  private readonly functions = new Map<Fn, string>();
  private readonly structs = new Map<StructType, string>();
  private readonly constants = new Map<Variable, string>();
  /** Functions of the library for vectors. */
  private readonly wrappers = new Map<string, string>();
  /** Functions of the library that are needed. */
  private readonly called = new Set<string>();
  private readonly libraryCode: string;
  private readonly used = new Set<string>();
  private readonly declarations: string[] = [];
  private locals = new Map<Variable, string>();
  private taken = new Set<string>();

  /**
   * @param library the text of shaders/language/functions.wgsl
   * @param reserved names of functions still to come
   */
  constructor(prefix: string, library: string, reserved: readonly string[] = []) {
    this.prefix = prefix;
    this.libraryCode = library;
    for (const word of reserved) this.used.add(word);
    for (const [, word] of library.matchAll(/^fn (\w+)/gm)) this.used.add(`${prefix}_${word}`);
  }

  /** Everything printed so far, in an order that a reader can follow. */
  get code(): string {
    const library = libraryText(this.libraryCode, this.called, `${this.prefix}_`);
    return `${[library, ...this.declarations].filter(Boolean).join("\n\n")}\n`;
  }

  private unique(hint: string): string {
    const base = `${this.prefix}_${hint}`;
    let found = base;
    for (let i = 2; this.used.has(found); i++) found = `${base}_${i}`;
    this.used.add(found);
    return found;
  }

  /** Declares a function and what it needs. @param name prefix alone, or with something after it; made up if left out */
  fn(fn: Fn, name?: string): string {
    const known = this.functions.get(fn);
    if (known) return known;
    const called = name ?? this.unique(fn.hint);
    this.used.add(called);
    this.functions.set(fn, called);
    const [locals, taken] = [this.locals, this.taken];
    this.locals = new Map();
    this.taken = new Set();
    const params = fn.params.map(p => `${this.local(p)}: ${this.type(p.type)}`).join(", ");
    const result = fn.result.kind === "void" ? "" : ` -> ${this.type(fn.result)}`;
    const body = this.body(fn.body, "  ");
    this.declarations.push(`fn ${called}(${params})${result} {\n${body}}`);
    [this.locals, this.taken] = [locals, taken];
    return called;
  }

  private local(variable: Variable): string {
    const known = this.locals.get(variable);
    if (known) return known;
    const { hint } = variable;
    // With an l in front no name begins with the prefix and _, whatever the prefix is.
    const own = hint === this.prefix || hint.startsWith(`${this.prefix}_`) || hint.startsWith("__");
    const base = own ? `l${hint}` : hint;
    let found = base;
    for (let i = 2; isReserved(found) || this.taken.has(found); i++) found = `${base}_${i}`;
    this.taken.add(found);
    this.locals.set(variable, found);
    return found;
  }

  private constant(variable: Variable): string {
    const known = this.constants.get(variable);
    if (known) return known;
    const called = this.unique(variable.hint);
    this.constants.set(variable, called);
    const text = `const ${called}: ${this.type(variable.type)} = ${this.expression(variable.value!)};`;
    this.declarations.push(text);
    return called;
  }

  type(type: Type): string {
    return typeText(type, struct => {
      const known = this.structs.get(struct);
      if (known) return known;
      const members = struct.members.map(m => `  ${memberText(m.name)}: ${this.type(m.type)},\n`).join("");
      const called = this.unique(struct.name);
      this.structs.set(struct, called);
      this.declarations.push(`struct ${called} {\n${members}}`);
      return called;
    });
  }

  /** A function of the library in the place of WGSL's own; of a vector, component by component. */
  private library(called: string, type: Type, count: number): string {
    const own = this.libraryName(called);
    if (type.kind !== "vector") return own;
    const T = this.type(type);
    const key = `${called} ${T}`;
    const known = this.wrappers.get(key);
    if (known) return known;
    const made = this.unique(`${called}_vec${type.size}`);
    this.wrappers.set(key, made);
    const names = ["a", "b"].slice(0, count);
    const components = [..."xyzw"].slice(0, type.size);
    const parts = components.map(c => `${own}(${names.map(a => `${a}.${c}`).join(", ")})`);
    this.declarations.push(
      `fn ${made}(${names.map(a => `${a}: ${T}`).join(", ")}) -> ${T} {\n  return ${T}(${parts.join(", ")});\n}`,
    );
    return made;
  }

  private libraryName(called: string): string {
    this.called.add(called);
    return `${this.prefix}_${called}`;
  }

  private builtin({ name: called, type, args }: Extract<Expr, { kind: "builtin" }>): string {
    const own = LIBRARY[called];
    return own ? this.library(own, type, args.length) : called;
  }

  private list(expressions: readonly Expr[]): string {
    return expressions.map(e => this.expression(e)).join(", ");
  }

  expression(e: Expr): string {
    switch (e.kind) {
      case "literal":
        return literalText(e);
      case "name":
        return e.variable.kind === "constant" ? this.constant(e.variable) : this.local(e.variable);
      case "call":
        return `${this.fn(e.fn)}(${this.list(e.args)})`;
      case "unary":
        return `${e.operator}${this.part(e.a)}`;
      case "binary":
        return `(${this.row(e)})`;
      case "member":
        return `${this.part(e.a)}.${memberText((e.a.type as StructType).members[e.index]!.name)}`;
      case "swizzle":
        return `${this.part(e.a)}.${e.components.map(c => "xyzw"[c]).join("")}`;
      case "index":
        return `${this.part(e.a)}[${this.expression(e.index)}]`;
      case "construct":
        return `${this.type(e.type)}(${this.list(e.args)})`;
      case "builtin":
        return `${this.builtin(e)}(${this.list(e.args)})`;
      case "address":
        return `&${this.part(e.a)}`;
      case "deref":
        return `(*${this.part(e.a)})`;
    }
  }

  /** What stands before a dot or a bracket, or after a sign. */
  private part(e: Expr): string {
    return e.kind === "unary" ? `(${this.expression(e)})` : this.expression(e);
  }

  /** Without brackets where WGSL needs none, since compilers count brackets in each other. */
  private row(e: Binary): string {
    const level = bond(e.operator);
    const side = (operand: Expr, least: number) =>
      level > 0 && operand.kind === "binary" && bond(operand.operator) >= least
        ? this.row(operand)
        : this.expression(operand);
    return `${side(e.a, level)} ${e.operator} ${side(e.b, level + 1)}`;
  }

  private body(body: readonly Stmt[], indent: string): string {
    return body.map(s => `${indent}${this.statement(s, indent)}\n`).join("");
  }

  private block(body: readonly Stmt[], indent: string): string {
    return `{\n${this.body(body, `${indent}  `)}${indent}}`;
  }

  private statement(s: Stmt, indent: string): string {
    switch (s.kind) {
      case "declare": {
        // Zero is written out: in loops some drivers keep what the variable was.
        const value = ` = ${this.expression(s.init ?? construct(s.variable.type))}`;
        const word = s.variable.kind === "var" ? "var" : "let";
        return `${word} ${this.local(s.variable)}: ${this.type(s.variable.type)}${value};`;
      }
      case "assign":
        return `${this.expression(s.target)} = ${this.expression(s.value)};`;
      case "call":
        // A result that is not wanted is thrown away by name.
        return `${s.call.type.kind === "void" ? "" : "_ = "}${this.expression(s.call)};`;
      case "if": {
        const [only] = s.otherwise;
        const chained = s.otherwise.length === 1 && only?.kind === "if";
        const otherwise = chained ? this.statement(only, indent) : this.block(s.otherwise, indent);
        return `if ${this.expression(s.condition)} ${this.block(s.whenTrue, indent)}${s.otherwise.length > 0 ? ` else ${otherwise}` : ""}`;
      }
      case "for": {
        const init = s.init ? this.statement(s.init, "") : ";";
        const update = s.update ? this.statement(s.update, "").replace(/;$/, "") : "";
        const condition = s.condition ? this.expression(s.condition) : "";
        return `for (${init} ${condition}; ${update}) ${this.block(s.body, indent)}`;
      }
      case "loop": {
        const inner = `${indent}  `;
        const leave = s.breakIf ? `${inner}  break if ${this.expression(s.breakIf)};\n` : "";
        const last = `${inner}continuing {\n${this.body(s.continuing, `${inner}  `)}${leave}${inner}}\n`;
        return `loop {\n${this.body(s.body, inner)}${s.continuing.length > 0 || leave ? last : ""}${indent}}`;
      }
      case "switch": {
        const inner = `${indent}  `;
        const cases = s.cases.map(c => {
          const type = s.selector.type;
          const labels = c.values.map(value => literalText({ kind: "literal", type, value }));
          if (c.isDefault) labels.push("default");
          return `${inner}case ${labels.join(", ")}: ${this.block(c.body, inner)}\n`;
        });
        return `switch ${this.expression(s.selector)} {\n${cases.join("")}${indent}}`;
      }
      case "break":
      case "continue":
        return `${s.kind};`;
      case "return":
        return s.value ? `return ${this.expression(s.value)};` : "return;";
      case "block":
        return this.block(s.body, indent);
    }
  }
}
