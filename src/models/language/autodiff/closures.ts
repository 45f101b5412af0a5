/** Closures of scalar operations over a flat memory; the frequent ones read their operands from memory themselves. */
import { scalarOperator, type Unary } from "./scalar_functions.ts";
import type { ScalarName } from "./types.ts";

/** A scalar, computed anew at every call. */
export interface Scalar {
  (): number;
  /** It is the number at this address. */
  slot?: number;
  /** It is this number. */
  constant?: number;
}

export const constant = (value: number): Scalar => Object.assign(() => value, { constant: value });
export const slotOf = (M: Float64Array, address: number): Scalar =>
  Object.assign(() => M[address]!, { slot: address });

export const map = (f: Unary, a: Scalar): Scalar =>
  a.constant === undefined ? () => f(a()) : constant(f(a.constant));

type Make = (M: Float64Array, a: Scalar, b: Scalar, i: number, j: number) => readonly Scalar[];

/** For both operands in memory, the first, the second, neither. */
const FAST: Readonly<Record<string, Make>> = {
  "+": (M, a, b, i, j) => [() => M[i]! + M[j]!, () => M[i]! + b(), () => a() + M[j]!, () => a() + b()],
  "-": (M, a, b, i, j) => [() => M[i]! - M[j]!, () => M[i]! - b(), () => a() - M[j]!, () => a() - b()],
  "*": (M, a, b, i, j) => [() => M[i]! * M[j]!, () => M[i]! * b(), () => a() * M[j]!, () => a() * b()],
  "/": (M, a, b, i, j) => [() => M[i]! / M[j]!, () => M[i]! / b(), () => a() / M[j]!, () => a() / b()],
  "<": (M, a, b, i, j) => [
    () => (M[i]! < M[j]! ? 1 : 0),
    () => (M[i]! < b() ? 1 : 0),
    () => (a() < M[j]! ? 1 : 0),
    () => (a() < b() ? 1 : 0),
  ],
};

/** a operator b, of one scalar type. */
export function operate(M: Float64Array, operator: string, of: ScalarName, a: Scalar, b: Scalar): Scalar {
  const f = scalarOperator(operator, of)!;
  if (a.constant !== undefined && b.constant !== undefined) return constant(f(a.constant, b.constant));
  if (operator === "&&") return () => (a() !== 0 && b() !== 0 ? 1 : 0);
  if (operator === "||") return () => (a() !== 0 || b() !== 0 ? 1 : 0);
  const fast = of === "f32" || operator === "<" ? FAST[operator] : undefined;
  if (fast) {
    const which = (a.slot === undefined ? 2 : 0) + (b.slot === undefined ? 1 : 0);
    if (which === 3 && operator === "*" && a.constant !== undefined) {
      const factor = a.constant;
      return () => factor * b();
    }
    return fast(M, a, b, a.slot ?? 0, b.slot ?? 0)[which]!;
  }
  if (of === "i32" && operator === "+") return () => (a() + b()) | 0;
  return () => f(a(), b());
}

/** Σ a_k b_k */
export function dotOf(a: readonly Scalar[], b: readonly Scalar[]): Scalar {
  if (a.length === 2) {
    const [a0, a1, b0, b1] = [a[0]!, a[1]!, b[0]!, b[1]!];
    return () => a0() * b0() + a1() * b1();
  }
  return () => {
    let sum = 0;
    for (let k = 0; k < a.length; k++) sum += a[k]!() * b[k]!();
    return sum;
  };
}

/** Determinant of a small square matrix in column-major order, by Laplace's expansion. */
export function determinant(n: number, entry: (column: number, row: number) => number): number {
  if (n === 1) return entry(0, 0);
  let sum = 0;
  for (let c = 0; c < n; c++) {
    const minor = determinant(n - 1, (column, row) => entry(column < c ? column : column + 1, row + 1));
    sum += (c % 2 === 0 ? 1 : -1) * entry(c, 0) * minor;
  }
  return sum;
}
