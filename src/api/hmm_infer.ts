/** Checks, packs and runs a hidden Markov model: filter(), smooth(), logLikelihood() and predictProba() of it. */

import { throwIfAborted } from "../engine/index.ts";
import { type HmmProblem, hmmStatuses } from "../inference/index.ts";
import {
  emissionData,
  type HiddenMarkovModel,
  hmmLayout,
  prepareHmm,
  type SeriesInput,
} from "../models/index.ts";
import { checkHmm } from "./check_hmm.ts";
import { chooseHmmBackend, type HmmRequest, type HmmRun, runHmm } from "./hmm_backend.ts";
import { checkHmmOptions } from "./hmm_options.ts";
import { type HmmBatchSource, type HmmSource, HmmStateResult, hmmSeriesLogLikelihood } from "./hmm_result.ts";
import type {
  HmmCallOptions,
  HmmFilterOptions,
  HmmFilterResult,
  HmmSmootherOptions,
  HmmSmootherResult,
} from "./hmm_types.ts";
import { checkHmmMemory, type HmmSizes, withinMemory } from "./memory.ts";
import { throwOnImpossible } from "./status.ts";
import type { ResultArray } from "./types.ts";

/** A call as it is asked for, with the bytes its records take. */
export interface HmmCall<Records extends { readonly ends: Uint32Array }> {
  readonly call: string;
  /** What is kept for every step, besides sizes. */
  readonly kept: Pick<HmmSizes, "rows" | "matrices" | "integers" | "pointerBytes">;
  readonly run: (problem: HmmProblem, backend: "webgpu" | "cpu") => Promise<HmmRun<Records>>;
}

/** What a call has in hand when it is done. */
export interface HmmDone<Records> {
  readonly base: HmmBatchSource;
  readonly problem: HmmProblem;
  readonly records: Records;
}

/**
 * The way of every call on a hidden Markov model and data, after its options were checked.
 * @throws every error of bad input before any work; AbortedError, DeviceError; NumericalError unless throwOnFailure is false
 */
export async function callHmm<Records extends { readonly ends: Uint32Array }>(
  { call, kept, run }: HmmCall<Records>,
  model: HiddenMarkovModel,
  observations: SeriesInput,
  options: HmmCallOptions,
): Promise<HmmDone<Records>> {
  checkHmm(call, model);
  const { numSeries, numSteps, batch } = hmmLayout(call, model, observations);
  const backend = await chooseHmmBackend(model, numSeries * numSteps, options);
  checkHmmMemory(call, { ...model, numSeries, numSteps, ...kept }, backend, options.memoryLimit);
  await model.emissions.load?.(call);
  return withinMemory(call, async () => {
    const start = performance.now();
    const problem = prepareHmm(model, observations, { inputs: options.inputs, mask: options.mask, call });
    throwIfAborted(call, options.signal);
    const { records, run: info } = await run(problem, backend);
    const { lengths } = problem;
    const { ends } = records;
    if (options.throwOnFailure !== false) throwOnImpossible(call, ends, lengths, batch);
    const base = {
      call,
      numSteps,
      lengths,
      batch,
      dtype: options.dtype ?? "float64",
      statuses: hmmStatuses(ends, lengths),
      run: { ...info, seconds: (performance.now() - start) / 1000 },
      numStates: model.numStates,
      numRegimes: model.numRegimes,
      regimeOf: model.regimeOf,
      byState: false,
      ends,
    };
    return { base, problem, records };
  });
}

/** Probabilities of states and likelihoods. */
export async function inferHmm(
  call: string,
  kind: HmmRequest["kind"],
  model: HiddenMarkovModel,
  observations: SeriesInput,
  options: HmmFilterOptions | HmmSmootherOptions,
): Promise<HmmSource> {
  const smooths = kind === "smooth";
  const groups = ["predicted", ...(smooths ? ["expectedTransitions"] : []), "emissionLogLikelihoods"];
  checkHmmOptions(call, options, { outputs: kind === "likelihood" ? undefined : groups, smooths });
  const { lag, transitions = "sum", smoother, outputs } = options as HmmSmootherOptions;
  const wants = (group: NonNullable<typeof outputs>[number], byDefault: boolean): boolean =>
    outputs?.includes(group) ?? byDefault;
  const request: HmmRequest = {
    kind,
    predicted: kind !== "likelihood" && wants("predicted", true),
    ...(smooths && lag === undefined && wants("expectedTransitions", true) && { transitions }),
    smoother: smoother === "twoFilter" ? "twoFilter" : "rts",
    lag,
  };
  const perStep = request.transitions === "steps";
  const { base, problem, records } = await callHmm(
    {
      call,
      kept: {
        rows: (kind === "likelihood" ? 0 : 1) + (request.predicted ? 1 : 0) + (smooths ? 1 : 0),
        matrices: perStep ? 1 : 0,
      },
      run: (given, backend) => runHmm(given, backend, call, request, options),
    },
    model,
    observations,
    options,
  );
  return {
    ...base,
    records,
    transitions,
    tails: lastRows(call, model, observations, options),
    ...(wants("emissionLogLikelihoods", false) && { emissions: problem.emissions }),
  };
}

/** The last observations of every series [N][L, m] that emissions look back on; none where they do not. */
function lastRows(
  call: string,
  model: HiddenMarkovModel,
  observations: SeriesInput,
  options: HmmCallOptions,
): Float64Array[] {
  const { lags, parameters } = model.emissions;
  if (lags === 0) return [];
  const m = model.emissionDim;
  const layout = hmmLayout(call, model, observations);
  const y = emissionData(call, model, layout, { mask: options.mask, inputs: options.inputs }).observations;
  return Array.from(layout.lengths, (length, s) => {
    const tail = new Float64Array(lags * m).fill(Number.NaN);
    if (parameters.initialLags && length < lags) tail.set(parameters.initialLags.data.subarray(length * m));
    const rows = Math.min(lags, length);
    const from = (s * layout.numSteps + length - rows) * m;
    tail.set(y.subarray(from, from + rows * m), (lags - rows) * m);
    return tail;
  });
}

/** p(z_t | y_0:t) for every t. */
export const filterHmm = async (
  model: HiddenMarkovModel,
  observations: SeriesInput,
  options: HmmFilterOptions,
): Promise<HmmFilterResult> =>
  new HmmStateResult(await inferHmm("filter", "filter", model, observations, options));

/** p(z_t | y_0:T−1) for every t. */
export const smoothHmm = async (
  model: HiddenMarkovModel,
  observations: SeriesInput,
  options: HmmSmootherOptions,
): Promise<HmmSmootherResult> =>
  new HmmStateResult(await inferHmm("smooth", "smooth", model, observations, options));

/** The same without other fields, for predictProba(). */
export async function smoothedProbs(
  call: string,
  model: HiddenMarkovModel,
  observations: SeriesInput,
  options: Omit<HmmSmootherOptions, "outputs" | "transitions">,
): Promise<ResultArray> {
  checkHmmOptions(call, options, { add: ["smoother", "lag"] });
  checkHmm(call, model);
  const source = await inferHmm(call, "smooth", model, observations, { ...options, outputs: [] });
  return new HmmStateResult(source).smoothedProbs;
}

/** log p(y) of all series, nats. */
export async function hmmLogLikelihood(
  model: HiddenMarkovModel,
  observations: SeriesInput,
  options: HmmCallOptions,
): Promise<number> {
  const source = await inferHmm("logLikelihood", "likelihood", model, observations, options);
  let sum = 0;
  for (let s = 0; s < source.lengths.length; s++) sum += hmmSeriesLogLikelihood(source, s);
  return sum;
}
