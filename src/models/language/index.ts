import { loadPart } from "../../engine/index.ts";
import type { ExpressionFunction, ExpressionOptions } from "./expressions/expression_function.ts";
import type { VectorFunction } from "./vector_function.ts";
import type { WgslFunctionOptions } from "./wgsl_function.ts";

export type { ExpressionFunction, ExpressionOptions } from "./expressions/expression_function.ts";
export type { ParameterPlace } from "./expressions/names.ts";
export type { ExpressionTexts } from "./graph/expression_text.ts";
export type * from "./vector_function.ts";
export type { WgslFunctionOptions } from "./wgsl_function.ts";

/**
 * A vector function y = f(x, u, t, p) written in the notation of mathjs, with exact derivatives, in float64 and as WGSL. The parser
 * and the rest are loaded at the first call.
 * @throws ParameterError, with the line and a caret under the place and `error.place` (SourcePlace): unknown names and functions,
 *   shapes that disagree, what lies outside the language (docs/expressions.md)
 */
export async function expressionFunction(options: ExpressionOptions): Promise<ExpressionFunction> {
  const load = () => import("./expressions/expression_function.ts");
  const call = options?.call ?? "expressionFunction";
  return (await loadPart(call, "expressions", load)).makeExpressionFunction(options);
}

/**
 * A vector function y = f(x, u, t, p) written in WGSL, with exact derivatives, in float64 and as WGSL. The parser and the rest are
 * loaded at the first call.
 * @throws ParameterError, with the line and a caret under the place and `error.place` (SourcePlace): syntax, types, unknown names,
 *   what lies outside the subset (docs/wgsl-functions.md)
 */
export async function wgslFunction(options: WgslFunctionOptions): Promise<VectorFunction> {
  const load = () => import("./wgsl_function.ts");
  const call = options?.call ?? "wgslFunction";
  return (await loadPart(call, "functions in WGSL", load)).makeWgslFunction(options);
}
