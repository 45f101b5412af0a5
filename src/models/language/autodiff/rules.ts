/**
 * Derivatives of built-in functions. A rule of a componentwise function gives the factor of each argument's tangent; the
 * others give the whole tangent. Every factor is finite wherever the value is, by the conventions of docs/wgsl-functions.md:
 * where a derivative is infinite or there is none, it is 0. Rules are made of functions that have rules.
 */
import {
  add,
  apply,
  divide,
  dot,
  isNotZero,
  isPositive,
  multiply,
  negate,
  number,
  safe,
  select,
  subtract,
  where,
} from "./build.ts";
import { at, binary, builtin, compare, construct, type Expr } from "./tree.ts";
import { F32, matrix } from "./types.ts";

type Factor = Expr | null;
/** Factors of the tangents, from the arguments and the value: expressions that cost nothing to use twice. */
type Factors = (args: readonly Expr[], value: Expr) => readonly (() => Factor)[];

const n = (value: number, like: Expr): Expr => number(value, like.type);
const times = (a: Expr, b: Expr): Expr => multiply(a, b);
const one =
  (f: (a: Expr, value: Expr) => Factor): Factors =>
  ([a], value) => [() => f(a!, value)];
/** 1 / sqrt(a), 0 where a ≤ 0 */
const inverseRoot = (a: Expr): Expr => where(isPositive(a), apply("inverseSqrt", safe(isPositive(a), a)));
/** 1 / a, 0 where a is 0 */
const inverse = (a: Expr): Expr => where(isNotZero(a), divide(n(1, a), safe(isNotZero(a), a)));
/** (1 − a)(1 + a) */
const oneMinusSquare = (a: Expr): Expr => times(subtract(n(1, a), a)!, add(n(1, a), a)!);
const zero = one(() => null);
const inside = (t: Expr): Expr => times(n(6, t), times(t, subtract(n(1, t), t)!));

export const FACTORS: Readonly<Record<string, Factors>> = {
  abs: one(a => apply("sign", a)),
  acos: one(a => negate(inverseRoot(oneMinusSquare(a)))),
  acosh: one(a => inverseRoot(times(subtract(a, n(1, a))!, add(a, n(1, a))!))),
  asin: one(a => inverseRoot(oneMinusSquare(a))),
  asinh: one(a => apply("inverseSqrt", add(times(a, a), n(1, a))!)),
  atan: one(a => divide(n(1, a), add(n(1, a), times(a, a))!)),
  atanh: one(a => inverse(oneMinusSquare(a))),
  ceil: zero,
  cos: one(a => negate(apply("sin", a))),
  cosh: one(a => apply("sinh", a)),
  degrees: one(a => n(180 / Math.PI, a)),
  exp: one((_, value) => value),
  exp2: one((_, value) => times(n(Math.LN2, value), value)),
  floor: zero,
  fract: one(a => n(1, a)),
  inverseSqrt: one(a => times(n(-0.5, a), times(inverseRoot(a), inverse(a)))),
  log: one(a => inverse(a)),
  log2: one(a => times(n(Math.LOG2E, a), inverse(a))),
  radians: one(a => n(Math.PI / 180, a)),
  round: zero,
  saturate: one(a =>
    select(n(0, a), select(n(0, a), n(1, a), compare(">=", a, n(0, a))), compare("<=", a, n(1, a))),
  ),
  sign: zero,
  sin: one(a => apply("cos", a)),
  sinh: one(a => apply("cosh", a)),
  sqrt: one(a => times(n(0.5, a), inverseRoot(a))),
  step: () => [() => null, () => null],
  tan: one((_, value) => add(n(1, value), times(value, value))),
  tanh: one((_, value) => oneMinusSquare(value)),
  trunc: zero,
  atan2: ([y, x]) => {
    // Divided by the larger of the two, so that the square neither overflows nor underflows.
    const size = apply("max", apply("abs", y!), apply("abs", x!));
    const scale = safe(isPositive(size), size);
    const [v, u] = [divide(y!, scale), divide(x!, scale)];
    const length = safe(isPositive(size), add(times(u, u), times(v, v))!);
    return [() => divide(divide(u, length), scale), () => negate(divide(divide(v, length), scale))];
  },
  pow: ([a, b], value) => [
    () => times(b!, apply("powAtZero", a!, subtract(b!, n(1, b!))!)),
    () => times(value, where(isPositive(a!), apply("log", safe(isPositive(a!), a!)))),
  ],
  powAtZero: ([a, b], value) => FACTORS["pow"]!([a!, b!], value),
  max: ([a, b]) => {
    const first = compare(">=", a!, b!);
    return [() => where(first, n(1, a!)), () => select(n(1, a!), n(0, a!), first)];
  },
  min: ([a, b]) => {
    const first = compare("<=", a!, b!);
    return [() => where(first, n(1, a!)), () => select(n(1, a!), n(0, a!), first)];
  },
  clamp: ([x, low, high]) => {
    const under = compare("<", x!, low!);
    const over = compare(">", apply("max", x!, low!), high!);
    const keep = (e: Expr) => select(e, n(0, x!), over);
    return [
      () => keep(select(n(1, x!), n(0, x!), under)),
      () => keep(select(n(0, x!), n(1, x!), under)),
      () => where(over, n(1, x!)),
    ];
  },
  fma: ([a, b]) => [() => b!, () => a!, () => n(1, a!)],
  mix: ([a, b, t]) => [() => subtract(n(1, t!), t!)!, () => t!, () => subtract(b!, a!)!],
  smoothstep: ([low, high, x]) => {
    const width = subtract(high!, low!)!;
    const t = apply("saturate", divide(subtract(x!, low!)!, width));
    const slope = () => divide(inside(t), width);
    return [() => times(slope(), subtract(t, n(1, t))!), () => negate(times(slope(), t)), slope];
  },
};

type Tangent = (args: readonly Expr[], tangents: readonly Factor[], value: Expr) => Factor;

/** d f from the tangents of two arguments that it is linear in. */
const bilinear =
  (f: (a: Expr, b: Expr) => Expr): Tangent =>
  ([a, b], [da, db]) =>
    add(da ? f(da, b!) : null, db ? f(a!, db) : null);

const unit = (a: Expr): Expr => {
  const length = builtin("length", [a], F32);
  return where(isPositive(length), divide(n(1, length), safe(isPositive(length), length)));
};

export const TANGENTS: Readonly<Record<string, Tangent>> = {
  select: ([a, b, c], [da, db]) => (da || db ? select(da ?? n(0, a!), db ?? n(0, b!), c!) : null),
  dot: bilinear(dot),
  cross: bilinear((a, b) => apply("cross", a, b)),
  length: ([a], [da]) => {
    if (!da) return null;
    if (a!.type.kind === "scalar") return times(apply("sign", a!), da);
    return times(dot(a!, da), unit(a!));
  },
  distance: ([a, b], [da, db]) => {
    const d = subtract(da ?? null, db ?? null);
    return d && TANGENTS["length"]!([subtract(a!, b!)!], [d], a!);
  },
  normalize: ([a], [da]) => {
    if (!da) return null;
    const inverseLength = unit(a!);
    const direction = binary("*", a!, inverseLength);
    return binary("*", subtract(da, binary("*", direction, dot(direction, da)))!, inverseLength);
  },
  reflect: ([a, b], [da, db]) => {
    // a − 2 (b·a) b
    const product = TANGENTS["dot"]!([b!, a!], [db ?? null, da ?? null], a!);
    const turned = add(product && binary("*", b!, product), db ? binary("*", db, dot(b!, a!)) : null);
    return subtract(da ?? null, turned && binary("*", turned, n(2, b!)));
  },
  faceForward: ([, b, c], [da]) => (da ? builtin("faceForward", [da, b!, c!], da.type) : null),
  transpose: (_, [da]) =>
    da?.type.kind === "matrix" ? builtin("transpose", [da], matrix(da.type.rows, da.type.columns)) : null,
  determinant: ([a], [da]) => {
    if (!da || a!.type.kind !== "matrix") return null;
    // One column after the other is replaced by its tangent.
    const { type } = a!;
    const indices = Array.from({ length: a!.type.columns }, (_, c) => c);
    return indices
      .map(k =>
        builtin(
          "determinant",
          [
            construct(
              type,
              indices.map(c => at(c === k ? da : a!, c)),
            ),
          ],
          F32,
        ),
      )
      .reduce<Factor>(add, null);
  },
  ldexp: ([, e], [da]) => (da ? builtin("ldexp", [da, e!], da.type) : null),
};
