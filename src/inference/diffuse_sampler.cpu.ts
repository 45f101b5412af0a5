/**
 * Draws of the first steps of a diffuse series, backwards from a draw of the step after them: first the identified initial
 * vector ω, then z_t from z_{t+1} and ω, by the conditionals of diffuse_backward.ts.
 */

import { backwardMean, backwardStep, initialGivenNext, initialMean } from "./diffuse_backward.ts";
import type { DiffuseStep, JointMoments } from "./diffuse_filter.cpu.ts";
import type { LinearGaussianProblem } from "./linear_gaussian_problem.ts";

/**
 * Draws from p(z_0 … z_{D−1} | all data) for one series.
 * @param steps, identified as for smoothHead()
 * @param next [S, n] draws of the step after the head; undefined when the series ends with it
 * @param noise writes n + k standard normals of a draw and step; n are used, at the last step k more
 * @param emit takes z_t [n] of a draw
 */
export function sampleHead(
  problem: LinearGaussianProblem,
  series: number,
  steps: readonly DiffuseStep[],
  identified: readonly Float64Array[],
  numSamples: number,
  next: Float64Array | undefined,
  noise: (draw: number, step: number, out: Float64Array) => void,
  emit: (draw: number, step: number, z: Float64Array) => void,
): void {
  const n = problem.stateDim;
  const k = identified.length;
  const last = steps.length - 1;
  const epsilon = new Float64Array(n + k);
  const joint = steps[last].joint!;
  const states: Float64Array[] = [];
  const omegas: Float64Array[] = [];
  const given = next && initialGivenNext(problem, series, steps.length, joint);
  for (let draw = 0; draw < numSamples; draw++) {
    noise(draw, last, epsilon);
    if (next === undefined || given === undefined) {
      const all = drawJoint(joint, epsilon);
      states.push(all.slice(0, n));
      omegas.push(all.slice(n));
      emit(draw, last, states[draw]);
    } else {
      const z = next.slice(draw * n, draw * n + n);
      states.push(z);
      omegas.push(addNoise(initialMean(given, z), given.factor, epsilon.subarray(n)));
    }
  }
  for (let t = next === undefined ? last - 1 : last; t >= 0; t--) {
    const step = backwardStep(problem, series, t, steps[t].joint!, identified);
    for (let draw = 0; draw < numSamples; draw++) {
      noise(draw, t, epsilon);
      const mean = backwardMean(problem, series, t, step, states[draw], omegas[draw]);
      states[draw] = addNoise(mean, step.D, epsilon);
      emit(draw, t, states[draw]);
    }
  }
}

function drawJoint({ mean, factor }: JointMoments, epsilon: Float64Array): Float64Array {
  return addNoise(mean.slice(), factor, epsilon);
}

/** x + L ε for lower-triangular L, in place. */
function addNoise(x: Float64Array, L: Float64Array, epsilon: Float64Array): Float64Array {
  const size = x.length;
  for (let i = 0; i < size; i++) for (let j = 0; j <= i; j++) x[i] += L[i * size + j] * epsilon[j];
  return x;
}
