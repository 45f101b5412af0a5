/** Whether a problem may be run in covariance form, as far as that is known before any work. */
import { ParameterError } from "../engine/index.ts";
import { type CovarianceProblem, covarianceProblem, LARGEST_RATIO } from "./covariance_form.ts";
import { CovarianceRecursion } from "./covariance_recursion.ts";
import { gainSchedule } from "./gain_schedule.ts";
import type { LinearGaussianProblem } from "./linear_gaussian_problem.ts";

/** Floating-point operations that looking for the settled covariances may take. */
const MOST_FLOPS = 2e8;

/**
 * The whitened problem of a call with form "covariance".
 * @throws ParameterError where R is not positive definite, where the first step breaks the bound on the ratio, or where a
 *   step of a problem with constant or repeating parameters does. Steps of other problems are tested as they are run
 */
export function checkCovarianceForm(call: string, problem: LinearGaussianProblem): CovarianceProblem {
  checkNoise(call, problem);
  const whitened = covarianceProblem(problem);
  checkFirstSteps(call, whitened);
  checkSchedule(call, whitened);
  return whitened;
}

/** A ratio for messages. */
export const ratioText = (ratio: number): string =>
  ratio < 1e4 ? ratio.toFixed(0) : ratio.toExponential(1).replace("e+", "e");

function checkNoise(call: string, problem: LinearGaussianProblem): void {
  const { emissionDim: m, emissionFactor: Lr, observedCounts } = problem;
  for (let record = 0; record < observedCounts.length; record++) {
    for (let i = 0; i < m; i++) {
      if (Lr[(record * m + i) * m + i] > 0) continue;
      const [series, step] = firstUse(problem, record);
      refuse(call, problem, `emissions.covariance is singular at step ${step}`, series);
    }
  }
}

function checkFirstSteps(call: string, problem: CovarianceProblem): void {
  const { emissionIndex: index, observedCounts, initialCovariance, numSeries } = problem;
  const recursion = new CovarianceRecursion(problem);
  const shared = initialCovariance.seriesStride === 0 && index.seriesStride === 0;
  for (let s = 0; s < (shared ? 1 : numSeries); s++) {
    const record = index.data[s * index.seriesStride];
    if (observedCounts[record] === 0) continue;
    recursion.start(s);
    if (recursion.update(record) === "illConditioned") refuseRatio(call, problem, s, 0, recursion.ratio);
  }
}

/** Ls of the whitened problem tells: Ls_ii² − 1 is the ratio of entry i. */
function checkSchedule(call: string, problem: CovarianceProblem): void {
  const schedule = gainSchedule(problem, MOST_FLOPS);
  if (!schedule) return;
  const { emissionDim: m } = problem;
  for (let row = 0; row < schedule.rows; row++) {
    let ratio = 0;
    for (let i = 0; i < m; i++) ratio = Math.max(ratio, schedule.roots[(row * m + i) * m + i] ** 2 - 1);
    if (ratio > LARGEST_RATIO)
      refuseRatio(call, problem, problem.lengths.indexOf(problem.numSteps), row, ratio);
  }
}

function refuseRatio(
  call: string,
  problem: LinearGaussianProblem,
  series: number,
  step: number,
  ratio: number,
): never {
  const what = `at step ${step} the variance H P H' of an entry given the past is ${ratioText(ratio)} times that of its noise, more than ${LARGEST_RATIO}`;
  refuse(call, problem, what, series);
}

function refuse(call: string, { numSeries }: LinearGaussianProblem, why: string, series: number): never {
  const where = numSeries > 1 ? ` (series ${series})` : "";
  throw new ParameterError(
    `${call}: options.form expected "squareRoot" or "auto" for this problem, got "covariance": ${why}${where}. Use form: "squareRoot".`,
  );
}

/** The first series and step that use an emission record. */
function firstUse(
  { emissionIndex: { data, stepStride, seriesStride }, lengths }: LinearGaussianProblem,
  record: number,
): readonly [number, number] {
  for (let s = 0; s < lengths.length; s++)
    for (let t = 0; t < lengths[s]; t++)
      if (data[s * seriesStride + t * stepStride] === record) return [s, t];
  return [0, 0];
}
