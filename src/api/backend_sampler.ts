/** Where states are sampled. */

import type { Status } from "../engine/index.ts";
import {
  backwardSamplerCpu,
  type DiffuseHead,
  diffuseStart,
  forwardSamplerCpu,
  type LinearGaussianProblem,
  type Moments,
  type StepNoise,
  sampleDiffuseHead,
  stepNormals,
  vanishes,
} from "../inference/index.ts";
import { type BackendRun, runBackend } from "./backend.ts";
import { ON_HOST } from "./diffuse_run.ts";
import { linearGaussianGpu } from "./parts.ts";
import type { InferenceOptions } from "./types.ts";

const CALL = "samplePosterior";

type SamplerOptions = InferenceOptions & { readonly numSamples: number; readonly seed: number };

/** What a sampler hands back, wherever it ran. */
export interface SamplerRun {
  /** [N, S, T, n], NaN past the end of a series and in all of one that failed */
  readonly states: Float64Array | Float32Array;
  /** [N] */
  readonly statuses: readonly Status[];
  /** Why series are illConditioned. */
  readonly refusals?: BackendRun["refusals"];
  readonly run: BackendRun["run"];
  /** States at fault where the status is "unidentified". */
  readonly unidentified?: readonly (readonly number[])[];
}

/** Draws of all states; the head of a diffuse start on the host. */
export async function sampleStates(
  problem: LinearGaussianProblem,
  backend: "webgpu" | "cpu",
  options: SamplerOptions,
): Promise<SamplerRun> {
  if (problem.diffuse.length === 0) return sampleProper(problem, backend, options);
  const head = await diffuseStart(problem, true, options);
  const rest = head.rest && (await sampleProper(head.rest.problem, backend, options));
  return joinDiffuse(problem, head, rest, options);
}

/** Draws of the head after those of the rest, in one array. */
function joinDiffuse(
  problem: LinearGaussianProblem,
  head: DiffuseHead,
  rest: SamplerRun | undefined,
  { numSamples: S, seed }: SamplerOptions,
): SamplerRun {
  const { numSeries, numSteps: T, lengths, stateDim: n } = problem;
  const D = head.numSteps;
  const restSteps = head.rest?.problem.numSteps ?? 0;
  const states = new Float64Array(numSeries * S * T * n).fill(Number.NaN);
  const statuses = head.series.map(({ status, steps }, s): Status => {
    const i = lengths[s] > steps.length ? (head.rest?.series.indexOf(s) ?? -1) : -1;
    const settled = status === "ok" && rest && i >= 0 ? rest.statuses[i] : status;
    if (settled !== "ok") return settled;
    const next = i < 0 ? undefined : new Float64Array(S * n);
    for (let draw = 0; rest && next && draw < S; draw++) {
      const from = (i * S + draw) * restSteps * n;
      const drawn = rest.states.subarray(from, from + (lengths[s] - D) * n);
      states.set(drawn, ((s * S + draw) * T + D) * n);
      next.set(drawn.subarray(0, n), draw * n);
    }
    // The rest, whose steps count from its own start, uses numbers below T − D.
    const drawn = sampleDiffuseHead(problem, head, s, next, S, (draw, number, out) =>
      stepNormals(seed, s, draw, T - number, n, out),
    );
    const size = steps.length * n;
    for (let draw = 0; draw < S; draw++)
      states.set(drawn.subarray(draw * size, (draw + 1) * size), (s * S + draw) * T * n);
    return "ok";
  });
  const run = rest?.run ?? ON_HOST;
  const plan = `exact diffuse start: ${D} of ${T} steps on the host in float64${rest ? `; then ${rest.run.plan}` : ""}`;
  const unidentified = head.series.map(series => series.unidentified);
  const refusals = rest?.refusals?.map(refusal => ({
    ...refusal,
    series: head.rest!.series[refusal.series],
    step: refusal.step + D,
  }));
  return { states, statuses, refusals, run: { ...run, plan }, unidentified };
}

/** The smoother, and draws around its means. */
async function sampleProper(
  problem: LinearGaussianProblem,
  backend: "webgpu" | "cpu",
  options: SamplerOptions,
): Promise<SamplerRun> {
  const { numSamples, seed, signal, onProgress } = options;
  const wanted = { ...options, outputs: [] };
  const { records, statuses, refusals, run } = await runBackend(problem, backend, CALL, "smooth", wanted);
  const [filtered, smoothed] = [records.filtered as Moments, records.smoothed as Moments];
  const n = problem.stateDim;
  const noise: StepNoise = (series, draw, step, out) => stepNormals(seed, series, draw, step, n, out);
  const drawing = { numSamples, noise, signal, onProgress };
  if (vanishes(problem)) {
    const samples = await forwardSamplerCpu(problem, smoothed, statuses, drawing);
    const plan = `${run.plan}; ${numSamples} forward draws of every series in float64 on the host`;
    return { ...samples, run: { ...run, plan } };
  }
  if (backend === "webgpu") {
    const { drawGpu } = await linearGaussianGpu(CALL);
    const { states, plan } = await drawGpu(problem, filtered, smoothed, CALL, options);
    return { states, statuses, refusals, run: { ...run, plan: `${run.plan}; ${plan}` } };
  }
  const samples = await backwardSamplerCpu(problem, filtered, smoothed, statuses, drawing);
  const plan = `${run.plan}; ${numSamples} backward draws of every series in float64 on the host`;
  return { ...samples, refusals, run: { ...run, plan } };
}
