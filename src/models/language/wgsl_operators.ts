/** Operators: types of their results, and what they are of constants. */
import type * as AST from "wgsl_reflect";
import { scalarOperator } from "./autodiff/scalar_functions.ts";
import { binaryType, type Expr, literal, unary } from "./autodiff/tree.ts";
import {
  BOOL,
  componentOf,
  isAbstract,
  isFloat,
  isInteger,
  sameType,
  scalar,
  type Type,
  typeText,
  vector,
  withComponent,
} from "./autodiff/types.ts";
import { coerce, concrete, constantValue, unify } from "./wgsl_literals.ts";
import type { Module } from "./wgsl_module.ts";

const ORDER = /^(==|!=|<|<=|>|>=)$/;

/** Minus, not and complement. */
export function operateOne(module: Module, operator: string, e: Expr, node: AST.Node): Expr {
  const of = componentOf(e.type);
  const wanted = operator === "!" ? "bool" : operator === "~" ? "an integer" : "a signed number";
  const allowed =
    operator === "!" ? of === "bool" : operator === "~" ? isInteger(of) : of && of !== "bool" && of !== "u32";
  if (!allowed) throw module.refuse(node, wanted, typeText(e.type), "Correct the operand.");
  if (e.kind !== "literal") return unary(operator, e);
  const value = operator === "-" ? -e.value : operator === "!" ? 1 - e.value : ~e.value;
  return literal(of === "u32" ? value >>> 0 : value, e.type);
}

/** An operator on two operands. */
export function operate(
  module: Module,
  operator: string,
  given: readonly [Expr, Expr],
  node: AST.Node,
): Expr {
  const shift = operator === "<<" || operator === ">>";
  let [a, b] = (shift ? given : unify(given)) as [Expr, Expr];
  const bad = (): never => {
    const types = `${typeText(given[0].type)} ${operator} ${typeText(given[1].type)}`;
    const scalars = given.every(e => e.type.kind === "scalar" && e.type.name !== "bool");
    const power = operator === "^" && given.some(e => isFloat(componentOf(e.type)));
    const fix = power
      ? "Powers are pow(a, b) or products."
      : scalars
        ? "Convert one: f32(…), i32(…) or u32(…)."
        : "Correct an operand.";
    throw module.refuse(node, `operands that fit ${operator}`, types, fix);
  };
  if (a.kind === "literal" && b.kind === "literal" && isAbstract(componentOf(a.type))) {
    const folded = fold(operator, a, b);
    if (folded) return folded;
    throw module.refuse(node, "a finite constant", module.textOf(node), "Correct the numbers.");
  }
  if (shift) {
    a = concrete(a);
    b = coerce(b, withComponent(a.type, "u32")) ?? bad();
    if (!isInteger(componentOf(a.type))) bad();
    const bits = constantValue(b);
    if (bits !== undefined && bits > 31)
      throw module.refuse(node, "a shift of 0 to 31 bits", `${bits}`, "Correct it.");
    return { kind: "binary", type: a.type, operator, a, b };
  }
  const type = resultType(operator, a, b);
  if (!type) return bad();
  if (ORDER.test(operator)) [a, b] = [concrete(a), concrete(b)];
  if ((operator === "/" || operator === "%") && isInteger(componentOf(b.type)) && constantValue(b) === 0)
    throw module.refuse(node, `a divisor of ${operator} that is not 0`, "0", "Correct it.");
  return { kind: "binary", type, operator, a, b };
}

/** undefined where the operands do not fit */
function resultType(operator: string, a: Expr, b: Expr): Type | undefined {
  const of = componentOf(a.type);
  const same = sameType(a.type, b.type);
  if (ORDER.test(operator)) {
    const order = operator !== "==" && operator !== "!=";
    if (!of || !sameType(concrete(a).type, concrete(b).type) || (order && of === "bool")) return undefined;
    return a.type.kind === "vector" ? vector(a.type.size, "bool") : BOOL;
  }
  if (operator === "&&" || operator === "||") return same && sameType(a.type, BOOL) ? BOOL : undefined;
  if ("&|^".includes(operator))
    return same && (isInteger(of) || (of === "bool" && operator !== "^")) ? a.type : undefined;
  return binaryType(operator, a.type, b.type);
}

/** Of numbers without a type, which are computed in float64. */
function fold(operator: string, a: Expr, b: Expr): Expr | undefined {
  const of = componentOf(a.type)!;
  const shift = operator === "<<" || operator === ">>";
  if (!shift && of !== componentOf(b.type)) return undefined;
  if (of === "abstractFloat" && !/^[-+*/%<>!=]=?$/.test(operator)) return undefined;
  const value = scalarOperator(operator, of)?.(constantValue(a)!, constantValue(b)!);
  if (value === undefined || !Number.isFinite(value)) return undefined;
  return literal(value, ORDER.test(operator) ? BOOL : scalar(of));
}
