/** Whether a problem may be run in covariance form, as far as that is known before any work. */
import { ParameterError } from "../engine/index.ts";
import {
  type CovarianceProblem,
  covarianceProblem,
  LARGEST_AMPLIFICATION,
  LARGEST_RATIO,
  type Refusal,
  refusalText,
} from "./covariance_form.ts";
import { CovarianceRecursion } from "./covariance_recursion.ts";
import { CovarianceSmootherGain } from "./covariance_smoother_recursion.ts";
import { type GainSchedule, gainSchedule } from "./gain_schedule.ts";
import type { LinearGaussianProblem } from "./linear_gaussian_problem.ts";
import type { Smoother } from "./smoother_choice.ts";

/** Floating-point operations that looking for the settled covariances may take. */
const MOST_FLOPS = 2e8;

/**
 * The whitened problem of a call with form "covariance".
 * @param smooth the smoother asked for if one will be run: it has a bound of its own
 * @throws ParameterError where "twoFilter" is asked for, where R is not positive definite, where the first step breaks the bound on the ratio, or where a
 *   step of a problem with constant or repeating parameters breaks one. Steps of other problems are tested as they are run
 */
export function checkCovarianceForm(
  call: string,
  problem: LinearGaussianProblem,
  smooth: { readonly smoother: Smoother } | false,
): CovarianceProblem {
  if (smooth && smooth.smoother === "twoFilter") {
    throw new ParameterError(
      `${call}: options.smoother expected "auto" or "rts" with form "covariance", got "twoFilter". Use form: "squareRoot" or smoother "rts".`,
    );
  }
  checkNoise(call, problem);
  const whitened = covarianceProblem(problem);
  checkFirstSteps(call, whitened);
  const schedule = gainSchedule(whitened, MOST_FLOPS);
  if (schedule) {
    checkUpdates(call, whitened, schedule);
    if (smooth) checkSmoothing(call, whitened, schedule);
  }
  return whitened;
}

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
    if (recursion.update(record) === "illConditioned")
      refuseStep(call, problem, { series: s, step: 0, of: "update", value: recursion.ratio });
  }
}

/** Ls of the whitened problem tells: Ls_ii² − 1 is the ratio of entry i. */
function checkUpdates(call: string, problem: CovarianceProblem, { rows, roots }: GainSchedule): void {
  const m = problem.emissionDim;
  const series = problem.lengths.indexOf(problem.numSteps);
  for (let row = 0; row < rows; row++) {
    let value = 0;
    for (let i = 0; i < m; i++) value = Math.max(value, roots[(row * m + i) * m + i] ** 2 - 1);
    if (value > LARGEST_RATIO) refuseStep(call, problem, { series, step: row, of: "update", value });
  }
}

/** The smoother's gains of all distinct steps but the last. */
function checkSmoothing(call: string, problem: CovarianceProblem, { rows, filtered }: GainSchedule): void {
  const n = problem.stateDim;
  const series = problem.lengths.indexOf(problem.numSteps);
  const gain = new CovarianceSmootherGain(problem);
  const packed = new Float64Array((n * (n + 1)) / 2);
  for (let row = 0; row < Math.min(rows, problem.numSteps - 1); row++) {
    squareFactor(filtered, row * packed.length, n, packed);
    gain.make(series, row + 1, packed, 0);
    if (gain.amplified > LARGEST_AMPLIFICATION)
      refuseStep(call, problem, { series, step: row, of: "smoothing", value: gain.amplified });
  }
}

/** U Uᵀ of a packed factor, packed. */
function squareFactor(factors: Float64Array, at: number, n: number, out: Float64Array): void {
  for (let i = 0, to = 0; i < n; i++) {
    const left = at + (i * (i + 1)) / 2;
    for (let j = 0; j <= i; j++, to++) {
      const right = at + (j * (j + 1)) / 2;
      out[to] = 0;
      for (let k = 0; k <= j; k++) out[to] += factors[left + k] * factors[right + k];
    }
  }
}

function refuseStep(call: string, problem: LinearGaussianProblem, refusal: Refusal): never {
  refuse(call, problem, refusalText(refusal), refusal.series);
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
