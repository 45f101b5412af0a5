/**
 * What an iterated smoother makes small, for a whole series: minus the log posterior density of a trajectory, up to constants,
 *
 *   ½ |z_0 − m|²_S + ½ Σ |z_t − f̄_t(z_{t−1})|²_{Q + Ω} + ½ Σ |y_t − h̄_t(z_t)|²_{R + Ω}
 *
 * with f̄ and h̄ the functions (Taylor) or their means over points of fixed spread, and the noise of the last linearisation. Of Taylor
 * with Gaussian noise it is the posterior density itself.
 * @see Särkkä & Svensson 2020, doi:10.1109/ICASSP40776.2020.9054686; Lindqvist et al. 2021, arXiv:2110.09941 (damped iterated smoothers)
 */
import type { LinearGaussianProblem, Moments } from "../linear_gaussian_problem.ts";
import { AffineMaker, type Linearisation } from "./affine_map.ts";
import { observedRows } from "./affine_problem.ts";
import { unpackFactor } from "./linearise_around.ts";
import { inputsAt, type NonlinearProblem, type SmoothMap } from "./nonlinear_problem.ts";

/** Directions without noise count as if they had this much of the largest noise of their step (of 1 where there is none). */
const NO_NOISE = 1e-7;

/** Of series s; Infinity where a function is not finite. */
export function merit(
  given: NonlinearProblem,
  { problem }: { readonly problem: LinearGaussianProblem },
  s: number,
  means: Float64Array,
  spread: Moments,
  rule: Linearisation,
): number {
  const { stateDim: n, emissionDim: m, numSteps: T, lengths, observations } = given;
  const { initialMean, initialFactor, dynamicsFactor, emissionFactor } = problem;
  const dynamics = new AffineMaker(n, n, rule);
  const emissions = new AffineMaker(n, m, rule);
  const factor = new Float64Array(n * n);
  const left = new Float64Array(n);
  for (let i = 0; i < n; i++)
    left[i] = means[s * T * n + i] - initialMean.data[s * initialMean.seriesStride + i];
  const start = s * initialFactor.seriesStride;
  let sum = squares(initialFactor.data.subarray(start, start + n * n), n, left, n);
  for (let t = 0; t < lengths[s]; t++) {
    const at = s * T + t;
    const mean = means.subarray(at * n, (at + 1) * n);
    const u = inputsAt(given, s, t);
    if (t > 0) {
      const before = means.subarray((at - 1) * n, at * n);
      const centre = dynamics.centre(given.dynamics, before, factor, u, t);
      for (let i = 0; i < n; i++) left[i] = mean[i] - centre[i];
      sum += squares(dynamicsFactor.data.subarray(at * n * n, (at + 1) * n * n), n, left, n);
    }
    if (rule !== "taylor") unpackFactor(spread, n, s, t, factor);
    const rows = observedRows(given, s, t);
    if (rows.length === 0) continue;
    if (given.emissionNoise.kind === "density") {
      sum -= 2 * given.emissionNoise.density.value(s, t, mean);
      continue;
    }
    const centre = emissions.centre(given.emissions as SmoothMap, mean, factor, u, t);
    const residual = new Float64Array(m);
    for (const row of rows) residual[row] = observations[at * m + row] - centre[row];
    sum += squares(emissionFactor.subarray(at * m * m, (at + 1) * m * m), m, residual, m);
  }
  return Number.isNaN(sum) ? Number.POSITIVE_INFINITY : sum / 2;
}

/** |L⁻¹ v|² for a lower-triangular L [k, k]; overwrites v. */
function squares(L: Float64Array, stride: number, v: Float64Array, k: number): number {
  let largest = 0;
  for (let i = 0; i < k; i++) largest = Math.max(largest, Math.abs(L[i * stride + i]));
  const least = NO_NOISE * (largest || 1);
  let sum = 0;
  for (let i = 0; i < k; i++) {
    let value = v[i];
    for (let j = 0; j < i; j++) value -= L[i * stride + j] * v[j];
    v[i] = (value / Math.max(least, Math.abs(L[i * stride + i]))) * Math.sign(L[i * stride + i] || 1);
    sum += v[i] * v[i];
  }
  return sum;
}
