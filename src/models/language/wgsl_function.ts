/**
 * A model's function written in WGSL: y = f(x, u, t, p) with exact derivatives, in float64 and as WGSL (docs/wgsl-functions.md).
 * wgsl_reflect, which reads the text, is loaded when the first such function is made.
 */
import { languageText, loadPart, nearestKey, ParameterError } from "../../engine/index.ts";
import { checkKeys } from "../check_keys.ts";
import { say, valueText } from "../say.ts";
import { dependencies } from "./autodiff/dependencies.ts";
import { type Derivatives, derivatives } from "./autodiff/derivatives.ts";
import { float64Function } from "./autodiff/float64.ts";
import { Printer } from "./autodiff/print.ts";
import { isReserved } from "./autodiff/print_words.ts";
import { SourceText } from "./autodiff/refuse.ts";
import type { FunctionSizes, VectorFunction, WgslFunction } from "./vector_function.ts";
import { entryFunction } from "./wgsl_entry.ts";
import { Module } from "./wgsl_module.ts";
import { parseWgsl } from "./wgsl_parser.ts";

export interface WgslFunctionOptions extends Partial<FunctionSizes> {
  /** WGSL: functions, constants, structs and aliases. */
  readonly code: string;
  /** The function that is f. Its arguments are x, u, t and p, each of which may be left out. */
  readonly entry: string;
  /** n; this and the other sizes are those of the types of the arguments and of the result where they are left out. */
  readonly stateDim?: number;
  /** What error texts call the WGSL ("dynamics.wgsl"); default "code" */
  readonly source?: string;
  /** What error texts begin with; default "wgslFunction" */
  readonly call?: string;
}

const SIZES = { stateDim: 1, inputDim: 0, numParameters: 0, outputDim: 1 } as const;
const TEXTS = ["code", "entry", "source", "call"] as const;

function checkOptions(call: string, options: WgslFunctionOptions): void {
  checkKeys(call, "", options, [...TEXTS, ...Object.keys(SIZES)], ["code", "entry"]);
  for (const key of TEXTS) {
    const text = options[key];
    if (text !== undefined && (typeof text !== "string" || text.trim() === ""))
      throw new ParameterError(say(call, key, "a text", valueText(text), "Pass a string."));
  }
  for (const [key, least] of Object.entries(SIZES)) {
    const size = options[key as keyof FunctionSizes];
    if (size !== undefined && !(Number.isSafeInteger(size) && size >= least))
      throw new ParameterError(say(call, key, `a whole number ≥ ${least}`, valueText(size), "Correct it."));
  }
}

function entryNode(call: string, module: Module, entry: string) {
  const node = module.functions.get(entry);
  if (node) return node;
  const known = [...module.functions.keys()];
  const near = nearestKey(entry, known);
  const expected = known.length > 0 ? `one of the functions ${known.join(", ")}` : "a function of the text";
  const fix = near ? `Did you mean "${near}"?` : "Correct the name.";
  throw new ParameterError(say(call, "entry", expected, `"${entry}"`, fix));
}

/** See wgslFunction() of index.ts. */
export async function makeWgslFunction(options: WgslFunctionOptions): Promise<VectorFunction> {
  const call = options?.call ?? "wgslFunction";
  checkOptions(call, options);
  const { code, entry, source = "code", stateDim, inputDim, numParameters, outputDim } = options;
  const [reflect, library] = await Promise.all([
    loadPart(call, "the parser of WGSL", () => import("./wgsl_reflect_parts.ts")),
    languageText(call),
  ]);
  const text = new SourceText(call, source, code);
  const module = new Module(text, reflect, parseWgsl(text, reflect));
  const node = entryNode(call, module, entry);
  const { fn, sizes } = entryFunction(module, node, { stateDim, inputDim, numParameters, outputDim });
  module.checkAll();
  const structure = dependencies(fn, sizes.stateDim, sizes.outputDim);
  const trees = derivatives(fn, sizes.stateDim, sizes.outputDim, structure);
  const { pullback, pushforward, ...float64 } = float64Function(trees, sizes);
  return {
    ...sizes,
    structure,
    float64,
    sensitivities: {
      pullback,
      pushforward,
      wgsl(name, which) {
        const { code } = printed(call, trees, library, name, true);
        return { name, code: which === "push" ? code : `${code}${pullBySeeds(name, sizes)}` };
      },
    },
    wgsl: name => printed(call, trees, library, name),
  };
}

function printed(
  call: string,
  trees: Derivatives,
  library: string,
  name: string,
  sensitivities = false,
): WgslFunction {
  if (!/^[A-Za-z]\w*$/.test(name) || isReserved(name))
    throw new ParameterError(
      say(call, "name", "an identifier that is no word of WGSL", valueText(name), "Use letters and digits."),
    );
  const named = [
    [trees.value, name],
    [trees.jvp, `${name}_jvp`],
    [trees.jacobian, `${name}_jacobian`],
    sensitivities ? ([trees.push, `${name}_push`] as const) : ([trees.second, `${name}_second`] as const),
  ] as const;
  const printer = new Printer(
    name,
    library,
    named.map(([, called]) => called),
  );
  for (const [fn, called] of named) printer.fn(fn, called);
  return { name, code: printer.code };
}

/** NAME_pull: ∂(dy·f)/∂x from the Jacobian, with respect to u and p from one product for each entry. */
function pullBySeeds(
  name: string,
  { stateDim: n, inputDim: d, numParameters: P, outputDim: m }: FunctionSizes,
): string {
  const floats = (length: number): string => `array<f32, ${Math.max(1, length)}>`;
  const [x, u, p, y] = [n, d, P, m].map(floats);
  const along = (seeds: string, count: number, told: string): string =>
    count === 0
      ? ""
      : `  for (var k = 0u; k < ${count}u; k++) {
    ${seeds}[k] = 1.0;
    let y = ${name}_push(x, u, t, p, dx, du, dp);
    ${seeds}[k] = 0.0;
    var sum = 0.0;
    for (var i = 0u; i < ${m}u; i++) { sum += dy[i] * y[i]; }
    ${told}(k, sum);
  }
`;
  return `
fn ${name}_pull(x: ${x}, u: ${u}, t: f32, p: ${p}, dy: ${y}) -> ${x} {
  var dx = ${x}();
  var du = ${u}();
  var dp = ${p}();
${along("du", d, "pulled_input")}${along("dp", P, "pulled_parameter")}  let j = ${name}_jacobian(x, u, t, p);
  var out = ${x}();
  for (var i = 0u; i < ${m}u; i++) {
    for (var k = 0u; k < ${n}u; k++) { out[k] += dy[i] * j[i * ${n}u + k]; }
  }
  return out;
}
`;
}
