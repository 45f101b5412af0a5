import { loadPart, StatescanError } from "../../../engine/index.ts";
import type { compileFormula } from "./compile.ts";

export type { Formula } from "./compile.ts";

let compiler: typeof compileFormula | undefined;

/** Loads what compiles formulas; see EmissionFamily.load. */
export async function loadCompiler(call: string): Promise<void> {
  compiler ??= (await loadPart(call, "what compiles formulas", () => import("./compile.ts"))).compileFormula;
}

/** compileFormula() of compile.ts, once it is loaded. */
export const compile: typeof compileFormula = (...given) => {
  if (compiler === undefined)
    throw new StatescanError(
      "logDensity: what compiles formulas expected to be loaded, got a call before that. Await model.emissions.load(call) first.",
    );
  return compiler(...given);
};
