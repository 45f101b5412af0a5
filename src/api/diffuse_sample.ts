/** Posterior draws with a diffuse start: the rest of the problem by any sampler, then the head, backwards, on the host. */

import type { Status } from "../engine/index.ts";
import {
  type DiffuseHead,
  diffuseStart,
  type LinearGaussianProblem,
  type LoopOptions,
  sampleDiffuseHead,
  stepNormals,
} from "../inference/index.ts";
import { ON_HOST } from "./diffuse_run.ts";
import type { SamplerRun } from "./sample_posterior.ts";

/**
 * @param sampleRest draws of a problem with a proper prior
 * @throws AbortedError, and what sampleRest throws
 */
export async function sampleDiffuse(
  problem: LinearGaussianProblem,
  options: LoopOptions & { readonly numSamples: number; readonly seed: number },
  sampleRest: (problem: LinearGaussianProblem) => Promise<SamplerRun>,
): Promise<SamplerRun & { unidentified: readonly (readonly number[])[] }> {
  const { stateDim: n, numSeries, numSteps, diffuse } = problem;
  const { numSamples: S, seed } = options;
  const head = await diffuseStart(problem, true, options);
  const rest = head.rest && (await sampleRest(head.rest.problem));
  const states = new Float64Array(numSeries * S * numSteps * n).fill(Number.NaN);
  const statuses: Status[] = head.series.map(({ status }) => status);
  if (rest !== undefined) copyRest(problem, head, S, rest, states, statuses);
  for (let s = 0; s < numSeries; s++) {
    if (statuses[s] !== "ok") continue;
    const at = (draw: number, step: number): number => ((s * S + draw) * numSteps + step) * n;
    const D = head.series[s].steps.length;
    let next: Float64Array | undefined;
    if (head.rest?.series.includes(s)) {
      next = new Float64Array(S * n);
      for (let draw = 0; draw < S; draw++) next.set(states.subarray(at(draw, D), at(draw, D) + n), draw * n);
    }
    // The rest has the streams of its own series; the head those after all of them.
    const noise = (draw: number, step: number, out: Float64Array): void =>
      stepNormals(seed, numSeries + s, draw, step, n + diffuse.length, out);
    sampleDiffuseHead(problem, head, s, S, next, noise, (draw, step, z) => states.set(z, at(draw, step)));
  }
  return {
    states,
    statuses,
    run: {
      ...(rest?.run ?? ON_HOST),
      plan: `exact diffuse start: ${head.numSteps} of ${numSteps} steps on the host in float64${rest ? `; then ${rest.run.plan}` : ""}`,
    },
    unidentified: head.series.map(({ unidentified }) => unidentified),
  };
}

function copyRest(
  { stateDim: n, numSteps, lengths }: LinearGaussianProblem,
  head: DiffuseHead,
  S: number,
  rest: SamplerRun,
  states: Float64Array,
  statuses: Status[],
): void {
  const D = head.numSteps;
  head.rest?.series.forEach((s, i) => {
    if (statuses[s] === "ok") statuses[s] = rest.statuses[i];
    if (statuses[s] !== "ok") return;
    const size = head.rest!.problem.numSteps * n;
    for (let draw = 0; draw < S; draw++) {
      const from = (i * S + draw) * size;
      const part = rest.states.subarray(from, from + (lengths[s] - D) * n);
      states.set(part, ((s * S + draw) * numSteps + D) * n);
    }
  });
}
