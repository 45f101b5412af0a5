/**
 * Scalar operators and built-in functions of WGSL in float64: f32 is computed in float64, i32 and u32 wrap as WGSL's do, bool is
 * 0 or 1. Used to fold constants, to run functions, and to follow integers when the structure of a Jacobian is found.
 */
import type { ScalarName } from "./types.ts";

export type Unary = (a: number) => number;
export type Binary = (a: number, b: number) => number;
export type Ternary = (a: number, b: number, c: number) => number;

const trunc = Math.trunc;
/** WGSL rounds halves to even. */
const roundEven = (a: number): number => {
  const low = Math.floor(a);
  const rest = a - low;
  if (rest !== 0.5) return Math.round(a);
  return low % 2 === 0 ? low : low + 1;
};
/** Of a negative base for whole powers, which WGSL leaves open. */
const pow = (a: number, b: number): number => a ** b;
/** pow() where it is part of a derivative: 0 to a negative power is 0. */
const powAtZero = (a: number, b: number): number => (a === 0 && b < 0 ? 0 : a ** b);
const step = (edge: number, x: number): number => (edge <= x ? 1 : 0);
const clamp = (x: number, low: number, high: number): number => Math.min(Math.max(x, low), high);
const smoothstep = (low: number, high: number, x: number): number => {
  const t = clamp((x - low) / (high - low), 0, 1);
  return t * t * (3 - 2 * t);
};

export const UNARY: Readonly<Record<string, Unary>> = {
  abs: Math.abs,
  acos: Math.acos,
  acosh: Math.acosh,
  asin: Math.asin,
  asinh: Math.asinh,
  atan: Math.atan,
  atanh: Math.atanh,
  ceil: Math.ceil,
  cos: Math.cos,
  cosh: Math.cosh,
  degrees: a => (a * 180) / Math.PI,
  exp: Math.exp,
  exp2: a => 2 ** a,
  floor: Math.floor,
  fract: a => a - Math.floor(a),
  inverseSqrt: a => 1 / Math.sqrt(a),
  log: Math.log,
  log2: Math.log2,
  radians: a => (a * Math.PI) / 180,
  round: roundEven,
  saturate: a => clamp(a, 0, 1),
  sign: Math.sign,
  sin: Math.sin,
  sinh: Math.sinh,
  sqrt: Math.sqrt,
  tan: Math.tan,
  tanh: Math.tanh,
  trunc,
};

export const BINARY: Readonly<Record<string, Binary>> = {
  atan2: Math.atan2,
  max: Math.max,
  min: Math.min,
  pow,
  powAtZero,
  step,
  ldexp: (a, b) => a * 2 ** b,
};

export const TERNARY: Readonly<Record<string, Ternary>> = {
  clamp,
  fma: (a, b, c) => a * b + c,
  mix: (a, b, c) => a * (1 - c) + b * c,
  smoothstep,
};

const COMPARE: Readonly<Record<string, Binary>> = {
  "==": (a, b) => (a === b ? 1 : 0),
  "!=": (a, b) => (a !== b ? 1 : 0),
  "<": (a, b) => (a < b ? 1 : 0),
  "<=": (a, b) => (a <= b ? 1 : 0),
  ">": (a, b) => (a > b ? 1 : 0),
  ">=": (a, b) => (a >= b ? 1 : 0),
};
const FLOAT: Readonly<Record<string, Binary>> = {
  "+": (a, b) => a + b,
  "-": (a, b) => a - b,
  "*": (a, b) => a * b,
  "/": (a, b) => a / b,
  "%": (a, b) => a % b,
};
/** Division by 0 gives the dividend, its remainder 0: WGSL's rule. */
const SIGNED: Readonly<Record<string, Binary>> = {
  "+": (a, b) => (a + b) | 0,
  "-": (a, b) => (a - b) | 0,
  "*": Math.imul,
  "/": (a, b) => (b === 0 ? a : (a / b) | 0),
  "%": (a, b) => (b === 0 ? 0 : (a % b) | 0),
  "&": (a, b) => a & b,
  "|": (a, b) => a | b,
  "^": (a, b) => a ^ b,
  "<<": (a, b) => a << (b & 31),
  ">>": (a, b) => a >> (b & 31),
};
const UNSIGNED: Readonly<Record<string, Binary>> = {
  "+": (a, b) => (a + b) >>> 0,
  "-": (a, b) => (a - b) >>> 0,
  "*": (a, b) => Math.imul(a, b) >>> 0,
  "/": (a, b) => (b === 0 ? a : trunc(a / b)),
  "%": (a, b) => (b === 0 ? 0 : a % b),
  "&": (a, b) => (a & b) >>> 0,
  "|": (a, b) => (a | b) >>> 0,
  "^": (a, b) => (a ^ b) >>> 0,
  "<<": (a, b) => (a << (b & 31)) >>> 0,
  ">>": (a, b) => a >>> (b & 31),
};
const ABSTRACT_INT: Readonly<Record<string, Binary>> = {
  ...FLOAT,
  "/": (a, b) => trunc(a / b),
  "&": (a, b) => Number(BigInt(a) & BigInt(b)),
  "|": (a, b) => Number(BigInt(a) | BigInt(b)),
  "^": (a, b) => Number(BigInt(a) ^ BigInt(b)),
  "<<": (a, b) => a * 2 ** b,
  ">>": (a, b) => Math.floor(a / 2 ** b),
};
const LOGIC: Readonly<Record<string, Binary>> = {
  "&": (a, b) => a & b,
  "|": (a, b) => a | b,
  "&&": (a, b) => a & b,
  "||": (a, b) => a | b,
};

/** The operator for operands of one scalar type. */
export function scalarOperator(operator: string, of: ScalarName): Binary | undefined {
  if (COMPARE[operator]) return COMPARE[operator];
  if (of === "bool") return LOGIC[operator];
  if (of === "i32") return SIGNED[operator];
  if (of === "u32") return UNSIGNED[operator];
  return of === "abstractInt" ? ABSTRACT_INT[operator] : FLOAT[operator];
}

/** Minus, not and complement. */
export function scalarUnary(operator: string, of: ScalarName): Unary {
  if (operator === "!") return a => 1 - a;
  if (operator === "~") return of === "u32" ? a => ~a >>> 0 : a => ~a;
  return of === "i32" ? a => -a | 0 : a => -a;
}

/** Value constructors f32(), i32(), u32() and bool(): floats are cut towards 0 and kept in range. */
export function convert(from: ScalarName, to: ScalarName): Unary {
  if (from === to) return a => a;
  if (to === "bool") return a => (a !== 0 ? 1 : 0);
  const float = from === "f32" || from === "abstractFloat";
  if (to === "i32") return float ? a => clamp(trunc(a), -2147483648, 2147483647) || 0 : a => a | 0;
  if (to === "u32") return float ? a => clamp(trunc(a), 0, 4294967295) || 0 : a => a >>> 0;
  return a => a;
}

/** abs, min, max, clamp and sign of integers are those of numbers; abs of the least i32 is itself. */
export const integerAbs: Unary = a => Math.abs(a) | 0;
