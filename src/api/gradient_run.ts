/** evaluationGradient() and evaluationTangent(), behind their public face. */
import { type ArrayInput, ParameterError, ShapeError } from "../engine/index.ts";
import { adjointCpu, type RecurrenceProblem, sequentialCpu, tangentCpu } from "../inference/index.ts";
import {
  checkKeys,
  prepareRecurrence,
  type Recurrence,
  readArray,
  type SeriesInput,
  say,
  shapeText,
} from "../models/index.ts";
import { checkRecurrence, loopOf } from "./evaluate_run.ts";
import { checkCommonOptions } from "./options.ts";
import type { EvaluationChange, EvaluationGradient, SensitivityOptions } from "./recurrence_gradient.ts";
import type { ResultArray } from "./types.ts";
import { refuseWithoutValue } from "./without_value.ts";

export async function gradientOf(
  model: Recurrence,
  initialState: ArrayInput | undefined,
  inputs: SeriesInput | number,
  cotangents: ArrayInput,
  options: SensitivityOptions,
): Promise<EvaluationGradient> {
  const call = "evaluationGradient";
  const { problem, batch, states } = await prepared(call, model, initialState, inputs, options);
  const { numSeries: N, numSteps: T, stateDim: D } = problem;
  const given = rows(call, "cotangents", cotangents, problem, D);
  const records = await adjointCpu(problem, states, given, { call, ...loopOf(options) });
  const series = batch ? [N] : [];
  return {
    initialState: { data: records.initialState, shape: [...series, D] },
    inputs: records.inputs && { data: records.inputs, shape: [...series, T, model.inputDim] },
    parameters: records.parameters,
  };
}

export async function tangentOf(
  model: Recurrence,
  initialState: ArrayInput | undefined,
  inputs: SeriesInput | number,
  change: EvaluationChange,
  options: SensitivityOptions,
): Promise<ResultArray> {
  const call = "evaluationTangent";
  checkKeys(call, "change.", change, ["initialState", "inputs", "parameters"]);
  const { problem, batch, states } = await prepared(call, model, initialState, inputs, options);
  const { numSeries: N, numSteps: T, stateDim: D } = problem;
  const refuse = (key: string): never => {
    const fix = "Write the function as expressions.";
    throw new ParameterError(
      say(call, `change.${key}`, "nothing for a function without a pullback", "a change", fix),
    );
  };
  if (!problem.step.pullback)
    for (const key of ["inputs", "parameters"] as const) if (change[key]) refuse(key);
  const start =
    change.initialState === undefined
      ? undefined
      : readArray(call, "change.initialState", change.initialState);
  if (start && start.data.length !== D && start.data.length !== N * D)
    throw new ShapeError(
      say(
        call,
        "change.initialState",
        `[${D}] or [${N}, ${D}]`,
        shapeText(start.shape),
        "Give one number per state.",
      ),
    );
  const p =
    change.parameters === undefined ? undefined : readArray(call, "change.parameters", change.parameters);
  if (p && p.data.length !== model.parameters.length)
    throw new ShapeError(
      say(
        call,
        "change.parameters",
        `[${model.parameters.length}]`,
        shapeText(p.shape),
        "Give one number per parameter.",
      ),
    );
  const data = await tangentCpu(
    problem,
    states,
    {
      initialState: Float64Array.from({ length: N * D }, (_, i) =>
        start ? start.data[i % start.data.length] : 0,
      ),
      ...(change.inputs === undefined
        ? {}
        : { inputs: rows(call, "change.inputs", change.inputs, problem, model.inputDim) }),
      ...(p ? { parameters: p.data } : {}),
    },
    { call, ...loopOf(options) },
  );
  return { data, shape: [...(batch ? [N] : []), T, D] };
}

async function prepared(
  call: string,
  model: Recurrence,
  initialState: ArrayInput | undefined,
  inputs: SeriesInput | number,
  options: SensitivityOptions,
): Promise<{ problem: RecurrenceProblem; batch: boolean; states: Float64Array }> {
  checkRecurrence(call, model);
  checkKeys(call, "options.", options, ["states", "signal", "onProgress"]);
  checkCommonOptions(call, options, []);
  const { problem, batch } = prepareRecurrence(call, model, initialState, inputs);
  if (options.states !== undefined)
    return {
      problem,
      batch,
      states: rows(call, "options.states", options.states, problem, problem.stateDim),
    };
  const { states, failed } = await sequentialCpu(problem, { call, ...loopOf(options) });
  refuseWithoutValue(call, failed, problem.lengths, batch);
  return { problem, batch, states };
}

/** [T, width] for one series or [N, T, width]. */
function rows(
  call: string,
  path: string,
  value: ArrayInput,
  { numSeries: N, numSteps: T }: RecurrenceProblem,
  width: number,
): Float64Array {
  const { data, shape } = readArray(call, path, value);
  const wanted = shape.length === 3 || N > 1 ? [N, T, width] : [T, width];
  if (shape.length !== wanted.length || shape.some((size, i) => size !== wanted[i]))
    throw new ShapeError(say(call, path, shapeText(wanted), shapeText(shape), "Give one row per step."));
  return data;
}
