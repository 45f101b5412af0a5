/** evaluate(), behind its public face. */
import { type ArrayInput, ParameterError, type Status, throwIfAborted } from "../engine/index.ts";
import {
  type IterationOptions,
  type IterationRecords,
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
import { refuseOption } from "./options.ts";
import { type RecurrencePlace, recurrencePlace } from "./recurrence_place.ts";
import { forgetFailed, refuseWithoutValue } from "./without_value.ts";

/** Steps beyond which no more updates are made, unless more are asked for. */
const MOST_UPDATES = 1000;
/** Largest state that the kernels take. */
export const LARGEST_STATE = 128;

export async function evaluateRecurrence(
  model: Recurrence,
  initialState: ArrayInput | undefined,
  inputs: SeriesInput | number,
  options: EvaluateOptions,
  call = "evaluate",
): Promise<EvaluationResult> {
  checkRecurrence(call, model);
  const settings = evaluateSettings(call, options, model.stateDim);
  const { problem, batch } = prepareRecurrence(call, model, initialState, inputs);
  const { numSeries: N, numSteps: T, stateDim: D } = problem;
  const backend = await choosePlace(D <= LARGEST_STATE, N * T, options);
  const longest = settings.prefixes?.at(-1) ?? 0;
  if (longest > T) refuseOption(call, "prefixes", `lengths of at most the ${T} steps there are`, longest);
  checkRecurrenceMemory(call, { stateDim: D, numSeries: N, numSteps: T }, backend, options.memoryLimit);
  return withinMemory(call, async () => {
    const start = performance.now();
    throwIfAborted(call, options.signal);
    const place = await recurrencePlace(call, backend, options);
    const own = iterationOptions(call, settings, problem, options);
    const chosen = await chooseMethod(settings.method, model, problem, place, {
      ...own,
      guess: first => firstGuess(call, problem, first, options),
    });
    const iterates: Float64Array[] = [];
    const done =
      chosen.method === "sequential"
        ? await sequential(call, problem, place, options)
        : await iterate(
            problem,
            place,
            { ...own, method: chosen.method, blocks: chosen.blocks ?? own.blocks },
            options,
            iterates,
          );
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
    if (along) forgetFailed(along, records.failed, problem.lengths);
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
      merits: Array.from(failed, (step, s) => Float64Array.of(step < lengths[s] ? Number.NaN : 0)),
      statuses: Array.from(failed, (step, s): Status => (step < lengths[s] ? "nonFinite" : "ok")),
    },
  };
}

/** Options of the iterations but what depends on the choice of a method. */
function iterationOptions(
  call: string,
  settings: Settings,
  { numSteps: T, stateDim: D }: RecurrenceProblem,
  { maxIterations, window = T, diagonal, seed = 0 }: EvaluateOptions,
): Omit<IterationOptions, "method" | "guess"> {
  const seen = Math.min(T, window);
  const most = Math.min(seen, MOST_UPDATES);
  return {
    ...settings,
    call,
    maxIterations: maxIterations ?? (seen < T ? Math.ceil(T / seen) * (most + settings.polish) : most),
    ...(seen < T ? { window: seen } : {}),
    ...(diagonal === "hutchinson" ? { probe: signs(seed, D) } : {}),
  };
}

async function iterate(
  problem: RecurrenceProblem,
  place: RecurrencePlace,
  own: Omit<IterationOptions, "guess">,
  { guess = "normal", seed = 0, trace }: EvaluateOptions,
  iterates: Float64Array[],
): Promise<Done> {
  const { call, window } = own;
  if (trace && problem.numSeries > 1) {
    const fix = "Trace the series one by one.";
    throw new ParameterError(say(call, "options.trace", "one series", `${problem.numSeries}`, fix));
  }
  const { records, words } = await place.iterate(problem, {
    ...own,
    guess: firstTrajectory(call, problem, guess as Guess, seed),
    ...(trace
      ? { onIterate: (_: number, __: number, states: Float64Array) => iterates.push(states.slice()) }
      : {}),
  });
  return { records, words: window ? `a window of ${window} steps that slides: ${words}` : words };
}

/** The first trajectory of the first steps of the first series. */
function firstGuess(
  call: string,
  problem: RecurrenceProblem,
  first: RecurrenceProblem,
  { guess = "normal", seed = 0 }: EvaluateOptions,
): Float64Array {
  if (typeof guess === "string") return firstTrajectory(call, first, guess, seed);
  const whole = firstTrajectory(call, problem, guess as Guess, seed);
  return whole.slice(0, first.numSteps * problem.stateDim);
}

/** z of ±1. */
function signs(seed: number, D: number): Float64Array {
  const uniforms = new StepUniforms(seed, 1);
  return Float64Array.from({ length: D }, (_, i) => (uniforms.at(0, 0, i) < 0.5 ? -1 : 1));
}
