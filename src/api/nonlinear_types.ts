/** Options and results of the calls on nonlinear models. */
import type { ForecastOptions } from "./forecast.ts";
import type { Prediction } from "./prediction_result.ts";
import type { FilterResult, InferenceOptions, ResultArray, SmootherResult } from "./types.ts";

/** How functions of a Gaussian vector are made affine. */
export interface LinearizationOptions {
  /**
   * taylor: first-order expansion at the mean (extended Kalman filter). unscented, cubature, gauss-hermite: regression on sigma points.
   * slr: regression on drawn points. Default unscented.
   */
  linearization?: "taylor" | "unscented" | "cubature" | "gauss-hermite" | "slr";
  /** unscented: α > 0, β, κ > −n; default 1, 0 and max(0, 3 − n). */
  alpha?: number;
  beta?: number;
  kappa?: number;
  /** gauss-hermite: nodes for every state, 1 to 64; default 5. Points are order^n. */
  order?: number;
  /** slr: number of points, drawn once by a generator of fixed seed, in pairs and standardised; default 1024. */
  points?: number;
}

type Common = Omit<InferenceOptions, "form" | "likelihood" | "burnIn"> & LinearizationOptions;

/** Options of filter() and logLikelihood(). */
export interface NonlinearFilterOptions extends Common {
  /** Times that each emission is made affine, from the same prediction: 1 is the plain filter, more an iterated one. Default 1. */
  updates?: number;
}

/** Options of smooth(). */
export interface NonlinearSmootherOptions extends Common {
  /**
   * Times that the model is made affine around the last smoothed trajectory, at most; 0, the default: one pass of the filter and the
   * smoother that belongs to it.
   */
  iterations?: number;
  /** Iterations end when no mean and no standard deviation changes by more, in posterior standard deviations. Default 1e-6. */
  tolerance?: number;
  /** lineSearch halves a step until it makes the objective smaller; none takes it whole. Default lineSearch. */
  damping?: "lineSearch" | "none";
}

/** Options of forecast(); functions of the steps ahead are made affine in the same way. */
export interface NonlinearForecastOptions
  extends Omit<NonlinearFilterOptions, "outputs">,
    Pick<ForecastOptions, "level" | "futureInputs" | "scenarios"> {}

/** Options of predict(). */
export interface NonlinearPredictOptions extends Omit<NonlinearFilterOptions, "outputs"> {
  /** Probability that an observation lies between lower and upper, were it Gaussian; default 0.95. */
  readonly level?: number;
  /** Of the randomised quantileResiduals, which generalizedGaussianSSM() has: a whole number; default 0. */
  readonly seed?: number;
}

/** Options of samplePosterior(). */
export interface NonlinearSampleOptions extends Omit<NonlinearSmootherOptions, "outputs"> {
  /** S, number of draws; default 1. Draw i does not depend on it. */
  readonly numSamples?: number;
  /** Whole number; the same seed gives the same draws. Default 0. */
  readonly seed?: number;
}

/**
 * Result of filter(). Moments are those of the model made affine step by step, and log-likelihoods are those of that linear Gaussian
 * model: approximations, whose names stay.
 */
export interface NonlinearFilterResult extends FilterResult {
  /** Says so. */
  readonly likelihood: "linearised";
}

/** Result of smooth(): the model is made affine once, by the filter, or around the last trajectory of the iterations. */
export interface NonlinearSmootherResult extends SmootherResult {
  readonly likelihood: "linearised";
  /** [N] iterations run; 0 without iterations. */
  readonly iterations: Uint32Array;
  /** [N] whether the last iteration changed less than the tolerance. */
  readonly converged: readonly boolean[];
  /**
   * [N][iterations + 1] the objective before the first iteration and after each: minus the log posterior density of the trajectory up to a
   * constant for taylor with Gaussian noise; src/inference/README.md has it for the others.
   */
  readonly objectives: readonly (readonly number[])[];
}

/**
 * Result of predict(). Moments are those of the filter's affine model. Of angles (cos y, sin y) and of categories indicators of all but the
 * last are predicted, in their places. standardizedInnovations are Pearson residuals of emissions that are not Gaussian: variance 1 if the model
 * is right, but no normals.
 */
export interface NonlinearPrediction extends Prediction {
  readonly likelihood: "linearised";
  /**
   * Φ⁻¹ P(y_t,i | what is before) [T, columns of the data], NaN where missing: standard normals, independent over time and entries, if the
   * model is right and the state given the past nearly Gaussian. Of counts and categories randomised between P(Y < y) and P(Y ≤ y). Of
   * Gaussian noise they are the standardizedInnovations.
   */
  readonly quantileResiduals: ResultArray;
}
