/** log p(y_t | z_t) of a nonlinear model: what particles are weighted by. */
import type { NonlinearProblem } from "../../inference/index.ts";
import { covarianceFactor } from "../covariance_factor.ts";
import { logDensityOf } from "./log_density.ts";
import type { NonlinearSSM } from "./nonlinear_model.ts";

const LOG_2PI = Math.log(2 * Math.PI);

export interface ObservationDensity {
  /** nats; 0 where nothing is observed, −Infinity where y_t cannot be, NaN where a function has no value */
  logDensity(series: number, step: number, x: Float64Array): number;
  observed(series: number, step: number): boolean;
}

/**
 * Emissions known by their moments alone count as Gaussian.
 * @param y [N, T, m], NaN where missing
 */
export function observationDensity(
  call: string,
  model: NonlinearSSM,
  { inputs, numSteps: T, emissionNoise }: Omit<NonlinearProblem, "observations">,
  y: Float64Array,
): ObservationDensity {
  const { emissionDim: m, emissions } = model;
  const { form, function: fn, parameters } = emissions;
  const values = new Float64Array(fn.outputDim);
  const evaluate = (s: number, t: number, x: Float64Array): void => {
    const at = s * inputs.seriesStride + t * inputs.dim;
    fn.float64.value(values, x, inputs.data.subarray(at, at + inputs.dim), t, parameters);
  };
  const rowOf = (s: number, t: number): Float64Array => y.subarray((s * T + t) * m, (s * T + t + 1) * m);
  const observed = (s: number, t: number): boolean => rowOf(s, t).some(value => !Number.isNaN(value));
  if (form.kind === "family") {
    const root = new Float64Array(form.family.statisticDim ** 2);
    return {
      observed,
      logDensity(s, t, x) {
        evaluate(s, t, x);
        // θ outside of its domain has no density, whatever the formula says.
        return form.family.root(root, values) ? form.family.logDensity(values, rowOf(s, t)) : Number.NaN;
      },
    };
  }
  if (form.kind === "density") {
    const density = logDensityOf(model, { inputs, numSteps: T }, y);
    const whole = (s: number, t: number): boolean => !rowOf(s, t).some(Number.isNaN);
    return { observed: whole, logDensity: density.value };
  }
  const root = new Float64Array(m * m);
  const covariance = new Float64Array(m * m);
  const factor = new Float64Array(m * m);
  const noise = (s: number, t: number, x: Float64Array): boolean => {
    if (emissionNoise.kind === "constant") {
      const { data, seriesStride, stepStride } = emissionNoise.factor;
      const at = s * seriesStride + t * stepStride;
      root.set(data.subarray(at, at + m * m));
      return true;
    }
    const at = s * inputs.seriesStride + t * inputs.dim;
    return (
      emissionNoise.kind === "conditional" &&
      emissionNoise.root(root, x, inputs.data.subarray(at, at + inputs.dim), t)
    );
  };
  /** The factor of C C' on the observed rows. */
  const restrictedFactor = (rows: readonly number[]): void => {
    const k = rows.length;
    for (let i = 0; i < k; i++)
      for (let j = 0; j < k; j++) {
        let sum = 0;
        for (let l = 0; l < m; l++) sum += root[rows[i] * m + l] * root[rows[j] * m + l];
        covariance[i * k + j] = sum;
      }
    covarianceFactor(call, "emissions.covariance", covariance, 0, k, factor, 0);
  };
  return {
    observed,
    logDensity(s, t, x) {
      evaluate(s, t, x);
      if (!noise(s, t, x)) return Number.NaN;
      const row = rowOf(s, t);
      const rows = Array.from({ length: m }, (_, i) => i).filter(i => !Number.isNaN(row[i]));
      const k = rows.length;
      if (k === m && emissionNoise.kind === "constant") factor.set(root);
      else restrictedFactor(rows);
      let sum = 0;
      const left = rows.map(i => row[i] - values[i]);
      for (let i = 0; i < k; i++) {
        let value = left[i];
        for (let j = 0; j < i; j++) value -= factor[i * k + j] * left[j];
        const pivot = factor[i * k + i];
        // Without noise only what is exactly right has a density, and that is infinite.
        if (!(Math.abs(pivot) > 0)) return Number.NaN;
        left[i] = value / pivot;
        sum -= 0.5 * (left[i] * left[i] + LOG_2PI) + Math.log(Math.abs(pivot));
      }
      return sum;
    },
  };
}
