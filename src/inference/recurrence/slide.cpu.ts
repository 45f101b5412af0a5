/**
 * Iterations over a window of a trajectory that slides, in float64. After every update its longest prefix whose merit per step is at most
 * the tolerance counts as reached; once `polish` more updates are made, and it still is, the window starts behind it. Its other steps keep
 * their iterate. So the merit per step of what is left behind is at most the tolerance, as without a window.
 * @see Zoltowski et al. 2025, arXiv:2508.18413 (windows that slide by the largest change of a step)
 */
import type { SeriesRecords } from "./iterate.cpu.ts";
import { meritPerStep, walkMerits, wholeMerit } from "./merits.cpu.ts";
import type { IterationOptions, RecurrenceProblem } from "./recurrence_problem.ts";
import type { Update } from "./update.cpu.ts";

/** @param current [length, D], the guess; the result is written there */
export async function slideCpu(
  problem: RecurrenceProblem,
  s: number,
  current: Float64Array,
  update: Update,
  window: number,
  { tolerance, maxIterations, polish }: IterationOptions,
): Promise<SeriesRecords> {
  const { stateDim: D, lengths } = problem;
  const length = lengths[s];
  const next = new Float64Array(current.length);
  const merits: number[] = [];
  /** Ends of prefixes by update. */
  const ends: number[] = [];
  let [start, behind, reached, resets] = [0, 0, -1, 0];
  for (let made = 0; ; made++) {
    const stop = Math.min(length, start + window);
    const sums = new Float64Array(stop - start);
    let end = start;
    const total = walkMerits(problem, { series: s, from: start, to: stop }, current, (t, sum) => {
      sums[t - start] = sum;
      if (sum <= (t - start + 1) * tolerance) end = t + 1;
    });
    ends.push(end);
    merits.push(meritPerStep(total, stop - start));
    if (reached < 0 && end === length) reached = made;
    if (reached >= 0 ? made >= reached + polish : made >= maxIterations) {
      merits.push(reached >= 0 ? (behind + total) / length : wholeMerit(problem, s, current));
      return { states: current, merits, reached, resets };
    }
    const past = made >= polish ? Math.min(end, Math.max(start, ends[made - polish])) : start;
    if (past > start) behind += sums[past - start - 1];
    start = past;
    const range = { series: s, from: start, to: Math.min(length, start + window) };
    if ((await update(range, current, next)).reset) resets++;
    current.set(next.subarray(range.from * D, range.to * D), range.from * D);
  }
}
