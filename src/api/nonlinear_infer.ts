/** filter(), smooth() and logLikelihood() of a nonlinear model. */
import { NumericalError, type Status, throwIfAborted } from "../engine/index.ts";
import {
  blankRecords,
  gaussianFilterCpu,
  type Iterated,
  iterateSmoother,
  type LinearGaussianProblem,
  type Linearisation,
  type Linearised,
  type Moments,
  type NonlinearProblem,
} from "../inference/index.ts";
import {
  type NonlinearSSM,
  nonlinearLayout,
  prepareNonlinear,
  type SeriesInput,
  type SeriesLayout,
  say,
} from "../models/index.ts";
import { type BackendRun, chooseBackend, type RunKind, runBackend, wanted } from "./backend.ts";
import { checkNonlinear } from "./check_nonlinear.ts";
import { checkMemory, withinMemory } from "./memory.ts";
import { checkNonlinearOptions, linearisationOf } from "./nonlinear_options.ts";
import { type NonlinearSource, NonlinearStateResult } from "./nonlinear_result.ts";
import type {
  NonlinearFilterOptions,
  NonlinearFilterResult,
  NonlinearSmootherOptions,
  NonlinearSmootherResult,
} from "./nonlinear_types.ts";
import { seriesLogLikelihood } from "./state_result.ts";
import { throwOnFailure } from "./status.ts";

type Options = NonlinearFilterOptions & NonlinearSmootherOptions;

/** p(z_t | y_0:t), nearly. */
export const filterNonlinear = async (
  model: NonlinearSSM,
  observations: SeriesInput,
  options: NonlinearFilterOptions,
): Promise<NonlinearFilterResult> =>
  new NonlinearStateResult(await infer("filter", "filter", model, observations, options));

/** p(z_t | y_0:T−1), nearly. */
export const smoothNonlinear = async (
  model: NonlinearSSM,
  observations: SeriesInput,
  options: NonlinearSmootherOptions,
): Promise<NonlinearSmootherResult> =>
  new NonlinearStateResult(await infer("smooth", "smooth", model, observations, options));

/** log p(y), of the model made affine by the filter. */
export async function nonlinearLogLikelihood(
  model: NonlinearSSM,
  observations: SeriesInput,
  options: NonlinearFilterOptions,
): Promise<number> {
  const source = await infer("logLikelihood", "likelihood", model, observations, options);
  let sum = 0;
  for (let s = 0; s < source.lengths.length; s++) sum += seriesLogLikelihood(source, s);
  return sum;
}

/** A problem made affine, and where it runs. */
export interface LinearisedCall {
  readonly linearised: Linearised | Iterated;
  readonly backend: "webgpu" | "cpu";
  /** What was done, in words. */
  readonly plan: string;
  readonly layout: SeriesLayout;
}

/**
 * The way of every call on a nonlinear model and data, up to the affine problem; options are checked by the caller.
 * @throws every error of bad input before any work; NumericalError naming the step unless throwOnFailure is false
 */
export async function linearisedCall(
  call: string,
  kind: RunKind,
  model: NonlinearSSM,
  observations: SeriesInput,
  options: Options,
  numSamples?: number,
): Promise<LinearisedCall> {
  checkNonlinear(call, model);
  const rule = linearisationOf(call, model.stateDim, options);
  const layout = nonlinearLayout(call, model, observations);
  const { numSeries, numSteps } = layout;
  const backend = await chooseBackend({ ...model, steps: numSeries * numSteps }, options);
  const request = { ...model, numSeries, numSteps, kind, ...wanted(kind, options), numSamples };
  checkMemory(call, request, backend, options.memoryLimit);
  return withinMemory(call, async () => {
    const problem = prepareNonlinear(model, observations, {
      inputs: options.inputs,
      mask: options.mask,
      call,
    });
    throwIfAborted(call, options.signal);
    const linearised = await linearise(call, kind, problem, rule, backend, options);
    const s = linearised.failed.findIndex((step, i) => step < problem.lengths[i]);
    if (s >= 0 && options.throwOnFailure !== false)
      throw failure(call, problem, linearised, s, layout.batch ? ` of series ${s}` : "");
    return { linearised, backend, plan: planOf(options, linearised), layout };
  });
}

/** Checks, makes affine and runs; what calls make their results of. */
export async function infer(
  call: string,
  kind: RunKind,
  model: NonlinearSSM,
  observations: SeriesInput,
  options: Options,
): Promise<NonlinearSource> {
  checkNonlinearOptions(call, options, { smooths: kind === "smooth" });
  const start = performance.now();
  const { linearised, backend, plan, layout } = await linearisedCall(
    call,
    kind,
    model,
    observations,
    options,
  );
  return withinMemory(call, async () => {
    const { problem } = linearised;
    const ran = await runBackend(problem, backend, call, kind, { ...options, form: "squareRoot" });
    const run = await withExactLikelihood(model, ran, problem, call, options);
    const { records, statuses } = settle(run, linearised);
    if (options.throwOnFailure !== false)
      throwOnFailure(call, statuses, layout.batch, undefined, run.refusals);
    const { numSteps: T, observedCounts } = problem;
    return {
      call,
      stateDim: problem.stateDim,
      numSteps: T,
      lengths: problem.lengths,
      batch: layout.batch,
      dtype: options.dtype ?? "float64",
      records,
      observedCount: (s: number, t: number) => observedCounts[s * T + t],
      statuses,
      iterated: iteratedOf(linearised, layout.numSeries),
      run: { ...run.run, plan: `${plan}; then ${run.run.plan}`, seconds: (performance.now() - start) / 1000 },
    };
  });
}

/**
 * Rows that stand for a log density with a slope and hardly any curvature are far from what is predicted: their likelihood is a difference of
 * large numbers, which float32 cannot take.
 */
async function withExactLikelihood(
  { emissions }: NonlinearSSM,
  run: BackendRun,
  problem: LinearGaussianProblem,
  call: string,
  { signal }: Options,
): Promise<BackendRun> {
  if (emissions.form.kind !== "density" || run.run.backend === "cpu") return run;
  const exact = await runBackend(problem, "cpu", call, "likelihood", { signal, form: "squareRoot" });
  const logLikelihoods = Float64Array.from(run.records.logLikelihoods, (value, at) =>
    Number.isFinite(value) ? exact.records.logLikelihoods[at] : value,
  );
  const plan = `${run.run.plan}; log-likelihoods in float64 on the host`;
  return { ...run, records: { ...run.records, logLikelihoods }, run: { ...run.run, plan } };
}

/** The affine problem that the call is about. */
async function linearise(
  call: string,
  kind: RunKind,
  problem: NonlinearProblem,
  rule: Linearisation,
  backend: "webgpu" | "cpu",
  options: Options,
): Promise<Linearised | Iterated> {
  const { signal, onProgress, iterations = 0, updates, tolerance = 1e-6, damping = "lineSearch" } = options;
  if (kind !== "smooth" || iterations === 0)
    return gaussianFilterCpu(problem, { call, rule, updates, signal, onProgress });
  // Around a trajectory numbers are small: one pass in float32 is enough.
  const inner = { ...options, outputs: [], form: "squareRoot", refine: "never" } as const;
  const smooth = async (affine: LinearGaussianProblem): Promise<Moments> =>
    (await runBackend(affine, backend, call, "smooth", inner)).records.smoothed as Moments;
  return iterateSmoother(problem, { call, rule, iterations, tolerance, damping, smooth, signal, onProgress });
}

type Advice = readonly [expected: string, fix: string];
const NON_FINITE: Advice = [
  "functions with finite values around every step",
  "Check their domain there and the size of the data, or use another linearization.",
];
const FAILURES: Readonly<Partial<Record<Status, Advice>>> = {
  notPositiveDefinite: [
    "positive definite covariances of innovations and noise at every step",
    'Make R positive definite, or use a rule with positive weights, as linearization "cubature".',
  ],
  diverged: ["iterations that stay finite", 'Use damping "lineSearch", or another linearization.'],
};
/** The same of emissions that say their covariance at every state. */
const OUTSIDE: Advice = [
  "emissions with values that their family allows, and positive definite covariances, around every step",
  'Map states into the domain (exp, sigmoid), make covariances positive definite, or use linearization "taylor".',
];

/** What to say of series s. */
function failure(
  call: string,
  { emissionNoise }: NonlinearProblem,
  { failed, statuses }: Linearised,
  s: number,
  where: string,
): NumericalError {
  const status = statuses[s];
  const conditional = emissionNoise.kind === "conditional" && status === "notPositiveDefinite";
  const [expected, fix] = conditional ? OUTSIDE : (FAILURES[status] ?? NON_FINITE);
  const got = status === "diverged" ? `moves that are not${where}` : `none at step ${failed[s]}${where}`;
  const more = "Set throwOnFailure: false to see what comes before.";
  return new NumericalError(say(call, "model", expected, got, `${fix} ${more}`), status);
}

/** A step that could not be made affine is the failure to tell, whatever the affine problem made of it: no field has a number from there on. */
function settle(
  { records: given, statuses }: BackendRun,
  { failed, problem, corrections, statuses: why }: Linearised,
): Pick<BackendRun, "records" | "statuses"> {
  const { lengths } = problem;
  const records = corrections.some(value => value !== 0) ? corrected(given, corrections) : given;
  if (failed.every((step, s) => step === lengths[s])) return { records, statuses };
  const smoothed = failed.map((step, s) => (step < lengths[s] ? 0 : step));
  return {
    records: blankRecords(problem, records, { filtered: failed, predicted: failed, smoothed }),
    statuses: statuses.map((status, s): Status => (failed[s] < lengths[s] ? why[s] : status)),
  };
}

/** With what emissions by a density add to the likelihoods of the rows that stand for them. */
const corrected = (records: BackendRun["records"], corrections: Float64Array): BackendRun["records"] => ({
  ...records,
  logLikelihoods: Float64Array.from(records.logLikelihoods, (value, at) => value + corrections[at]),
});

const isIterated = (linearised: Linearised | Iterated): linearised is Iterated => "iterations" in linearised;

const iteratedOf = (linearised: Linearised | Iterated, N: number): NonlinearSource["iterated"] =>
  isIterated(linearised)
    ? linearised
    : {
        iterations: new Uint32Array(N),
        converged: Array.from({ length: N }, () => true),
        objectives: Array.from({ length: N }, () => []),
      };

function planOf({ linearization = "unscented" }: Options, linearised: Linearised | Iterated): string {
  const how = isIterated(linearised)
    ? `around smoothed trajectories, ${Math.max(...linearised.iterations)} iterations`
    : "step after step";
  return `made affine by ${linearization} in float64 on the host, ${how}`;
}
