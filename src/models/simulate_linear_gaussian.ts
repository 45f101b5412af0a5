import { type NDArray, ParameterError, ShapeError } from "../engine/index.ts";
import type { LinearGaussianSSM } from "./linear_gaussian.ts";
import { readInputs } from "./observations.ts";
import { affineField } from "./prepare_linear_gaussian.ts";
import { CounterRandom } from "./random.ts";
import type { SeriesInput } from "./read_series.ts";
import { say, valueText } from "./say.ts";

/** Options of simulate(). */
export interface SimulateOptions {
  /** T; may be left out when the model varies in time. */
  readonly numSteps?: number;
  /** Whole number; the same seed gives the same draw. Default 0. */
  readonly seed?: number;
  /** u_t [T, d], needed when the model has input weights. */
  readonly inputs?: SeriesInput;
}

/** A draw of states and observations from a model. */
export interface Simulation {
  /** z_t [T, n] */
  readonly states: NDArray;
  /** y_t [T, m] */
  readonly observations: NDArray;
}

const CALL = "simulate";

/**
 * Draw states and observations of one series, with a counter-based generator (random.ts).
 * @returns states [T, n], observations [T, m], float64
 * @throws ParameterError, ShapeError, DataError
 */
export function simulate(model: LinearGaussianSSM, options: SimulateOptions = {}): Simulation {
  const numSteps = options.numSteps ?? model.numSteps;
  const seed = options.seed ?? 0;
  if (numSteps === undefined || !Number.isInteger(numSteps) || numSteps < 1) {
    throw new ParameterError(
      say(CALL, "numSteps", "a whole number ≥ 1", valueText(numSteps), "Pass the number of steps."),
    );
  }
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw new ParameterError(
      say(CALL, "seed", "a whole number ≥ 0", valueText(seed), "Pass one to get the same draw again."),
    );
  }
  if (model.numSteps !== undefined && numSteps !== model.numSteps) {
    throw new ShapeError(
      say(
        CALL,
        "numSteps",
        `${model.numSteps} as in the time-varying parameters`,
        `${numSteps}`,
        "Leave it out.",
      ),
    );
  }
  if (model.numSeries !== undefined && model.numSeries > 1) {
    throw new ShapeError(
      say(CALL, "model", "parameters of one series", `${model.numSeries} series`, "Make a model per series."),
    );
  }
  if (model.diffuse.length > 0) {
    throw new ParameterError(
      say(
        CALL,
        "model",
        "an initial distribution to draw from",
        `a flat one on state ${model.diffuse.join(", ")}`,
        "Give initial.mean and initial.covariance instead of diffuse states.",
      ),
    );
  }
  const { stateDim: n, emissionDim: m, parameters, factors } = model;
  const layout = {
    sources: [],
    numSeries: 1,
    numSteps,
    lengths: Uint32Array.of(numSteps),
    batch: false,
    width: m,
  };
  const inputs = readInputs(CALL, layout, options.inputs, model.inputDim);
  const b = affineField(model, "dynamics", n, inputs, 1, numSteps);
  const d = affineField(model, "emissions", m, inputs, 1, numSteps);
  const F = parameters.dynamics.weights;
  const H = parameters.emissions.weights;
  const random = new CounterRandom(seed);
  const states = new Float64Array(numSteps * n);
  const observations = new Float64Array(numSteps * m);
  const noise = new Float64Array(Math.max(n, m));
  const draw = (factor: Float64Array, at: number, size: number, out: Float64Array, to: number): void => {
    for (let i = 0; i < size; i++) noise[i] = random.normal();
    for (let i = 0; i < size; i++)
      for (let j = 0; j <= i; j++) out[to + i] += factor[at + i * size + j] * noise[j];
  };
  for (let t = 0; t < numSteps; t++) {
    for (let i = 0; i < n; i++) {
      let sum = t === 0 ? parameters.initial.mean.data[i] : b.data[t * b.stepStride + i];
      if (t > 0) {
        const row = t * F.stepStride + i * n;
        for (let k = 0; k < n; k++) sum += F.data[row + k] * states[(t - 1) * n + k];
      }
      states[t * n + i] = sum;
    }
    if (t === 0) draw(factors.initial.data, 0, n, states, 0);
    else draw(factors.dynamics.data, t * factors.dynamics.stepStride, n, states, t * n);
    for (let i = 0; i < m; i++) {
      let sum = d.data[t * d.stepStride + i];
      const row = t * H.stepStride + i * n;
      for (let k = 0; k < n; k++) sum += H.data[row + k] * states[t * n + k];
      observations[t * m + i] = sum;
    }
    draw(factors.emissions.data, t * factors.emissions.stepStride, m, observations, t * m);
  }
  return {
    states: { data: states, shape: [numSteps, n] },
    observations: { data: observations, shape: [numSteps, m] },
  };
}
