/** Finds out whether the covariances of a problem are one sequence for all series, and after how many steps it repeats. */
import type { Field, LinearGaussianProblem } from "./linear_gaussian_problem.ts";

/** Longest pattern that is looked for: years of weeks, days of hours. */
const LONGEST_PERIOD = 64;

/**
 * The number of steps after which H, R, what is missing, F and Q repeat: 1 when they are constant, the length of a season
 * or of a sampling pattern otherwise. undefined when they do not, or differ between series.
 */
export function stepPeriod(problem: LinearGaussianProblem): number | undefined {
  const { numSteps: T, dynamicsWeights: F, dynamicsFactor: Q, initialFactor } = problem;
  const n = problem.stateDim;
  if (F.seriesStride !== 0 || Q.seriesStride !== 0 || initialFactor.seriesStride !== 0) return undefined;
  if (!sameForAllSeries(problem)) return undefined;
  const longest = problem.lengths.indexOf(T);
  const { data, stepStride, seriesStride } = problem.emissionIndex;
  const emission = (t: number): number => data[longest * seriesStride + t * stepStride]!;
  const dynamics = kinds([F, Q], n * n, T);
  if (!dynamics) return undefined;
  // Step 0 has no transition, so patterns are looked for from step 1 on.
  for (let p = 1; p <= Math.min(LONGEST_PERIOD, T); p++) {
    let t = 1 + p;
    while (t < T && emission(t) === emission(t - p) && dynamics(t) === dynamics(t - p)) t++;
    if (t >= T) return p;
    // A pattern shorter than what was just seen to differ cannot be ruled out; one with too few repeats is none.
  }
  return undefined;
}

function sameForAllSeries({ emissionIndex, lengths, numSeries }: LinearGaussianProblem): boolean {
  const { data, stepStride, seriesStride } = emissionIndex;
  if (seriesStride === 0) return true;
  const longest = lengths.indexOf(Math.max(...lengths));
  for (let s = 0; s < numSeries; s++) {
    const steps = stepStride === 0 ? 1 : lengths[s]!;
    for (let t = 0; t < steps; t++)
      if (data[s * seriesStride + t * stepStride] !== data[longest * seriesStride + t * stepStride])
        return false;
  }
  return true;
}

/** A number for each distinct transition, by its entries; undefined when there are too many to be a pattern. */
function kinds(fields: readonly Field[], size: number, T: number): ((t: number) => number) | undefined {
  if (fields.every(field => field.stepStride === 0)) return () => 0;
  const found = new Map<string, number>();
  const kind = new Uint8Array(T);
  for (let t = 1; t < T; t++) {
    const key = fields
      .map(({ data, stepStride }) => data.subarray(t * stepStride, t * stepStride + size).join())
      .join(";");
    let index = found.get(key);
    if (index === undefined) {
      if (found.size === LONGEST_PERIOD) return undefined;
      index = found.size;
      found.set(key, index);
    }
    kind[t] = index;
  }
  return t => kind[t]!;
}
