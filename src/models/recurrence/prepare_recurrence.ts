/** A recurrence, initial states and inputs, packed for the recursions. */
import { type ArrayInput, DataError, ParameterError, ShapeError } from "../../engine/index.ts";
import type { RecurrenceProblem, StepFunction } from "../../inference/index.ts";
import { readArray } from "../read_array.ts";
import { fillSeries, type SeriesInput, seriesLayout } from "../read_series.ts";
import { say, shapeText, valueText } from "../say.ts";
import type { Recurrence, RecurrenceFunction } from "./recurrence.ts";

export interface PreparedRecurrence {
  readonly problem: RecurrenceProblem;
  /** Whether a series axis was given, with initial states or inputs. */
  readonly batch: boolean;
}

/**
 * @param initialState [D], or [N, D] for a batch; undefined: that of the recurrence
 * @param inputs u [T, d], [N, T, d] or a list of [T_i, d]; T alone where f takes none
 * @throws ShapeError, ParameterError, DataError
 */
export function prepareRecurrence(
  call: string,
  model: Recurrence,
  initialState: ArrayInput | undefined,
  inputs: SeriesInput | number,
): PreparedRecurrence {
  const D = model.stateDim;
  const start = readInitial(call, model, initialState);
  const given = readInputs(call, model, inputs);
  const numSeries = Math.max(start.numSeries, given.lengths.length);
  if (start.numSeries > 1 && given.lengths.length > 1 && start.numSeries !== given.lengths.length) {
    const expected = `${given.lengths.length} series as in the inputs`;
    throw new ShapeError(
      say(call, "initialState", expected, `${start.numSeries}`, "Give one state per series, or one for all."),
    );
  }
  const initial = new Float64Array(numSeries * D);
  for (let s = 0; s < numSeries; s++)
    initial.set(
      start.data.subarray((start.numSeries > 1 ? s : 0) * D, (start.numSeries > 1 ? s + 1 : 1) * D),
      s * D,
    );
  const lengths = Uint32Array.from(
    { length: numSeries },
    (_, s) => given.lengths[given.lengths.length > 1 ? s : 0],
  );
  const { function: f, parameters: p } = model;
  return {
    batch: start.batch || given.batch,
    problem: {
      stateDim: D,
      numSeries,
      numSteps: given.numSteps,
      lengths,
      initial,
      inputs: {
        data: given.data,
        dim: model.inputDim,
        seriesStride: given.lengths.length > 1 ? given.numSteps * model.inputDim : 0,
      },
      step: {
        value: (out, x, u, t) => f.float64.value(out, x, u, t, p),
        jacobian: (out, x, u, t) => f.float64.jacobian(out, x, u, t, p),
        everywhere: f.everywhere === true,
        ...sensitivitiesOf(f, p),
      },
      shader: {
        // Text of the function is not made for the CPU, where it may be of any size.
        get code() {
          return f.cooperative ?? f.wgsl("system").code;
        },
        ...(f.sensitivities?.wgsl && f.cooperative === undefined
          ? { sensitivity: (which: "push" | "pull") => f.sensitivities!.wgsl!("system", which).code }
          : {}),
        parameters: p,
        cooperative: f.cooperative !== undefined,
      },
    },
  };
}

function sensitivitiesOf(
  { sensitivities: S }: RecurrenceFunction,
  p: Float64Array,
): Pick<StepFunction, "pullback" | "pushforward"> {
  if (!S) return {};
  return {
    pullback: (out, x, u, t, weights) => S.pullback(out, x, u, t, p, weights),
    pushforward: (out, x, u, t, dx, du, dp) => S.pushforward(out, x, u, t, p, dx, du, dp),
  };
}

function readInitial(
  call: string,
  { stateDim: D, initialState: own }: Recurrence,
  value: ArrayInput | undefined,
): { readonly data: Float64Array; readonly numSeries: number; readonly batch: boolean } {
  if (value === undefined || value === null) {
    if (own) return { data: own, numSeries: 1, batch: false };
    throw new ParameterError(
      say(call, "initialState", `[${D}]`, "nothing", "Give one here or with the recurrence."),
    );
  }
  const { data, shape } = readArray(call, "initialState", value);
  const fits = (shape.length === 1 || shape.length === 2) && shape.at(-1) === D && data.length > 0;
  if (!fits)
    throw new ShapeError(
      say(call, "initialState", `[${D}] or [N, ${D}]`, shapeText(shape), "Give one number per state."),
    );
  const bad = data.findIndex(entry => !Number.isFinite(entry));
  if (bad >= 0) {
    const where = `initialState${shape.length === 2 ? `[${Math.floor(bad / D)}]` : ""}[${bad % D}]`;
    throw new DataError(say(call, where, "a finite number", `${data[bad]}`, "Correct the entry."));
  }
  return { data, numSeries: data.length / D, batch: shape.length === 2 };
}

interface GivenInputs {
  readonly data: Float64Array;
  readonly lengths: Uint32Array;
  readonly numSteps: number;
  readonly batch: boolean;
}

function readInputs(call: string, { inputDim: d }: Recurrence, inputs: SeriesInput | number): GivenInputs {
  if (d === 0) {
    if (Number.isSafeInteger(inputs) && (inputs as number) >= 1 && (inputs as number) < 2 ** 31)
      return {
        data: new Float64Array(0),
        lengths: Uint32Array.of(inputs as number),
        numSteps: inputs as number,
        batch: false,
      };
    const expected = "a number of steps from 1 to 2147483647, as the function takes no inputs";
    throw new ParameterError(
      say(call, "inputs", expected, valueText(inputs), "Pass how many steps to take."),
    );
  }
  if (typeof inputs === "number" || inputs === undefined || inputs === null) {
    const expected = `u [T, ${d}], as the function takes inputs`;
    throw new ShapeError(say(call, "inputs", expected, valueText(inputs), "Pass one row per step."));
  }
  const layout = seriesLayout(call, "inputs", inputs, d);
  const data = fillSeries(
    "inputs",
    layout,
    (value, where) => {
      if (typeof value === "number" && Number.isFinite(value)) return value;
      throw new DataError(say(call, where(), "a finite number", valueText(value), "Correct the entry."));
    },
    0,
  );
  return { data, lengths: layout.lengths, numSteps: layout.numSteps, batch: layout.batch };
}
