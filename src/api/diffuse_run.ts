/** A problem with a diffuse start: its head on the host, the rest on any backend, and one set of records of both. */

import type { Status } from "../engine/index.ts";
import {
  type DiffuseHead,
  diffuseStart,
  type Floats,
  type JoinLayout,
  joinMoments,
  joinRows,
  type LinearGaussianProblem,
  type SmoothedStep,
  smoothDiffuseHead,
  unpackMoments,
} from "../inference/index.ts";
import type { BackendRun, DiffuseInfo } from "./backend.ts";
import { ON_HOST } from "./on_host.ts";
import type { InferenceOptions } from "./types.ts";

/** Groups of records to keep. */
interface Wanted {
  readonly moments: boolean;
  readonly predicted: boolean;
  readonly smooth: boolean;
  readonly crossCovariances: boolean;
}

/**
 * @param runRest runs a problem with a proper prior
 * @param leastSteps steps to run here at least, also without diffuse states
 * @throws AbortedError, and what runRest throws
 */
export async function runDiffuse(
  problem: LinearGaussianProblem,
  wanted: Wanted,
  options: InferenceOptions,
  runRest: (problem: LinearGaussianProblem) => Promise<BackendRun>,
  leastSteps = 0,
): Promise<BackendRun> {
  const { stateDim: n, numSeries } = problem;
  const head = await diffuseStart(problem, wanted.smooth, options, leastSteps);
  const rest = head.rest && (await runRest(head.rest.problem));
  const layout = layoutOf(problem, head);
  const statuses = head.series.map(({ status }, s): Status => {
    const inRest = layout.restOf[s];
    return status !== "ok" || inRest < 0 ? status : rest!.statuses[inRest];
  });
  const moments = (group: "filtered" | "predicted") =>
    joinMoments(layout, n, (s, t) => head.series[s].steps[t][group], rest?.records[group]);
  return {
    records: {
      logLikelihoods: joinLikelihoods(problem, head, layout, rest?.records.logLikelihoods),
      ...(wanted.moments && { filtered: moments("filtered") }),
      ...(wanted.predicted && { predicted: moments("predicted") }),
      ...(wanted.smooth && smoothed(problem, head, layout, statuses, wanted, rest)),
    },
    statuses,
    refusals: rest?.refusals?.map(refusal => ({
      ...refusal,
      series: head.rest!.series[refusal.series],
      step: refusal.step + head.numSteps,
    })),
    run: {
      ...(rest?.run ?? ON_HOST),
      plan: `${problem.diffuse.length > 0 ? "exact diffuse start" : "wide prior"}: ${head.numSteps} of ${problem.numSteps} steps on the host in float64${rest ? `; then ${rest.run.plan}` : ""}`,
    },
    ...(problem.diffuse.length > 0 && { diffuse: diffuseInfo(head, numSeries) }),
  };
}

function diffuseInfo({ series }: DiffuseHead, numSeries: number): DiffuseInfo {
  return {
    steps: Uint32Array.from({ length: numSeries }, (_, s) => series[s].diffuseSteps),
    entries: (s, t) => series[s].steps[t]?.diffuseEntries ?? 0,
    infinite: (group, s, t) => series[s].steps[t]?.[group].infinite,
    unidentified: series.map(({ unidentified }) => unidentified),
  };
}

function layoutOf({ numSeries }: LinearGaussianProblem, head: DiffuseHead): JoinLayout {
  const restOf = new Int32Array(numSeries).fill(-1);
  head.rest?.series.forEach((s, i) => {
    restOf[s] = i;
  });
  return {
    numSeries,
    headSteps: s => head.series[s].steps.length,
    restStart: head.numSteps,
    restOf,
    restSeries: head.rest?.problem.numSeries ?? 0,
    restSteps: head.rest?.problem.numSteps ?? 0,
  };
}

function joinLikelihoods(
  { numSeries, numSteps, lengths }: LinearGaussianProblem,
  head: DiffuseHead,
  { restOf, restSteps }: JoinLayout,
  rest: Floats | undefined,
): Float64Array {
  const out = new Float64Array(numSeries * numSteps);
  for (let s = 0; s < numSeries; s++) {
    const { steps } = head.series[s];
    for (let t = 0; t < steps.length; t++) out[s * numSteps + t] = steps[t].logLikelihood;
    if (rest === undefined || restOf[s] < 0) continue;
    const from = restOf[s] * restSteps;
    const part = rest.subarray(from, from + lengths[s] - steps.length);
    out.set(part, s * numSteps + steps.length);
  }
  return out;
}

/** Smoothed records; NaN for a series that failed in the head or in the rest. */
function smoothed(
  problem: LinearGaussianProblem,
  head: DiffuseHead,
  layout: JoinLayout,
  statuses: readonly Status[],
  wanted: Wanted,
  rest: BackendRun | undefined,
): Pick<BackendRun["records"], "smoothed" | "crossCovariances"> {
  const { stateDim: n, lengths } = problem;
  const heads = statuses.map((status, s): readonly SmoothedStep[] => {
    if (status !== "ok") return [];
    const i = layout.restOf[s];
    const next = i < 0 ? undefined : unpackMoments(rest!.records.smoothed!, n, i, 0);
    return smoothDiffuseHead(problem, head, s, next);
  });
  const blank = (s: number): boolean => statuses[s] !== "ok";
  const all = { ...layout, blank };
  const crossed = {
    ...all,
    headSteps: (s: number) => Math.min(layout.headSteps(s), lengths[s] - 1),
    restSteps: layout.restSteps - 1,
  };
  return {
    smoothed: joinMoments(all, n, (s, t) => heads[s][t], rest?.records.smoothed),
    ...(wanted.crossCovariances && {
      crossCovariances: joinRows(
        crossed,
        n * n,
        (s, t) => heads[s][t].cross!,
        rest?.records.crossCovariances,
      ),
    }),
  };
}
