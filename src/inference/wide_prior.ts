/** A prior much wider than the data make it: float32 would leave the first posterior as a difference of large numbers. */
import { FactorRecursion } from "./factor_recursion.ts";
import type { LinearGaussianProblem } from "./linear_gaussian_problem.ts";

/** Variance of an innovation against that of its noise above which a step is run in float64. */
const WIDE = 1e4;
/** Steps that are looked at: a ratio that is still large near their end belongs to the model, not to its prior. */
const LOOK = 64;
const STILL = 48;
/** Series that are looked at when they differ. */
const MOST_SERIES = 64;

/** Steps at the beginning that are better run on the host in float64; mostly 0. */
export function wideSteps(problem: LinearGaussianProblem): number {
  const { numSeries, initialFactor, emissionIndex } = problem;
  const alike = initialFactor.seriesStride === 0 && emissionIndex.seriesStride === 0;
  let most = 0;
  for (let s = 0; s < (alike ? 1 : Math.min(numSeries, MOST_SERIES)); s++)
    most = Math.max(most, wideStepsOf(problem, s));
  // A run that asked for a GPU is not to end without one.
  return most < problem.numSteps ? most : 0;
}

function wideStepsOf(problem: LinearGaussianProblem, s: number): number {
  const { emissionDim: m, emissionFactor: Lr, emissionIndex: index, observedCounts } = problem;
  const recursion = new FactorRecursion(problem);
  recursion.start(s);
  let wide = 0;
  for (let t = 0; t < Math.min(LOOK, problem.lengths[s]!); t++) {
    if (t > 0) recursion.predict(s, t);
    const record = index.data[s * index.seriesStride + t * index.stepStride]!;
    if (observedCounts[record] === 0) continue;
    if (recursion.update(record) !== "ok") return 0;
    const { gains, stride } = recursion;
    for (let i = 0; i < m; i++) {
      let [total, noise] = [0, 0];
      for (let j = 0; j <= i; j++) {
        total += gains[i * stride + j]! ** 2;
        noise += Lr[(record * m + i) * m + j]! ** 2;
      }
      if (total > WIDE * noise) wide = t + 1;
    }
  }
  return wide > STILL ? 0 : wide;
}
