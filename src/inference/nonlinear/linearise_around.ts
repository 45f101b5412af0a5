/** A nonlinear problem made affine around a trajectory: every step by itself, so that what runs on it may be parallel in time. */
import type { Status } from "../../engine/index.ts";
import { cooperation, type LoopOptions, stepsPerLook } from "../cooperate.ts";
import { factorOf } from "../covariance_moments.ts";
import type { Moments } from "../linear_gaussian_problem.ts";
import type { Linearisation } from "./affine_map.ts";
import { AffineProblem, observedRows } from "./affine_problem.ts";
import { AffineSteps } from "./affine_steps.ts";
import type { Linearised } from "./gaussian_filter.cpu.ts";
import type { NonlinearProblem } from "./nonlinear_problem.ts";
import { properFactor } from "./proper_factor.ts";

export interface AroundOptions extends LoopOptions {
  readonly call: string;
  readonly rule: Linearisation;
}

/**
 * Transitions around the moments of z_{t−1}, emissions around those of z_t.
 * @param means [N, T, n], the trajectory
 * @param spread of each step, for rules with points and log densities: moments whose factors are read
 * @throws AbortedError
 */
export async function lineariseAround(
  given: NonlinearProblem,
  means: Float64Array,
  spread: Moments,
  options: AroundOptions,
): Promise<Linearised> {
  const { numSeries: N, numSteps: T, lengths, stateDim: n } = given;
  const affine = new AffineProblem(given);
  const steps = new AffineSteps(given, options.rule);
  const failed = Uint32Array.from(lengths);
  const statuses = new Array<Status>(N).fill("ok");
  const fail = (s: number, t: number, why: Status): void => {
    if (failed[s] < lengths[s]) return;
    failed[s] = t;
    statuses[s] = why;
  };
  const factor = new Float64Array(n * n);
  const spreads = options.rule !== "taylor" || given.emissionNoise.kind === "density";
  const [look, breathe] = [stepsPerLook(n), cooperation(options.call, "linearise", N * T, options)];
  for (let s = 0; s < N; s++) {
    for (let t = 0; t < lengths[s]; t++) {
      const at = (s * T + t) * n;
      const mean = means.subarray(at, at + n);
      if (t > 0) {
        // `factor` is still that of t − 1.
        const before = means.subarray(at - n, at);
        const transition = steps.transition(s, t, before, factor);
        if (typeof transition === "string") fail(s, t, transition);
        else affine.setTransition(s, t, transition, before);
      }
      if (spreads) unpackFactor(spread, n, s, t, factor);
      const rows = observedRows(given, s, t);
      const emission = rows.length > 0 ? steps.emission(s, t, mean, factor, rows) : undefined;
      if (typeof emission === "string") fail(s, t, emission);
      else affine.setEmission(s, t, emission, mean, rows);
      if (failed[s] < lengths[s]) break;
      if (t % look === look - 1) await breathe(s * T + t);
    }
  }
  await breathe(N * T);
  return { problem: affine.problem, corrections: affine.corrections, failed, statuses };
}

/** U [n, n] of a step, fit for points. */
export function unpackFactor(moments: Moments, n: number, s: number, t: number, out: Float64Array): void {
  const { data, at } = factorOf(moments, n, s, t);
  for (let i = 0; i < n; i++)
    for (let j = 0; j < n; j++) out[i * n + j] = j <= i ? data[at + (i * (i + 1)) / 2 + j] : 0;
  properFactor(out, n);
}
