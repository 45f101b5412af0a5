/** forecast() of a hidden Markov model: probabilities of the states roll on, and mix the emissions. */

import { ParameterError, ShapeError } from "../engine/index.ts";
import { denseRows } from "../inference/index.ts";
import {
  checkKeys,
  type HiddenMarkovModel,
  hmmLayout,
  readInputs,
  type SeriesInput,
  say,
  valueText,
} from "../models/index.ts";
import { checkHmm } from "./check_hmm.ts";
import { inferHmm } from "./hmm_infer.ts";
import { LaggedMoments } from "./hmm_lagged_moments.ts";
import { EmissionMixture } from "./hmm_moments.ts";
import { checkHmmOptions } from "./hmm_options.ts";
import { OutlookResult, type OutlookSource } from "./hmm_outlook.ts";
import { HmmStateResult } from "./hmm_result.ts";
import type { HmmFilterResult, HmmForecast, HmmForecastOptions } from "./hmm_types.ts";
import { DEFAULT_LEVEL } from "./intervals.ts";
import { checkForecastMemory, withinMemory } from "./memory.ts";
import { checkLevel } from "./options.ts";
import type { ResultArray } from "./types.ts";

const CALL = "forecast";
/** Options that still mean something when the filter has been run. */
const AFTER_FILTER = ["level", "futureInputs", "scenarios", "dtype", "memoryLimit"];

/** Sizes of the data behind a forecast. */
interface Extent {
  readonly numSeries: number;
  readonly numSteps: number;
  readonly batch: boolean;
}

/** p(z_T+k | y_0:T−1), k = 0 … h − 1, and what they say of the observations. */
export async function forecastHmm(
  model: HiddenMarkovModel,
  observations: SeriesInput | HmmFilterResult,
  h: number,
  options: HmmForecastOptions,
): Promise<HmmForecast> {
  const given = observations instanceof HmmStateResult ? observations : undefined;
  if (given) checkKeys(CALL, "options.", options, AFTER_FILTER);
  else checkHmmOptions(CALL, options, { add: ["level", "futureInputs", "scenarios"] });
  const { level = DEFAULT_LEVEL, futureInputs, scenarios = {}, ...inference } = options;
  checkLevel(CALL, level);
  checkHmm(CALL, model);
  checkKeys(CALL, "options.scenarios", scenarios, Object.keys(scenarios));
  if (!Number.isSafeInteger(h) || h < 1) {
    const fix = "Pass the number of steps to forecast.";
    throw new ParameterError(say(CALL, "h", "a whole number ≥ 1", valueText(h), fix));
  }
  const past = { ...model, numSteps: undefined };
  const data = given ? checkGiven(model, given) : hmmLayout(CALL, past, observations as SeriesInput);
  checkRows(model, data.numSteps, h);
  const sizes = { stateDim: model.numStates, emissionDim: model.emissionDim };
  const numForecasts = 1 + Object.keys(scenarios).length;
  checkForecastMemory(CALL, sizes, data.numSeries, h, numForecasts, inference.memoryLimit);
  const read = (argument: string, value: SeriesInput | undefined) =>
    readFutureInputs(model, argument, value, h, data);
  const baseline = read("futureInputs", futureInputs);
  const others = Object.entries(scenarios).map(
    ([name, value]) => [name, read(`scenarios.${name}`, value)] as const,
  );
  const filtered =
    given ??
    new HmmStateResult(
      await inferHmm(CALL, "filter", past, observations as SeriesInput, { ...inference, outputs: [] }),
    );
  const start = performance.now();
  const result = (inputs: FutureInputs, rest: readonly (readonly [string, FutureInputs])[]): HmmForecast =>
    new ForecastResult({
      ...filtered.whole(),
      ...roll(model, filtered, h, inputs),
      call: CALL,
      dtype: options.dtype ?? "float64",
      run: {
        ...filtered.run,
        plan: `${filtered.run.plan}; ${h} steps ahead in float64 on the host`,
        seconds: filtered.run.seconds + (performance.now() - start) / 1000,
      },
      level,
      rows: h,
      mixture: new EmissionMixture(model),
      scenarios: rest.map(([name, own]) => [name, result(own, [])] as const),
    });
  return withinMemory(CALL, async () => result(baseline, others));
}

type FutureInputs = ReturnType<typeof readInputs>;

function checkGiven(model: HiddenMarkovModel, result: HmmStateResult): Extent {
  const { extent } = result;
  if (extent.numStates !== model.numStates) {
    const expected = `${model.numStates} states as in the model`;
    const fix = "Pass the model that the result was made with.";
    throw new ShapeError(say(CALL, "result", expected, `${extent.numStates}`, fix));
  }
  const count = model.numSeries ?? 1;
  if (count > 1 && count !== result.numSeries) {
    const expected = `${count} series as in the parameters`;
    const fix = "Pass the result of the whole batch.";
    throw new ShapeError(say(CALL, "result", expected, `${result.numSeries}`, fix));
  }
  return extent;
}

/** @throws ShapeError unless time-varying transitions reach to the last step forecast */
function checkRows({ numSteps }: HiddenMarkovModel, T: number, h: number): void {
  if (numSteps === undefined || numSteps === T + h) return;
  const expected = `time-varying transitions with ${T + h} rows, ${T} for the observations and ${h} ahead`;
  const fix = "Give transitionMatrix a row for each step forecast.";
  throw new ShapeError(say(CALL, "model", expected, `${numSteps}`, fix));
}

function readFutureInputs(
  model: HiddenMarkovModel,
  argument: string,
  value: SeriesInput | undefined,
  h: number,
  { numSeries, batch }: Extent,
): FutureInputs {
  if (model.inputDim === 0 && value !== undefined) {
    const fix = "Leave it out, or use regression emissions or input-driven transitions.";
    throw new ShapeError(say(CALL, argument, "none, as the model takes no inputs", argument, fix));
  }
  const lengths = new Uint32Array(numSeries).fill(h);
  const layout = { sources: [], numSeries, numSteps: h, lengths, batch, width: model.inputDim };
  return readInputs(CALL, layout, value, model.inputDim, {
    argument,
    like: "observations and h",
    rows: "h",
    why: "the model takes inputs",
  });
}

/** Probabilities of the states of the h steps after the last of every series, and what emissions of them depend on. */
function roll(
  model: HiddenMarkovModel,
  filtered: HmmStateResult,
  h: number,
  inputs: FutureInputs,
): Pick<OutlookSource, "weights" | "row" | "moments"> {
  const { numStates: K, emissionDim: m, inputDim: d, transitions, emissions } = model;
  const { numSeries: N, lengths } = filtered;
  const driven = transitions.inputDim > 0;
  const field = transitions.field(driven ? shifted(inputs, h, d) : undefined, N, h + 1);
  const { lags } = emissions;
  const tails = filtered.tails;
  const row: OutlookSource["row"] = (s, k) => ({
    observations: lags > 0 ? withTail(tails[s], m) : new Float64Array(m).fill(Number.NaN),
    at: lags * m,
    step: Math.max(lags, lengths[s] + k),
    inputs: inputs?.data,
    inputsAt: inputs === undefined ? 0 : s * inputs.seriesStride + k * d,
  });
  const probs = new Float64Array(N * h * K);
  const moments = lags > 0 ? momentsOf(N * h, m) : undefined;
  const [mean, covariance] = [new Float64Array(m), new Float64Array(m * m)];
  for (let s = 0; s < N; s++) {
    let state = filtered.lastFiltered(s);
    const ahead = lags > 0 ? new LaggedMoments(model, tails[s]) : undefined;
    for (let k = 0; k < h; k++) {
      const at = s * field.seriesStride + (driven ? k + 1 : lengths[s] + k) * field.stepStride;
      const next = new Float64Array(K);
      for (let from = 0; from < K; from++)
        for (let to = 0; to < K; to++) next[to] += state[from] * field.data[at + from * K + to];
      if (k > 0) ahead?.advance(state, field.data, at, next);
      state = next;
      probs.set(state, (s * h + k) * K);
      if (!moments) continue;
      ahead?.observe(state, row(s, k), mean, covariance);
      moments.means.set(mean, (s * h + k) * m);
      moments.covariances.set(covariance, (s * h + k) * m * m);
    }
  }
  return { weights: denseRows(probs, K, h), row, ...(moments && { moments }) };
}

const momentsOf = (rows: number, m: number): NonNullable<OutlookSource["moments"]> => ({
  means: new Float64Array(rows * m),
  covariances: new Float64Array(rows * m * m),
});

/** A row after the observations it looks back on. */
function withTail(tail: Float64Array, m: number): Float64Array {
  const out = new Float64Array(tail.length + m).fill(Number.NaN);
  out.set(tail);
  return out;
}

/** Inputs with a row in front: transitions into step 0 are never made. */
function shifted(inputs: FutureInputs, h: number, d: number): FutureInputs {
  if (inputs === undefined) return undefined;
  const { data, seriesStride } = inputs;
  const N = seriesStride === 0 ? 1 : data.length / seriesStride;
  const out = new Float64Array(N * (h + 1) * d);
  for (let s = 0; s < N; s++) out.set(data.subarray(s * h * d, (s + 1) * h * d), (s * (h + 1) + 1) * d);
  return { data: out, seriesStride: seriesStride === 0 ? 0 : (h + 1) * d };
}

interface ForecastSource extends OutlookSource {
  readonly rows: number;
  readonly scenarios: readonly (readonly [string, HmmForecast])[];
}

class ForecastResult extends OutlookResult<ForecastSource> implements HmmForecast {
  get numSteps(): number {
    return this.source.rows;
  }
  get stateProbs(): ResultArray {
    return this.states("stateProbs");
  }
  get scenarios(): Readonly<Record<string, HmmForecast>> {
    return this.once("scenarios", () => Object.fromEntries(this.source.scenarios));
  }

  protected like(source: ForecastSource, view: number | undefined): this {
    const scenarios = source.scenarios.map(([name, forecast]): readonly [string, HmmForecast] => [
      name,
      source.byState !== this.source.byState ? forecast.expanded : forecast.series((view ?? 0) - this.first),
    ]);
    return new ForecastResult({ ...source, scenarios }, view) as this;
  }
}
