/** Documents of recurrences: expressions, WGSL, or a system of the library. Loaded with the first of them. */
import { type NestedNumbers, ParameterError } from "../engine/index.ts";
import {
  checkKeys,
  discretize,
  expressionFunction,
  type Integrator,
  loadSystem,
  type Recurrence,
  type RecurrenceFunction,
  recurrence,
  say,
  valueText,
  wgslFunction,
} from "../models/index.ts";

/** s_t = f(s_{t−1}, u_t, t) as JSON, f as expressions or as the function `dynamics` of WGSL; with an integrator, f is a vector field. */
export interface FunctionRecurrenceDocument {
  format: "statescan/model@1";
  type: "recurrence";
  /** D; default as many as in initialState, or as there are expressions */
  stateDim?: number;
  /** d; default 0 */
  inputDim?: number;
  stateNames?: readonly string[];
  inputNames?: readonly string[];
  /** Numbers, vectors and matrices; functions in WGSL take them as p, one behind the other. */
  parameters?: Readonly<Record<string, NestedNumbers>>;
  /** s_{−1} [D] */
  initialState?: NestedNumbers;
  expressions?: string | readonly string[];
  where?: Readonly<Record<string, string>>;
  wgsl?: string;
  integrator?: Integrator;
  /** Time that a step stands for. */
  dt?: number;
}

/** A system of the library with the options of system(). */
export interface SystemDocument {
  format: "statescan/model@1";
  type: "recurrence";
  system: string;
  [option: string]: unknown;
}

export type RecurrenceDocument = FunctionRecurrenceDocument | SystemDocument;

const KEYS = [
  "format",
  "type",
  "stateDim",
  "inputDim",
  "stateNames",
  "inputNames",
  "parameters",
  "initialState",
  "expressions",
  "where",
  "wgsl",
  "integrator",
  "dt",
];

type Given = Readonly<Record<string, unknown>>;

/**
 * @param document with known format and type
 * @throws ParameterError, ShapeError; faults of expressions and WGSL with their place
 */
export async function loadRecurrence(call: string, document: Given): Promise<Recurrence> {
  if (document.system !== undefined) {
    const { format: _format, type: _type, system: name, ...options } = document;
    return loadSystem(call, name, options);
  }
  checkKeys(call, "", document, [...KEYS, "system"]);
  const { initialState, integrator, dt } = document;
  const f = await readFunction(call, document);
  if (integrator !== undefined && dt === undefined)
    throw new ParameterError(
      say(call, "dt", "the length of a step, beside an integrator", "nothing", 'Add "dt".'),
    );
  const step =
    integrator === undefined
      ? f
      : await discretize(f, { integrator: integrator as Integrator, dt: dt as number });
  const model = recurrence({
    function: step,
    ...(initialState !== undefined && { initialState: initialState as NestedNumbers }),
    ...(dt !== undefined && { timeStep: dt as number }),
  });
  return { ...model, document: structuredClone(document) };
}

async function readFunction(call: string, document: Given): Promise<RecurrenceFunction> {
  const { expressions, wgsl, where, stateNames, inputNames, inputDim, parameters, initialState } = document;
  if ((expressions === undefined) === (wgsl === undefined)) {
    const got = wgsl === undefined ? "none of them" : "expressions and wgsl";
    const fix = "Keep one of them.";
    throw new ParameterError(say(call, "document", "one of expressions, wgsl and system", got, fix));
  }
  const count = Array.isArray(initialState)
    ? initialState.length
    : Array.isArray(expressions)
      ? expressions.length
      : undefined;
  const stateDim = document.stateDim ?? count;
  if (count !== undefined && stateDim !== count && initialState !== undefined) {
    const fix = "Correct one of them.";
    throw new ParameterError(say(call, "stateDim", `${count} as in initialState`, valueText(stateDim), fix));
  }
  if (wgsl !== undefined) {
    const code = wgsl as string;
    const f = await wgslFunction({
      call,
      source: "wgsl",
      code,
      entry: "dynamics",
      ...(stateDim !== undefined && { stateDim: stateDim as number }),
      ...(inputDim !== undefined && { inputDim: inputDim as number }),
    });
    const numbers = Object.values((parameters ?? {}) as Record<string, NestedNumbers>).flat(2) as number[];
    // Not every function takes p; how many numbers one takes, recurrence() checks.
    return { ...f, parameters: f.numParameters === 0 ? [] : numbers };
  }
  if (stateDim === undefined)
    throw new ParameterError(say(call, "stateDim", "the number of states", "nothing", 'Add "stateDim".'));
  return expressionFunction({
    call,
    source: "expressions",
    expressions,
    stateDim,
    ...(inputDim !== undefined && { inputDim }),
    ...(stateNames !== undefined && { stateNames }),
    ...(inputNames !== undefined && { inputNames }),
    ...(parameters !== undefined && { parameters }),
    ...(where !== undefined && { where }),
  } as Parameters<typeof expressionFunction>[0]);
}
