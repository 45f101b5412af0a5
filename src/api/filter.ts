import { throwIfAborted } from "../engine/index.ts";
import {
  type HiddenMarkovModel,
  type LinearGaussianSSM,
  observationLayout,
  prepare,
  type SeriesInput,
} from "../models/index.ts";
import { chooseBackend, type RunKind, runBackend, wanted } from "./backend.ts";
import { isHmm } from "./check_hmm.ts";
import { checkModel } from "./check_model.ts";
import { hmmLogLikelihood, inferHmm } from "./hmm_infer.ts";
import { HmmStateResult } from "./hmm_result.ts";
import type {
  HmmCallOptions,
  HmmFilterOptions,
  HmmFilterResult,
  HmmSmootherOptions,
  HmmSmootherResult,
} from "./hmm_types.ts";
import { applyConvention, checkConvention } from "./likelihood_convention.ts";
import { checkMemory, withinMemory } from "./memory.ts";
import { checkOptions } from "./options.ts";
import { type ResultSource, StateResult, seriesLogLikelihood } from "./state_result.ts";
import { throwOnFailure } from "./status.ts";
import type { FilterResult, InferenceOptions, SmootherResult } from "./types.ts";

/** The models that calls on data take. */
type AnyModel = LinearGaussianSSM | HiddenMarkovModel;

/**
 * p(z_t | y_0:t) for every t: Kalman filter of a linear Gaussian model, in square-root form unless options.form asks for
 * another; forward recursion of a hidden Markov model.
 * @param model from linearGaussianSSM(), hiddenMarkovModel() or parseModelDocument()
 * @param observations y [T, m] ([T] when m = 1), [N, T, m], or a list of [T_i, m]; NaN or null = missing
 * @returns filtered and predicted moments or probabilities, log-likelihoods in nats; a leading [N] axis for batches
 * @throws ShapeError, ParameterError, DataError, LimitError before any work; DeviceError, AbortedError;
 *   NumericalError if a series failed, unless throwOnFailure is false
 * @see doi:10.1109/TAC.2020.2976316, doi:10.1137/23M156121X, doi:10.1109/5.18626; src/inference/README.md has every equation
 */
export async function filter(
  model: HiddenMarkovModel,
  observations: SeriesInput,
  options?: HmmFilterOptions,
): Promise<HmmFilterResult>;
export async function filter(
  model: LinearGaussianSSM,
  observations: SeriesInput,
  options?: InferenceOptions,
): Promise<FilterResult>;
export async function filter(
  model: AnyModel,
  observations: SeriesInput,
  options: object = {},
): Promise<FilterResult | HmmFilterResult> {
  if (isHmm(model))
    return new HmmStateResult(await inferHmm("filter", "filter", model, observations, options));
  return new StateResult(await infer("filter", "filter", model, observations, options));
}

/**
 * p(z_t | y_0:T−1) for every t, with the filter's fields. Linear Gaussian models: Rauch-Tung-Striebel or two-filter smoother,
 * and Cov(z_t, z_t+1 | y). Hidden Markov models: by reverse kernels or two filters, or with a fixed lag, and expected transitions.
 * @param model from linearGaussianSSM(), hiddenMarkovModel() or parseModelDocument()
 * @param observations y [T, m] ([T] when m = 1), [N, T, m], or a list of [T_i, m]; NaN or null = missing
 * @returns smoothed, filtered and predicted moments or probabilities, cross-covariances or expected transitions,
 *   log-likelihoods in nats; a leading [N] axis for batches
 * @throws as filter()
 * @see doi:10.2514/3.3166, doi:10.1109/TAC.2020.2976316, doi:10.1109/5.18626; src/inference/README.md
 */
export async function smooth(
  model: HiddenMarkovModel,
  observations: SeriesInput,
  options?: HmmSmootherOptions,
): Promise<HmmSmootherResult>;
export async function smooth(
  model: LinearGaussianSSM,
  observations: SeriesInput,
  options?: InferenceOptions,
): Promise<SmootherResult>;
export async function smooth(
  model: AnyModel,
  observations: SeriesInput,
  options: object = {},
): Promise<SmootherResult | HmmSmootherResult> {
  if (isHmm(model))
    return new HmmStateResult(await inferHmm("smooth", "smooth", model, observations, options));
  return new StateResult(await infer("smooth", "smooth", model, observations, options));
}

/**
 * log p(y_0:T−1) in nats, constants included, summed over the series of a batch. Keeps no moments: for the values of
 * single series or steps call filter().
 * @param model from linearGaussianSSM(), hiddenMarkovModel() or parseModelDocument()
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
  model: LinearGaussianSSM,
  observations: SeriesInput,
  options?: InferenceOptions,
): Promise<number>;
export async function logLikelihood(
  model: AnyModel,
  observations: SeriesInput,
  options: object = {},
): Promise<number> {
  const [call, kind] = ["logLikelihood", "likelihood"] as const;
  if (isHmm(model)) return hmmLogLikelihood(await inferHmm(call, kind, model, observations, options));
  const source = await infer(call, kind, model, observations, options);
  let sum = 0;
  for (let s = 0; s < source.lengths.length; s++) sum += seriesLogLikelihood(source, s);
  return sum;
}

/** Checks, packs and runs; what filter() and smooth() make their results of. */
export async function infer(
  call: string,
  kind: RunKind,
  model: LinearGaussianSSM,
  observations: SeriesInput,
  options: InferenceOptions,
): Promise<ResultSource> {
  checkOptions(call, options);
  checkModel(call, model);
  checkConvention(call, model, options);
  throwIfAborted(call, options.signal);
  const layout = observationLayout(call, model, observations);
  const request = {
    ...model,
    numSeries: layout.numSeries,
    numSteps: layout.numSteps,
    kind,
    ...wanted(kind, options),
  };
  const backend = await chooseBackend({ ...model, steps: layout.numSeries * layout.numSteps }, options);
  checkMemory(call, request, backend, options.memoryLimit);
  return withinMemory(call, async () => {
    const start = performance.now();
    const problem = prepare(model, observations, { inputs: options.inputs, mask: options.mask, call });
    const { records, statuses, refusals, run, diffuse } = await runBackend(
      problem,
      backend,
      call,
      kind,
      options,
    );
    if (options.throwOnFailure !== false)
      throwOnFailure(call, statuses, layout.batch, diffuse?.unidentified, refusals);
    const { emissionIndex: index, observedCounts } = problem;
    const observedCount = (s: number, t: number): number =>
      observedCounts[index.data[s * index.seriesStride + t * index.stepStride]];
    return {
      call,
      stateDim: problem.stateDim,
      numSteps: problem.numSteps,
      lengths: problem.lengths,
      batch: layout.batch,
      dtype: options.dtype ?? "float64",
      ...applyConvention(problem, options, { records, observedCount, diffuse }),
      diffuse,
      statuses,
      run: { ...run, seconds: (performance.now() - start) / 1000 },
    };
  });
}
