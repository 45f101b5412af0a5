/**
 * Draws of the first steps of a diffuse series, backwards from a draw of the step after them: first the initial vector ω given
 * that step, then z_t given z_{t+1} and ω, by the kernels of diffuse_gain.ts.
 * Source: De Jong & Shephard 1995, doi:10.1093/biomet/82.2.339, with the diffuse part drawn first.
 */

import { addProduct, headGain, initialGain, lower, transition } from "./diffuse_gain.ts";
import type { DiffuseHead } from "./diffuse_start.cpu.ts";
import type { LinearGaussianProblem } from "./linear_gaussian_problem.ts";

/** Standard normals [n] of one draw, numbered from 0; number 0 is that of ω, 1 + t that of step t. */
export type HeadNoise = (draw: number, number: number, out: Float64Array) => void;

/**
 * Draws of z_0 … of the head of one series whose status is ok.
 * @param head from diffuseStart() with `smooth`
 * @param next draws of step D [S, n]; undefined when the series ends in the head
 * @returns [S, steps of the head, n]
 */
export function sampleDiffuseHead(
  problem: LinearGaussianProblem,
  head: DiffuseHead,
  series: number,
  next: Float64Array | undefined,
  numSamples: number,
  noise: HeadNoise,
): Float64Array {
  const { steps, identified } = head.series[series];
  const n = problem.stateDim;
  const k = identified.length;
  const L = steps.length;
  const out = new Float64Array(numSamples * L * n);
  const z = next?.slice() ?? new Float64Array(numSamples * n);
  const omega = new Float64Array(numSamples * k);
  const epsilon = new Float64Array(n);
  const change = new Float64Array(n);
  const keep = (t: number): void => {
    for (let draw = 0; draw < numSamples; draw++)
      out.set(z.subarray(draw * n, (draw + 1) * n), (draw * L + t) * n);
  };
  const { mean, factor } = steps[L - 1].joint!;
  if (next === undefined) {
    for (let draw = 0; draw < numSamples; draw++) {
      const all = new Float64Array(n + k);
      noise(draw, L, epsilon);
      all.set(epsilon);
      noise(draw, 0, epsilon);
      all.set(epsilon.subarray(0, k), n);
      const drawn = mean.slice();
      addProduct(n + k, n + k, 1, factor, 0, n + k, all, 0, 1, drawn, 0, 1);
      z.set(drawn.subarray(0, n), draw * n);
      omega.set(drawn.subarray(n), draw * k);
    }
    keep(L - 1);
  } else {
    const { F, f, b, bias } = transition(problem, series, L);
    const { gain, noise: left, width } = initialGain(problem, series, L, steps[L - 1].joint!);
    const spread = lower(left, width, k);
    for (let draw = 0; draw < numSamples; draw++) {
      for (let i = 0; i < n; i++) change[i] = z[draw * n + i] - b[bias + i];
      addProduct(n, n, 1, F, f, n, mean, 0, 1, change, 0, 1, -1);
      omega.set(mean.subarray(n), draw * k);
      addProduct(k, n, 1, gain, 0, n, change, 0, 1, omega, draw * k, 1);
      noise(draw, 0, epsilon);
      addProduct(k, k, 1, spread, 0, k, epsilon, 0, 1, omega, draw * k, 1);
    }
  }
  for (let t = next === undefined ? L - 2 : L - 1; t >= 0; t--) {
    const filtered = steps[t].joint!;
    const known = filtered.mean.length - n;
    const { F, f, b, bias } = transition(problem, series, t + 1);
    const { A, gain, noise: left, width } = headGain(problem, series, t, filtered, identified);
    const spread = lower(left, width, n);
    for (let draw = 0; draw < numSamples; draw++) {
      const drawn = filtered.mean.slice(0, n);
      const shift = omega.slice(draw * k, (draw + 1) * k);
      for (let j = 0; j < known; j++) shift[j] -= filtered.mean[n + j];
      addProduct(n, k, 1, A, 0, k, shift, 0, 1, drawn, 0, 1);
      for (let i = 0; i < n; i++) change[i] = z[draw * n + i] - b[bias + i];
      addProduct(n, n, 1, F, f, n, drawn, 0, 1, change, 0, 1, -1);
      addProduct(n, n, 1, gain, 0, n, change, 0, 1, drawn, 0, 1);
      noise(draw, 1 + t, epsilon);
      addProduct(n, n, 1, spread, 0, n, epsilon, 0, 1, drawn, 0, 1);
      z.set(drawn, draw * n);
    }
    keep(t);
  }
  return out;
}
