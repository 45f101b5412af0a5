/**
 * Four hidden Markov models that are easy and hard for float32, with data drawn from them. π, A, means and y are rounded to
 * float32 first, so that every implementation is given the same numbers.
 */
import { TestRandom } from "./oracle_models.ts";

/** Gaussian emissions of variance 1. */
export interface HmmAccuracyCase {
  readonly numStates: number;
  /** π [K] */
  readonly initialProbs: readonly number[];
  /** A [K][K] */
  readonly transitionMatrix: readonly (readonly number[])[];
  /** μ [K] */
  readonly means: readonly number[];
  /** y [T] */
  readonly observations: readonly number[];
  /** log p(y_t | k) [T, K] in float64. */
  readonly logLikelihoods: Float64Array;
  /** Calls are given the log-likelihoods, not y. */
  readonly precomputed: boolean;
}

interface Shape {
  readonly numStates: number;
  /** Distance between the means of neighbouring states, in standard deviations. */
  readonly separation: number;
  /** Every 997th observation is moved by as much as the outermost means are apart. */
  readonly outliers?: boolean;
  /** A[i, k], before rows are divided by their sums. */
  readonly weight: (i: number, k: number, random: TestRandom) => number;
}

/** To oneself 0.9, to the next of the ring 0.1, nothing else. */
const ring =
  (K: number): Shape["weight"] =>
  (i, k) =>
    k === i ? 0.9 : k === (i + 1) % K ? 0.1 : 0;

const MODELS: Readonly<Record<string, Shape>> = {
  mix: { numStates: 4, separation: 1, weight: (_i, _k, random) => random.uniform() + 0.05 },
  sticky: { numStates: 4, separation: 2, weight: (i, k) => (i === k ? 0.999 : 0.001 / 3) },
  ring: { numStates: 8, separation: 1, weight: ring(8) },
  ringsharp: { numStates: 8, separation: 8, outliers: true, weight: ring(8) },
};

export const HMM_ACCURACY_MODELS: readonly string[] = Object.keys(MODELS);

/** The same case with log-likelihoods rounded to float32 and handed over as such: what densities round is left out. */
export function givenLogLikelihoods(given: HmmAccuracyCase): HmmAccuracyCase {
  return { ...given, logLikelihoods: given.logLikelihoods.map(Math.fround), precomputed: true };
}

const HALF_LOG_TWO_PI = 0.5 * Math.log(2 * Math.PI);

/** A model with T observations of a chain that starts in state 0. */
export function hmmAccuracyCase(name: string, T: number): HmmAccuracyCase {
  const { numStates: K, separation, outliers = false, weight } = MODELS[name]!;
  const random = new TestRandom(4100 + HMM_ACCURACY_MODELS.indexOf(name));
  const states = Array.from({ length: K }, (_, k) => k);
  const transitionMatrix = states.map(i => {
    const row = states.map(k => weight(i, k, random));
    const sum = row.reduce((a, b) => a + b, 0);
    return row.map(value => Math.fround(value / sum));
  });
  const means = states.map(k => separation * k);
  let state = 0;
  const observations = Array.from({ length: T }, (_, t) => {
    if (t > 0) {
      const row = transitionMatrix[state]!;
      let u = random.uniform();
      let next = 0;
      while (next < K - 1 && u > row[next]!) u -= row[next++]!;
      if (row[next]! > 0) state = next;
    }
    const side = outliers && t % 997 === 500 ? (random.uniform() < 0.5 ? -1 : 1) : 0;
    return Math.fround(means[state]! + random.normal() + side * means[K - 1]!);
  });
  const initialProbs = states.map(() => Math.fround(1 / K));
  const logLikelihoods = Float64Array.from(
    { length: T * K },
    (_, i) => -0.5 * (observations[Math.floor(i / K)]! - means[i % K]!) ** 2 - HALF_LOG_TWO_PI,
  );
  return {
    numStates: K,
    initialProbs,
    transitionMatrix,
    means,
    observations,
    logLikelihoods,
    precomputed: false,
  };
}
