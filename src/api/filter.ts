import type { HiddenMarkovModel, LinearGaussianSSM, NonlinearSSM, SeriesInput } from "../models/index.ts";
import { isHmm } from "./check_hmm.ts";
import { isNonlinear } from "./check_nonlinear.ts";
import type {
  GpuFilterResult,
  GpuHmmFilterOptions,
  GpuHmmFilterResult,
  GpuHmmSmootherOptions,
  GpuHmmSmootherResult,
  GpuInferenceOptions,
  GpuSmootherResult,
  HostResults,
} from "./gpu_result_types.ts";
import type {
  HmmCallOptions,
  HmmFilterOptions,
  HmmFilterResult,
  HmmSmootherOptions,
  HmmSmootherResult,
} from "./hmm_types.ts";
import type {
  NonlinearFilterOptions,
  NonlinearFilterResult,
  NonlinearSmootherOptions,
  NonlinearSmootherResult,
} from "./nonlinear_types.ts";
import { hiddenMarkovCalls, linearGaussianCalls, nonlinearCalls } from "./parts.ts";
import type { FilterResult, InferenceOptions, SmootherResult } from "./types.ts";

/** The models that calls on data take. */
type AnyModel = LinearGaussianSSM | HiddenMarkovModel | NonlinearSSM;

/**
 * p(z_t | y_0:t) for every t: Kalman filter of a linear Gaussian model, in square-root form unless options.form asks for
 * another; forward recursion of a hidden Markov model; of a nonlinear model the Kalman filter of what it is made affine to
 * (options.linearization).
 * @param model from linearGaussianSSM(), hiddenMarkovModel(), nonlinearGaussianSSM(), generalizedGaussianSSM() or a document
 * @param observations y [T, m] ([T] when m = 1), [N, T, m], or a list of [T_i, m]; NaN or null = missing
 * @param options.results "gpu": moments or probabilities stay in GPU buffers until they are read (GpuResult)
 * @returns filtered and predicted moments or probabilities, log-likelihoods in nats; a leading [N] axis for batches
 * @throws ShapeError, ParameterError, DataError, LimitError before any work; DeviceError, AbortedError;
 *   NumericalError if a series failed, unless throwOnFailure is false
 * @see doi:10.1109/TAC.2020.2976316, doi:10.1137/23M156121X, doi:10.1109/5.18626; src/inference/README.md has every equation
 */
export async function filter(
  model: HiddenMarkovModel,
  observations: SeriesInput,
  options: GpuHmmFilterOptions,
): Promise<GpuHmmFilterResult>;
export async function filter(
  model: LinearGaussianSSM,
  observations: SeriesInput,
  options: GpuInferenceOptions,
): Promise<GpuFilterResult>;
export async function filter(
  model: HiddenMarkovModel,
  observations: SeriesInput,
  options?: HmmFilterOptions & HostResults,
): Promise<HmmFilterResult>;
export async function filter(
  model: NonlinearSSM,
  observations: SeriesInput,
  options?: NonlinearFilterOptions,
): Promise<NonlinearFilterResult>;
export async function filter(
  model: LinearGaussianSSM,
  observations: SeriesInput,
  options?: InferenceOptions & HostResults,
): Promise<FilterResult>;
export async function filter(
  model: AnyModel,
  observations: SeriesInput,
  options: object = {},
): Promise<FilterResult | HmmFilterResult | NonlinearFilterResult | GpuFilterResult | GpuHmmFilterResult> {
  if (isNonlinear(model))
    return (await nonlinearCalls("filter")).filterNonlinear(model, observations, options);
  return isHmm(model)
    ? (await hiddenMarkovCalls("filter")).filterHmm(model, observations, options)
    : (await linearGaussianCalls("filter")).filterMoments(model, observations, options);
}

/**
 * p(z_t | y_0:T−1) for every t, with the filter's fields. Linear Gaussian models: Rauch-Tung-Striebel or two-filter smoother,
 * and Cov(z_t, z_t+1 | y). Hidden Markov models: by reverse kernels or two filters, or with a fixed lag, and expected transitions.
 * Nonlinear models: the smoother of one pass, or iterated (options.iterations).
 * @param model as filter()
 * @param observations y [T, m] ([T] when m = 1), [N, T, m], or a list of [T_i, m]; NaN or null = missing
 * @param options.results as filter(); without cross-covariances and expected transitions
 * @returns smoothed, filtered and predicted moments or probabilities, cross-covariances or expected transitions,
 *   log-likelihoods in nats; a leading [N] axis for batches
 * @throws as filter()
 * @see doi:10.2514/3.3166, doi:10.1109/TAC.2020.2976316, doi:10.1109/5.18626; src/inference/README.md
 */
export async function smooth(
  model: HiddenMarkovModel,
  observations: SeriesInput,
  options: GpuHmmSmootherOptions,
): Promise<GpuHmmSmootherResult>;
export async function smooth(
  model: LinearGaussianSSM,
  observations: SeriesInput,
  options: GpuInferenceOptions,
): Promise<GpuSmootherResult>;
export async function smooth(
  model: HiddenMarkovModel,
  observations: SeriesInput,
  options?: HmmSmootherOptions & HostResults,
): Promise<HmmSmootherResult>;
export async function smooth(
  model: NonlinearSSM,
  observations: SeriesInput,
  options?: NonlinearSmootherOptions,
): Promise<NonlinearSmootherResult>;
export async function smooth(
  model: LinearGaussianSSM,
  observations: SeriesInput,
  options?: InferenceOptions & HostResults,
): Promise<SmootherResult>;
export async function smooth(
  model: AnyModel,
  observations: SeriesInput,
  options: object = {},
): Promise<
  SmootherResult | HmmSmootherResult | NonlinearSmootherResult | GpuSmootherResult | GpuHmmSmootherResult
> {
  if (isNonlinear(model))
    return (await nonlinearCalls("smooth")).smoothNonlinear(model, observations, options);
  return isHmm(model)
    ? (await hiddenMarkovCalls("smooth")).smoothHmm(model, observations, options)
    : (await linearGaussianCalls("smooth")).smoothMoments(model, observations, options);
}

/**
 * log p(y_0:T−1) in nats, constants included, summed over the series of a batch. Keeps no moments: for the values of
 * single series or steps call filter(). Of a nonlinear model that of what it is made affine to.
 * @param model as filter()
 * @param observations as filter()
 * @returns nats; with throwOnFailure false, not to be used if a series of a linear Gaussian model failed, as there is no status to
 *   tell, and −Infinity if a hidden Markov model rules the data out
 * @throws as filter()
 */
export async function logLikelihood(
  model: HiddenMarkovModel,
  observations: SeriesInput,
  options?: HmmCallOptions,
): Promise<number>;
export async function logLikelihood(
  model: NonlinearSSM,
  observations: SeriesInput,
  options?: NonlinearFilterOptions,
): Promise<number>;
export async function logLikelihood(
  model: LinearGaussianSSM,
  observations: SeriesInput,
  options?: InferenceOptions,
): Promise<number>;
export async function logLikelihood(
  model: AnyModel,
  observations: SeriesInput,
  options: object = {},
): Promise<number> {
  if (isNonlinear(model))
    return (await nonlinearCalls("logLikelihood")).nonlinearLogLikelihood(model, observations, options);
  return isHmm(model)
    ? (await hiddenMarkovCalls("logLikelihood")).hmmLogLikelihood(model, observations, options)
    : (await linearGaussianCalls("logLikelihood")).momentsLogLikelihood(model, observations, options);
}
