/** The types of the language a user's WGSL function may use. A value of any type is a number of scalar slots, in order. */

export type ScalarName = "f32" | "i32" | "u32" | "bool" | "abstractInt" | "abstractFloat";

export type Type =
  | { readonly kind: "scalar"; readonly name: ScalarName }
  | { readonly kind: "vector"; readonly size: number; readonly of: ScalarName }
  | { readonly kind: "matrix"; readonly columns: number; readonly rows: number }
  | { readonly kind: "array"; readonly count: number; readonly of: Type }
  | StructType
  | { readonly kind: "pointer"; readonly to: Type }
  | { readonly kind: "void" };

/** Structs are the same type only if they are the same object. */
export interface StructType {
  readonly kind: "struct";
  readonly name: string;
  readonly members: readonly { readonly name: string; readonly type: Type }[];
}

export const scalar = (name: ScalarName): Type => ({ kind: "scalar", name });
export const F32 = scalar("f32");
export const I32 = scalar("i32");
export const U32 = scalar("u32");
export const BOOL = scalar("bool");
export const VOID: Type = { kind: "void" };
export const vector = (size: number, of: ScalarName = "f32"): Type => ({ kind: "vector", size, of });
export const matrix = (columns: number, rows: number): Type => ({ kind: "matrix", columns, rows });
export const arrayOf = (of: Type, count: number): Type => ({ kind: "array", of, count });
export const pointerTo = (to: Type): Type => ({ kind: "pointer", to });

export function sameType(a: Type, b: Type): boolean {
  if (a === b) return true;
  if (a.kind === "scalar") return b.kind === "scalar" && a.name === b.name;
  if (a.kind === "vector") return b.kind === "vector" && a.size === b.size && a.of === b.of;
  if (a.kind === "matrix") return b.kind === "matrix" && a.columns === b.columns && a.rows === b.rows;
  if (a.kind === "array") return b.kind === "array" && a.count === b.count && sameType(a.of, b.of);
  if (a.kind === "pointer") return b.kind === "pointer" && sameType(a.to, b.to);
  return a.kind === "void" && b.kind === "void";
}

/** How many scalars a value holds; a pointer is one (its address). */
export function slots(type: Type): number {
  switch (type.kind) {
    case "scalar":
    case "pointer":
      return 1;
    case "vector":
      return type.size;
    case "matrix":
      return type.columns * type.rows;
    case "array":
      return type.count * slots(type.of);
    case "struct":
      return type.members.reduce((sum, member) => sum + slots(member.type), 0);
    case "void":
      return 0;
  }
}

/** Slots before a member of a struct. */
export const memberOffset = (type: StructType, index: number): number =>
  type.members.slice(0, index).reduce((sum, member) => sum + slots(member.type), 0);

/** What indexing gives: an element, a component, a column. */
export function elementOf(type: Type): Type | undefined {
  if (type.kind === "array") return type.of;
  if (type.kind === "vector") return scalar(type.of);
  if (type.kind === "matrix") return vector(type.rows);
  return undefined;
}

export const elementCount = (type: Type): number =>
  type.kind === "array"
    ? type.count
    : type.kind === "vector"
      ? type.size
      : type.kind === "matrix"
        ? type.columns
        : 0;

/** The scalar of a scalar or vector. */
export const componentOf = (type: Type): ScalarName | undefined =>
  type.kind === "scalar" ? type.name : type.kind === "vector" ? type.of : undefined;

/** The same shape with another scalar. */
export const withComponent = (type: Type, name: ScalarName): Type =>
  type.kind === "vector" ? vector(type.size, name) : scalar(name);

/** Holds an f32 somewhere, so that it can have a tangent. */
export function holdsFloat(type: Type): boolean {
  switch (type.kind) {
    case "scalar":
      return type.name === "f32" || type.name === "abstractFloat";
    case "vector":
      return type.of === "f32" || type.of === "abstractFloat";
    case "matrix":
      return true;
    case "array":
      return holdsFloat(type.of);
    case "struct":
      return type.members.some(member => holdsFloat(member.type));
    case "pointer":
      return holdsFloat(type.to);
    case "void":
      return false;
  }
}

export const isAbstract = (name: ScalarName | undefined): boolean =>
  name === "abstractInt" || name === "abstractFloat";
export const isFloat = (name: ScalarName | undefined): boolean => name === "f32" || name === "abstractFloat";
export const isInteger = (name: ScalarName | undefined): boolean =>
  name === "i32" || name === "u32" || name === "abstractInt";

/** As WGSL writes it; abstract types as a reader would name them. */
export function typeText(type: Type, nameOf: (struct: StructType) => string = struct => struct.name): string {
  switch (type.kind) {
    case "scalar":
      return type.name === "abstractInt"
        ? "a whole number"
        : type.name === "abstractFloat"
          ? "a decimal number"
          : type.name;
    case "vector":
      return `vec${type.size}<${isAbstract(type.of) ? (type.of === "abstractInt" ? "i32" : "f32") : type.of}>`;
    case "matrix":
      return `mat${type.columns}x${type.rows}<f32>`;
    case "array":
      return `array<${elementText(type.of, nameOf)}, ${type.count}>`;
    case "struct":
      return nameOf(type);
    case "pointer":
      return `ptr<function, ${typeText(type.to, nameOf)}>`;
    case "void":
      return "nothing";
  }
}

/** Of an element whose numbers have no type yet: the type that they take. */
function elementText(type: Type, nameOf: (struct: StructType) => string): string {
  const of = type.kind === "scalar" ? type.name : undefined;
  return of === "abstractInt" ? "i32" : of === "abstractFloat" ? "f32" : typeText(type, nameOf);
}
