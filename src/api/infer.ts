/** filter(), smooth() and logLikelihood() of a linear Gaussian model. */

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

/** p(z_t | y_0:t) for every t. */
export const filterMoments = async (
  model: LinearGaussianSSM,
  observations: SeriesInput,
  options: InferenceOptions,
): Promise<FilterResult> => new StateResult(await infer("filter", "filter", model, observations, options));

/** p(z_t | y_0:T−1) for every t. */
export const smoothMoments = async (
  model: LinearGaussianSSM,
  observations: SeriesInput,
  options: InferenceOptions,
): Promise<SmootherResult> => new StateResult(await infer("smooth", "smooth", model, observations, options));

/** log p(y) of all series, nats. */
export async function momentsLogLikelihood(
  model: LinearGaussianSSM,
  observations: SeriesInput,
  options: InferenceOptions,
): Promise<number> {
  const source = await infer("logLikelihood", "likelihood", model, observations, options);
  let sum = 0;
  for (let s = 0; s < source.lengths.length; s++) sum += seriesLogLikelihood(source, s);
  return sum;
}

/** Checks, packs and runs; what calls make their results of. */
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
    throwIfAborted(call, options.signal);
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
