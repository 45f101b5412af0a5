/** Emissions by their log density: y stands behind the inputs of the function. */
import type { LogDensity, NonlinearProblem } from "../../inference/index.ts";
import type { NonlinearSSM } from "./nonlinear_model.ts";

const none = (): number => Number.NaN;
/** The density of a problem without data. */
export const NO_DATA: LogDensity = { value: none, expand: none };

/** log p(y_t | z_t) of the data, with its derivatives. @param y [N, T, m], NaN where missing */
export function logDensityOf(
  { emissions: { function: fn, parameters }, stateDim: n, emissionDim: m }: NonlinearSSM,
  { inputs, numSteps: T }: Pick<NonlinearProblem, "inputs" | "numSteps">,
  y: Float64Array,
): LogDensity {
  const { float64, inputDim } = fn;
  // A density that takes no inputs of the model takes y alone.
  const d = inputDim - m;
  const all = new Float64Array(inputDim);
  const out = new Float64Array(1);
  const [left, right] = [new Float64Array(n), new Float64Array(n)];
  const load = (s: number, t: number): void => {
    const at = s * inputs.seriesStride + t * inputs.dim;
    if (d > 0) all.set(inputs.data.subarray(at, at + d));
    all.set(y.subarray((s * T + t) * m, (s * T + t + 1) * m), d);
  };
  const value = (s: number, t: number, x: Float64Array): number => {
    load(s, t);
    float64.value(out, x, all, t, parameters);
    return out[0];
  };
  return {
    value,
    expand(gradient, hessian, s, t, x) {
      const at = value(s, t, x);
      float64.jacobian(gradient, x, all, t, parameters);
      for (let i = 0; i < n; i++)
        for (let j = 0; j <= i; j++) {
          left.fill(0)[i] = 1;
          right.fill(0)[j] = 1;
          float64.second(out, x, all, t, parameters, left, right);
          hessian[i * n + j] = hessian[j * n + i] = out[0];
        }
      return at;
    },
  };
}

/** The density of a problem, and n entries for every step that is observed; one with a missing entry is left out whole. */
export function logDensityParts(
  model: NonlinearSSM,
  parts: Omit<NonlinearProblem, "observations">,
  y: Float64Array,
): Pick<NonlinearProblem, "emissionDim" | "emissionNoise" | "observations"> {
  const { stateDim: n, emissionDim: m } = model;
  const steps = y.length / m;
  const observations = new Float64Array(steps * n);
  for (let at = 0; at < steps; at++)
    if (y.subarray(at * m, (at + 1) * m).some(Number.isNaN))
      observations.fill(Number.NaN, at * n, (at + 1) * n);
  return {
    emissionDim: n,
    emissionNoise: { kind: "density", density: logDensityOf(model, parts, y) },
    observations,
  };
}
