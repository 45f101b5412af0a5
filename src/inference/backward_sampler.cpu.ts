/**
 * backward_sampler in float64 on the host: draws of z_0:T−1 given y_0:T−1, after the filter.
 *
 *   z_t = smoothed mean + d_t,  d_T−1 = U ε_T−1,  d_t = E_t d_t+1 + D_t ε_t
 *
 * which is z_t = m + E_t (z_t+1 − F m − b) + D_t ε_t with its mean taken off: the mean is the smoother's, which does not divide by
 * what may be rounding (adjoint_means.ts),
 * with E, D of smoother_gain.ts, made once for all draws and kept where the filtered factors do not change. Factors are
 * taken with non-negative diagonals, so that the same ε give the same draw wherever the filter was run.
 * Source: Frühwirth-Schnatter 1994, doi:10.1111/j.1467-9892.1994.tb00184.x; Carter & Kohn 1994,
 * doi:10.1093/biomet/81.3.541.
 */

import type { Status } from "../engine/index.ts";
import { cooperation, type LoopOptions, stepsPerLook } from "./cooperate.ts";
import type { LinearGaussianProblem, Moments } from "./linear_gaussian_problem.ts";
import { SmootherGain, unpackFactor } from "./smoother_gain.ts";

/** Writes ε [n] of one step of one draw. */
export type StepNoise = (series: number, draw: number, step: number, out: Float64Array) => void;

export interface BackwardSamplerOptions extends LoopOptions {
  /** S */
  readonly numSamples: number;
  /** Standard normals: stepNormals() with a seed. */
  readonly noise: StepNoise;
}

export interface BackwardSamples {
  /** z [N, S, T, n], NaN past the end of a series and in all of one that failed */
  readonly states: Float64Array;
  /** [N] */
  readonly statuses: readonly Status[];
}

/**
 * Draws from p(z_0:T−1 | y_0:T−1), all draws of a series together.
 * @param filtered, smoothed moments of the same problem
 * @param statuses [N] of the smoother; a series that is not ok is not sampled
 * @throws AbortedError
 */
export async function backwardSamplerCpu(
  problem: LinearGaussianProblem,
  filtered: Moments,
  smoothed: Moments,
  statuses: readonly Status[],
  options: BackwardSamplerOptions,
): Promise<BackwardSamples> {
  const { numSeries, numSteps, lengths, stateDim: n } = problem;
  const sampler = new BackwardSampler(problem, filtered, smoothed, options);
  const settled: Status[] = [...statuses];
  let total = 0;
  for (const length of lengths) total += length;
  const look = cooperation("samplePosterior", "sample", total, options);
  const stride = Math.max(1, Math.floor(stepsPerLook(n) / options.numSamples));
  let before = 0;
  for (let s = 0; s < numSeries; s++) {
    if (settled[s] === "ok") {
      for (let t = lengths[s]; t > 0; ) {
        const until = Math.max(0, t - stride);
        sampler.retreat(s, t, until);
        t = until;
        const wait = look(before + lengths[s] - t);
        if (wait) await wait;
      }
      if (!sampler.current.every(Number.isFinite)) settled[s] = "nonFinite";
    }
    const from = settled[s] === "ok" ? lengths[s] : 0;
    for (let row = s * options.numSamples; row < (s + 1) * options.numSamples; row++)
      sampler.states.fill(Number.NaN, (row * numSteps + from) * n, (row + 1) * numSteps * n);
    before += lengths[s];
  }
  return { states: sampler.states, statuses: settled };
}

/** The recursion with its work space; nothing is allocated per step. */
class BackwardSampler {
  readonly states: Float64Array;
  /** d [S, n] of the step that was drawn last. */
  readonly current: Float64Array;
  private readonly problem: LinearGaussianProblem;
  private readonly filtered: Moments;
  private readonly smoothed: Moments;
  private readonly numSamples: number;
  private readonly noise: StepNoise;
  private readonly backward: SmootherGain;
  /** Transitions are the same at every step. */
  private readonly constant: boolean;
  /** d of the step after, ε, U [n, n] */
  private readonly change: Float64Array;
  private readonly epsilon: Float64Array;
  private readonly factor: Float64Array;

  constructor(
    problem: LinearGaussianProblem,
    filtered: Moments,
    smoothed: Moments,
    options: BackwardSamplerOptions,
  ) {
    const { stateDim: n, numSeries, numSteps, dynamicsWeights, dynamicsFactor } = problem;
    this.problem = problem;
    this.filtered = filtered;
    this.smoothed = smoothed;
    this.numSamples = options.numSamples;
    this.noise = options.noise;
    this.states = new Float64Array(numSeries * options.numSamples * numSteps * n);
    this.current = new Float64Array(options.numSamples * n);
    this.backward = new SmootherGain(problem);
    this.constant = dynamicsWeights.stepStride === 0 && dynamicsFactor.stepStride === 0;
    this.change = new Float64Array(n);
    this.epsilon = new Float64Array(n);
    this.factor = new Float64Array(n * n);
  }

  /** Draws steps from − 1 … until; `from` is the length of the series, or where the last call ended. */
  retreat(series: number, from: number, until: number): void {
    const { lengths } = this.problem;
    for (let t = from - 1; t >= until; t--) {
      if (t === lengths[series] - 1) this.drawLast(series, t);
      else {
        if (t === lengths[series] - 2 || !this.constant || !this.sameFactor(series, t)) {
          const { data, at } = this.filtered.factors;
          this.backward.make(series, t + 1, data, at(series, t));
        }
        this.drawStep(series, t);
      }
    }
  }

  /** The filtered factors of steps t and t + 1 are bitwise the same. */
  private sameFactor(series: number, t: number): boolean {
    const { data, at } = this.filtered.factors;
    const n = this.problem.stateDim;
    const here = at(series, t);
    const next = at(series, t + 1);
    if (here === next) return true;
    for (let k = 0; k < (n * (n + 1)) / 2; k++) if (data[here + k] !== data[next + k]) return false;
    return true;
  }

  private drawLast(series: number, t: number): void {
    const { current, epsilon, factor, numSamples } = this;
    const n = this.problem.stateDim;
    const { factors } = this.filtered;
    unpackFactor(factors.data, factors.at(series, t), n, factor);
    for (let j = 0; j < n; j++)
      if (factor[j * n + j] < 0) for (let i = j; i < n; i++) factor[i * n + j] = -factor[i * n + j];
    for (let draw = 0; draw < numSamples; draw++) {
      this.noise(series, draw, t, epsilon);
      for (let i = 0; i < n; i++) {
        let sum = 0;
        for (let j = 0; j <= i; j++) sum += factor[i * n + j] * epsilon[j];
        current[draw * n + i] = sum;
      }
      this.store(series, draw, t);
    }
  }

  private drawStep(series: number, t: number): void {
    const { current, change, epsilon, numSamples } = this;
    const { gain, block, stride, noiseAt } = this.backward;
    const n = this.problem.stateDim;
    for (let draw = 0; draw < numSamples; draw++) {
      this.noise(series, draw, t, epsilon);
      for (let i = 0; i < n; i++) change[i] = current[draw * n + i];
      for (let i = 0; i < n; i++) {
        let sum = 0;
        for (let k = 0; k < n; k++) sum += gain[i * n + k] * change[k];
        const row = noiseAt + i * stride;
        for (let j = 0; j <= i; j++) sum += block[row + j] * epsilon[j];
        current[draw * n + i] = sum;
      }
      this.store(series, draw, t);
    }
  }

  private store(series: number, draw: number, t: number): void {
    const { stateDim: n, numSteps } = this.problem;
    const to = ((series * this.numSamples + draw) * numSteps + t) * n;
    const { data: means, at } = this.smoothed.means;
    const mean = at(series, t);
    for (let i = 0; i < n; i++) this.states[to + i] = means[mean + i] + this.current[draw * n + i];
  }
}
