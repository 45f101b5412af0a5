/** evaluationGradient() and evaluationTangent(), behind their public face. */
import { type ArrayInput, NumericalError, type Status, throwIfAborted } from "../engine/index.ts";
import { firstWithoutValue, type RecurrenceProblem, sequentialCpu } from "../inference/index.ts";
import { checkKeys, prepareRecurrence, type Recurrence, type SeriesInput, say } from "../models/index.ts";
import { choosePlace } from "./backend.ts";
import { checkRecurrence, LARGEST_STATE, loopOf } from "./evaluate_run.ts";
import { checkSensitivities, readChange, readRows } from "./gradient_inputs.ts";
import { GradientResult, TangentResult } from "./gradient_result.ts";
import { checkRecurrenceMemory, withinMemory } from "./memory.ts";
import { checkChoices, checkCommonOptions } from "./options.ts";
import type {
  EvaluationChange,
  EvaluationGradient,
  EvaluationTangent,
  SensitivityOptions,
} from "./recurrence_gradient.ts";
import { type RecurrencePlace, recurrencePlace } from "./recurrence_place.ts";
import { refuseWithoutValue } from "./without_value.ts";

const KEYS = [
  "states",
  "backend",
  "engine",
  "signal",
  "onProgress",
  "memoryLimit",
  "chunkLength",
  "throwOnFailure",
];

export async function gradientOf(
  model: Recurrence,
  initialState: ArrayInput | undefined,
  inputs: SeriesInput | number,
  cotangents: ArrayInput,
  options: SensitivityOptions,
): Promise<EvaluationGradient> {
  const call = "evaluationGradient";
  const asked = ask(call, model, initialState, inputs, options);
  const { problem } = asked;
  const given = readRows(call, "cotangents", cotangents, problem, problem.stateDim);
  return along(asked, async (place, reduced, states) => {
    const records = await place.adjoint(reduced, states, given, { call, ...loopOf(options) });
    const [d, P] = [model.inputDim, model.parameters.length];
    return {
      words: records.words,
      arrays: [
        [records.initialState, problem.stateDim],
        [records.inputs, problem.numSteps * d],
        [records.parameters, P],
      ],
      make: common => new GradientResult({ ...common, records, inputDim: d, numParameters: P }),
    };
  });
}

export async function tangentOf(
  model: Recurrence,
  initialState: ArrayInput | undefined,
  inputs: SeriesInput | number,
  change: EvaluationChange,
  options: SensitivityOptions,
): Promise<EvaluationTangent> {
  const call = "evaluationTangent";
  const asked = ask(call, model, initialState, inputs, options);
  const { problem } = asked;
  const given = readChange(call, change, problem);
  return along(asked, async (place, reduced, states) => {
    const records = await place.tangent(reduced, states, given, { call, ...loopOf(options) });
    const { states: changes, words } = records;
    return {
      words,
      arrays: [[changes, problem.numSteps * problem.stateDim]],
      make: common => new TangentResult({ ...common, changes }),
    };
  });
}

interface Asked {
  readonly call: string;
  readonly problem: RecurrenceProblem;
  readonly batch: boolean;
  /** The trajectory [N, T, D], where it was given. */
  readonly states: Float64Array | undefined;
  readonly options: SensitivityOptions;
}

/** @throws ParameterError, ShapeError, DataError */
function ask(
  call: string,
  model: Recurrence,
  initialState: ArrayInput | undefined,
  inputs: SeriesInput | number,
  options: SensitivityOptions,
): Asked {
  checkRecurrence(call, model);
  checkKeys(call, "options.", options, KEYS);
  checkChoices(call, options);
  checkCommonOptions(call, options, []);
  const { problem, batch } = prepareRecurrence(call, model, initialState, inputs);
  checkSensitivities(call, problem);
  const states =
    options.states === undefined
      ? undefined
      : readRows(call, "options.states", options.states, problem, problem.stateDim);
  return { call, problem, batch, states, options };
}

interface Common {
  readonly call: string;
  readonly batch: boolean;
  readonly dtype: "float64";
  readonly stateDim: number;
  readonly numSteps: number;
  readonly lengths: Uint32Array;
  readonly statuses: readonly Status[];
  readonly failed: Uint32Array;
  readonly run: EvaluationGradient["run"];
}

interface Done<Result> {
  readonly words: string;
  /** Numbers that must be finite, and how many a series has. */
  readonly arrays: readonly (readonly [Float64Array, number])[];
  make(common: Common): Result;
}

/** The trajectory, what goes along it, and what became of the series. Series without a trajectory have no steps in `reduced`. */
async function along<Result>(
  { call, problem, batch, states: given, options }: Asked,
  work: (place: RecurrencePlace, reduced: RecurrenceProblem, states: Float64Array) => Promise<Done<Result>>,
): Promise<Result> {
  const { numSeries: N, numSteps: T, stateDim: D, inputs, lengths } = problem;
  const backend = await choosePlace(D <= LARGEST_STATE, N * T, options);
  checkRecurrenceMemory(
    call,
    { stateDim: D, inputDim: inputs.dim, numSeries: N, numSteps: T },
    backend,
    options.memoryLimit,
  );
  return withinMemory(call, async () => {
    const start = performance.now();
    throwIfAborted(call, options.signal);
    const place = await recurrencePlace(call, backend, options);
    const { states, failed } = given
      ? { states: given, failed: lengths.map((_, s) => firstWithoutValue(problem, s, given)) }
      : await sequentialCpu(problem, { call, ...loopOf(options) });
    if (options.throwOnFailure !== false) refuseWithoutValue(call, failed, lengths, batch, SEE);
    const reduced = {
      ...problem,
      lengths: lengths.map((length, s) => (failed[s] < length ? 0 : length)),
    };
    const done = await work(place, reduced, states);
    const statuses = Array.from(lengths, (length, s): Status => {
      if (failed[s] < length) return "nonFinite";
      const finite = done.arrays.every(([data, size]) =>
        data.subarray(s * size, (s + 1) * size).every(Number.isFinite),
      );
      return finite ? "ok" : "diverged";
    });
    if (options.throwOnFailure !== false) refuseGrowth(call, statuses, batch, backend);
    const trajectory = given ? "along the trajectory given" : "along a trajectory in float64 from the host";
    return done.make({
      call,
      batch,
      dtype: "float64",
      stateDim: D,
      numSteps: T,
      lengths,
      statuses,
      failed,
      run: {
        ...place.run,
        plan: `${done.words}; ${trajectory}`,
        seconds: (performance.now() - start) / 1000,
      },
    });
  });
}

const SEE = " Set throwOnFailure: false for the other series.";

/** @throws NumericalError where derivatives overflow */
function refuseGrowth(
  call: string,
  statuses: readonly Status[],
  batch: boolean,
  backend: "webgpu" | "cpu",
): void {
  const s = statuses.indexOf("diverged");
  if (s < 0) return;
  const numbers = backend === "cpu" ? "float64" : "float32";
  const got = `more than ${numbers} holds${batch ? ` in series ${s}` : ""}`;
  const fix = `Differences grow along the trajectory: take shorter series${backend === "cpu" ? "" : ', or backend "cpu"'}.${SEE}`;
  throw new NumericalError(say(call, "model", "derivatives that stay finite", got, fix), "diverged");
}
