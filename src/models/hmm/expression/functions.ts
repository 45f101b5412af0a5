/** What formulas may call: in float64, and in WGSL (functions of shaders/lib/special.wgsl and shaders/lib/log.wgsl). */
import { logGamma } from "../special.ts";

export interface FormulaFunction {
  /** Types of the arguments, then of the result: n a number, b a truth value. */
  readonly types: string;
  readonly compute: (...args: number[]) => number;
  readonly wgsl: (...args: string[]) => string;
}

const number = (compute: (x: number) => number, wgsl: string): FormulaFunction => ({
  types: "nn",
  compute,
  wgsl: x => `${wgsl}(${x})`,
});

const operator = (
  types: string,
  sign: string,
  compute: (a: number, b: number) => number,
): FormulaFunction => ({
  types,
  compute,
  wgsl: (a, b) => `(${a} ${sign} ${b})`,
});

/** Truth values are 1 and 0 in float64. */
const bit = (truth: boolean): number => (truth ? 1 : 0);

export const FUNCTIONS: Readonly<Record<string, FormulaFunction>> = {
  "+": operator("nnn", "+", (a, b) => a + b),
  "-": operator("nnn", "-", (a, b) => a - b),
  "*": operator("nnn", "*", (a, b) => a * b),
  "/": operator("nnn", "/", (a, b) => a / b),
  "^": { types: "nnn", compute: (a, b) => a ** b, wgsl: (a, b) => `power_f32(${a}, ${b})` },
  negate: { types: "nn", compute: a => -a, wgsl: a => `(-${a})` },
  "<": operator("nnb", "<", (a, b) => bit(a < b)),
  ">": operator("nnb", ">", (a, b) => bit(a > b)),
  "<=": operator("nnb", "<=", (a, b) => bit(a <= b)),
  ">=": operator("nnb", ">=", (a, b) => bit(a >= b)),
  "==": operator("nnb", "==", (a, b) => bit(a === b)),
  "!=": operator("nnb", "!=", (a, b) => bit(a !== b)),
  and: operator("bbb", "&&", (a, b) => bit(a !== 0 && b !== 0)),
  or: operator("bbb", "||", (a, b) => bit(a !== 0 || b !== 0)),
  not: { types: "bb", compute: a => 1 - a, wgsl: a => `(!${a})` },
  "?:": {
    types: "bnnn",
    compute: (c, a, b) => (c !== 0 ? a : b),
    wgsl: (c, a, b) => `select(${b}, ${a}, ${c})`,
  },
  exp: number(Math.exp, "exp"),
  log: number(Math.log, "log_or_zero"),
  log1p: number(Math.log1p, "log1p_f32"),
  expm1: number(Math.expm1, "expm1_f32"),
  sqrt: number(Math.sqrt, "sqrt"),
  abs: number(Math.abs, "abs"),
  floor: number(Math.floor, "floor"),
  sign: number(Math.sign, "sign"),
  sin: number(Math.sin, "sin"),
  cos: number(Math.cos, "cos"),
  tan: number(Math.tan, "tan"),
  atan: number(Math.atan, "atan"),
  tanh: number(Math.tanh, "tanh"),
  lgamma: number(logGamma, "log_gamma_f32"),
  min: { types: "nnn", compute: Math.min, wgsl: (a, b) => `min(${a}, ${b})` },
  max: { types: "nnn", compute: Math.max, wgsl: (a, b) => `max(${a}, ${b})` },
};
