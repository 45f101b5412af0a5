/**
 * Which smoother a problem gets. Rauch, Tung & Striebel's divides by factors Φ of predicted covariances: with unit roundoff ε
 * its gain is known to ε / ρ, where ρ is the least pivot of Φ relative to its row, whatever the units of the states. The
 * two-filter smoother divides by no such factor, but it costs twice the work, and needs a likelihood for every observed step.
 */
import { ParameterError } from "../engine/index.ts";
import { FactorRecursion } from "./factor_recursion.ts";
import type { LinearGaussianProblem } from "./linear_gaussian_problem.ts";

/** As asked for. */
export type Smoother = "auto" | "rts" | "twoFilter";

export interface SmootherChoice {
  readonly smoother: "rts" | "twoFilter";
  /** For run.plan. */
  readonly words: string;
}

/**
 * auto takes the two-filter smoother in float32 where a predicted factor has a relative pivot below this: 2⁻²⁴ / ρ is then
 * near the 1e-4 that is promised of covariances. Measured errors: 2e-6 at 1e-2, 4e-4 at 1e-4, 5e-1 at 1e-5.
 */
const NEARLY_SINGULAR = 1e-3;
/**
 * In float64 auto takes it where a relative pivot falls below this on its way to zero: states that are known ever better, as those
 * of a moving average observed without noise. The gains of Rauch, Tung & Striebel then undo what the filter did step by step, and
 * what is below rounding at one step is all of the variance some steps earlier.
 */
const VANISHING = 1e-6;
/** A pivot below this is a zero that was rounded: there the gain is zero, and nothing is lost. */
const ZERO = 1e-12;
/** Least relative pivot of the factor of H Q Hᵀ + R with which auto takes the two-filter smoother. */
const REGULAR = 1e-4;

/**
 * Steps without data in a row from which auto takes it. Measured on a constant velocity: in float32, roundings of Rauch, Tung &
 * Striebel's covariances add up to 1e-5 through 2000 steps and to 3e-4 through 20 000, where the two-filter smoother has 2e-5. In
 * float64 their means, x + P v, are off by 3e-3 standard deviations at the end of 200 000 steps, and by the cube of the length.
 */
const LONG_GAP = { float32: 4096, float64: 32_768 } as const;

/** Steps and series that are looked at, and floating-point operations it may take. */
const MOST_STEPS = 256;
const LEAST_STEPS = 4;
const MOST_SERIES = 8;
const MOST_FLOPS = 5e7;

/** @throws ParameterError when "twoFilter" is asked for and y_t given z_t−1 has a singular covariance */
export function chooseSmoother(
  call: string,
  problem: LinearGaussianProblem,
  smoother: Smoother,
  arithmetic: "float32" | "float64",
): SmootherChoice {
  if (smoother === "twoFilter") {
    if (leastLeafPivot(problem) === 0)
      throw new ParameterError(
        `${call}: options.smoother expected "auto" or "rts" for this problem, got "twoFilter", which needs H Q H' + R regular at every observed step after the first. Use "rts".`,
      );
    return { smoother, words: "two-filter smoother" };
  }
  if (smoother === "rts") return { smoother: "rts", words: "RTS smoother" };
  const pivot = leastPredictedPivot(problem);
  const gap = longestGap(problem);
  if (pivot >= NEARLY_SINGULAR && gap >= LONG_GAP[arithmetic] && leastLeafPivot(problem) >= REGULAR)
    return { smoother: "twoFilter", words: `two-filter smoother (a gap of ${gap} steps)` };
  // In float64 there are digits to lose.
  if (arithmetic === "float64" && pivot >= VANISHING) return { smoother: "rts", words: "RTS smoother" };
  const ratio = `least relative pivot of early predicted factors ${pivot.toExponential(1)}`;
  if (pivot >= NEARLY_SINGULAR) return { smoother: "rts", words: `RTS smoother (${ratio})` };
  if (leastLeafPivot(problem) >= REGULAR)
    return { smoother: "twoFilter", words: `two-filter smoother (${ratio})` };
  return { smoother: "rts", words: `RTS smoother (${ratio}, but H Q H' + R is nearly singular)` };
}

/** The most steps in a row without data between two with data. */
function longestGap({
  numSeries,
  lengths,
  emissionIndex: index,
  observedCounts,
}: LinearGaussianProblem): number {
  let longest = 0;
  for (let s = 0; s < numSeries; s++) {
    let last = -1;
    for (let t = 0; t < lengths[s]; t++) {
      if (observedCounts[index.data[s * index.seriesStride + t * index.stepStride]] === 0) continue;
      if (last >= 0) longest = Math.max(longest, t - last - 1);
      last = t;
    }
  }
  return longest;
}

/** Whether the smoother's gains undo what is below rounding: then only the two-filter smoother is right, in any arithmetic. */
export const vanishes = (problem: LinearGaussianProblem): boolean =>
  leastPredictedPivot(problem) < VANISHING && leastLeafPivot(problem) >= REGULAR;

/** ρ over the first steps, at most 1: the filter's factors in float64, without data. */
export function leastPredictedPivot(problem: LinearGaussianProblem): number {
  const { stateDim: n, emissionDim: m, lengths, emissionIndex: index, observedCounts } = problem;
  const series = seriesToLookAt(problem);
  const affordable = Math.floor(MOST_FLOPS / (12 * (n + m) ** 3 * series.length));
  const steps = Math.min(MOST_STEPS, Math.max(LEAST_STEPS, affordable));
  const recursion = new FactorRecursion(problem);
  let least = 1;
  for (const s of series) {
    recursion.start(s);
    for (let t = 0; t < Math.min(steps, lengths[s]); t++) {
      if (t > 0) {
        recursion.predict(s, t);
        least = Math.min(least, leastPivot(recursion.factor, n, n));
      }
      const record = index.data[s * index.seriesStride + t * index.stepStride];
      // The filter itself will say that this series fails.
      if (observedCounts[record] > 0 && recursion.update(record) !== "ok") break;
    }
  }
  return least;
}

/** The longest series where all share their covariances, else some from first to last. */
function seriesToLookAt(problem: LinearGaussianProblem): readonly number[] {
  const { numSeries: N, numSteps: T, lengths, dynamicsWeights, dynamicsFactor, initialFactor } = problem;
  if ([dynamicsWeights, dynamicsFactor, initialFactor].every(field => field.seriesStride === 0))
    return [lengths.indexOf(T)];
  const count = Math.min(N, MOST_SERIES);
  return Array.from({ length: count }, (_, k) => Math.floor((k * N) / count));
}

/** Least pivot of a lower-triangular factor, relative to its row; rows of zeros and rounded zeros do not count. */
function leastPivot(factor: Float64Array, n: number, stride: number): number {
  let least = 1;
  for (let i = 0; i < n; i++) {
    const row = Math.hypot(...factor.subarray(i * stride, i * stride + i + 1));
    const pivot = Math.abs(factor[i * stride + i]) / row;
    if (pivot > ZERO) least = Math.min(least, pivot);
  }
  return least;
}

/** Least relative pivot of the factor of H Q Hᵀ + R over all observed steps but the first, where R is not regular; 0 when one is singular. */
export function leastLeafPivot(problem: LinearGaussianProblem): number {
  const { stateDim: n, emissionDim: m, numSeries, lengths, emissionIndex: index, observedCounts } = problem;
  const { dynamicsFactor: Q, emissionFactor: Lr } = problem;
  /** Least relative pivot of R: where R is regular, Q need not be looked at. */
  const own = Array.from(observedCounts, (_, record) => leastRowPivot(Lr.subarray(record * m * m), m, m));
  const recursion = new FactorRecursion(problem);
  const seen = new Set<string>();
  let least = 1;
  for (let s = 0; s < numSeries; s++) {
    for (let t = 1; t < lengths[s]; t++) {
      const record = index.data[s * index.seriesStride + t * index.stepStride];
      if (observedCounts[record] === 0 || own[record] >= REGULAR) continue;
      const at = s * Q.seriesStride + t * Q.stepStride;
      const key = `${at} ${record}`;
      if (seen.has(key)) continue;
      seen.add(key);
      for (let i = 0; i < n; i++)
        for (let j = 0; j < n; j++) recursion.factor[i * n + j] = j <= i ? Q.data[at + i * n + j] : 0;
      if (recursion.update(record) !== "ok") return 0;
      least = Math.min(least, leastRowPivot(recursion.gains, m, recursion.stride));
    }
  }
  return least;
}

/** As leastPivot(), but zeros count. */
function leastRowPivot(factor: Float64Array, m: number, stride: number): number {
  let least = 1;
  for (let i = 0; i < m; i++) {
    const row = Math.hypot(...factor.subarray(i * stride, i * stride + i + 1));
    least = Math.min(least, row > 0 ? Math.abs(factor[i * stride + i]) / row : 0);
  }
  return least;
}
