/** Jobs on recurrences: evaluate and lyapunov as plain data, and their execution in Node or in the page. */
import {
  type EvaluateOptions,
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
    const result = await lyapunov(model, initialState, inputs, { ...options, ...header.lyapunov });
    for (const name of fields) {
      const array = result[name as "exponents" | "exponentsPerTime"];
      if (array) await emit(name, array);
    }
    return {
      status: "ok",
      statuses: lengths.map(() => "ok"),
      lengths,
      numSeries,
      run: result.run,
      overshoot: Array.from(result.overshoot),
    };
  }
  const result = await evaluate(model, initialState, inputs, {
    ...options,
    ...header.evaluate,
    ...(arrays.guess && { guess: arrays.guess }),
    throwOnFailure: false,
  });
  if (fields.includes("states")) await emit("states", result.states);
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
  };
}
