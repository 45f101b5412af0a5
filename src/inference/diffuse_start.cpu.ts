/**
 * A problem with a diffuse prior cut in two: its *head*, run here in float64 until the prior of every series is proper, and
 * the *rest*, an ordinary problem that any backend takes. All series are cut at the same step; those that end before it, fail,
 * or are never identified have no part in the rest.
 */

import type { Status } from "../engine/index.ts";
import { cooperation, type LoopOptions, stepsPerLook } from "./cooperate.ts";
import { DiffuseFilter, type DiffuseMoments, type DiffuseStep } from "./diffuse_filter.cpu.ts";
import { type SmoothedStep, smoothHead } from "./diffuse_smoother.cpu.ts";
import type { Field, LinearGaussianProblem } from "./linear_gaussian_problem.ts";

/** Part of a state's direction that may be missing from rounding. */
const WITHIN = 1e-8;

/** The head of one series. */
export interface DiffuseSeries {
  readonly steps: readonly DiffuseStep[];
  /** unidentified: some state has infinite variance to the end; with `smooth` also: a state before F took it to zero. */
  readonly status: Status;
  /** Steps until all moments are finite; the length of the series when they never are. */
  readonly diffuseSteps: number;
  /** States at fault when status is "unidentified": of the last step, or of the first when F took them to zero. */
  readonly unidentified: readonly number[];
  readonly identified: readonly Float64Array[];
}

export interface DiffuseHead {
  /** D, the step at which the rest starts. */
  readonly numSteps: number;
  readonly series: readonly DiffuseSeries[];
  /** Absent when no series is longer than the head. */
  readonly rest:
    | {
        readonly problem: LinearGaussianProblem;
        /** Which series of the whole problem these are. */
        readonly series: readonly number[];
      }
    | undefined;
}

/**
 * Runs the head of every series.
 * @param problem with `diffuse` states, or none when only the first steps are to be run here
 * @param smooth keep what smoothDiffuseHead() needs
 * @param leastSteps length of the head at least
 * @throws AbortedError
 */
export async function diffuseStart(
  problem: LinearGaussianProblem,
  smooth: boolean,
  options: LoopOptions = {},
  leastSteps = 0,
): Promise<DiffuseHead> {
  const { numSeries, lengths } = problem;
  const total = lengths.reduce((a, b) => a + b, 0);
  const look = cooperation("filter", "filter", total, options);
  const stride = stepsPerLook(4 * (problem.stateDim + problem.diffuse.length));
  let done = 0;
  const runs = Array.from({ length: numSeries }, (_, s) => ({
    filter: new DiffuseFilter(problem, s, smooth),
    steps: [] as DiffuseStep[],
    diffuseSteps: 0,
  }));
  const advance = async (s: number, until: (t: number) => boolean): Promise<void> => {
    const { filter, steps } = runs[s];
    while (steps.length < lengths[s] && !until(steps.length)) {
      steps.push(filter.advance());
      if (++done % stride === 0) {
        const wait = look(done);
        if (wait) await wait;
      }
    }
  };
  for (let s = 0; s < numSeries; s++) {
    await advance(s, () => runs[s].filter.proper && runs[s].filter.status === "ok");
    runs[s].diffuseSteps = runs[s].steps.length;
  }
  const isProper = ({ filter }: (typeof runs)[number]): boolean => filter.status === "ok" && filter.proper;
  const D = runs.reduce((most, run) => (isProper(run) ? Math.max(most, run.diffuseSteps) : most), leastSteps);
  const priors: { series: number; moments: DiffuseMoments }[] = [];
  for (let s = 0; s < numSeries; s++) {
    await advance(s, t => t >= D);
    if (isProper(runs[s]) && lengths[s] > D) priors.push({ series: s, moments: runs[s].filter.ahead() });
  }
  return {
    numSteps: D,
    series: runs.map(run => settle(problem, run, smooth)),
    rest:
      priors.length === 0
        ? undefined
        : { problem: restOf(problem, D, priors), series: priors.map(({ series }) => series) },
  };
}

function settle(
  { diffuse }: LinearGaussianProblem,
  { filter, steps, diffuseSteps }: { filter: DiffuseFilter; steps: DiffuseStep[]; diffuseSteps: number },
  smooth: boolean,
): DiffuseSeries {
  const { flat, identified } = filter;
  let { status } = filter;
  let unidentified: readonly number[] = [];
  if (status === "ok" && !filter.proper) {
    status = "unidentified";
    unidentified = flat.states();
  } else if (status === "ok" && smooth && flat.forgotten > 0) {
    status = "unidentified";
    const known = (i: number): number => identified.reduce((sum, direction) => sum + direction[i] ** 2, 0);
    unidentified = diffuse.filter((_, i) => known(i) < 1 - WITHIN);
  }
  return { steps, status, diffuseSteps, unidentified, identified };
}

/** The problem from step D on, for some of the series. */
function restOf(
  problem: LinearGaussianProblem,
  D: number,
  priors: readonly { readonly series: number; readonly moments: DiffuseMoments }[],
): LinearGaussianProblem {
  const { stateDim: n, emissionDim: m, numSteps: T, emissionIndex } = problem;
  const series = priors.map(prior => prior.series);
  const lengths = Uint32Array.from(series, s => problem.lengths[s] - D);
  const steps = lengths.reduce((a, b) => Math.max(a, b));
  const prior = (size: number, get: (moments: DiffuseMoments) => Float64Array): Field => {
    const first = get(priors[0].moments);
    // Factors are the same for all series that were observed alike: say so, as much may be shared then.
    if (priors.every(({ moments }) => get(moments).every((value, k) => value === first[k])))
      return { data: first, stepStride: 0, seriesStride: 0 };
    const data = new Float64Array(series.length * size);
    priors.forEach(({ moments }, i) => {
      data.set(get(moments), i * size);
    });
    return { data, stepStride: 0, seriesStride: size };
  };
  const cut = (field: Field, size: number): Field => cutField(field, size, D, steps, series);
  return {
    ...problem,
    numSeries: series.length,
    numSteps: steps,
    lengths,
    initialMean: prior(n, moments => moments.mean),
    initialFactor: prior(n * n, moments => moments.factor),
    diffuse: [],
    dynamicsWeights: cut(problem.dynamicsWeights, n * n),
    dynamicsBias: cut(problem.dynamicsBias, n),
    dynamicsFactor: cut(problem.dynamicsFactor, n * n),
    emissionIndex: cutField(emissionIndex, 1, D, steps, series),
    observations: cutField(
      { data: problem.observations, stepStride: m, seriesStride: T * m },
      m,
      D,
      steps,
      series,
    ).data,
  };
}

/** Steps D … D + steps − 1 of some series, entries of `size`; constant axes stay constant. */
function cutField<Data extends Float64Array | Uint32Array>(
  { data, stepStride, seriesStride }: { data: Data; stepStride: number; seriesStride: number },
  size: number,
  D: number,
  steps: number,
  series: readonly number[],
): { data: Data; stepStride: number; seriesStride: number } {
  const count = stepStride === 0 ? 1 : steps;
  const from = (s: number): Data =>
    data.subarray(
      s * seriesStride + D * stepStride,
      s * seriesStride + D * stepStride + count * size,
    ) as Data;
  if (seriesStride === 0 || series.length === 1)
    return { data: from(series[0]), stepStride, seriesStride: 0 };
  const out = new (data.constructor as new (length: number) => Data)(series.length * count * size);
  series.forEach((s, i) => {
    out.set(from(s), i * count * size);
  });
  return { data: out, stepStride, seriesStride: count * size };
}

/**
 * p(z_t | y) for the steps of the head of one series whose status is ok.
 * @param next smoothed moments of step D; undefined when the series ends in the head
 */
export function smoothDiffuseHead(
  problem: LinearGaussianProblem,
  head: DiffuseHead,
  series: number,
  next: Omit<SmoothedStep, "cross"> | undefined,
): SmoothedStep[] {
  const { steps, identified } = head.series[series];
  return smoothHead(problem, series, steps, identified, next);
}
