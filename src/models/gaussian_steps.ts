import type { LinearGaussianSSM, ModelEquation } from "./linear_gaussian.ts";

/** Inputs u of one step: data[at …]. */
export interface StepInputs {
  readonly data: Float64Array;
  readonly at: number;
}

/** Moments of states and observations pushed through a model's equations, in float64. */
export interface MomentSteps {
  /** Moments of z_t−1 into those of z_t, in place: mean [n], covariance [n, n]. */
  transition(
    series: number,
    t: number,
    inputs: StepInputs | undefined,
    mean: Float64Array,
    covariance: Float64Array,
  ): void;
  /** E y_t into outMean [m] from meanAt, Cov y_t into outCovariance [m, m] from covarianceAt. */
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
  ): void;
}

/**
 * Those of a linear Gaussian model:
 *
 *   z_t:  F m + b + B u,  F P F' + Q      y_t:  H m + d + D u,  H P H' + R
 */
export class GaussianSteps implements MomentSteps {
  private readonly model: LinearGaussianSSM;
  private readonly moved: Float64Array;
  private readonly product: Float64Array;
  private readonly square: Float64Array;

  constructor(model: LinearGaussianSSM) {
    const { stateDim: n, emissionDim: m } = model;
    this.model = model;
    this.moved = new Float64Array(n);
    this.product = new Float64Array(Math.max(n, m) * n);
    this.square = new Float64Array(n * n);
  }

  transition(
    series: number,
    t: number,
    inputs: StepInputs | undefined,
    mean: Float64Array,
    covariance: Float64Array,
  ): void {
    const { dynamics } = this.model.parameters;
    this.means(dynamics, series, t, inputs, mean, this.moved, 0);
    this.covariances(dynamics, series, t, covariance, this.square, 0);
    mean.set(this.moved);
    covariance.set(this.square);
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
    const { emissions } = this.model.parameters;
    this.means(emissions, series, t, inputs, mean, outMean, meanAt);
    this.covariances(emissions, series, t, covariance, outCovariance, covarianceAt);
  }

  /** A m + b + B u */
  private means(
    { weights, bias, inputWeights }: ModelEquation,
    series: number,
    t: number,
    inputs: StepInputs | undefined,
    mean: Float64Array,
    out: Float64Array,
    to: number,
  ): void {
    const { stateDim: n, inputDim: d } = this.model;
    const rows = weights.shape[weights.shape.length - 2];
    let a = series * weights.seriesStride + t * weights.stepStride;
    const b = bias ? series * bias.seriesStride + t * bias.stepStride : 0;
    let w = inputWeights ? series * inputWeights.seriesStride + t * inputWeights.stepStride : 0;
    for (let i = 0; i < rows; i++) {
      let sum = bias ? bias.data[b + i] : 0;
      if (inputs && inputWeights)
        for (let k = 0; k < d; k++) sum += inputWeights.data[w++] * inputs.data[inputs.at + k];
      for (let k = 0; k < n; k++) sum += weights.data[a++] * mean[k];
      out[to + i] = sum;
    }
  }

  /** A P A' + C, exactly symmetric */
  private covariances(
    { weights, covariance: noise }: ModelEquation,
    series: number,
    t: number,
    covariance: Float64Array,
    out: Float64Array,
    to: number,
  ): void {
    const { product } = this;
    const n = this.model.stateDim;
    const rows = weights.shape[weights.shape.length - 2];
    const a = series * weights.seriesStride + t * weights.stepStride;
    const c = series * noise.seriesStride + t * noise.stepStride;
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < n; j++) {
        let sum = 0;
        for (let k = 0; k < n; k++) sum += weights.data[a + i * n + k] * covariance[k * n + j];
        product[i * n + j] = sum;
      }
    }
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j <= i; j++) {
        let sum = noise.data[c + i * rows + j];
        for (let k = 0; k < n; k++) sum += product[i * n + k] * weights.data[a + j * n + k];
        out[to + i * rows + j] = sum;
        out[to + j * rows + i] = sum;
      }
    }
  }
}
