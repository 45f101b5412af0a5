import { loadPart } from "../../engine/index.ts";
import type { VectorFunction } from "./vector_function.ts";
import type { WgslFunctionOptions } from "./wgsl_function.ts";

export type * from "./vector_function.ts";
export type { WgslFunctionOptions } from "./wgsl_function.ts";

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
