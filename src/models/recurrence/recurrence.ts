/** Recurrences s_t = f(s_{t−1}, u_t, t) of a function of the user's, or of the library of systems. */
import { type ArrayInput, type NDArray, ParameterError, ShapeError } from "../../engine/index.ts";
import { checkKeys } from "../check_keys.ts";
import type {
  Float64Function,
  JacobianStructure,
  Sensitivities,
  WgslFunction,
} from "../language/vector_function.ts";
import { readArray } from "../read_array.ts";
import { say, shapeText, valueText } from "../say.ts";

/** What a recurrence needs of its function f(x, u, t, p): a VectorFunction, or one of the library. */
export interface RecurrenceFunction {
  /** D */
  readonly stateDim: number;
  /** d */
  readonly inputDim: number;
  /** P */
  readonly numParameters: number;
  /** D */
  readonly outputDim: number;
  readonly structure: JacobianStructure;
  /** As in VectorFunction: false or absent, results of a GPU are looked over in float64 for steps without a value. */
  readonly everywhere?: boolean;
  readonly float64: Pick<Float64Function, "value" | "jacobian" | "jvp">;
  /** As in VectorFunction: derivatives through a recurrence need them. */
  readonly sensitivities?: Sensitivities;
  /** Declares NAME, NAME_jvp and NAME_jacobian as VectorFunction.wgsl() does. */
  wgsl(name: string): WgslFunction;
  /** Where the state is wide: WGSL by which a team fills F and J together, with p in storage. See shaders/recurrence. */
  readonly cooperative?: string;
  /** B where the Jacobian is B × B blocks of diagonals: blockQuasi with as many blocks is Newton's method. */
  readonly blocks?: number;
  /** p [P], where the function brings its values */
  readonly parameters?: ArrayLike<number>;
}

export interface RecurrenceParameters {
  /** f: as many values as states, from expressionFunction(), wgslFunction() or the library of systems */
  readonly function: RecurrenceFunction;
  /** Values of its parameters p [P]; default those that the function brings */
  readonly parameters?: ArrayLike<number>;
  /** s_{−1} [D], where calls are given none */
  readonly initialState?: ArrayInput;
  /** Time that a step stands for: exponents are told per unit of time too. */
  readonly timeStep?: number;
}

/** A checked recurrence s_t = f(s_{t−1}, u_t, t, p), t = 0 … T−1. */
export interface Recurrence {
  readonly type: "recurrence";
  /** D */
  readonly stateDim: number;
  /** d; 0 when f takes no inputs */
  readonly inputDim: number;
  readonly function: RecurrenceFunction;
  /** p [P] */
  readonly parameters: Float64Array;
  readonly initialState: Float64Array | undefined;
  readonly timeStep: number | undefined;
  /** Inputs u [T, d] that the literature drives it with. Only of systems of the library that take some. */
  readonly drawInputs?: (numSteps: number, seed?: number) => NDArray;
  /** What it was loaded from, or the system of the library that it is. */
  readonly document?: object;
}

const KEYS = ["function", "parameters", "initialState", "timeStep"];

/**
 * Check and copy the parts of a recurrence.
 * @throws ParameterError for what is no function, unknown keys and numbers that are not finite; ShapeError if sizes disagree
 */
export function recurrence(parts: RecurrenceParameters): Recurrence {
  const call = "recurrence";
  const given = checkKeys(call, "", parts, KEYS, ["function"]);
  const f = given.function as RecurrenceFunction;
  if (typeof f !== "object" || typeof f.float64?.value !== "function" || typeof f.wgsl !== "function") {
    const expected = "a function from expressionFunction() or wgslFunction()";
    throw new ParameterError(say(call, "function", expected, valueText(f), "Make one of the two."));
  }
  const D = f.stateDim;
  if (f.outputDim !== D) {
    const expected = `${D} values, one per state`;
    throw new ShapeError(
      say(call, "function", expected, `${f.outputDim}`, "Give an expression for every state."),
    );
  }
  const parameters = numbers(
    call,
    "parameters",
    (given.parameters ?? f.parameters ?? []) as ArrayInput,
    f.numParameters,
  );
  const { initialState, timeStep } = given;
  if (timeStep !== undefined && !(typeof timeStep === "number" && timeStep > 0 && Number.isFinite(timeStep)))
    throw new ParameterError(
      say(call, "timeStep", "a number above 0", valueText(timeStep), "Correct it or leave it out."),
    );
  return {
    type: "recurrence",
    stateDim: D,
    inputDim: f.inputDim,
    function: f,
    parameters,
    initialState:
      initialState === undefined ? undefined : numbers(call, "initialState", initialState as ArrayInput, D),
    timeStep: timeStep as number | undefined,
  };
}

/** A vector of finite numbers of a given length. */
function numbers(call: string, path: string, value: ArrayInput, length: number): Float64Array {
  const { data, shape } = readArray(call, path, value);
  if (shape.length !== 1 || data.length !== length)
    throw new ShapeError(
      say(call, path, `${length} numbers`, shapeText(shape), "Give as many as the function takes."),
    );
  const bad = data.findIndex(entry => !Number.isFinite(entry));
  if (bad >= 0)
    throw new ParameterError(
      say(call, `${path}[${bad}]`, "a finite number", `${data[bad]}`, "Correct the entry."),
    );
  return data;
}
