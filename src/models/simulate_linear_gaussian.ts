import { type ArrayInput, type NDArray, ParameterError, ShapeError } from "../engine/index.ts";
import { CounterRandom, type Field } from "../inference/index.ts";
import { checkKeys } from "./check_keys.ts";
import type { LinearGaussianSSM } from "./linear_gaussian.ts";
import { readInputs } from "./observations.ts";
import { checkFinite, readParameter } from "./parameter.ts";
import { affineField, spareFirst } from "./prepare_linear_gaussian.ts";
import type { SeriesInput } from "./read_series.ts";
import { say, valueText } from "./say.ts";

/** Options of simulate(). */
export interface SimulateOptions {
  /** T; may be left out when the model varies in time. */
  readonly numSteps?: number;
  /** N: adds a series axis. Default: that of the model's parameters, else no axis. */
  readonly numSeries?: number;
  /** S draws of every series: adds a sample axis after the series axis. Default no axis. */
  readonly numSamples?: number;
  /** Whole number; the same seed gives the same draw. Default 0. */
  readonly seed?: number;
  /** u_t [T, d] for all series, or [N, T, d]; needed when the model has input weights. */
  readonly inputs?: SeriesInput;
  /** z_0 [n] for all draws, or [N, n]: no draw from the initial distribution. Needed when that is diffuse. */
  readonly initialState?: ArrayInput;
}

/** Draws of states and observations from a model; leading axes [N] and [S] where asked for. */
export interface Simulation {
  /** z_t [T, n] */
  readonly states: NDArray;
  /** y_t [T, m] */
  readonly observations: NDArray;
}

const CALL = "simulate";
const KEYS = ["numSteps", "numSeries", "numSamples", "seed", "inputs", "initialState"];

/**
 * Draw states and observations, with a counter-based generator (Philox): draw k of series s depends on the seed, s and k
 * alone.
 * @returns states [T, n], observations [T, m], float64; [N, S, T, …] with numSeries and numSamples
 * @throws ParameterError, ShapeError, DataError
 */
export function simulate(model: LinearGaussianSSM, options: SimulateOptions = {}): Simulation {
  checkKeys(CALL, "options.", options, KEYS);
  const { numSteps, numSeries, batch } = simulationSizes(model, options);
  const { numSamples = 1, seed = 0 } = options;
  const { stateDim: n, emissionDim: m } = model;
  const initial = options.initialState === undefined ? undefined : readInitial(model, options, numSeries);
  if (initial === undefined && model.diffuse.length > 0) {
    const got = `a flat one on state ${model.diffuse.join(", ")}`;
    const fix = "Pass the option initialState, or give initial.mean and initial.covariance.";
    throw new ParameterError(say(CALL, "model", "an initial distribution to draw from", got, fix));
  }
  const lengths = new Uint32Array(numSeries).fill(numSteps);
  const layout = { sources: [], numSeries, numSteps, lengths, batch, width: m };
  const inputs = readInputs(CALL, layout, options.inputs, model.inputDim, {
    like: "numSeries and numSteps",
    ...spareFirst(model),
  });
  const b = affineField(model, "dynamics", n, inputs, numSeries, numSteps);
  const d = affineField(model, "emissions", m, inputs, numSeries, numSteps);
  const states = new Float64Array(numSeries * numSamples * numSteps * n);
  const observations = new Float64Array(numSeries * numSamples * numSteps * m);
  for (let s = 0; s < numSeries; s++) {
    for (let k = 0; k < numSamples; k++) {
      const first = (s * numSamples + k) * numSteps;
      const z = states.subarray(first * n, (first + numSteps) * n);
      const y = observations.subarray(first * m, (first + numSteps) * m);
      drawSeries(model, s, new CounterRandom(seed, s, k), { b, d, initial }, z, y);
    }
  }
  const axes = [...(batch ? [numSeries] : []), ...(options.numSamples === undefined ? [] : [numSamples])];
  return {
    states: { data: states, shape: [...axes, numSteps, n] },
    observations: { data: observations, shape: [...axes, numSteps, m] },
  };
}

/** One draw of series s into states [T, n] and observations [T, m]. */
function drawSeries(
  model: LinearGaussianSSM,
  s: number,
  random: CounterRandom,
  { b, d, initial }: { b: Field; d: Field; initial?: Field },
  states: Float64Array,
  observations: Float64Array,
): void {
  const { stateDim: n, emissionDim: m, parameters, factors } = model;
  const F = parameters.dynamics.weights;
  const H = parameters.emissions.weights;
  const noise = new Float64Array(Math.max(n, m));
  const at = (field: Field, t: number): number => s * field.seriesStride + t * field.stepStride;
  /** out[to] += L ε */
  const add = (factor: Field, t: number, size: number, out: Float64Array, to: number): void => {
    const from = at(factor, t);
    for (let i = 0; i < size; i++) noise[i] = random.normal();
    for (let i = 0; i < size; i++)
      for (let j = 0; j <= i; j++) out[to + i] += factor.data[from + i * size + j] * noise[j];
  };
  const start = initial ?? parameters.initial.mean;
  /** Draws nothing, but uses up as much, so that the noise of later steps is the same. */
  const fixed: Field = { data: new Float64Array(n * n), stepStride: 0, seriesStride: 0 };
  for (let t = 0; t < observations.length / m; t++) {
    for (let i = 0; i < n; i++) {
      let sum = t === 0 ? start.data[at(start, 0) + i] : b.data[at(b, t) + i];
      if (t > 0) {
        const row = at(F, t) + i * n;
        for (let k = 0; k < n; k++) sum += F.data[row + k] * states[(t - 1) * n + k];
      }
      states[t * n + i] = sum;
    }
    if (t > 0) add(factors.dynamics, t, n, states, t * n);
    else add(initial === undefined ? factors.initial : fixed, 0, n, states, 0);
    for (let i = 0; i < m; i++) {
      let sum = d.data[at(d, t) + i];
      const row = at(H, t) + i * n;
      for (let k = 0; k < n; k++) sum += H.data[row + k] * states[t * n + k];
      observations[t * m + i] = sum;
    }
    add(factors.emissions, t, m, observations, t * m);
  }
}

/** T, N and whether there is a series axis; checks the numbers of the options. */
export function simulationSizes(
  model: Pick<LinearGaussianSSM, "numSteps" | "numSeries">,
  options: SimulateOptions,
): { numSteps: number; numSeries: number; batch: boolean } {
  const whole = (name: string, value: unknown, least: number, fix: string): void => {
    if (Number.isSafeInteger(value) && (value as number) >= least) return;
    throw new ParameterError(say(CALL, name, `a whole number ≥ ${least}`, valueText(value), fix));
  };
  const numSteps = options.numSteps ?? model.numSteps;
  whole("numSteps", numSteps, 1, "Pass the number of steps.");
  whole("seed", options.seed ?? 0, 0, "Pass one to get the same draw again.");
  whole("numSeries", options.numSeries ?? 1, 1, "Leave it out for one series.");
  whole("numSamples", options.numSamples ?? 1, 1, "Leave it out for one draw.");
  if (model.numSteps !== undefined && numSteps !== model.numSteps) {
    const expected = `${model.numSteps} as in the time-varying parameters`;
    throw new ShapeError(say(CALL, "numSteps", expected, `${numSteps}`, "Leave it out."));
  }
  const own = model.numSeries !== undefined && model.numSeries > 1 ? model.numSeries : undefined;
  const numSeries = options.numSeries ?? own;
  if (own !== undefined && numSeries !== own) {
    const expected = `${own} as in the parameters`;
    throw new ShapeError(say(CALL, "numSeries", expected, `${numSeries}`, "Leave it out."));
  }
  return { numSteps: numSteps as number, numSeries: numSeries ?? 1, batch: numSeries !== undefined };
}

/** z_0 as given, [n] or [N, n]. */
export function readInitial(
  model: Pick<LinearGaussianSSM, "stateDim">,
  { initialState }: SimulateOptions,
  numSeries: number,
): Field {
  const field = readParameter(CALL, "initialState", initialState as ArrayInput, [model.stateDim], 1);
  checkFinite(CALL, "initialState", field, false);
  if (field.numSeries !== undefined && field.numSeries > 1 && field.numSeries !== numSeries) {
    const expected = numSeries === 1 ? "one state" : `one state, or ${numSeries}, one per series`;
    const fix = "Pass the option numSeries, or one state for all.";
    throw new ShapeError(say(CALL, "initialState", expected, `${field.numSeries}`, fix));
  }
  return field;
}
