/** Float64 closures of WGSL's built-in functions. */
import { determinant, dotOf, map, type Scalar } from "./closures.ts";
import type { Before } from "./machine.ts";
import type { RunExpressions } from "./run_expressions.ts";
import { BINARY, integerAbs, TERNARY, UNARY } from "./scalar_functions.ts";
import type { Expr } from "./tree.ts";
import { componentOf } from "./types.ts";

type Builtin = Extract<Expr, { kind: "builtin" }>;

/** One of the slots of what a built-in function gives. */
export function builtinSlot(run: RunExpressions, e: Builtin, k: number, before: Before): Scalar {
  const { name, args } = e;
  const arg = (i: number, slot = k) => run.spread(args[i]!, slot, before);
  const [u, b, t] = [UNARY[name], BINARY[name], TERNARY[name]];
  if (u) return map(name === "abs" && componentOf(e.type) === "i32" ? integerAbs : u, arg(0));
  if (b) {
    const [x, y] = [arg(0), arg(1)];
    return () => b(x(), y());
  }
  if (t) {
    const [x, y, z] = [arg(0), arg(1), arg(2)];
    return () => t(x(), y(), z());
  }
  if (name === "select") {
    const [no, yes, condition] = [arg(0), arg(1), arg(2)];
    return () => (condition() !== 0 ? yes() : no());
  }
  const a = run.all(args[0]!, before);
  const other = args[1] ? run.all(args[1], before) : [];
  const x = (i: number) => a[i]!();
  const y = (i: number) => other[i]!();
  switch (name) {
    case "dot": {
      const sum = dotOf(a, other);
      if (componentOf(args[0]!.type) === "f32") return sum;
      return componentOf(args[0]!.type) === "u32" ? () => sum() >>> 0 : () => sum() | 0;
    }
    case "any":
      return () => (a.some(s => s() !== 0) ? 1 : 0);
    case "all":
      return () => (a.every(s => s() !== 0) ? 1 : 0);
    case "length":
      return () => norm(a.length, x);
    case "distance":
      return () => norm(a.length, i => x(i) - y(i));
    case "normalize":
      return () => x(k) / norm(a.length, x);
    case "cross": {
      const [i, j] = [(k + 1) % 3, (k + 2) % 3];
      return () => x(i) * y(j) - x(j) * y(i);
    }
    case "reflect": {
      const along = dotOf(other, a);
      return () => x(k) - 2 * along() * y(k);
    }
    case "faceForward": {
      const along = dotOf(other, run.all(args[2]!, before));
      return () => (along() < 0 ? x(k) : -x(k));
    }
    case "transpose": {
      const type = args[0]!.type as { columns: number; rows: number };
      return a[(k % type.columns) * type.rows + Math.floor(k / type.columns)]!;
    }
    case "determinant": {
      const n = Math.round(Math.sqrt(a.length));
      return () => determinant(n, (column, row) => x(column * n + row));
    }
    default:
      throw new Error(`float64: no ${name}`);
  }
}

/** √Σ x_i² */
function norm(count: number, x: (i: number) => number): number {
  let sum = 0;
  for (let i = 0; i < count; i++) sum += x(i) ** 2;
  return Math.sqrt(sum);
}
