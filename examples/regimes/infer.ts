/** The calls behind the page. */

import { decode, type RunInfo, samplePosterior, smooth } from "../../src/api/index.ts";
import { type Data, modelOf, type Parameters } from "./model.ts";

export interface Asked {
  readonly parameters: Parameters;
  readonly data: Data;
  /** S */
  readonly draws: number;
  readonly seed: number;
  readonly backend: "auto" | "cpu" | "webgpu";
}

export interface Answer {
  /** [T, K] */
  readonly filtered: ArrayLike<number>;
  readonly smoothed: ArrayLike<number>;
  /** [K, K] */
  readonly expectedTransitions: ArrayLike<number>;
  /** [T] */
  readonly path: ArrayLike<number>;
  readonly logJoint: number;
  readonly logLikelihood: number;
  /** [S, T] */
  readonly draws: ArrayLike<number>;
  readonly run: RunInfo;
}

export async function infer(
  { parameters, data, draws, seed, backend }: Asked,
  signal: AbortSignal,
): Promise<Answer> {
  const model = modelOf(parameters);
  const options = { backend, signal };
  const smoothed = await smooth(model, data.values, options);
  const decoded = await decode(model, data.values, options);
  const sampled = await samplePosterior(model, data.values, { ...options, numSamples: draws, seed });
  return {
    filtered: smoothed.filteredProbs.data,
    smoothed: smoothed.smoothedProbs.data,
    expectedTransitions: smoothed.expectedTransitions.data,
    path: decoded.mostLikelyStates.data,
    logJoint: Number(decoded.logJoint),
    logLikelihood: Number(smoothed.marginalLogLikelihood),
    draws: sampled.states.data,
    run: smoothed.run,
  };
}

/** The more probable state of each step. */
export const modes = (probs: ArrayLike<number>, states: number): number[] =>
  Array.from({ length: probs.length / states }, (_, t) => {
    const row = Array.from({ length: states }, (_, k) => probs[t * states + k]!);
    return row.indexOf(Math.max(...row));
  });

/** Share of steps at which two paths agree. */
export const agreement = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a, (state, t) => Number(state === b[t])).reduce((sum, same) => sum + same, 0) / a.length;
