import { AffineSteps, type Linearisation } from "../../inference/index.ts";
import { covarianceFactor } from "../covariance_factor.ts";
import type { MomentSteps, StepInputs } from "../gaussian_steps.ts";
import type { NonlinearSSM } from "./nonlinear_model.ts";
import { nonlinearParts } from "./prepare_nonlinear.ts";

/**
 * Moments pushed through a nonlinear model, each function made affine around them:
 *
 *   z_t:  μ, A P A' + Ω + Q      s(y_t):  μ, H P H' + Ω + R
 *
 * Observations are the statistics of the family: of angles (cos, sin), of categories indicators. NaN where a function has no value.
 */
export class NonlinearSteps implements MomentSteps {
  /** k, statistics of an observation. */
  readonly emissionDim: number;
  readonly #steps: AffineSteps;
  readonly #rows: readonly number[];
  readonly #factor: Float64Array;
  readonly #call: string;

  constructor(call: string, model: NonlinearSSM, rule: Linearisation) {
    const inputs = { data: new Float64Array(0), dim: model.inputDim, seriesStride: 0 };
    const sizes = { numSeries: 1, numSteps: 1, lengths: Uint32Array.of(1) };
    const problem = { ...nonlinearParts(model, sizes, inputs), observations: new Float64Array(0) };
    this.#call = call;
    this.emissionDim = problem.emissionDim;
    this.#steps = new AffineSteps(problem, rule);
    this.#rows = Array.from({ length: problem.emissionDim }, (_, i) => i);
    this.#factor = new Float64Array(model.stateDim ** 2);
  }

  transition(
    series: number,
    t: number,
    inputs: StepInputs | undefined,
    mean: Float64Array,
    covariance: Float64Array,
  ): void {
    const spread = this.#spread(mean, covariance);
    const step = spread && this.#steps.transition(series, t, mean, spread, inputsOf(inputs));
    if (!step || typeof step === "string") {
      mean.fill(Number.NaN);
      covariance.fill(Number.NaN);
      return;
    }
    mean.set(step.map.centre);
    pushed(step.map.weights, spread, step.factor, mean.length, mean.length, covariance, 0);
  }

  observe(
    series: number,
    t: number,
    inputs: StepInputs | undefined,
    mean: Float64Array,
    covariance: Float64Array,
    outMean: Float64Array,
    meanAt: number,
    outCovariance: Float64Array,
    covarianceAt: number,
  ): void {
    const k = this.emissionDim;
    const spread = this.#spread(mean, covariance);
    const step = spread && this.#steps.emission(series, t, mean, spread, this.#rows, inputsOf(inputs));
    if (!step || typeof step === "string") {
      outMean.fill(Number.NaN, meanAt, meanAt + k);
      outCovariance.fill(Number.NaN, covarianceAt, covarianceAt + k * k);
      return;
    }
    outMean.set(step.map.centre, meanAt);
    pushed(step.map.weights, spread, step.factor, k, mean.length, outCovariance, covarianceAt);
  }

  /** The factor of a covariance; undefined where there are no moments. */
  #spread(mean: Float64Array, covariance: Float64Array): Float64Array | undefined {
    if (!mean.every(Number.isFinite) || !covariance.every(Number.isFinite)) return undefined;
    covarianceFactor(this.#call, "covariance", covariance, 0, mean.length, this.#factor, 0);
    return this.#factor;
  }
}

const inputsOf = (inputs: StepInputs | undefined): Float64Array | undefined =>
  inputs?.data.subarray(inputs.at);

/** (A U) (A U)' + L L' [k, k] into out[at …], exactly symmetric. */
function pushed(
  A: Float64Array,
  U: Float64Array,
  L: Float64Array,
  k: number,
  n: number,
  out: Float64Array,
  at: number,
): void {
  const moved = new Float64Array(k * n);
  for (let i = 0; i < k; i++)
    for (let j = 0; j < n; j++) for (let l = j; l < n; l++) moved[i * n + j] += A[i * n + l] * U[l * n + j];
  for (let i = 0; i < k; i++)
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let l = 0; l < n; l++) sum += moved[i * n + l] * moved[j * n + l];
      for (let l = 0; l <= j; l++) sum += L[i * k + l] * L[j * k + l];
      out[at + i * k + j] = sum;
      out[at + j * k + i] = sum;
    }
}
