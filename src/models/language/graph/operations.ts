/**
 * The scalar operations of models written as expressions: one table for float64 and WGSL. In WGSL $0, $1, $2 are the arguments, and
 * @name is a function of shaders/language/functions.wgsl.
 *
 * No operation of WGSL gives NaN where its float64 twin does not. Outside a domain (log(−1), sqrt(−1)) float64 gives NaN as Math does,
 * and WGSL, where NaN cannot be relied on, a finite number.
 */
import { digamma, logGamma, logistic, softplus } from "../../hmm/special.ts";
import { erf, erfc, normalCdf, trigamma } from "./special_functions.ts";

export interface Operation {
  /** Types of the arguments, then of the result: n a number, b a truth value (1 or 0 in float64). */
  readonly types: string;
  readonly compute: (a: number, b: number, c: number) => number;
  readonly wgsl: string;
}

const one = (compute: (a: number) => number, wgsl: string): Operation => ({
  types: "nn",
  compute,
  wgsl: wgsl.includes("$") ? wgsl : `${wgsl}($0)`,
});
const two = (types: string, wgsl: string, compute: (a: number, b: number) => number): Operation => ({
  types,
  compute,
  wgsl,
});

const bit = (truth: boolean): number => (truth ? 1 : 0);

/** Integer powers by squaring: the same products in both worlds. */
export function integerPower(x: number, n: number): number {
  let power = 1;
  let square = x;
  for (let rest = Math.abs(n); rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) power *= square;
    square *= square;
  }
  return n < 0 ? 1 / power : power;
}

/** Halves go away from 0, as in mathjs. */
const roundHalfAway = (x: number): number =>
  Math.trunc(x) + (Math.abs(x - Math.trunc(x)) >= 0.5 ? Math.sign(x) : 0);

/** x − y ⌊x/y⌋, exact; x where y = 0 (mathjs). */
function modulo(x: number, y: number): number {
  if (y === 0) return x;
  const rest = x % y;
  return rest !== 0 && rest < 0 !== y < 0 ? rest + y : rest;
}

/** Functions whose recursion to large arguments never ends for others than positive ones. */
const positive =
  (compute: (x: number) => number) =>
  (x: number): number =>
    x > 0 ? compute(x) : Number.NaN;

const table = {
  add: two("nnn", "($0 + $1)", (a, b) => a + b),
  sub: two("nnn", "($0 - $1)", (a, b) => a - b),
  mul: two("nnn", "($0 * $1)", (a, b) => a * b),
  div: two("nnn", "($0 / $1)", (a, b) => a / b),
  neg: one(a => -a, "(-$0)"),
  select: { types: "bnnn", compute: (c, a, b) => (c !== 0 ? a : b), wgsl: "select($2, $1, $0)" },
  /** aⁿ of a constant whole n, which the node holds. */
  powi: two("nnn", "@integer_power_f32($0, $1)", integerPower),
  pow: two("nnn", "@power_f32($0, $1)", (a, b) => a ** b),
  lt: two("nnb", "($0 < $1)", (a, b) => bit(a < b)),
  le: two("nnb", "($0 <= $1)", (a, b) => bit(a <= b)),
  eq: two("nnb", "($0 == $1)", (a, b) => bit(a === b)),
  ne: two("nnb", "($0 != $1)", (a, b) => bit(a !== b)),
  and: two("bbb", "($0 && $1)", (a, b) => bit(a !== 0 && b !== 0)),
  or: two("bbb", "($0 || $1)", (a, b) => bit(a !== 0 || b !== 0)),
  not: { types: "bb", compute: a => 1 - a, wgsl: "(!$0)" },
  min: two("nnn", "min($0, $1)", (a, b) => Math.min(a, b)),
  max: two("nnn", "max($0, $1)", (a, b) => Math.max(a, b)),
  mod: two("nnn", "@modulo_f32($0, $1)", modulo),
  atan2: two("nnn", "@atan2_f32($0, $1)", Math.atan2),
  hypot: two("nnn", "@hypot_f32($0, $1)", (a, b) => Math.hypot(a, b)),
  abs: one(Math.abs, "abs"),
  sign: one(Math.sign, "sign"),
  floor: one(Math.floor, "floor"),
  ceil: one(Math.ceil, "ceil"),
  round: one(roundHalfAway, "@round_f32"),
  fix: one(Math.trunc, "trunc"),
  sqrt: one(Math.sqrt, "sqrt(max($0, 0.0f))"),
  cbrt: one(Math.cbrt, "@cbrt_f32"),
  exp: one(Math.exp, "@exp_f32"),
  expm1: one(Math.expm1, "@expm1_f32"),
  log: one(Math.log, "@log_or_zero"),
  log1p: one(Math.log1p, "@log1p_or_zero"),
  log2: one(Math.log2, "(@log_or_zero($0) * 1.442695f)"),
  log10: one(Math.log10, "(@log_or_zero($0) * 0.4342945f)"),
  sin: one(Math.sin, "@sin_f32"),
  cos: one(Math.cos, "@cos_f32"),
  tan: one(Math.tan, "@tan_f32"),
  asin: one(Math.asin, "@asin_f32"),
  acos: one(Math.acos, "@acos_f32"),
  atan: one(Math.atan, "@atan_f32"),
  sinh: one(Math.sinh, "@sinh_f32"),
  cosh: one(Math.cosh, "@cosh_f32"),
  tanh: one(Math.tanh, "@tanh_f32"),
  sech: one(a => 1 / Math.cosh(a), "@sech_f32"),
  asinh: one(Math.asinh, "@asinh_f32"),
  acosh: one(Math.acosh, "@acosh_f32"),
  atanh: one(Math.atanh, "@atanh_f32"),
  sigmoid: one(logistic, "@logistic_f32"),
  softplus: one(softplus, "@softplus_f32"),
  erf: one(erf, "@erf_f32"),
  erfc: one(erfc, "@erfc_f32"),
  normcdf: one(normalCdf, "(0.5f * @erfc_f32($0 * -0.70710678f))"),
  lgamma: one(positive(logGamma), "@log_gamma_f32(max($0, 1e-30f))"),
  digamma: one(positive(digamma), "@digamma_f32"),
  trigamma: one(positive(trigamma), "@trigamma_f32"),
  /** 1/a, 0 at 0: in derivatives that are not finite there. */
  recip0: one(a => (a === 0 ? 0 : 1 / a), "@reciprocal_or_zero($0)"),
  /** 1 − a² without cancellation near ±1. */
  oneMinusSquare: one(a => (1 - a) * (1 + a), "@one_minus_square"),
  /** aᵇ, 0 where a = 0 and b < 0. */
  pow0: two("nnn", "@power_f32($0, $1)", (a, b) => (a === 0 && b < 0 ? 0 : a ** b)),
  /** a b, 0 where a = 0, also when b is infinite: 0 log 0 = 0. */
  mul0: two("nnn", "($0 * $1)", (a, b) => (a === 0 ? 0 : a * b)),
  /** a, 0 where it is infinite (a logarithm of 0 in WGSL: −10³⁰). */
  finite0: one(a => (Number.isFinite(a) ? a : 0), "@finite_or_zero"),
} satisfies Record<string, Operation>;

export type OperationName = keyof typeof table;

/** Operations that have no value for some arguments, where shaders give a number all the same. */
export const LIMITED: ReadonlySet<string> = new Set<OperationName>([
  "pow",
  "sqrt",
  "log",
  "log1p",
  "log2",
  "log10",
  "asin",
  "acos",
  "acosh",
  "atanh",
  "lgamma",
  "digamma",
  "trigamma",
]);

export const OPERATIONS: Readonly<Record<OperationName, Operation>> = table;
