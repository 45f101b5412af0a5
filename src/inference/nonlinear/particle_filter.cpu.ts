/**
 * The particle filter: N weighted states stand for p(z_t | y_0:t). Its log-likelihood estimate is that of an unbiased likelihood.
 *
 *   bootstrap:  z_i ~ p(z_t | z_{t−1} = x_i),  w_i ← w_i p(y_t | z_i);  resampled where 1/Σ w_i² falls below a share of N
 *   auxiliary:  ancestors are drawn by w_i v_i, v_i = p(y_t | f(x_i)) at the mean of the transition;  w = p(y_t | z)/v
 *
 * Resampling is systematic: one uniform number u, ancestors the i with w_0 + … + w_i first above (k + u)/N.
 * @see Gordon, Salmond & Smith 1993, doi:10.1049/ip-f-2.1993.0015; Pitt & Shephard 1999, doi:10.1080/01621459.1999.10474153;
 *   Kitagawa 1996, doi:10.1080/10618600.1996.10474692
 */
import { cooperation, type LoopOptions } from "../cooperate.ts";
import { stepNormals } from "../random/step_normals.ts";
import { StepUniforms } from "../random/step_uniforms.ts";
import { inputsAt, type NonlinearProblem } from "./nonlinear_problem.ts";

/** A problem whose emissions have a density. */
export interface ParticleProblem
  extends Omit<NonlinearProblem, "observations" | "emissions" | "emissionNoise" | "emissionDim"> {
  /** log p(y_t | z_t = x), nats, of what is observed; 0 where nothing is, −Infinity where y_t cannot be. */
  logDensity(series: number, step: number, x: Float64Array): number;
  /** Whether anything is observed. */
  observed(series: number, step: number): boolean;
}

export interface ParticleOptions extends LoopOptions {
  readonly call: string;
  /** N */
  readonly numParticles: number;
  readonly seed: number;
  readonly proposal: "bootstrap" | "auxiliary";
  /** Share of N below which the effective number of particles leads to resampling; 1: at every step. */
  readonly resampleBelow: number;
  /** Looks at the particles of a step, before they are resampled: states [N, n], normalised weights [N]. */
  readonly onStep: (series: number, step: number, states: Float64Array, weights: Float64Array) => void;
  /** After the last step of a series, or the one at which it failed. */
  readonly onSeries?: (series: number, complete: boolean) => Promise<void>;
}

export interface ParticleRecords {
  /** [series, T] log p(y_t | y_0:t−1), estimated; NaN past the end */
  readonly logLikelihoods: Float64Array;
  /** [series, T] 1/Σ w_i² before resampling; NaN past the end */
  readonly effectiveSampleSizes: Float64Array;
  /** [series] the first step at which no particle can give the observation, or a state is not finite; the length if none */
  readonly failed: Uint32Array;
}

/** @throws AbortedError */
export async function particleFilterCpu(
  problem: ParticleProblem,
  options: ParticleOptions,
): Promise<ParticleRecords> {
  const { numSeries: S, numSteps: T, lengths } = problem;
  const records: ParticleRecords = {
    logLikelihoods: new Float64Array(S * T).fill(Number.NaN),
    effectiveSampleSizes: new Float64Array(S * T).fill(Number.NaN),
    failed: lengths.slice(),
  };
  const breathe = cooperation(options.call, "particles", S * T, options);
  for (let s = 0; s < S; s++) {
    const cloud = new Cloud(problem, options, s);
    for (let t = 0; t < lengths[s]; t++) {
      const step = cloud.step(t);
      if (!step) {
        records.failed[s] = t;
        break;
      }
      records.logLikelihoods[s * T + t] = step.logLikelihood;
      records.effectiveSampleSizes[s * T + t] = step.effective;
      await breathe(s * T + t);
    }
    await options.onSeries?.(s, records.failed[s] === lengths[s]);
  }
  await breathe(S * T);
  return records;
}

/** The particles of one series. */
class Cloud {
  readonly #problem: ParticleProblem;
  readonly #options: ParticleOptions;
  readonly #series: number;
  readonly #noise: Float64Array;
  readonly #scores: Float64Array;
  readonly #ancestors: Uint32Array;
  readonly #uniforms: StepUniforms;
  readonly #weights: Float64Array;
  #states: Float64Array;
  #next: Float64Array;

  constructor(problem: ParticleProblem, options: ParticleOptions, series: number) {
    const { stateDim: n } = problem;
    const { numParticles: N, seed } = options;
    this.#problem = problem;
    this.#options = options;
    this.#series = series;
    this.#noise = new Float64Array(n);
    this.#scores = new Float64Array(N);
    this.#ancestors = new Uint32Array(N);
    this.#uniforms = new StepUniforms(seed, 1);
    this.#weights = new Float64Array(N).fill(1 / N);
    this.#states = new Float64Array(N * n);
    this.#next = new Float64Array(N * n);
  }

  /** From the particles of t − 1 to those of t; undefined where none is left. */
  step(t: number): { readonly logLikelihood: number; readonly effective: number } | undefined {
    const { proposal, numParticles: N, resampleBelow, onStep } = this.#options;
    const { observed } = this.#problem;
    const looks = t > 0 && proposal === "auxiliary" && observed(this.#series, t);
    let logLikelihood = 0;
    if (looks) {
      const first = this.#lookAhead(t);
      if (first === undefined) return undefined;
      logLikelihood += first;
    } else if (t > 0) this.#advance(t);
    else this.#start();
    if (!this.#states.every(Number.isFinite)) return undefined;
    if (observed(this.#series, t)) {
      const more = this.#weigh(t, looks);
      if (more === undefined) return undefined;
      logLikelihood += more;
    }
    const weights = this.#weights;
    let squares = 0;
    for (let i = 0; i < N; i++) squares += weights[i] * weights[i];
    onStep(this.#series, t, this.#states, weights);
    if (1 / squares < resampleBelow * N) this.#resample(t, weights);
    return { logLikelihood, effective: 1 / squares };
  }

  #start(): void {
    const { stateDim: n, initialMean, initialFactor } = this.#problem;
    const mean = this.#series * initialMean.seriesStride;
    const factor = this.#series * initialFactor.seriesStride;
    for (let i = 0; i < this.#options.numParticles; i++) {
      for (let a = 0; a < n; a++) this.#states[i * n + a] = initialMean.data[mean + a];
      this.#addNoise(0, i, initialFactor.data, factor);
    }
  }

  /** Every particle by its own transition. */
  #advance(t: number): void {
    for (let i = 0; i < this.#options.numParticles; i++) this.#move(t, i, i);
    [this.#states, this.#next] = [this.#next, this.#states];
  }

  /** f of particle `from`, with noise, to place `to` of the next particles. */
  #move(t: number, from: number, to: number): void {
    const { stateDim: n, dynamics, dynamicsFactor } = this.#problem;
    const x = this.#states.subarray(from * n, (from + 1) * n);
    const u = this.#inputs(t);
    dynamics.value(this.#next.subarray(to * n, (to + 1) * n), x, u, t);
    const at = this.#series * dynamicsFactor.seriesStride + t * dynamicsFactor.stepStride;
    this.#addNoise(t, to, dynamicsFactor.data, at, this.#next);
  }

  #inputs(t: number): Float64Array {
    return inputsAt(this.#problem, this.#series, t);
  }

  /** states[i] += L ε */
  #addNoise(t: number, i: number, L: Float64Array, at: number, states = this.#states): void {
    const { stateDim: n } = this.#problem;
    stepNormals(this.#options.seed, this.#series, i, t, n, this.#noise);
    for (let a = 0; a < n; a++)
      for (let b = 0; b <= a; b++) states[i * n + a] += L[at + a * n + b] * this.#noise[b];
  }

  /** Ancestors by what y_t says of the means of their transitions; particles come with weights 1/v. @returns log Σ w v */
  #lookAhead(t: number): number | undefined {
    const { stateDim: n, dynamics, logDensity } = this.#problem;
    const { numParticles: N } = this.#options;
    const scores = this.#scores;
    const mean = new Float64Array(n);
    for (let i = 0; i < N; i++) {
      dynamics.value(mean, this.#states.subarray(i * n, (i + 1) * n), this.#inputs(t), t);
      scores[i] = logDensity(this.#series, t, mean) + Math.log(this.#weights[i]);
    }
    const before = scores.slice();
    const total = normalise(scores);
    if (total === undefined) return undefined;
    systematic(this.#ancestors, scores, this.#uniforms.at(this.#series, 0, 2 * t));
    for (let k = 0; k < N; k++) {
      const from = this.#ancestors[k];
      this.#move(t, from, k);
      // The score without the old weight: log v.
      scores[k] = before[from] - Math.log(this.#weights[from]);
    }
    [this.#states, this.#next] = [this.#next, this.#states];
    this.#weights.fill(1 / N);
    return total;
  }

  /** Weights by p(y_t | z), over v after a look ahead. @returns the log of their sum */
  #weigh(t: number, looked: boolean): number | undefined {
    const { stateDim: n, logDensity } = this.#problem;
    const weights = this.#weights;
    for (let i = 0; i < weights.length; i++) {
      const score = logDensity(this.#series, t, this.#states.subarray(i * n, (i + 1) * n));
      weights[i] = Math.log(weights[i]) + score - (looked ? this.#scores[i] : 0);
    }
    return normalise(weights);
  }

  #resample(t: number, weights: Float64Array): void {
    const { stateDim: n } = this.#problem;
    systematic(this.#ancestors, weights, this.#uniforms.at(this.#series, 0, 2 * t + 1));
    for (let k = 0; k < weights.length; k++) {
      const from = this.#ancestors[k] * n;
      this.#next.set(this.#states.subarray(from, from + n), k * n);
    }
    [this.#states, this.#next] = [this.#next, this.#states];
    weights.fill(1 / weights.length);
  }
}

/** Log weights into weights that sum to 1. @returns the log of their sum; undefined where all are 0 or one is not a number */
export function normalise(logs: Float64Array): number | undefined {
  let most = Number.NEGATIVE_INFINITY;
  for (const value of logs) {
    if (Number.isNaN(value) || value === Number.POSITIVE_INFINITY) return undefined;
    most = Math.max(most, value);
  }
  if (most === Number.NEGATIVE_INFINITY) return undefined;
  let sum = 0;
  for (let i = 0; i < logs.length; i++) {
    logs[i] = Math.exp(logs[i] - most);
    sum += logs[i];
  }
  for (let i = 0; i < logs.length; i++) logs[i] /= sum;
  return most + Math.log(sum);
}

/** Ancestor k: the first i with w_0 + … + w_i > (k + u)/N. */
function systematic(ancestors: Uint32Array, weights: Float64Array, u: number): void {
  const N = ancestors.length;
  let i = 0;
  let sum = weights[0];
  for (let k = 0; k < N; k++) {
    const place = (k + u) / N;
    while (sum <= place && i < N - 1) sum += weights[++i];
    // Rounding may leave the sum short: the last particle with a weight takes the rest.
    while (weights[i] === 0 && i > 0) i--;
    ancestors[k] = i;
  }
}
