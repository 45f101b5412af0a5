/** Flows and maps that are written as expressions. */
import type { ArrayInput } from "../../../engine/index.ts";
import { checkKeys } from "../../check_keys.ts";
import type { ExpressionFunction } from "../../language/expressions/expression_function.ts";
import { expressionFunction } from "../../language/index.ts";
import { type Recurrence, recurrence } from "../recurrence.ts";
import { discretizeFlow, type Integrator } from "./discretize.ts";
import { FLOWS, type FlowName, type SystemText } from "./flows.ts";
import { MAPS, type MapName } from "./maps.ts";
import { readParameters } from "./options.ts";

export interface MapOptions {
  /** Some of the parameters anew, by name. */
  readonly parameters?: Readonly<Record<string, number>>;
  /** s_{−1}; default that of the table */
  readonly initialState?: ArrayInput;
}

export interface FlowOptions extends MapOptions {
  /** Default "euler". */
  readonly integrator?: Integrator;
  /** Length of a step; default 0.01. */
  readonly dt?: number;
}

export const STEP = 0.01;

/** @param known coordinates that are inputs u_i instead of states, for the structure of an observer */
export function textFunction(
  call: string,
  { stateNames, expressions, where, parameters }: SystemText,
  given?: unknown,
  known: readonly number[] = [],
): Promise<ExpressionFunction> {
  const n = stateNames.length;
  // A name means the input where the coordinate is known, else the state; the other of the two has a name of its own.
  const states = stateNames.map((name, i) => (known.includes(i) ? `${name}_state` : name));
  const inputs = stateNames.map((name, i) => (known.includes(i) ? name : `${name}_input`));
  return expressionFunction({
    call,
    expressions,
    stateDim: n,
    stateNames: states,
    ...(known.length > 0 && { inputDim: n, inputNames: inputs }),
    parameters: readParameters(call, parameters, given),
    ...(where && { where }),
  });
}

export async function flowSystem(
  call: string,
  name: FlowName,
  options: FlowOptions = {},
): Promise<Recurrence> {
  checkKeys(call, "", options, ["integrator", "dt", "parameters", "initialState"]);
  const { integrator = "euler", dt = STEP } = options;
  const text: SystemText = FLOWS[name];
  const flow = await textFunction(call, text, options.parameters);
  return recurrence({
    function: discretizeFlow(call, flow, { integrator, dt }),
    initialState: options.initialState ?? text.initialState,
    timeStep: dt,
  });
}

export async function mapSystem(call: string, name: MapName, options: MapOptions = {}): Promise<Recurrence> {
  checkKeys(call, "", options, ["parameters", "initialState"]);
  const text: SystemText = MAPS[name];
  return recurrence({
    function: await textFunction(call, text, options.parameters),
    initialState: options.initialState ?? text.initialState,
  });
}
