/**
 * hmm_filter in float64 on the host: p(z_t | y_0:t) for every series and step, one series after the other.
 * The equations are those of hmm_forward.cpu.ts.
 */

import { cooperation, type LoopOptions, stepsPerLook } from "./cooperate.ts";
import { ForwardRecursion } from "./hmm_forward.cpu.ts";
import type { HmmProblem } from "./hmm_problem.ts";
import type { HmmFilterRecords } from "./hmm_records.ts";
import { denseRows } from "./linear_gaussian_problem.ts";

export interface HmmFilterCpuOptions extends LoopOptions {
  /** Default true; false: only likelihoods. */
  readonly filtered?: boolean;
  /** Default false. */
  readonly predicted?: boolean;
  /** Keep the rows that need logarithms, for a backward pass. Default false. */
  readonly logarithms?: boolean;
  /** Name of the call in AbortedError; default "filter". */
  readonly call?: string;
}

/** log p(z_t | y_0:t) of the steps where the probabilities themselves would lose a state. */
export interface LogRows {
  /** [N, T, K] */
  readonly data: Float64Array;
  /** [N, T] 1 where a row is there */
  readonly there: Uint8Array;
}

export interface HmmFilterCpuRecords extends HmmFilterRecords {
  readonly logLikelihoods: Float64Array;
  /** Absent when not asked for and where no row needs it. */
  readonly logFiltered?: LogRows;
}

/**
 * p(z_t | y_0:t) for every series and step.
 * @returns filtered and, if asked for, predicted probabilities, logLikelihoods [N, T] in nats
 * @throws AbortedError
 */
export async function hmmFilterCpu(
  problem: HmmProblem,
  options: HmmFilterCpuOptions = {},
): Promise<HmmFilterCpuRecords> {
  const { numStates: K, numSeries, numSteps, lengths } = problem;
  const rows = (wanted: boolean | undefined) =>
    wanted ? new Float64Array(numSeries * numSteps * K).fill(Number.NaN) : undefined;
  const filtered = rows(options.filtered ?? true);
  const predicted = rows(options.predicted);
  const logLikelihoods = new Float64Array(numSeries * numSteps).fill(Number.NaN);
  const ends = lengths.slice();
  let logFiltered: LogRows | undefined;
  const forward = new ForwardRecursion(problem);
  const look = cooperation(options.call ?? "filter", "filter", sum(lengths), options);
  const stride = stepsPerLook(K);
  let before = 0;
  for (let s = 0; s < numSeries; s++) {
    forward.start(s);
    for (let t = 0; t < ends[s]; t++) {
      const row = s * numSteps + t;
      if (t > 0) forward.predict(t);
      if (predicted) copy(forward.predicted, predicted, row * K);
      const value = forward.update(t);
      logLikelihoods[row] = value;
      if (value === Number.NEGATIVE_INFINITY) ends[s] = t;
      else {
        if (filtered) copy(forward.filtered, filtered, row * K);
        if (options.logarithms && forward.inLogs) {
          logFiltered ??= {
            data: new Float64Array(numSeries * numSteps * K),
            there: new Uint8Array(numSeries * numSteps),
          };
          copy(forward.logFiltered, logFiltered.data, row * K);
          logFiltered.there[row] = 1;
        }
      }
      if (t % stride === stride - 1) {
        const wait = look(before + t);
        if (wait) await wait;
      }
    }
    before += lengths[s];
    const wait = look(before);
    if (wait) await wait;
  }
  return {
    ...(filtered && { filteredProbs: denseRows(filtered, K, numSteps) }),
    ...(predicted && { predictedProbs: denseRows(predicted, K, numSteps) }),
    logLikelihoods,
    ...(logFiltered && { logFiltered }),
    ends,
  };
}

/** Faster than set() for a few entries. */
function copy(from: Float64Array, to: Float64Array, at: number): void {
  for (let i = 0; i < from.length; i++) to[at + i] = from[i];
}

/** Steps of all series together. */
export function sum(lengths: Uint32Array): number {
  let total = 0;
  for (const length of lengths) total += length;
  return total;
}
