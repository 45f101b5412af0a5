/**
 * Observers: copies z of a flow that follow a system x by what they are told of it, at every step first z_i := x_i for some i
 * (Pecora and Carroll), then a step of dz/dt = F(z) + K C (x − z). Inputs are the states of the system before the step.
 * @see doi:10.1103/PhysRevLett.64.821; arXiv:2508.16817, §5
 */
import { type ArrayInput, ParameterError, ShapeError } from "../../../engine/index.ts";
import { checkKeys } from "../../check_keys.ts";
import { readArray } from "../../read_array.ts";
import { say, shapeText, valueText } from "../../say.ts";
import { type Recurrence, type RecurrenceFunction, recurrence } from "../recurrence.ts";
import { discretizeFlow, type Integrator } from "./discretize.ts";
import { type Feedback, withFeedback, withSubstitution } from "./feedback.ts";
import { FLOWS, type FlowName, type SystemText } from "./flows.ts";
import { euler } from "./integrators/euler.ts";
import { kindsOf } from "./kinds.ts";
import { MEASUREMENT, OBSERVERS, type ObserverName, type ObserverRow } from "./observer_tables.ts";
import { checkWord } from "./options.ts";
import { type FlowOptions, flowSystem, STEP, textFunction } from "./text_systems.ts";

export interface ObserverOptions extends FlowOptions {
  /** Coordinates that are taken over from the system, from 0; default none. */
  readonly substitute?: readonly number[];
  /** C [m, n]; default none, and no feedback */
  readonly measurement?: ArrayInput;
  /** K [n, m]; default C' */
  readonly gain?: ArrayInput;
}

const KEYS = ["integrator", "dt", "parameters", "initialState", "substitute", "measurement", "gain"];

/**
 * @param flow the name of a flow, or a vector field without inputs from expressionFunction() or wgslFunction()
 * @throws ParameterError, ShapeError
 */
export async function makeObserver(
  flow: FlowName | RecurrenceFunction,
  options: ObserverOptions = {},
): Promise<Recurrence> {
  const call = "observer";
  checkKeys(call, "", options, KEYS);
  const { integrator = "euler" as Integrator, dt = STEP, parameters } = options;
  const named = typeof flow === "string";
  if (named) checkWord(call, "flow", flow, Object.keys(FLOWS));
  const text: SystemText | undefined = named ? FLOWS[flow as FlowName] : undefined;
  const F = text
    ? await textFunction(call, text, parameters)
    : readFlow(call, flow as RecurrenceFunction, options);
  const substitute = readSubstitute(call, options.substitute, F.stateDim);
  const feedback = readFeedback(call, options, F.stateDim);
  const field = withFeedback(F, feedback);
  const step = discretizeFlow(call, field, { integrator, dt });
  let kinds = kindsOf(step.structure.entries);
  if (text && integrator === "euler" && substitute.length > 0) {
    // Euler's step needs the field at the replaced state only: what depends on coordinates taken over does not vary.
    const known = await textFunction(call, text, parameters, substitute);
    const fed = kindsOf(withFeedback({ ...known, inputDim: 0 }, feedback).structure.entries);
    kinds = euler.kinds(fed, F.stateDim);
  }
  return recurrence({
    function: withSubstitution(step, substitute, kinds),
    initialState: options.initialState ?? text?.initialState,
    timeStep: dt,
  } as Parameters<typeof recurrence>[0]);
}

function readFlow(
  call: string,
  flow: RecurrenceFunction,
  { parameters }: ObserverOptions,
): RecurrenceFunction {
  if (typeof flow !== "object" || typeof flow?.float64?.value !== "function") {
    const expected = "the name of a flow, or a function from expressionFunction() or wgslFunction()";
    throw new ParameterError(say(call, "flow", expected, valueText(flow), "Pass one of the two."));
  }
  if (flow.inputDim > 0) {
    const fix = "Write it without: the inputs are the states of the system.";
    throw new ParameterError(say(call, "flow", "a field without inputs", `${flow.inputDim}`, fix));
  }
  if (parameters !== undefined) {
    const fix = "Set them in the function.";
    throw new ParameterError(
      say(call, "parameters", "nothing beside a function", valueText(parameters), fix),
    );
  }
  return flow;
}

function readSubstitute(call: string, value: unknown, n: number): number[] {
  const list = value ?? [];
  const fits = (i: unknown): boolean => Number.isInteger(i) && (i as number) >= 0 && (i as number) < n;
  if (Array.isArray(list) && list.every(fits) && new Set(list).size === list.length) return [...list];
  const expected = `coordinates from 0 to ${n - 1}, each once`;
  throw new ParameterError(say(call, "substitute", expected, valueText(value), "Correct the list."));
}

function readFeedback(call: string, { measurement, gain }: ObserverOptions, n: number): Feedback {
  if (measurement === undefined) {
    if (gain === undefined) return { gain: new Float64Array(0), measurement: new Float64Array(0) };
    throw new ParameterError(say(call, "measurement", "C [m, n]", "nothing, beside a gain", "Add it."));
  }
  const C = readArray(call, "measurement", measurement);
  const [rows, columns] = C.shape.length === 1 ? [1, C.shape[0]] : C.shape;
  if (C.shape.length > 2 || columns !== n || !C.data.every(Number.isFinite))
    throw new ShapeError(
      say(
        call,
        "measurement",
        `finite numbers [m, ${n}]`,
        shapeText(C.shape),
        "Give a row for each measurement.",
      ),
    );
  const transposed = Float64Array.from(
    { length: n * rows },
    (_, e) => C.data[(e % rows) * n + Math.floor(e / rows)],
  );
  if (gain === undefined) return { gain: transposed, measurement: C.data };
  const K = readArray(call, "gain", gain);
  if (K.data.length !== n * rows || K.shape[0] !== n || !K.data.every(Number.isFinite))
    throw new ShapeError(
      say(call, "gain", `finite numbers [${n}, ${rows}]`, shapeText(K.shape), "Give a row for each state."),
    );
  return { gain: K.data, measurement: C.data };
}

export interface ChaoticObserver {
  /** The flow by Euler steps of 0.01. */
  readonly system: Recurrence;
  readonly observer: Recurrence;
  /** Inputs of the observer: the system's states before each of its steps, in float64. */
  readonly drivers: (numSteps: number) => { readonly data: Float64Array; readonly shape: readonly number[] };
}

/** One of the nine observers of arXiv:2508.16817, table 1. */
export async function makeChaoticObserver(name: ObserverName): Promise<ChaoticObserver> {
  const call = "chaoticObserver";
  checkWord(call, "name", name, Object.keys(OBSERVERS));
  const { substitute, offset }: ObserverRow = OBSERVERS[name];
  const start: readonly number[] = FLOWS[name].initialState;
  const system = await flowSystem(call, name);
  const observer = await makeObserver(name, {
    substitute,
    measurement: [MEASUREMENT],
    initialState: start.map((value, i) => value + offset[i]),
  });
  return { system, observer, drivers: numSteps => statesBefore(system, numSteps) };
}

/** s_{t−1}, t = 0 … T−1 */
function statesBefore(
  { function: f, parameters, initialState, stateDim: n }: Recurrence,
  numSteps: number,
): { readonly data: Float64Array; readonly shape: readonly number[] } {
  const data = new Float64Array(numSteps * n);
  data.set(initialState as Float64Array);
  for (let t = 1; t < numSteps; t++)
    f.float64.value(
      data.subarray(t * n, (t + 1) * n),
      data.subarray((t - 1) * n, t * n),
      [],
      t - 1,
      parameters,
    );
  return { data, shape: [numSteps, n] };
}
