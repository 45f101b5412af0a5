/** Types as written: names, templates, aliases and structs, in any order of declaration. */
import type * as AST from "wgsl_reflect";
import { nearestKey } from "../../engine/index.ts";
import {
  arrayOf,
  BOOL,
  componentOf,
  F32,
  I32,
  matrix,
  pointerTo,
  type ScalarName,
  type StructType,
  slots,
  type Type,
  U32,
  vector,
} from "./autodiff/types.ts";
import type { Module } from "./wgsl_module.ts";
import type { Repairs } from "./wgsl_parser.ts";

const PLAIN = new Map<string, Type>([
  ["f32", F32],
  ["i32", I32],
  ["u32", U32],
  ["bool", BOOL],
]);
for (const size of [2, 3, 4]) {
  PLAIN.set(`vec${size}f`, vector(size));
  PLAIN.set(`vec${size}i`, vector(size, "i32"));
  PLAIN.set(`vec${size}u`, vector(size, "u32"));
  for (const rows of [2, 3, 4]) PLAIN.set(`mat${size}x${rows}f`, matrix(size, rows));
}

/** Names of types that WGSL has and a model may not use. */
const REFUSED = /^(atomic|sampler|sampler_comparison|texture_\w+|f16|vec[234]h|mat[234]x[234]h)$/;
/** Most scalars of an array: more cannot be kept in the registers of a GPU. */
const MOST = 65536;

export class Types {
  private readonly module: Module;
  private readonly done = new Map<string, Type>();
  private readonly pending = new Set<string>();

  constructor(module: Module) {
    this.module = module;
  }

  isType(name: string): boolean {
    return PLAIN.has(name) || this.module.structs.has(name) || this.module.aliases.has(name);
  }

  /** The type a type or an expression in its place stands for. @throws SourceError */
  resolve(node: AST.Node): Type {
    const { reflect } = this.module;
    if (node instanceof reflect.CreateExpr && node.args === null && node.type) return this.resolve(node.type);
    if (node instanceof reflect.VariableExpr && !node.postfix) return this.byName(node.name, node);
    if (node instanceof reflect.Type) {
      const { parameters } = node as Repairs;
      return parameters ? this.template(node, parameters) : this.byName(node.name, node);
    }
    throw this.module.refuse(node, "a type", "something else", "Write the name of a type.");
  }

  /** A struct or an alias of the text. */
  named(name: string): Type {
    const { module } = this;
    return this.byName(name, (module.structs.get(name) ?? module.aliases.get(name))!);
  }

  private byName(name: string, node: AST.Node): Type {
    const plain = PLAIN.get(name) ?? this.done.get(name);
    if (plain) return plain;
    const { module } = this;
    if (REFUSED.test(name))
      throw module.refuse(node, "f32, i32, u32, bool and what is made of them", name, "Use f32.");
    const declaration = module.structs.get(name) ?? module.aliases.get(name);
    if (!declaration) {
      const near = nearestKey(name, [...PLAIN.keys(), ...module.structs.keys(), ...module.aliases.keys()]);
      const fix = near ? `Did you mean "${near}"?` : "Declare it.";
      throw module.refuse(node, "a type", `the unknown name ${name}`, fix);
    }
    if (this.pending.has(name))
      throw module.refuse(node, "a type that does not contain itself", name, "Break the circle.");
    this.pending.add(name);
    const type =
      declaration instanceof module.reflect.Struct
        ? this.struct(declaration)
        : this.resolve(declaration.type);
    this.pending.delete(name);
    this.done.set(name, type);
    return type;
  }

  private struct(node: AST.Struct): StructType {
    const { module } = this;
    if (node.members.length === 0) throw module.refuse(node, `members of ${node.name}`, "none", "Add one.");
    const names = node.members.map(m => m.name);
    const twice = names.find((called, i) => names.indexOf(called) < i);
    if (twice)
      throw module.refuse(node, `every member of ${node.name} once`, `a second ${twice}`, "Rename one.");
    const members = node.members.map(member => {
      if (member.attributes)
        throw module.refuse(
          member.type ?? node,
          `members without attributes`,
          `@${member.attributes[0]!.name} on ${node.name}.${member.name}`,
          "Remove it.",
        );
      return { name: member.name, type: this.resolve(member.type!) };
    });
    return { kind: "struct", name: node.name, members };
  }

  private template(node: AST.Type, parameters: readonly AST.Expression[]): Type {
    const { module } = this;
    const bad = (expected: string): never => {
      throw module.refuse(node, expected, module.textOf(node), "Correct the type.");
    };
    const form = /^(vec|mat)(\d)(?:x(\d))?$/.exec(node.name);
    if (form) {
      const of = parameters.length === 1 ? this.resolve(parameters[0]!) : bad("one type between < and >");
      const name: ScalarName | undefined = of.kind === "scalar" ? componentOf(of) : undefined;
      if (form[1] === "mat")
        return name === "f32" ? matrix(Number(form[2]), Number(form[3])) : bad("a matrix of f32");
      return name ? vector(Number(form[2]), name) : bad("a vector of scalars");
    }
    if (node.name === "array") {
      if (parameters.length !== 2) bad("an element type and a length: array<f32, 4>");
      const of = this.resolve(parameters[0]!);
      const count = module.constantInteger(parameters[1]!, "a length known before the function runs");
      if (count < 1 || count * slots(of) > MOST) bad(`a length from 1, and at most ${MOST} numbers in all`);
      return arrayOf(of, count);
    }
    if (node.name === "ptr") {
      const space = parameters[0];
      const isFunction = space instanceof module.reflect.VariableExpr && space.name === "function";
      if (!isFunction || parameters.length !== 2) bad("ptr<function, …>");
      return pointerTo(this.resolve(parameters[1]!));
    }
    if (REFUSED.test(node.name)) return bad("f32, i32, u32, bool and what is made of them");
    return bad("a type");
  }
}
