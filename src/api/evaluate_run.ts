/** evaluate(), behind its public face. */
import { type ArrayInput, ParameterError, type Status, throwIfAborted } from "../engine/index.ts";
import {
  type IterationOptions,
  type IterationRecords,
  type IterativeMethod,
  type RecurrenceProblem,
  StepUniforms,
} from "../inference/index.ts";
import {
  firstTrajectory,
  type Guess,
  prepareRecurrence,
  type Recurrence,
  type SeriesInput,
  say,
  valueText,
} from "../models/index.ts";
import { choosePlace } from "./backend.ts";
import { chooseMethod } from "./choose_evaluation.ts";
import type { EvaluateOptions } from "./evaluate.ts";
import { evaluateSettings, type Settings } from "./evaluate_options.ts";
import { EvaluationResult } from "./evaluation_result.ts";
import { checkRecurrenceMemory, withinMemory } from "./memory.ts";
import { type RecurrencePlace, recurrencePlace } from "./recurrence_place.ts";
import { refuseWithoutValue } from "./without_value.ts";

/** Steps beyond which no more updates are made, unless more are asked for. */
const MOST_UPDATES = 1000;
/** Largest state that the kernels take. */
export const LARGEST_STATE = 128;

export async function evaluateRecurrence(
  model: Recurrence,
  initialState: ArrayInput | undefined,
  inputs: SeriesInput | number,
  options: EvaluateOptions,
): Promise<EvaluationResult> {
  const call = "evaluate";
  checkRecurrence(call, model);
  const settings = evaluateSettings(call, options, model.stateDim);
  const { problem, batch } = prepareRecurrence(call, model, initialState, inputs);
  const { numSeries: N, numSteps: T, stateDim: D } = problem;
  const backend = await choosePlace(D <= LARGEST_STATE, N * T, options);
  checkRecurrenceMemory(call, { stateDim: D, numSeries: N, numSteps: T }, backend, options.memoryLimit);
  return withinMemory(call, async () => {
    const start = performance.now();
    throwIfAborted(call, options.signal);
    const place = await recurrencePlace(call, backend, options);
    const chosen = chooseMethod(settings.method, model, problem, place);
    const iterates: Float64Array[] = [];
    const done =
      chosen.method === "sequential"
        ? await sequential(call, problem, place, options)
        : await iterate(call, problem, place, { ...settings, method: chosen.method }, options, iterates);
    const { records } = done;
    if (options.throwOnFailure !== false)
      refuseWithoutValue(
        call,
        records.failed,
        problem.lengths,
        batch,
        " Set throwOnFailure: false to see what comes before.",
      );
    const along =
      options.lyapunov === false
        ? undefined
        : await place.lyapunov(problem, records.states, { call, spectrum: false, ...loopOf(options) });
    return new EvaluationResult({
      call,
      batch,
      dtype: options.dtype ?? "float64",
      stateDim: D,
      numSteps: T,
      lengths: problem.lengths,
      statuses: records.statuses,
      records,
      along,
      prefixes: settings.prefixes,
      iterates,
      run: {
        ...place.run,
        method: chosen.method === "sequential" ? "sequential" : place.run.method,
        plan: `${chosen.words}; ${done.words}`,
        seconds: (performance.now() - start) / 1000,
        passes: Math.max(1, ...records.iterations),
      },
    });
  });
}

/** @throws ParameterError for what is no recurrence */
export function checkRecurrence(call: string, model: unknown): asserts model is Recurrence {
  if ((model as Recurrence)?.type === "recurrence" && (model as Recurrence).function) return;
  const fix = "Make one with recurrence(), or take one of the library of systems.";
  throw new ParameterError(say(call, "model", "a recurrence", valueText(model), fix));
}

export const loopOf = ({ signal, onProgress }: Pick<EvaluateOptions, "signal" | "onProgress">) => ({
  signal,
  onProgress,
});

interface Done {
  readonly records: IterationRecords;
  readonly words: string;
}

async function sequential(
  call: string,
  problem: RecurrenceProblem,
  place: RecurrencePlace,
  options: EvaluateOptions,
): Promise<Done> {
  const { states, failed } = await place.sequential(problem, { call, ...loopOf(options) });
  const { numSeries: N, lengths } = problem;
  return {
    words: `${Math.max(...lengths)} steps one after the other`,
    records: {
      states,
      failed,
      iterations: new Uint32Array(N),
      resets: new Uint32Array(N),
      merits: Array.from({ length: N }, () => Float64Array.of(0)),
      statuses: Array.from(failed, (step, s): Status => (step < lengths[s] ? "nonFinite" : "ok")),
    },
  };
}

async function iterate(
  call: string,
  problem: RecurrenceProblem,
  place: RecurrencePlace,
  settings: Settings & { readonly method: IterativeMethod },
  options: EvaluateOptions,
  iterates: Float64Array[],
): Promise<Done> {
  const { guess = "normal", seed = 0, window, trace, diagonal } = options;
  const { numSteps: T, numSeries: N, stateDim: D } = problem;
  if (trace && N > 1) {
    const fix = "Trace the series one by one.";
    throw new ParameterError(say(call, "options.trace", "one series", `${N}`, fix));
  }
  const own: IterationOptions = {
    ...settings,
    call,
    guess: firstTrajectory(call, problem, guess as Guess, seed),
    maxIterations: options.maxIterations ?? Math.min(T, MOST_UPDATES),
    ...(diagonal === "hutchinson" ? { probe: signs(seed, D) } : {}),
    ...(trace
      ? { onIterate: (_: number, __: number, states: Float64Array) => iterates.push(states.slice()) }
      : {}),
  };
  if (window === undefined || window >= T) return place.iterate(problem, own);
  return inWindows(problem, own, window, place);
}

/** z of ±1. */
function signs(seed: number, D: number): Float64Array {
  const uniforms = new StepUniforms(seed, 1);
  return Float64Array.from({ length: D }, (_, i) => (uniforms.at(0, 0, i) < 0.5 ? -1 : 1));
}

/** Window after window, each from where the one before ended. */
async function inWindows(
  problem: RecurrenceProblem,
  options: IterationOptions,
  W: number,
  place: RecurrencePlace,
): Promise<Done> {
  const { numSeries: N, numSteps: T, stateDim: D, lengths, inputs } = problem;
  const states = new Float64Array(N * T * D);
  const records = {
    states,
    iterations: new Uint32Array(N),
    resets: new Uint32Array(N),
    failed: Uint32Array.from(lengths),
    statuses: new Array<Status>(N).fill("ok"),
    merits: Array.from({ length: N }, () => [] as number[]),
  };
  const initial = problem.initial.slice();
  let words = "";
  for (let from = 0; from < T; from += W) {
    const steps = Math.min(W, T - from);
    const here = Array.from(lengths.keys()).filter(s => lengths[s] > from && records.statuses[s] === "ok");
    if (here.length === 0) break;
    const guess = new Float64Array(here.length * steps * D);
    const inner = new Float64Array(here.length * steps * inputs.dim);
    here.forEach((s, k) => {
      guess.set(options.guess.subarray((s * T + from) * D, (s * T + from + steps) * D), k * steps * D);
      const at = s * inputs.seriesStride + from * inputs.dim;
      inner.set(inputs.data.subarray(at, at + steps * inputs.dim), k * steps * inputs.dim);
    });
    const done = await place.iterate(
      {
        ...problem,
        numSeries: here.length,
        numSteps: steps,
        lengths: Uint32Array.from(here, s => Math.min(steps, lengths[s] - from)),
        initial: Float64Array.from(here.flatMap(s => [...initial.subarray(s * D, (s + 1) * D)])),
        inputs: { data: inner, dim: inputs.dim, seriesStride: steps * inputs.dim },
        step: shifted(problem.step, from),
        firstStep: from,
      },
      { ...options, guess },
    );
    words = done.words;
    here.forEach((s, k) => {
      const count = Math.min(steps, lengths[s] - from);
      states.set(done.records.states.subarray(k * steps * D, (k * steps + count) * D), (s * T + from) * D);
      initial.set(done.records.states.subarray((k * steps + count - 1) * D, (k * steps + count) * D), s * D);
      records.iterations[s] += done.records.iterations[k];
      records.resets[s] += done.records.resets[k];
      records.merits[s].push(...done.records.merits[k]);
      records.statuses[s] = done.records.statuses[k];
      if (done.records.failed[k] < count) records.failed[s] = from + done.records.failed[k];
    });
  }
  return {
    records: { ...records, merits: records.merits.map(merits => Float64Array.from(merits)) },
    words: `windows of ${W} steps, each: ${words}`,
  };
}

const shifted = (step: RecurrenceProblem["step"], from: number): RecurrenceProblem["step"] => ({
  ...step,
  value: (out, x, u, t) => step.value(out, x, u, t + from),
  jacobian: (out, x, u, t) => step.jacobian(out, x, u, t + from),
});
