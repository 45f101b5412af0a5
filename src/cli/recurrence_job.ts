/** Jobs on recurrences: evaluate and lyapunov as plain data, and their execution in Node or in the page. */
import {
  type EvaluateOptions,
  type Evaluation,
  evaluate,
  type LyapunovOptions,
  loadModelDocument,
  lyapunov,
  type Recurrence,
} from "../api/index.ts";
import type { FrameArray } from "./frames.ts";
import type { Emit, JobOptions, JobSummary } from "./job.ts";

export type RecurrenceCall = "evaluate" | "lyapunov";

/** Everything about such a job but its arrays. */
export interface RecurrenceHeader {
  readonly call: RecurrenceCall;
  readonly kind: "recurrence";
  /** The model document, as parsed JSON. */
  readonly model: object;
  readonly fields: readonly string[];
  readonly numSeries: number;
  /** The caller gave a batch: fields get a leading series axis even for one series. */
  readonly batched: boolean;
  /** T where there are no inputs. */
  readonly steps?: number;
  readonly initialState?: readonly number[];
  /** Options of evaluate(); a guess of numbers is the array `guess`. */
  readonly evaluate?: Omit<EvaluateOptions, "backend" | "engine" | "signal" | "onProgress">;
  readonly lyapunov?: Pick<LyapunovOptions, "spectrum" | "discard">;
}

export interface RecurrenceJob {
  readonly header: RecurrenceHeader;
  /** `inputs/i` [T_i, d] where the model takes inputs; `guess` [T, D] or [N, T, D] where one was given. */
  readonly arrays: Readonly<Record<string, FrameArray>>;
}

/**
 * Run a job.
 * @param emit called once per wanted field, in order
 * @throws every error of the library
 */
export async function runRecurrenceJob(
  { header, arrays }: RecurrenceJob,
  options: JobOptions,
  emit: Emit,
): Promise<JobSummary> {
  const { call, numSeries, batched, steps, fields } = header;
  const model = await loadModelDocument<Recurrence>(header.model);
  const series = Array.from({ length: numSeries }, (_, i) => arrays[`inputs/${i}`]);
  const inputs = steps ?? (batched ? series : series[0]);
  const lengths = steps === undefined ? series.map(({ shape }) => shape[0]) : [steps];
  const initialState = header.initialState && [...header.initialState];
  if (call === "lyapunov") {
    const result = await lyapunov(model, initialState, inputs, {
      ...options,
      ...header.lyapunov,
      throwOnFailure: false,
    });
    for (const name of fields) {
      const array = result[name as "exponents" | "exponentsPerTime"];
      if (array) await emit(name, array);
    }
    const { statuses } = result;
    return {
      status: statuses.find(status => status !== "ok") ?? "ok",
      statuses: [...statuses],
      lengths,
      numSeries,
      run: result.run,
      overshoot: Array.from(result.overshoot),
      failedSteps: Array.from(result.failedSteps),
    };
  }
  const result = await evaluate(model, initialState, inputs, {
    ...options,
    ...header.evaluate,
    ...(arrays.guess && { guess: arrays.guess }),
    trace: fields.includes("iterates"),
    throwOnFailure: false,
  });
  if (fields.includes("states")) await emit("states", result.states);
  if (fields.includes("iterates")) await emit("iterates", iteratesOf(result, batched));
  return {
    status: result.status,
    statuses: [...result.statuses],
    lengths,
    numSeries,
    run: result.run,
    iterations: Array.from(result.iterations),
    converged: [...result.converged],
    merit: Array.from(result.merit),
    merits: result.merits.map(merits => Array.from(merits)),
    lyapunov: Array.from(result.lyapunov),
    overshoot: Array.from(result.overshoot),
    stateError: Array.from(result.stateError),
    predictedIterations: Array.from(result.predictedIterations),
    resets: Array.from(result.resets),
    failedSteps: Array.from(result.failedSteps),
    ...(header.evaluate?.prefixes && { prefixIterations: prefixesOf(result, numSeries) }),
  };
}

/** Trajectories before and after every update [K + 1, T, D]; of a batch of one with a series axis. */
function iteratesOf({ iterates }: Evaluation, batched: boolean): FrameArray {
  const [T, D] = iterates[0].shape;
  const data = new Float64Array(iterates.length * T * D);
  iterates.forEach((states, k) => {
    data.set(states.data, k * T * D);
  });
  return { data, shape: [...(batched ? [1] : []), iterates.length, T, D] };
}

/** Updates of every prefix, by series; −1 where it did not converge. */
function prefixesOf({ prefixIterations }: Evaluation, numSeries: number): number[][] {
  const updates = Array.from(prefixIterations.data, count => (count === NOT_CONVERGED ? -1 : count));
  const each = updates.length / numSeries;
  return Array.from({ length: numSeries }, (_, s) => updates.slice(s * each, (s + 1) * each));
}

const NOT_CONVERGED = 0xffffffff;
