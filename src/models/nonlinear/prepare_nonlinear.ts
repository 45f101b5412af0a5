import { DataError, ShapeError } from "../../engine/index.ts";
import type { EmissionNoise, NonlinearProblem, SmoothMap } from "../../inference/index.ts";
import { readInputs, readObservations } from "../observations.ts";
import type { PrepareOptions } from "../prepare_linear_gaussian.ts";
import { type SeriesInput, type SeriesLayout, seriesLayout } from "../read_series.ts";
import { say } from "../say.ts";
import type { Family } from "./family.ts";
import { logDensityParts, NO_DATA } from "./log_density.ts";
import type { ModelFunction, NonlinearSSM } from "./nonlinear_model.ts";

/**
 * Where the series of the observations are, checked against the model; nothing is copied yet.
 * @throws ShapeError, DataError
 */
export function nonlinearLayout(call: string, model: NonlinearSSM, observations: SeriesInput): SeriesLayout {
  const layout = seriesLayout(call, "observations", observations, model.emissionDim);
  const refuse = (expected: string, got: string, fix: string): never => {
    throw new ShapeError(say(call, "observations", expected, got, fix));
  };
  if (model.numSteps !== undefined && layout.numSteps !== model.numSteps)
    refuse(
      `${model.numSteps} rows as in the time-varying covariances`,
      `${layout.numSteps}`,
      "Give a row per step; missing rows are NaN.",
    );
  if (model.numSeries !== undefined && model.numSeries > 1 && layout.numSeries !== model.numSeries)
    refuse(
      `${model.numSeries} series as in the parameters`,
      `${layout.numSeries}`,
      "Give one series per set of parameters.",
    );
  return layout;
}

/**
 * A model and its data, packed for inference; nothing given is changed or kept.
 * @param observations [T, m] ([T] when m = 1), [N, T, m], or a list of [T_i, m]; NaN or null = missing
 * @throws ShapeError, DataError: also for what the family cannot give
 */
export function prepareNonlinear(
  model: NonlinearSSM,
  observations: SeriesInput,
  options: PrepareOptions = {},
): NonlinearProblem {
  const call = options.call ?? "prepare";
  const layout = nonlinearLayout(call, model, observations);
  const inputs = modelInputs(call, model, layout, options.inputs);
  const y = readObservations(call, layout, options.mask);
  const { form } = model.emissions;
  const parts = nonlinearParts(model, layout, inputs);
  if (form.kind === "family") return { ...parts, observations: encode(call, form.family, layout, y) };
  return form.kind === "density"
    ? { ...parts, ...logDensityParts(model, parts, y) }
    : { ...parts, observations: y };
}

/** Inputs of all steps. */
export function modelInputs(
  call: string,
  model: NonlinearSSM,
  layout: SeriesLayout,
  inputs: SeriesInput | undefined,
  like?: string,
): NonlinearProblem["inputs"] {
  const words = {
    why: "the model's functions take inputs",
    none: [
      "the model's functions take none",
      "Make the functions with inputDim, or with u among their arguments.",
    ] as const,
    spareFirst: emissionInputs(model) === 0,
    like,
  };
  const read = readInputs(call, layout, inputs, model.inputDim, words);
  return {
    data: read?.data ?? new Float64Array(0),
    dim: model.inputDim,
    seriesStride: read?.seriesStride ?? 0,
  };
}

/** d of what gives the observation of step 0; a density takes y behind them. */
const emissionInputs = ({ emissions: { form, function: fn }, emissionDim }: NonlinearSSM): number =>
  fn.inputDim - (form.kind === "density" ? emissionDim : 0);

/** Everything of the problem but the data. */
export function nonlinearParts(
  { stateDim, initial, dynamics, emissions }: NonlinearSSM,
  { numSeries, numSteps, lengths }: Pick<SeriesLayout, "numSeries" | "numSteps" | "lengths">,
  inputs: NonlinearProblem["inputs"],
): Omit<NonlinearProblem, "observations"> {
  const { form } = emissions;
  return {
    stateDim,
    emissionDim: form.kind === "family" ? form.family.statisticDim : emissions.function.outputDim,
    numSeries,
    numSteps,
    lengths,
    initialMean: initial.mean,
    initialFactor: initial.factor,
    dynamics: bound(dynamics),
    dynamicsFactor: dynamics.factor,
    ...(form.kind !== "density" && {
      emissions:
        form.kind === "family" ? familyMean(bound(emissions), emissions, form.family) : bound(emissions),
    }),
    emissionNoise: noiseOf(emissions),
    inputs,
  };
}

/** A function with its parameters. */
const bound = ({ function: fn, parameters }: ModelFunction): SmoothMap => ({
  value: (out, x, u, t) => fn.float64.value(out, x, u, t, parameters),
  jacobian: (out, x, u, t) => fn.float64.jacobian(out, x, u, t, parameters),
});

/** E s(y) as a function of the state, by the chain rule. */
function familyMean(theta: SmoothMap, { function: fn }: ModelFunction, family: Family): SmoothMap {
  const { outputDim: r, stateDim: n } = fn;
  const k = family.statisticDim;
  const [values, inner, outer] = [r, r * n, k * r].map(size => new Float64Array(size));
  return {
    value(out, x, u, t) {
      theta.value(values, x, u, t);
      family.mean(out, values);
    },
    jacobian(out, x, u, t) {
      theta.value(values, x, u, t);
      theta.jacobian(inner, x, u, t);
      family.slope(outer, values);
      for (let i = 0; i < k; i++)
        for (let j = 0; j < n; j++) {
          let sum = 0;
          for (let l = 0; l < r; l++) sum += outer[i * r + l] * inner[l * n + j];
          out[i * n + j] = sum;
        }
    },
  };
}

function noiseOf(emissions: NonlinearSSM["emissions"]): EmissionNoise {
  const { form, function: fn } = emissions;
  if (form.kind === "gaussian") return { kind: "constant", factor: form.factor };
  // Until there are data.
  if (form.kind === "density") return { kind: "density", density: NO_DATA };
  if (form.kind === "family") {
    const theta = bound(emissions);
    const values = new Float64Array(fn.outputDim);
    return {
      kind: "conditional",
      root(out, x, u, t) {
        theta.value(values, x, u, t);
        return form.family.root(out, values);
      },
    };
  }
  const covariance = bound(form.covariance);
  const m = fn.outputDim;
  const values = new Float64Array(m * m);
  return {
    kind: "conditional",
    root(out, x, u, t) {
      covariance.value(values, x, u, t);
      return semidefiniteFactor(values, m, out);
    },
  };
}

/** Cholesky factor of a symmetric positive semi-definite matrix; false where it is none. */
function semidefiniteFactor(a: Float64Array, m: number, out: Float64Array): boolean {
  out.fill(0);
  for (let i = 0; i < m; i++) {
    for (let j = 0; j <= i; j++) {
      const size = Math.sqrt(Math.abs(a[i * m + i] * a[j * m + j]));
      if (!(Math.abs(a[i * m + j] - a[j * m + i]) <= 1e-8 * size)) return false;
      let sum = (a[i * m + j] + a[j * m + i]) / 2;
      for (let k = 0; k < j; k++) sum -= out[i * m + k] * out[j * m + k];
      if (i === j) {
        if (!(sum >= -1e-12 * size)) return false;
        out[i * m + i] = sum > 1e-14 * size ? Math.sqrt(sum) : 0;
      } else if (out[j * m + j] > 0) out[i * m + j] = sum / out[j * m + j];
      else if (Math.abs(sum) > 1e-7 * size) return false;
    }
  }
  return true;
}

/** Statistics of every row of data. */
function encode(
  call: string,
  { dataDim: m, statisticDim: k, encode: statistics, name }: Family,
  { numSeries, numSteps, lengths, batch }: SeriesLayout,
  y: Float64Array,
): Float64Array {
  const out = new Float64Array(numSeries * numSteps * k).fill(Number.NaN);
  for (let s = 0; s < numSeries; s++)
    for (let t = 0; t < lengths[s]; t++) {
      const at = s * numSteps + t;
      const row = y.subarray(at * m, (at + 1) * m);
      const wrong = statistics(out.subarray(at * k, (at + 1) * k), row);
      if (wrong === undefined) continue;
      const where = `observations${batch ? `[${s}]` : ""}[${t}]`;
      const fix = `Correct it, leave it out, or choose another family than "${name}".`;
      throw new DataError(say(call, where, wrong, Array.from(row).join(", "), fix));
    }
  return out;
}
