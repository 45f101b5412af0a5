/**
 * The passes over a problem until every series has an answer that holds: series that lost something in the scaled form run again
 * in the extended one, and series that end early are smoothed as if they had that length.
 */
import type { HmmForm } from "../scan/index.ts";
import { type HmmGpuOptions, type HmmPass, hmmPass } from "./hmm_pass.ts";
import type { HmmProblem } from "./hmm_problem.ts";
import { subsetOf } from "./hmm_subset.ts";

export interface HmmRun extends Omit<HmmPass, "lost" | "plan" | "words"> {
  readonly plan: string;
  readonly parallel: boolean;
  /** [N] the form that each series' numbers come from. */
  readonly forms: readonly HmmForm[];
}

/** @throws ShaderError, LimitError, DeviceError, AbortedError */
export const runHmm = async (problem: HmmProblem, options: HmmGpuOptions, smooth: boolean): Promise<HmmRun> =>
  settleHmm(problem, options, smooth, await hmmPass(problem, options, smooth));

/** Further passes after a first one over all series. @throws as runHmm() */
export async function settleHmm(
  problem: HmmProblem,
  options: HmmGpuOptions,
  smooth: boolean,
  pass: HmmPass,
): Promise<HmmRun> {
  const { numStates: K, numSeries: N, numSteps: T, lengths } = problem;
  const forms: HmmForm[] = Array.from({ length: N }, () => pass.plan.form);
  let plan = pass.words;
  if (pass.lost.length > 0) {
    const { lost } = pass;
    const again = await hmmPass(subsetOf(problem, lost, lengths), options, smooth, {
      form: "extended",
      lostBits: 0,
    });
    plan += `; ${lost.length} of ${N} series again with ${again.words}`;
    for (const key of ["filtered", "predicted", "smoothed"] as const)
      merge(pass[key], again[key], lost, T, K);
    merge(pass.logLikelihoods, again.logLikelihoods, lost, T, 1);
    mergeTransitions(pass.transitions, again.transitions, lost, options, T, K);
    lost.forEach((s, i) => {
      pass.ends[s] = again.ends[i]!;
      forms[s] = "extended";
    });
  }
  const early = Array.from({ length: N }, (_, s) => s).filter(s => pass.ends[s]! < lengths[s]!);
  if (smooth && early.length > 0) {
    const rows = options.request.transitions === "steps" ? T - 1 : 1;
    for (const s of early) {
      pass.smoothed!.fill(Number.NaN, s * T * K, (s + 1) * T * K);
      pass.transitions?.fill(rows === 1 ? 0 : Number.NaN, s * rows * K * K, (s + 1) * rows * K * K);
    }
    const started = early.filter(s => pass.ends[s]! > 0);
    if (started.length > 0) {
      const again = await runHmm(subsetOf(problem, started, pass.ends), options, true);
      plan += `; ${started.length} of ${N} series up to the step that no state allows with ${again.plan}`;
      merge(pass.smoothed, again.smoothed, started, T, K);
      mergeTransitions(pass.transitions, again.transitions, started, options, T, K);
    }
  }
  const { lost: _lost, words: _words, ...arrays } = pass;
  return { ...arrays, plan, parallel: pass.plan.parallel, forms };
}

type Numbers = Float32Array | Float64Array;

/** Rows [n, T′, size] of some series into [N, T, size]; what they do not have is NaN. */
function merge(
  into: Numbers | undefined,
  from: Numbers | undefined,
  series: readonly number[],
  T: number,
  size: number,
): void {
  if (!into || !from) return;
  const row = from.length / series.length;
  series.forEach((s, i) => {
    into.fill(Number.NaN, s * T * size, (s + 1) * T * size);
    into.set(from.subarray(i * row, (i + 1) * row), s * T * size);
  });
}

function mergeTransitions(
  into: Float64Array | undefined,
  from: Float64Array | undefined,
  series: readonly number[],
  { request }: HmmGpuOptions,
  T: number,
  K: number,
): void {
  merge(into, from, series, request.transitions === "steps" ? T - 1 : 1, K * K);
}
