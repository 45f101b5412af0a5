/**
 * forward_sampler in float64 on the host: draws of z_0:T−1 given y_0:T−1 from the first step on, where backward gains fail
 * (smoother_choice.ts: vanishes).
 *
 *   z_t = smoothed mean + d_t,  d_0 = U_s ε_0,  d_t = B_t d_t−1 + T_t ε_t
 *
 * with U_s the smoothed factor of step 0 and B, T of suffix_likelihood.ts: p(z_t | z_t−1, y) = N(B z_t−1 + …, T Tᵀ).
 * Source: the backward information filter, Fraser & Potter 1969, doi:10.1109/TAC.1969.1099196, run as a sampler.
 */
import type { BackwardSamplerOptions, BackwardSamples } from "./backward_sampler.cpu.ts";
import { cooperation, stepsPerLook } from "./cooperate.ts";
import type { LinearGaussianProblem, Moments } from "./linear_gaussian_problem.ts";
import { unpackFactor } from "./smoother_gain.ts";
import { SuffixLikelihood } from "./suffix_likelihood.ts";
import { triangularise } from "./triangularise.ts";

/**
 * Draws from p(z_0:T−1 | y_0:T−1), all draws of a series together.
 * @param smoothed moments of the same problem, by the two-filter smoother
 * @param statuses [N] of the smoother; a series that is not ok is not sampled
 * @throws AbortedError
 */
export async function forwardSamplerCpu(
  problem: LinearGaussianProblem,
  smoothed: Moments,
  statuses: BackwardSamples["statuses"],
  options: BackwardSamplerOptions,
): Promise<BackwardSamples> {
  const { stateDim: n, numSeries, numSteps: T, lengths } = problem;
  const { numSamples: S } = options;
  const states = new Float64Array(numSeries * S * T * n).fill(Number.NaN);
  const look = cooperation(
    "samplePosterior",
    "sample",
    lengths.reduce((a, b) => a + b, 0),
    options,
  );
  const stride = Math.max(1, Math.floor(stepsPerLook(n) / S));
  const d = new Float64Array(S * n);
  let before = 0;
  for (let s = 0; s < numSeries; s++) {
    const length = lengths[s]!;
    if (statuses[s] === "ok") {
      const { gains, spreads } = kernels(problem, s);
      unpackFactor(smoothed.factors.data, smoothed.factors.at(s, 0), n, spreads.subarray(0, n * n));
      for (let t = 0; t < length; t++) {
        draw(problem, smoothed, options, s, t, gains, positive(spreads, t * n * n, n), d, states);
        const wait = t % stride === 0 ? look(before + t) : undefined;
        if (wait) await wait;
      }
    }
    before += length;
  }
  return { states, statuses };
}

/** B and tria[T] of every step of a series [length, n, n]; those of step 0 are zero. */
function kernels(problem: LinearGaussianProblem, s: number): { gains: Float64Array; spreads: Float64Array } {
  const { stateDim: n, lengths } = problem;
  const length = lengths[s]!;
  const gains = new Float64Array(length * n * n);
  const spreads = new Float64Array(length * n * n);
  const suffix = new SuffixLikelihood(problem);
  const factor = new Float64Array(n * n);
  suffix.start();
  for (let t = length - 1; t > 0; t--) {
    suffix.retreat(s, t);
    gains.set(suffix.gain, t * n * n);
    factor.set(suffix.spread);
    triangularise(factor, n, 0, 0, n, n);
    for (let i = 0; i < n; i++)
      for (let j = 0; j <= i; j++) spreads[(t * n + i) * n + j] = factor[i * n + j]!;
  }
  return { gains, spreads };
}

/** The factor at `at`, its diagonal non-negative, so that draws do not depend on signs. */
function positive(factors: Float64Array, at: number, n: number): Float64Array {
  const factor = factors.subarray(at, at + n * n);
  for (let j = 0; j < n; j++)
    if (factor[j * n + j]! < 0) for (let i = j; i < n; i++) factor[i * n + j] = -factor[i * n + j]!;
  return factor;
}

function draw(
  { stateDim: n, numSteps: T }: LinearGaussianProblem,
  smoothed: Moments,
  { numSamples: S, noise }: BackwardSamplerOptions,
  s: number,
  t: number,
  gains: Float64Array,
  spread: Float64Array,
  d: Float64Array,
  states: Float64Array,
): void {
  const epsilon = new Float64Array(n);
  const last = new Float64Array(n);
  const mean = smoothed.means.at(s, t);
  for (let k = 0; k < S; k++) {
    noise(s, k, t, epsilon);
    for (let i = 0; i < n; i++) last[i] = d[k * n + i]!;
    for (let i = 0; i < n; i++) {
      let sum = 0;
      if (t > 0) for (let j = 0; j < n; j++) sum += gains[(t * n + i) * n + j]! * last[j]!;
      for (let j = 0; j <= i; j++) sum += spread[i * n + j]! * epsilon[j]!;
      d[k * n + i] = sum;
      states[((s * S + k) * T + t) * n + i] = smoothed.means.data[mean + i]! + sum;
    }
  }
}
