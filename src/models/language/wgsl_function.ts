/**
 * A model's function written in WGSL: y = f(x, u, t, p) with exact derivatives, in float64 and as WGSL (docs/wgsl-functions.md).
 * wgsl_reflect, which reads the text, is loaded when the first such function is made.
 */
import { nearestKey, ParameterError } from "../../engine/index.ts";
import { checkKeys } from "../check_keys.ts";
import { say, valueText } from "../say.ts";
import { dependencies } from "./autodiff/dependencies.ts";
import { derivatives } from "./autodiff/derivatives.ts";
import { float64Function } from "./autodiff/float64.ts";
import { Printer } from "./autodiff/print.ts";
import { SourceText } from "./autodiff/refuse.ts";
import type { FunctionSizes, VectorFunction } from "./vector_function.ts";
import { entryFunction } from "./wgsl_entry.ts";
import { Module } from "./wgsl_module.ts";
import { parseWgsl } from "./wgsl_parser.ts";

export interface WgslFunctionOptions extends FunctionSizes {
  /** What errors call the text: "dynamics.wgsl". */
  readonly source: string;
  /** WGSL: functions, constants, structs and aliases. */
  readonly code: string;
  /** The function that is f. */
  readonly entry: string;
}

const CALL = "wgslFunction";
const KEYS = ["source", "code", "entry", "stateDim", "inputDim", "numParameters", "outputDim"];

function checkOptions(options: WgslFunctionOptions): void {
  checkKeys(CALL, "options", options, KEYS);
  for (const key of ["source", "code", "entry"] as const) {
    if (typeof options[key] !== "string" || options[key] === "")
      throw new ParameterError(say(CALL, key, "a text", valueText(options[key]), "Pass a string."));
  }
  for (const [key, least] of [
    ["stateDim", 1],
    ["inputDim", 0],
    ["numParameters", 0],
    ["outputDim", 1],
  ] as const) {
    if (!Number.isInteger(options[key]) || options[key] < least)
      throw new ParameterError(
        say(CALL, key, `a whole number ≥ ${least}`, valueText(options[key]), "Correct it."),
      );
  }
}

/**
 * @returns the function with its derivatives; see vector_function.ts
 * @throws ParameterError for options; SourceError, which is one, at line and column of the WGSL, for what is not in the subset
 */
export async function wgslFunction(options: WgslFunctionOptions): Promise<VectorFunction> {
  checkOptions(options);
  const { stateDim, inputDim, numParameters, outputDim } = options;
  const sizes: FunctionSizes = { stateDim, inputDim, numParameters, outputDim };
  const reflect = await import("wgsl_reflect/wgsl_reflect.module.js");
  const text = new SourceText(options.source, options.code);
  const module = new Module(text, reflect, parseWgsl(text, reflect));
  const node = module.functions.get(options.entry);
  if (!node) {
    const known = [...module.functions.keys()];
    const near = nearestKey(options.entry, known);
    const expected = known.length > 0 ? `one of the functions ${known.join(", ")}` : "a function of the text";
    const fix = near ? `Did you mean "${near}"?` : "Correct the name.";
    throw new ParameterError(say(CALL, "entry", expected, `"${options.entry}"`, fix));
  }
  const value = entryFunction(module, node, sizes);
  // What the function does not use is checked too: a fault in it is a fault.
  for (const called of module.functions.keys()) module.fn(called);
  for (const called of module.constantNames) module.constant(called);
  const structure = dependencies(value, stateDim, outputDim);
  const trees = derivatives(value, stateDim, outputDim, structure);
  return {
    ...sizes,
    structure,
    float64: float64Function(trees, sizes),
    wgsl(name) {
      if (!/^[A-Za-z]\w*$/.test(name))
        throw new ParameterError(
          say(CALL, "name", "an identifier", valueText(name), "Use letters and digits."),
        );
      const named = [
        [trees.value, name],
        [trees.jvp, `${name}_jvp`],
        [trees.jacobian, `${name}_jacobian`],
        [trees.second, `${name}_second`],
      ] as const;
      const printer = new Printer(
        name,
        named.map(([, called]) => called),
      );
      for (const [fn, called] of named) printer.fn(fn, called);
      return { name, code: printer.code };
    },
  };
}
