/**
 * Trajectories from p(z_0:T−1 | y) by going back through the particles of a filter: z_T−1 by the last weights, then z_t = x_i with
 * weights w_t,i p(z_t+1 | x_i).
 * @see Godsill, Doucet & West 2004, doi:10.1198/016214504000000151
 */
import { cooperation, type LoopOptions } from "../cooperate.ts";
import { StepUniforms } from "../random/step_uniforms.ts";
import { inputsAt } from "./nonlinear_problem.ts";
import { normalise, type ParticleProblem } from "./particle_filter.cpu.ts";

/** Particles of one series: states [N, n] and weights [N] of every step, before resampling. */
export interface ParticleHistory {
  readonly states: readonly Float64Array[];
  readonly weights: readonly Float64Array[];
}

export interface BackwardSimulationOptions extends LoopOptions {
  readonly call: string;
  /** M */
  readonly numTrajectories: number;
  readonly seed: number;
}

/**
 * @param series the series whose history it is
 * @returns [M, T, n] of that series; undefined where no particle can lead on (a transition without a density)
 * @throws AbortedError
 */
export async function backwardSimulationCpu(
  problem: ParticleProblem,
  series: number,
  { states, weights }: ParticleHistory,
  options: BackwardSimulationOptions,
): Promise<Float64Array | undefined> {
  const { stateDim: n, dynamics, dynamicsFactor } = problem;
  const { numTrajectories: M, seed } = options;
  const T = states.length;
  const N = weights[0].length;
  const out = new Float64Array(M * T * n);
  // Steps of the filter use even and odd numbers below 2T of draw 0.
  const uniforms = new StepUniforms(seed, M);
  const breathe = cooperation(options.call, "trajectories", T, options);
  const moved = new Float64Array(N * n);
  const left = new Float64Array(n);
  const scores = new Float64Array(N);
  for (let t = T - 1; t >= 0; t--) {
    const last = t === T - 1;
    const u = last ? undefined : inputsAt(problem, series, t + 1);
    for (let i = 0; u && i < N; i++)
      dynamics.value(moved.subarray(i * n, (i + 1) * n), states[t].subarray(i * n, (i + 1) * n), u, t + 1);
    const at = series * dynamicsFactor.seriesStride + (t + 1) * dynamicsFactor.stepStride;
    const L = last ? undefined : dynamicsFactor.data.subarray(at, at + n * n);
    for (let k = 0; k < M; k++) {
      const next = out.subarray((k * T + t + 1) * n, (k * T + t + 2) * n);
      for (let i = 0; i < N; i++) {
        scores[i] = Math.log(weights[t][i]);
        if (!L) continue;
        for (let a = 0; a < n; a++) {
          let value = next[a] - moved[i * n + a];
          for (let b = 0; b < a; b++) value -= L[a * n + b] * left[b];
          left[a] = value / L[a * n + a];
          scores[i] -= 0.5 * left[a] * left[a];
        }
      }
      if (normalise(scores) === undefined) return undefined;
      const i = drawn(scores, uniforms.at(series, k, 2 * T + t));
      out.set(states[t].subarray(i * n, (i + 1) * n), (k * T + t) * n);
    }
    await breathe(T - t);
  }
  return out;
}

/** The first i with w_0 + … + w_i > u. */
function drawn(weights: Float64Array, u: number): number {
  let sum = 0;
  let last = 0;
  for (let i = 0; i < weights.length; i++) {
    if (weights[i] === 0) continue;
    sum += weights[i];
    last = i;
    if (sum > u) return i;
  }
  return last;
}
