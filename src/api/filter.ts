import { throwIfAborted } from "../engine/index.ts";
import { type LinearGaussianSSM, observationLayout, prepare, type SeriesInput } from "../models/index.ts";
import { chooseBackend, type RunKind, runBackend, wanted } from "./backend.ts";
import { checkModel } from "./check_model.ts";
import { applyConvention, checkConvention } from "./likelihood_convention.ts";
import { checkMemory, withinMemory } from "./memory.ts";
import { checkOptions } from "./options.ts";
import { type ResultSource, StateResult, seriesLogLikelihood } from "./state_result.ts";
import { throwOnFailure } from "./status.ts";
import type { FilterResult, InferenceOptions, SmootherResult } from "./types.ts";

/**
 * p(z_t | y_0:t) for every t: Kalman filter of a linear Gaussian model, in square-root form
 * unless options.form asks for another.
 * @param model from linearGaussianSSM() or parseModelDocument()
 * @param observations y [T, m] ([T] when m = 1), [N, T, m], or a list of [T_i, m]; NaN or null = missing
 * @returns filtered and predicted moments, log-likelihoods in nats; a leading [N] axis for batches
 * @throws ShapeError, ParameterError, DataError, LimitError before any work; DeviceError, AbortedError;
 *   NumericalError if a series failed, unless throwOnFailure is false
 * @see doi:10.1109/TAC.2020.2976316, doi:10.1137/23M156121X; src/inference/README.md has every equation
 */
export async function filter(
  model: LinearGaussianSSM,
  observations: SeriesInput,
  options: InferenceOptions = {},
): Promise<FilterResult> {
  return new StateResult(await infer("filter", "filter", model, observations, options));
}

/**
 * p(z_t | y_0:T−1) for every t: Rauch-Tung-Striebel or two-filter smoother, with the filter's fields and
 * Cov(z_t, z_t+1 | y).
 * @param model from linearGaussianSSM() or parseModelDocument()
 * @param observations y [T, m] ([T] when m = 1), [N, T, m], or a list of [T_i, m]; NaN or null = missing
 * @returns smoothed, filtered and predicted moments, cross-covariances, log-likelihoods in nats; a leading [N] axis for
 *   batches
 * @throws as filter()
 * @see doi:10.2514/3.3166, doi:10.1109/TAC.2020.2976316; src/inference/README.md
 */
export async function smooth(
  model: LinearGaussianSSM,
  observations: SeriesInput,
  options: InferenceOptions = {},
): Promise<SmootherResult> {
  return new StateResult(await infer("smooth", "smooth", model, observations, options));
}

/**
 * log p(y_0:T−1) in nats, constants included, summed over the series of a batch. Keeps no moments: for the values of
 * single series or steps call filter().
 * @param model from linearGaussianSSM() or parseModelDocument()
 * @param observations as filter()
 * @returns nats; not to be used if a series failed and throwOnFailure is false, as there is no status to tell
 * @throws as filter()
 */
export async function logLikelihood(
  model: LinearGaussianSSM,
  observations: SeriesInput,
  options: InferenceOptions = {},
): Promise<number> {
  const source = await infer("logLikelihood", "likelihood", model, observations, options);
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
