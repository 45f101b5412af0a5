/** Words and signs of printed WGSL. */
import { RESERVED } from "./reserved.ts";
import { BINARY, TERNARY, UNARY } from "./scalar_functions.ts";
import type { Literal } from "./tree.ts";

const BUILT_IN = new Set([...Object.keys(UNARY), ...Object.keys(BINARY), ...Object.keys(TERNARY)]);
/** A word that WGSL has already. */
export const isReserved = (word: string): boolean =>
  RESERVED.has(word) || BUILT_IN.has(word) || /^(vec\d[fiuh]?|mat\dx\d[fh]?)$/.test(word);

/** A number of a type as WGSL reads it. */
export function literalText({ type, value }: Literal): string {
  const name = type.kind === "scalar" ? type.name : "f32";
  if (name === "bool") return value ? "true" : "false";
  if (name === "u32") return `${value}u`;
  if (name === "i32") {
    if (value === -2147483648) return "i32(-2147483648)";
    return value < 0 ? `(${value}i)` : `${value}i`;
  }
  const digits = Object.is(value, -0) ? "-0" : `${value}`.replace("e+", "e");
  const text = `${digits}${/[.e]/.test(digits) ? "" : ".0"}f`;
  return digits.startsWith("-") ? `(${text})` : text;
}

/**
 * Functions of shaders/language/functions.wgsl that stand for WGSL's own: those may be off by 5e-4, and give NaN far out (tanh of
 * 95 on a software adapter).
 */
export const LIBRARY: Readonly<Record<string, string>> = {
  acos: "acos_f32",
  acosh: "acosh_f32",
  asin: "asin_f32",
  asinh: "asinh_f32",
  atan: "atan_f32",
  atan2: "atan2_f32",
  atanh: "atanh_f32",
  cos: "cos_f32",
  cosh: "cosh_f32",
  exp: "exp_f32",
  log: "log_or_zero",
  pow: "power_f32",
  powAtZero: "power_f32",
  sin: "sin_f32",
  sinh: "sinh_f32",
  tan: "tan_f32",
  tanh: "tanh_f32",
};

/** Names of members stay, but for words that WGSL keeps for itself. */
export const memberText = (name: string): string =>
  RESERVED.has(name) || name.startsWith("__") ? `m__${name}` : name;

/** How tightly an arithmetic operator binds; 0 for all that stand in brackets. */
export const bond = (operator: string): number =>
  "+-".includes(operator) ? 1 : "*/%".includes(operator) ? 2 : 0;
