/** Types of WGSL's built-in functions, and the ones that a model may not use. */
import { BINARY, TERNARY, UNARY } from "./autodiff/scalar_functions.ts";
import { builtin, type Expr, literal } from "./autodiff/tree.ts";
import {
  BOOL,
  componentOf,
  F32,
  isAbstract,
  isFloat,
  isInteger,
  matrix,
  sameType,
  scalar,
  withComponent,
} from "./autodiff/types.ts";
import { coerce, concrete, unify } from "./wgsl_literals.ts";

/** What an argument should have been. */
export interface Misfit {
  readonly expected: string;
  /** Which argument; none where the count is wrong. */
  readonly argument?: number;
  /** What was there, where it is not the type. */
  readonly got?: string;
}

const INTEGER_TOO = new Set(["abs", "sign", "max", "min", "clamp"]);
const VECTORS = new Set(["length", "distance", "dot", "cross", "normalize", "reflect", "faceForward"]);
const OTHERS = new Set(["select", "any", "all", "transpose", "determinant"]);

export const BUILTINS: readonly string[] = [
  ...Object.keys(UNARY),
  ...Object.keys(BINARY).filter(name => name !== "powAtZero"),
  ...Object.keys(TERNARY),
  ...VECTORS,
  ...OTHERS,
  "modf",
];

/** Why a function of WGSL is not in the subset; undefined for names that WGSL does not know. */
export function whyRefused(name: string): string | undefined {
  if (/^dpd[xy]|^fwidth/.test(name)) return "a derivative across pixels";
  if (/^atomic/.test(name)) return "an atomic operation";
  if (/^texture/.test(name)) return "a texture function";
  if (/Barrier$|^workgroup/.test(name)) return "a synchronization of invocations";
  if (/^(subgroup|quad)/.test(name)) return "a subgroup function";
  if (/^(un)?pack/.test(name)) return "a packing of bits";
  if (
    /^(countOneBits|countLeadingZeros|countTrailingZeros|extractBits|insertBits|reverseBits|firstLeadingBit|firstTrailingBit|dot4)/.test(
      name,
    )
  )
    return "a function of bits";
  if (name === "arrayLength") return "a function of buffers";
  if (name === "quantizeToF16" || name === "frexp" || name === "refract")
    return "not in the subset that is differentiated";
  return undefined;
}

/** A call of a built-in function with arguments that fit, or what does not fit. */
export function callBuiltin(name: string, given: readonly Expr[]): Expr | Misfit {
  const count = (n: number): Misfit | undefined =>
    given.length === n ? undefined : { expected: `${n} argument${n === 1 ? "" : "s"} of ${name}` };
  if (OTHERS.has(name)) return callOther(name, given, count);
  if (VECTORS.has(name)) return callVector(name, given, count);
  if (name === "ldexp") {
    const x = given[0] && floatOf(given[0]);
    const e = given[1] && concrete(given[1]);
    if (!x || !e) return count(2)!;
    if (!isFloat(componentOf(x.type))) return { expected: "an f32 or a vector of f32", argument: 0 };
    if (!sameType(e.type, withComponent(x.type, "i32")))
      return { expected: "i32, as many as the first argument has", argument: 1 };
    return count(2) ?? builtin(name, [x, e], x.type);
  }
  const arity = UNARY[name] ? 1 : BINARY[name] ? 2 : 3;
  const wrong = count(arity);
  if (wrong) return wrong;
  return componentwise(name, given);
}

/** A float where a literal may be one. */
function floatOf(e: Expr): Expr {
  return componentOf(e.type) === "abstractInt" ? (coerce(e, withComponent(e.type, "abstractFloat")) ?? e) : e;
}

function componentwise(name: string, given: readonly Expr[]): Expr | Misfit {
  let args = unify(given);
  if (!INTEGER_TOO.has(name)) args = unify(args.map(floatOf));
  const folded = foldAbstract(name, args);
  if (folded !== undefined) return folded;
  args = args.map(concrete);
  const type = args[0]!.type;
  for (const [i, arg] of args.entries()) {
    const of = componentOf(arg.type);
    if (!(of === "f32" || (INTEGER_TOO.has(name) && isInteger(of))))
      return {
        expected: INTEGER_TOO.has(name) ? "a number or a vector of them" : "an f32 or a vector of f32",
        argument: i,
      };
    const third = name === "mix" && i === 2 && sameType(arg.type, F32);
    if (!sameType(arg.type, type) && !third)
      return { expected: "the type of the first argument", argument: i };
  }
  if (name === "sign" && componentOf(type) === "u32") return { expected: "a signed number", argument: 0 };
  return builtin(name, args, type);
}

/** Of literals without a type: a literal, computed in float64. */
function foldAbstract(name: string, args: readonly Expr[]): Expr | Misfit | undefined {
  const numbers = args.map(arg =>
    arg.kind === "literal" && isAbstract(componentOf(arg.type)) ? arg.value : Number.NaN,
  );
  if (numbers.some(Number.isNaN)) return undefined;
  const [a, b, c] = numbers as [number, number, number];
  const value = UNARY[name]?.(a) ?? BINARY[name]?.(a, b) ?? TERNARY[name]?.(a, b, c);
  if (value === undefined) return undefined;
  if (!Number.isFinite(value))
    return { expected: `numbers that ${name} is defined for`, got: numbers.slice(0, args.length).join(", ") };
  return literal(value, args[0]!.type);
}

function callVector(
  name: string,
  given: readonly Expr[],
  count: (n: number) => Misfit | undefined,
): Expr | Misfit {
  const arity = name === "length" || name === "normalize" ? 1 : name === "faceForward" ? 3 : 2;
  const wrong = count(arity);
  if (wrong) return wrong;
  const args = unify(name === "dot" ? given : given.map(floatOf)).map(concrete);
  const type = args[0]!.type;
  const scalarToo = name === "length" || name === "distance";
  for (const [i, arg] of args.entries()) {
    const of = componentOf(arg.type);
    const fits =
      (arg.type.kind === "vector" || (scalarToo && arg.type.kind === "scalar")) &&
      (of === "f32" || (name === "dot" && isInteger(of))) &&
      (name !== "cross" || (arg.type.kind === "vector" && arg.type.size === 3));
    if (!fits) return { expected: name === "cross" ? "a vec3<f32>" : "a vector of f32", argument: i };
    if (!sameType(arg.type, type)) return { expected: "the type of the first argument", argument: i };
  }
  const one = name === "dot" ? scalar(componentOf(type)!) : F32;
  return builtin(name, args, scalarToo || name === "dot" ? one : type);
}

function callOther(
  name: string,
  given: readonly Expr[],
  count: (n: number) => Misfit | undefined,
): Expr | Misfit {
  if (name === "select") {
    const wrong = count(3);
    if (wrong) return wrong;
    const [a, b] = unify(given.slice(0, 2)).map(concrete) as [Expr, Expr];
    const c = given[2]!;
    if (!componentOf(a.type)) return { expected: "a scalar or a vector", argument: 0 };
    if (!sameType(a.type, b.type)) return { expected: "the type of the first argument", argument: 1 };
    const many = a.type.kind === "vector" && sameType(c.type, withComponent(a.type, "bool"));
    if (!many && !sameType(c.type, BOOL)) return { expected: "a bool", argument: 2 };
    return builtin(name, [a, b, c], a.type);
  }
  const wrong = count(1);
  if (wrong) return wrong;
  const a = given[0]!;
  if (name === "any" || name === "all")
    return componentOf(a.type) === "bool"
      ? builtin(name, [a], BOOL)
      : { expected: "a bool or a vector of bool", argument: 0 };
  if (a.type.kind !== "matrix") return { expected: "a matrix", argument: 0 };
  if (name === "transpose") return builtin(name, [a], matrix(a.type.rows, a.type.columns));
  if (a.type.rows !== a.type.columns) return { expected: "a square matrix", argument: 0 };
  return builtin(name, [a], F32);
}

export const isMisfit = (result: Expr | Misfit): result is Misfit => !("kind" in result);
