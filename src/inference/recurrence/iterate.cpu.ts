/**
 * s_t = f(s_{t−1}, u_t, t) by iteration over whole trajectories, in float64. An update is
 *
 *   s'_t = f(s_{t−1}) + A_t (s'_{t−1} − s_{t−1}),
 *
 * a linear recursion, with A_t by method (slopes.cpu.ts, trust_region.cpu.ts). After k updates the first k states are exact, whatever A
 * is; where a state is not finite or A δ is beyond all measure, it becomes that of the first trajectory, while δ goes on.
 * @see Lim et al. 2023, arXiv:2309.12252 (DEER); Gonzalez et al. 2024, arXiv:2407.19115 (quasi-DEER, ELK)
 */
import type { Status } from "../../engine/index.ts";
import { Prefixes } from "./prefixes.ts";
import type { IterationOptions, IterationRecords, RecurrenceProblem } from "./recurrence_problem.ts";
import { cutAtFailure } from "./sequential.cpu.ts";
import { slideCpu } from "./slide.cpu.ts";
import { type Update, updateOf } from "./update.cpu.ts";

/** How the iterations of one series ended. */
export interface SeriesRecords {
  /** [length, D] */
  readonly states: Float64Array;
  readonly merits: readonly number[];
  /** −1: they did not reach the tolerance. */
  readonly reached: number;
  readonly resets: number;
}

/** @throws AbortedError */
export async function iterateCpu(
  problem: RecurrenceProblem,
  options: IterationOptions,
): Promise<IterationRecords> {
  const { stateDim: D, numSeries: N, numSteps: T, lengths } = problem;
  const prefixes = new Prefixes(problem, options);
  const states = options.guess.slice();
  const records = {
    states,
    iterations: new Uint32Array(N),
    statuses: new Array<Status>(N).fill("ok"),
    failed: Uint32Array.from(lengths),
    merits: new Array<Float64Array>(N),
    resets: new Uint32Array(N),
    ...prefixes.records,
  } satisfies IterationRecords;
  const update = updateOf(problem, options);
  for (let s = 0; s < N; s++) {
    const guess = states.slice(s * T * D, (s * T + lengths[s]) * D);
    const done =
      options.window === undefined
        ? await iterateSeries(s, lengths[s], guess, update, prefixes, options)
        : await slideCpu(problem, s, guess, update, options.window, options);
    states.set(done.states, s * T * D);
    records.merits[s] = Float64Array.from(done.merits);
    records.resets[s] = done.resets;
    records.iterations[s] = done.reached >= 0 ? done.reached : options.maxIterations;
    if (done.reached < 0) settle(problem, s, records, done.merits.at(-1) as number);
  }
  return records;
}

async function iterateSeries(
  s: number,
  length: number,
  guess: Float64Array<ArrayBuffer>,
  update: Update,
  prefixes: Prefixes,
  { tolerance, maxIterations, polish, onIterate }: IterationOptions,
): Promise<SeriesRecords> {
  let current = guess;
  let next = new Float64Array(guess.length);
  const merits: number[] = [];
  let left = polish;
  let reached = -1;
  let resets = 0;
  for (let k = 0; ; k++) {
    const range = { series: s, from: 0, to: length };
    const { merit, reset } = await update(range, current, next, prefixes.marks(s, k));
    merits.push(merit);
    onIterate?.(s, k, current, merit);
    if (reached < 0 && merit <= tolerance && prefixes.reached(s)) reached = k;
    if (reached >= 0 ? left-- <= 0 : k >= maxIterations) break;
    if (reset) resets++;
    [current, next] = [next, current];
  }
  return { states: current, merits, reached, resets };
}

/** What to say of a series that did not reach the tolerance. */
function settle(
  problem: RecurrenceProblem,
  s: number,
  records: { states: Float64Array; statuses: Status[]; failed: Uint32Array },
  merit: number,
): void {
  records.statuses[s] = Number.isFinite(merit) ? "maxIterations" : "diverged";
  const step = cutAtFailure(problem, s, records.states);
  if (step === problem.lengths[s]) return;
  records.statuses[s] = "nonFinite";
  records.failed[s] = step;
}
