import { type ArrayInput, languageText, loadPart, ParameterError } from "../../../engine/index.ts";
import { checkKeys } from "../../check_keys.ts";
import { say, valueText } from "../../say.ts";
import { jacobian } from "../graph/derivatives.ts";
import { type ExpressionTexts, expressionTexts } from "../graph/expression_text.ts";
import { Graph, type Id } from "../graph/graph.ts";
import { graphFunction } from "../graph/vector_function.ts";
import type { VectorFunction } from "../vector_function.ts";
import { compileExpressions } from "./compile_expressions.ts";
import { readExpression } from "./mathjs_tree.ts";
import { modelNames, type ParameterPlace, packParameters } from "./names.ts";
import type { Value } from "./values.ts";

export interface ExpressionOptions {
  /** One text for every entry of the result, or one text that is a vector: "A*tanh(x) + B*u". */
  readonly expressions: string | readonly string[];
  /** n: x0 … and the vector x */
  readonly stateDim: number;
  /** d: u0 … and the vector u; default 0 */
  readonly inputDim?: number;
  /** m; default as many as there are expressions, or entries of the one */
  readonly outputDim?: number;
  /** [n] names of the states, beside x0 … */
  readonly stateNames?: readonly string[];
  /** [d] names of the inputs, beside u0 … */
  readonly inputNames?: readonly string[];
  /** Numbers, vectors and matrices by name. They stay arguments: p can be changed without compiling anew. */
  readonly parameters?: Readonly<Record<string, ArrayInput>>;
  /** Intermediate values by name; each may use those before it. */
  readonly where?: Readonly<Record<string, string>>;
  /** What error texts call the expressions; default "expressions" */
  readonly source?: string;
  /** What error texts begin with; default "expressionFunction" */
  readonly call?: string;
}

export interface ExpressionFunction extends VectorFunction {
  /** p [P]: the values given */
  readonly parameters: Float64Array;
  /** Where each parameter stands in p. */
  readonly parameterPlaces: Readonly<Record<string, ParameterPlace>>;
  /**
   * The Jacobian as expressions, [m · n] by rows: ∂f_i/∂x_j with the names of the states and parameters, and `where` with names for long
   * parts that repeat. As on paper: where a derivative is not regular, the text is not (1/x at 0), and that of lgamma is digamma, which no
   * expression has.
   */
  jacobianExpressions(): ExpressionTexts;
}

const KEYS: readonly (keyof ExpressionOptions)[] = [
  "expressions",
  "stateDim",
  "inputDim",
  "outputDim",
  "stateNames",
  "inputNames",
  "parameters",
  "where",
  "source",
  "call",
];

/** See expressionFunction() of ../index.ts. */
export async function makeExpressionFunction(options: ExpressionOptions): Promise<ExpressionFunction> {
  const call = options?.call ?? "expressionFunction";
  checkKeys(call, "", options, KEYS, ["expressions", "stateDim"]);
  const source = options.source ?? "expressions";
  const path = source.slice(0, source.lastIndexOf(".") + 1);
  const stateDim = whole(call, `${path}stateDim`, options.stateDim, 1);
  const inputDim = whole(call, `${path}inputDim`, options.inputDim ?? 0, 0);
  const outputDim =
    options.outputDim === undefined ? undefined : whole(call, `${path}outputDim`, options.outputDim, 1);
  const where = options.where ?? {};
  if (where === null || typeof where !== "object" || Array.isArray(where))
    throw new ParameterError(
      say(call, `${path}where`, "an object of expressions", valueText(where), "Write {name: text}."),
    );
  const { data, places } = packParameters(call, `${path}parameters`, options.parameters ?? {});
  const [{ parseText }, library] = await Promise.all([
    loadPart(call, "the parser of expressions", () => import("./mathjs_parser.ts")),
    languageText(call),
  ]);
  const graph = new Graph();
  const { stateNames, inputNames } = options;
  const names = modelNames(graph, call, path, { stateDim, inputDim, stateNames, inputNames, places });
  const roots = compileExpressions(
    graph,
    text => readExpression(text, parseText),
    names,
    { call, source, whereSource: `${path}where`, expressions: options.expressions, where, outputDim },
    { x: stateDim, u: inputDim },
  );
  const sizes = { stateDim, inputDim, numParameters: data.length, outputDim: roots.length };
  return {
    ...graphFunction(graph, roots, sizes, library),
    parameters: data,
    parameterPlaces: places,
    jacobianExpressions() {
      const states = Array.from({ length: stateDim }, (_, j) => graph.variable("x", j));
      const taken = new Set([...names.keys(), ...Object.keys(where)]);
      return expressionTexts(graph, jacobian(graph, roots, states), namesOf(names), taken);
    },
  };
}

/** What variables are called: the user's names before x0 and u0, entries of parameters by their place. */
function namesOf(names: ReadonlyMap<string, Value>): Map<Id, string> {
  const called = new Map<Id, string>();
  for (const [name, { shape, entries }] of names) if (shape.length === 0) called.set(entries[0], name);
  for (const [name, { shape, entries }] of names)
    entries.forEach((id, i) => {
      const place =
        shape.length === 2 ? `${Math.floor(i / shape[1]) + 1}, ${(i % shape[1]) + 1}` : `${i + 1}`;
      if (!called.has(id)) called.set(id, `${name}[${place}]`);
    });
  return called;
}

/** More entries of x, u or y than any backend has a kernel for: each is a name, and derivatives are of all by all. */
const MOST = 4096;

function whole(call: string, argument: string, value: unknown, least: number): number {
  if (Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= MOST)
    return value as number;
  const expected = `a whole number from ${least} to ${MOST}`;
  throw new ParameterError(say(call, argument, expected, valueText(value), "Correct it."));
}
