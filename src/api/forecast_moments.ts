/** forecast() of a linear Gaussian model: the last moments roll on. */

import { ParameterError, ShapeError } from "../engine/index.ts";
import {
  checkKeys,
  GaussianSteps,
  type LinearGaussianSSM,
  type MomentSteps,
  observationLayout,
  readInputs,
  type SeriesInput,
  type SeriesLayout,
  say,
  valueText,
} from "../models/index.ts";
import { checkModel } from "./check_model.ts";
import type { ForecastOptions } from "./forecast.ts";
import { type Forecast, ForecastResult, type ForecastSource } from "./forecast_result.ts";
import { infer } from "./infer.ts";
import { DEFAULT_LEVEL } from "./intervals.ts";
import { checkForecastMemory, withinMemory } from "./memory.ts";
import { checkLevel, checkOptions } from "./options.ts";
import { StateResult } from "./state_result.ts";
import type { FilterResult, InferenceOptions } from "./types.ts";

const CALL = "forecast";
/** Options that still mean something when the filter has been run. */
const AFTER_FILTER = ["level", "futureInputs", "scenarios", "dtype"];
export const FORECAST_OPTIONS = ["level", "futureInputs", "scenarios"];

/** Moments of the states and observations h steps ahead. */
export async function forecastMoments(
  model: LinearGaussianSSM,
  observations: SeriesInput | FilterResult,
  h: number,
  options: ForecastOptions,
): Promise<Forecast> {
  const { level: _level, futureInputs: _inputs, scenarios: _scenarios, ...inference } = options;
  return forecastBy(observations, h, options, {
    model,
    emissionDim: model.emissionDim,
    afterFilter: [],
    check(given) {
      if (!given) checkOptions(CALL, options, { add: FORECAST_OPTIONS, drop: ["outputs"] });
      checkModel(CALL, model);
    },
    layout: data => observationLayout(CALL, { ...model, numSteps: undefined }, data),
    filter: (data, numSteps) => runFilter(model, data, numSteps, inference),
    steps: () => new GaussianSteps(model),
  });
}

/** What a forecast needs to know of a kind of model. */
export interface ForecastKind {
  readonly model: Pick<LinearGaussianSSM, "stateDim" | "inputDim" | "numSteps" | "numSeries">;
  /** Entries of a forecast. */
  readonly emissionDim: number;
  /** Options of its own that mean something after the filter. */
  readonly afterFilter: readonly string[];
  /** Checks options and model. */
  check(given: boolean): void;
  layout(observations: SeriesInput): SeriesLayout;
  filter(observations: SeriesInput, numSteps: number): Promise<StateResult>;
  steps(): MomentSteps;
}

/** forecast() of any model with Gaussian moments. */
export async function forecastBy(
  observations: SeriesInput | FilterResult,
  h: number,
  options: ForecastOptions,
  kind: ForecastKind,
): Promise<Forecast> {
  const given = observations instanceof StateResult ? observations : undefined;
  const { level = DEFAULT_LEVEL, futureInputs, scenarios = {}, memoryLimit } = options;
  if (given) checkKeys(CALL, "options.", options, [...AFTER_FILTER, ...kind.afterFilter]);
  kind.check(given !== undefined);
  checkLevel(CALL, level);
  checkKeys(CALL, "options.scenarios", scenarios, Object.keys(scenarios));
  if (!Number.isSafeInteger(h) || h < 1) {
    const fix = "Pass the number of steps to forecast.";
    throw new ParameterError(say(CALL, "h", "a whole number ≥ 1", valueText(h), fix));
  }
  const { model, emissionDim } = kind;
  const { stateDim } = model;
  const data = given ? checkGiven(model, given) : kind.layout(observations as SeriesInput);
  checkRows(model, data.numSteps, h);
  const numForecasts = 1 + Object.keys(scenarios).length;
  checkForecastMemory(CALL, { stateDim, emissionDim }, data.numSeries, h, numForecasts, memoryLimit);
  const read = (argument: string, value: SeriesInput | undefined) =>
    readFutureInputs(model, argument, value, h, data);
  const baseline = read("futureInputs", futureInputs);
  const others = Object.entries(scenarios).map(
    ([name, value]) => [name, read(`scenarios.${name}`, value)] as const,
  );
  const filtered = given ?? (await kind.filter(observations as SeriesInput, data.numSteps));
  const start = performance.now();
  const result = (inputs: FutureInputs, rest: readonly (readonly [string, FutureInputs])[]): Forecast =>
    new ForecastResult({
      ...roll(kind, filtered, h, inputs),
      call: CALL,
      numSteps: data.numSteps,
      lengths: filtered.lengths,
      batch: data.batch,
      dtype: options.dtype ?? "float64",
      statuses: filtered.statuses,
      run: {
        ...filtered.run,
        plan: `${filtered.run.plan}; ${h} steps ahead in float64 on the host`,
        seconds: filtered.run.seconds + (performance.now() - start) / 1000,
      },
      model: { stateDim, emissionDim },
      steps: h,
      level,
      scenarios: rest.map(([name, own]) => [name, result(own, [])] as const),
    });
  return withinMemory(CALL, async () => result(baseline, others));
}

type FutureInputs = ReturnType<typeof readInputs>;

/** Sizes of the data behind a forecast. */
interface Extent {
  readonly numSeries: number;
  readonly numSteps: number;
  readonly batch: boolean;
}

function checkGiven(model: ForecastKind["model"], result: StateResult): Extent {
  const { extent } = result;
  if (extent.stateDim !== model.stateDim) {
    const expected = `${model.stateDim} states as in the model`;
    const fix = "Pass the model that the result was made with.";
    throw new ShapeError(say(CALL, "result", expected, `${extent.stateDim}`, fix));
  }
  const count = model.numSeries ?? 1;
  if (count > 1 && count !== result.numSeries) {
    const fix = "Pass the result of the whole batch.";
    throw new ShapeError(
      say(CALL, "result", `${count} series as in the parameters`, `${result.numSeries}`, fix),
    );
  }
  return extent;
}

/** @throws ShapeError unless time-varying parameters reach to the last step forecast */
function checkRows({ numSteps }: ForecastKind["model"], T: number, h: number): void {
  if (numSteps === undefined || numSteps === T + h) return;
  throw new ShapeError(
    say(
      CALL,
      "model",
      `time-varying parameters with ${T + h} rows, ${T} for the observations and ${h} ahead`,
      `${numSteps}`,
      "Give every time-varying parameter a row for each step forecast.",
    ),
  );
}

function readFutureInputs(
  model: ForecastKind["model"],
  argument: string,
  value: SeriesInput | undefined,
  h: number,
  { numSeries, batch }: Extent,
): FutureInputs {
  const lengths = new Uint32Array(numSeries).fill(h);
  const layout = { sources: [], numSeries, numSteps: h, lengths, batch, width: model.inputDim };
  return readInputs(CALL, layout, value, model.inputDim, {
    argument,
    like: "observations and h",
    rows: "h",
  });
}

async function runFilter(
  model: LinearGaussianSSM,
  observations: SeriesInput,
  numSteps: number,
  options: InferenceOptions,
): Promise<StateResult> {
  // The rows of the steps ahead stay where they are: parameters are read by their strides.
  const past = model.numSteps === undefined ? model : { ...model, numSteps };
  return new StateResult(await infer(CALL, "filter", past, observations, { ...options, outputs: [] }));
}

/** Moments of states and observations of the h steps after the last of every series. */
function roll(
  { model, emissionDim: m, steps: stepsOf }: ForecastKind,
  filtered: StateResult,
  h: number,
  inputs: FutureInputs,
): Pick<ForecastSource, "stateMeans" | "stateCovariances" | "means" | "covariances"> {
  const { stateDim: n, inputDim: d } = model;
  const N = filtered.numSeries;
  const out = {
    stateMeans: new Float64Array(N * h * n),
    stateCovariances: new Float64Array(N * h * n * n),
    means: new Float64Array(N * h * m),
    covariances: new Float64Array(N * h * m * m),
  };
  const steps = stepsOf();
  for (let s = 0; s < N; s++) {
    const { mean, covariance } = filtered.lastFiltered(s);
    for (let k = 0; k < h; k++) {
      const t = filtered.lengths[s] + k;
      const row = s * h + k;
      const u = inputs && { data: inputs.data, at: s * inputs.seriesStride + k * d };
      steps.transition(s, t, u, mean, covariance);
      out.stateMeans.set(mean, row * n);
      out.stateCovariances.set(covariance, row * n * n);
      steps.observe(s, t, u, mean, covariance, out.means, row * m, out.covariances, row * m * m);
    }
  }
  return out;
}
