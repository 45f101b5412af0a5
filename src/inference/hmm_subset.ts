/** Some series of a problem as a problem of its own. */
import type { HmmProblem } from "./hmm_problem.ts";
import type { Field } from "./linear_gaussian_problem.ts";

/**
 * @param series which, in the order they get
 * @param lengths [N] of the given problem: steps to keep of each of its series
 */
export function subsetOf(problem: HmmProblem, series: readonly number[], lengths: Uint32Array): HmmProblem {
  const { emissions, numStates: K, numSteps } = problem;
  const { gpu } = emissions;
  const kept = Uint32Array.from(series, s => lengths[s]!);
  return {
    ...problem,
    numSeries: series.length,
    numSteps: Math.max(...kept),
    lengths: kept,
    initialProbs: subsetField(problem.initialProbs, series, K),
    transitionMatrix: subsetField(
      problem.transitionMatrix,
      series,
      (numSteps - 1) * problem.transitionMatrix.stepStride + K * K,
    ),
    emissions: {
      ...emissions,
      logLikelihoods: (s, t, out, at) => emissions.logLikelihoods(series[s]!, t, out, at),
      gpu: {
        ...gpu,
        packRecords: (s, start, end, out, at) => gpu.packRecords(series[s]!, start, end, out, at),
        baseline: (s, t) => gpu.baseline(series[s]!, t),
      },
    },
  };
}

/** @param span entries of one series */
function subsetField(field: Field, series: readonly number[], span: number): Field {
  if (field.seriesStride === 0) return field;
  const data = new Float64Array(series.length * span);
  series.forEach((s, k) => {
    const from = s * field.seriesStride;
    data.set(field.data.subarray(from, Math.min(from + span, field.data.length)), k * span);
  });
  return { ...field, data, seriesStride: span };
}
