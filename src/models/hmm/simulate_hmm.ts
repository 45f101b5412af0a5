import { type NDArray, ParameterError, ShapeError } from "../../engine/index.ts";
import { CounterRandom, type Field } from "../../inference/index.ts";
import { checkKeys } from "../check_keys.ts";
import type { SeriesInput } from "../read_series.ts";
import { say, valueText } from "../say.ts";
import { drawIndex } from "./draws.ts";
import type { Row } from "./emissions/family.ts";
import type { HiddenMarkovModel } from "./hidden_markov_model.ts";
import { readHmmInputs } from "./hmm_data.ts";

/** Options of simulateHmm(). */
export interface HmmSimulateOptions {
  /** T; may be left out when transitions are given for every step */
  readonly numSteps?: number;
  /** N: adds a series axis. Default: that of the model's parameters, else no axis. */
  readonly numSeries?: number;
  /** S draws of every series: adds a sample axis after the series axis. Default no axis. */
  readonly numSamples?: number;
  /** Whole number; the same seed gives the same draw. Default 0. */
  readonly seed?: number;
  /** u_t [T, d] for all series, or [N, T, d]; needed when the model takes inputs */
  readonly inputs?: SeriesInput;
  /** z_0, a state 0 … K−1: no draw from the initial distribution */
  readonly initialState?: number;
}

/** Draws of states and observations; leading axes [N] and [S] where asked for. */
export interface HmmSimulation {
  /** z_t [T], 0 … K−1; of semi-Markov models the regimes, 0 … R−1 */
  readonly states: NDArray<Uint32Array>;
  /** Of semi-Markov models only: the states they run through [T], 0 … K−1, of regimes model.regimeOf. */
  readonly phases?: NDArray<Uint32Array>;
  /** y_t [T, m] */
  readonly observations: NDArray;
}

const CALL = "simulate";
const KEYS = ["numSteps", "numSeries", "numSamples", "seed", "inputs", "initialState"];

/**
 * Draw states and observations, with a counter-based generator (Philox): draw k of series s depends on the seed, s and k alone. The
 * first steps of an autoregression look back on initialLags; without them on zeros.
 * @throws ParameterError, ShapeError, DataError
 */
export function simulateHmm(model: HiddenMarkovModel, options: HmmSimulateOptions = {}): HmmSimulation {
  checkKeys(CALL, "options.", options, KEYS);
  const { numSteps, numSeries, batch } = sizes(model, options);
  const { numSamples = 1, seed = 0 } = options;
  const { emissionDim: m, emissions } = model;
  if (emissions.sample === undefined) {
    const fix = "Only its density is known.";
    throw new ParameterError(
      say(CALL, "model", "emissions that can be drawn", `family "${emissions.family}"`, fix),
    );
  }
  const lengths = new Uint32Array(numSeries).fill(numSteps);
  const layout = { sources: [], numSeries, numSteps, lengths, batch, width: m };
  const inputs = readHmmInputs(CALL, model, layout, options.inputs, "numSeries and numSteps");
  const matrices = model.transitions.field(inputs, numSeries, numSteps);
  const states = new Uint32Array(numSeries * numSamples * numSteps);
  const observations = new Float64Array(states.length * m);
  for (let s = 0; s < numSeries; s++) {
    for (let k = 0; k < numSamples; k++) {
      const first = (s * numSamples + k) * numSteps;
      drawSeries(model, s, new CounterRandom(seed, s, k), matrices, options.initialState, {
        states: states.subarray(first, first + numSteps),
        observations: observations.subarray(first * m, (first + numSteps) * m),
        inputs: inputs?.data,
        inputsFrom: s * (inputs?.seriesStride ?? 0),
      });
    }
  }
  const axes = [...(batch ? [numSeries] : []), ...(options.numSamples === undefined ? [] : [numSamples])];
  const shape = [...axes, numSteps];
  const { regimeOf, numRegimes, numStates } = model;
  const path = { data: states, shape };
  return {
    ...(numRegimes === numStates
      ? { states: path }
      : { states: { data: states.map(state => regimeOf[state]), shape }, phases: path }),
    observations: { data: observations, shape: [...axes, numSteps, m] },
  };
}

interface Draw {
  readonly states: Uint32Array;
  readonly observations: Float64Array;
  readonly inputs?: Float64Array;
  readonly inputsFrom: number;
}

function drawSeries(
  model: HiddenMarkovModel,
  s: number,
  random: CounterRandom,
  matrices: Field,
  initialState: number | undefined,
  { states, observations, inputs, inputsFrom }: Draw,
): void {
  const { numStates: K, emissionDim: m, inputDim: d, initialProbs, emissions, regimeOf } = model;
  for (let t = 0; t < states.length; t++) {
    if (t === 0) {
      const drawn = drawIndex(random, initialProbs.data, s * initialProbs.seriesStride, K);
      states[0] = initialState ?? drawn;
    } else {
      const row = s * matrices.seriesStride + t * matrices.stepStride + states[t - 1] * K;
      states[t] = drawIndex(random, matrices.data, row, K);
    }
    const row: Row = { observations, at: t * m, step: t, inputs, inputsAt: inputsFrom + t * d };
    emissions.sample!(regimeOf[states[t]], row, random);
  }
}

/** T, N and whether there is a series axis. */
function sizes(
  model: HiddenMarkovModel,
  options: HmmSimulateOptions,
): { numSteps: number; numSeries: number; batch: boolean } {
  const whole = (name: string, value: unknown, least: number, fix: string): void => {
    if (Number.isSafeInteger(value) && (value as number) >= least) return;
    throw new ParameterError(say(CALL, name, `a whole number ≥ ${least}`, valueText(value), fix));
  };
  const { numStates } = model;
  const numSteps = options.numSteps ?? model.numSteps;
  whole("numSteps", numSteps, 1, "Pass the number of steps.");
  whole("seed", options.seed ?? 0, 0, "Pass one to get the same draw again.");
  whole("numSeries", options.numSeries ?? 1, 1, "Leave it out for one series.");
  whole("numSamples", options.numSamples ?? 1, 1, "Leave it out for one draw.");
  whole("initialState", options.initialState ?? 0, 0, "States count from 0.");
  if ((options.initialState ?? 0) >= numStates) {
    const expected = `a state 0 … ${numStates - 1}`;
    throw new ParameterError(say(CALL, "initialState", expected, `${options.initialState}`, "Correct it."));
  }
  if (model.numSteps !== undefined && numSteps !== model.numSteps) {
    const expected = `${model.numSteps} as in the time-varying transitions`;
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
