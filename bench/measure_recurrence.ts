/** One cell of a recurrence: evaluate it and compare, warm up, then time the call. */

import { type EvaluateOptions, type Evaluation, evaluate } from "../src/api/index.ts";
import type { Engine } from "../src/engine/index.ts";
import { prepareRecurrence } from "../src/models/index.ts";
import { type RecurrenceCheck, type RecurrenceMethod, STATES_LIMIT } from "./cell.ts";
import { runsForClock } from "./clock.ts";
import { CALL, clock, MEMORY_LIMIT } from "./phases.ts";
import type { RecurrenceBenchProblem } from "./recurrence_problems.ts";
import type { Outcome } from "./size_run.ts";
import { collect, type Sample, summarisePhases, warmUp } from "./statistics.ts";

/** Updates after which a method that has not converged is given up. */
export const MOST_UPDATES = 200;

export interface RecurrenceCellOptions {
  readonly method: RecurrenceMethod;
  readonly repeat: number;
  /** ms */
  readonly budget: number;
}

const callOnce = (
  { model, inputs, guess }: RecurrenceBenchProblem,
  method: RecurrenceMethod,
  engine?: Engine,
  watch: Pick<EvaluateOptions, "signal" | "onProgress"> = {},
): Promise<Evaluation> => {
  const place: EvaluateOptions =
    method === "cpu"
      ? { backend: "cpu", method: "sequential" }
      : { backend: "webgpu", method, ...(engine ? { engine } : {}) };
  return evaluate(model, undefined, inputs, {
    ...place,
    ...watch,
    guess,
    maxIterations: MOST_UPDATES,
    lyapunov: false,
    memoryLimit: MEMORY_LIMIT,
  });
};

/** States [N, T, D] in float64, one step after the other: the reference. */
export const trajectoryOf = async (bench: RecurrenceBenchProblem): Promise<Float64Array> =>
  (await callOnce(bench, "cpu")).states.data as Float64Array;

export async function measureRecurrence(
  engine: Engine | undefined,
  bench: RecurrenceBenchProblem,
  reference: Float64Array,
  { method, repeat, budget }: RecurrenceCellOptions,
): Promise<Outcome> {
  const once = () => callOnce(bench, method, engine);
  const start = performance.now();
  const iterative = method === "newton" || method === "quasi";
  const result = iterative ? await firstRun(bench, method, engine, FIRST_RUN * budget) : await once();
  if (typeof result === "number") {
    const note = `not converged in ${result} updates, for which ${FIRST_RUN} times the budget was spent`;
    return { outcome: "skipped", note };
  }
  const first = performance.now() - start;
  const facts = {
    first,
    ...(iterative ? { updates: Math.max(...result.iterations) } : {}),
    ...(method === "cpu" ? {} : { plan: result.run.plan }),
  };
  if (result.converged.includes(false))
    return { outcome: "check failed", note: `not converged in ${MOST_UPDATES} updates`, ...facts };
  const check = checkStates(result.states.data as Float64Array, reference);
  if (method !== "cpu" && !check.passed)
    return { outcome: "check failed", check, note: "another trajectory than in float64", ...facts };

  await warmUp(once, { budget, spent: method === "cpu" ? 0 : first });
  const runs = method === "cpu" ? await runsForClock(once) : 1;
  const sample = async (): Promise<Sample> => ({
    prepare: await clock(async () => prepareRecurrence(CALL, bench.model, undefined, bench.inputs), runs),
    total: await clock(once, runs),
  });
  const { samples, msEach } = await collect(sample, { repeat, budget });
  return {
    outcome: "timed",
    check: method === "cpu" ? "reference" : check,
    phases: summarisePhases(samples),
    msEach: msEach / runs,
    ...(runs > 1 ? { runsPerSample: runs } : {}),
    ...facts,
  };
}

/** Budgets that the first run of an iterative method may take, compilation included. */
const FIRST_RUN = 3;

/** @returns the updates that were made where the time did not suffice */
async function firstRun(
  bench: RecurrenceBenchProblem,
  method: RecurrenceMethod,
  engine: Engine | undefined,
  ms: number,
): Promise<Evaluation | number> {
  const signal = AbortSignal.timeout(ms);
  let updates = 0;
  const onProgress: EvaluateOptions["onProgress"] = ({ phase, done }) => {
    if (phase === "iterate") updates = done;
  };
  try {
    return await callOnce(bench, method, engine, { signal, onProgress });
  } catch (error) {
    if (!signal.aborted) throw error;
    return updates;
  }
}

/** Largest |Δ state| beside the largest |state|. */
export function checkStates(states: ArrayLike<number>, reference: Float64Array): RecurrenceCheck {
  let [worst, largest] = [0, 0];
  for (let i = 0; i < reference.length; i++) {
    const change = Math.abs(states[i] - reference[i]);
    if (!(change <= worst)) worst = Number.isNaN(change) ? Number.POSITIVE_INFINITY : change;
    largest = Math.max(largest, Math.abs(reference[i]));
  }
  const found = largest > 0 ? worst / largest : worst;
  return { states: found, passed: found <= STATES_LIMIT };
}
