import { ParameterError } from "../../engine/index.ts";
import { CounterRandom, type Field, type NonlinearProblem } from "../../inference/index.ts";
import { checkKeys } from "../check_keys.ts";
import { say } from "../say.ts";
import type { SimulateOptions, Simulation } from "../simulate_linear_gaussian.ts";
import { readInitial, simulationSizes } from "../simulate_linear_gaussian.ts";
import type { NonlinearSSM } from "./nonlinear_model.ts";
import { modelInputs, nonlinearParts } from "./prepare_nonlinear.ts";

const CALL = "simulate";
const KEYS = ["numSteps", "numSeries", "numSamples", "seed", "inputs", "initialState"];

/**
 * Draw states and observations from a nonlinear model; emissions known by their moments alone are drawn as Gaussian ones.
 * @returns as simulate() of linear Gaussian models
 * @throws ParameterError, ShapeError, DataError; ParameterError naming the step where a function has no finite value
 */
export function simulateNonlinear(model: NonlinearSSM, options: SimulateOptions = {}): Simulation {
  checkKeys(CALL, "options.", options, KEYS);
  if (model.emissions.form.kind === "density") {
    const fix = "Give emissions by a family, or by mean and covariance.";
    throw new ParameterError(say(CALL, "model", "emissions that can be drawn", "a log density", fix));
  }
  const { numSteps, numSeries, batch } = simulationSizes(model, options);
  const { numSamples = 1, seed = 0 } = options;
  const { stateDim: n, emissionDim: m } = model;
  const start = options.initialState === undefined ? undefined : readInitial(model, options, numSeries);
  const lengths = new Uint32Array(numSeries).fill(numSteps);
  const layout = { sources: [], numSeries, numSteps, lengths, batch, width: m };
  const inputs = modelInputs(CALL, model, layout, options.inputs, "numSeries and numSteps");
  const parts = nonlinearParts(model, layout, inputs);
  const states = new Float64Array(numSeries * numSamples * numSteps * n);
  const observations = new Float64Array(numSeries * numSamples * numSteps * m);
  for (let s = 0; s < numSeries; s++)
    for (let k = 0; k < numSamples; k++) {
      const first = (s * numSamples + k) * numSteps;
      const z = states.subarray(first * n, (first + numSteps) * n);
      const y = observations.subarray(first * m, (first + numSteps) * m);
      drawSeries(model, parts, s, new CounterRandom(seed, s, k), start, z, y);
    }
  const axes = [...(batch ? [numSeries] : []), ...(options.numSamples === undefined ? [] : [numSamples])];
  return {
    states: { data: states, shape: [...axes, numSteps, n] },
    observations: { data: observations, shape: [...axes, numSteps, m] },
  };
}

/** One draw of series s into states [T, n] and observations [T, m]. */
function drawSeries(
  model: NonlinearSSM,
  parts: Omit<NonlinearProblem, "observations">,
  s: number,
  random: CounterRandom,
  start: Field | undefined,
  states: Float64Array,
  observations: Float64Array,
): void {
  const { stateDim: n, emissionDim: m, initial, dynamics } = model;
  const { inputs, numSteps: T } = parts;
  const noise = new Float64Array(Math.max(n, m));
  /** out += L ε for a square L; fixed: draws are used up and nothing is added. */
  const add = (L: Float64Array, at: number, size: number, out: Float64Array, fixed = false): void => {
    for (let i = 0; i < size; i++) noise[i] = random.normal();
    if (fixed) return;
    for (let i = 0; i < size; i++) for (let j = 0; j < size; j++) out[i] += L[at + i * size + j] * noise[j];
  };
  const at = (field: Field, t: number): number => s * field.seriesStride + t * field.stepStride;
  const draw = observer(model, parts, s, add);
  for (let t = 0; t < T; t++) {
    const z = states.subarray(t * n, (t + 1) * n);
    const from = s * inputs.seriesStride + t * inputs.dim;
    const u = inputs.data.subarray(from, from + inputs.dim);
    if (t === 0) {
      const mean = start ?? initial.mean;
      z.set(mean.data.subarray(at(mean, 0), at(mean, 0) + n));
      add(initial.factor.data, at(initial.factor, 0), n, z, start !== undefined);
    } else {
      parts.dynamics.value(z, states.subarray((t - 1) * n, t * n), u, t);
      add(dynamics.factor.data, at(dynamics.factor, t), n, z);
    }
    const y = observations.subarray(t * m, (t + 1) * m);
    const fine = z.every(Number.isFinite) && draw(y, z, u, t, random);
    if (fine && y.every(Number.isFinite)) continue;
    const expected = "finite states and emissions that can be drawn";
    const fix = "Check the functions and the size of the noise, or draw fewer steps.";
    throw new ParameterError(say(CALL, "model", expected, `none at step ${t}`, fix));
  }
}

type Draw = (y: Float64Array, z: Float64Array, u: Float64Array, t: number, random: CounterRandom) => boolean;
type AddNoise = (L: Float64Array, at: number, size: number, out: Float64Array) => void;

/** What draws y_t given z_t; false where the emission has no distribution. */
function observer(
  { emissions: { form, function: fn, parameters }, emissionDim: m }: NonlinearSSM,
  { emissionNoise }: Omit<NonlinearProblem, "observations">,
  s: number,
  add: AddNoise,
): Draw {
  const values = new Float64Array(fn.outputDim);
  if (form.kind === "family") {
    const root = new Float64Array(form.family.statisticDim ** 2);
    return (y, z, u, t, random) => {
      fn.float64.value(values, z, u, t, parameters);
      if (!form.family.root(root, values)) return false;
      form.family.draw(y, values, random);
      return true;
    };
  }
  const root = new Float64Array(m * m);
  return (y, z, u, t) => {
    fn.float64.value(y, z, u, t, parameters);
    if (emissionNoise.kind === "constant") {
      const { data, seriesStride, stepStride } = emissionNoise.factor;
      add(data, s * seriesStride + t * stepStride, m, y);
      return true;
    }
    if (emissionNoise.kind !== "conditional" || !emissionNoise.root(root, z, u, t)) return false;
    add(root, 0, m, y);
    return true;
  };
}
