/** A particle filter on the CPU: particles of a step become moments, those of a series trajectories. */
import {
  backwardSimulationCpu,
  type ParticleOptions,
  type ParticleProblem,
  type ParticleRecords,
  particleFilterCpu,
} from "../inference/index.ts";
import { ON_HOST } from "./on_host.ts";
import type { RunInfo } from "./types.ts";

/** Everything about a run but the data. */
export interface ParticleSettings extends Omit<ParticleOptions, "onStep" | "onSeries"> {
  /** M; 0: the filter alone */
  readonly numTrajectories: number;
}

/** What a backend hands back. */
export interface ParticleRun extends ParticleRecords {
  /** [N, T, n], [N, T, n, n], [N, M, T, n] */
  readonly means: Float64Array;
  readonly covariances: Float64Array;
  readonly trajectories: Float64Array;
  /** Series with a trajectory that no particle could lead on. */
  readonly lost: ReadonlySet<number>;
  readonly run: Omit<RunInfo, "seconds" | "plan"> & Partial<Pick<RunInfo, "plan">>;
}

export async function runParticlesCpu(
  problem: ParticleProblem,
  settings: ParticleSettings,
): Promise<ParticleRun> {
  const { numSeries, numSteps: T, stateDim: n, lengths } = problem;
  const { numTrajectories: M } = settings;
  const moments = new MomentsOf(numSeries, T, n);
  const trajectories = new Float64Array(numSeries * M * T * n).fill(Number.NaN);
  const history = { states: [] as Float64Array[], weights: [] as Float64Array[] };
  const lost = new Set<number>();
  const records = await particleFilterCpu(problem, {
    ...settings,
    onStep(s, t, states, weights) {
      moments.add(s, t, states, weights);
      if (M === 0) return;
      history.states.push(states.slice());
      history.weights.push(weights.slice());
    },
    async onSeries(s, complete) {
      if (M > 0 && complete) {
        const drawn = await backwardSimulationCpu(problem, s, history, settings);
        if (!drawn) lost.add(s);
        else
          for (let k = 0; k < M; k++) {
            const from = k * lengths[s] * n;
            trajectories.set(drawn.subarray(from, from + lengths[s] * n), (s * M + k) * T * n);
          }
      }
      history.states.length = 0;
      history.weights.length = 0;
    },
  });
  return {
    ...records,
    means: moments.means,
    covariances: moments.covariances,
    trajectories,
    lost,
    run: ON_HOST,
  };
}

/** Weighted means and covariances, step by step. */
class MomentsOf {
  readonly means: Float64Array;
  readonly covariances: Float64Array;
  readonly #steps: number;
  readonly #n: number;

  constructor(numSeries: number, numSteps: number, n: number) {
    this.means = new Float64Array(numSeries * numSteps * n).fill(Number.NaN);
    this.covariances = new Float64Array(numSeries * numSteps * n * n).fill(Number.NaN);
    this.#steps = numSteps;
    this.#n = n;
  }

  add(s: number, t: number, states: Float64Array, weights: Float64Array): void {
    const n = this.#n;
    const row = s * this.#steps + t;
    const mean = this.means.subarray(row * n, (row + 1) * n).fill(0);
    const covariance = this.covariances.subarray(row * n * n, (row + 1) * n * n).fill(0);
    for (let i = 0; i < weights.length; i++)
      for (let a = 0; a < n; a++) mean[a] += weights[i] * states[i * n + a];
    for (let i = 0; i < weights.length; i++)
      for (let a = 0; a < n; a++)
        for (let b = 0; b < n; b++)
          covariance[a * n + b] += weights[i] * (states[i * n + a] - mean[a]) * (states[i * n + b] - mean[b]);
  }
}
