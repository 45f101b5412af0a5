/** Hidden Markov problems as data, seeded, with every number rounded to float32 so that both sides read the same. */
import { type HmmProblem, precomputedEmissions } from "../src/inference/index.ts";
import type { HmmCase } from "./hmm_oracle.ts";

/** Mulberry32: uniform on [0, 1). */
export function uniforms(seed: number): () => number {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const normal = (random: () => number): number =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());

export interface HmmCaseOptions {
  readonly kind: "mix" | "sticky" | "ring" | "leftRight";
  readonly numStates: number;
  readonly numSteps: number;
  readonly seed?: number;
  /** Distance between the means of neighbouring states, in standard deviations; default 1. */
  readonly separation?: number;
  /** Every 997th observation is far away. */
  readonly outliers?: boolean;
  /** Log-likelihoods of this standard deviation, not of a Gaussian. */
  readonly scale?: number;
  /** A different A at every step. */
  readonly varying?: boolean;
  /** Steps without observation. */
  readonly missing?: (t: number) => boolean;
}

function matrix(kind: HmmCaseOptions["kind"], K: number, random: () => number): number[][] {
  return Array.from({ length: K }, (_, i) => {
    const row = Array.from({ length: K }, (_, j) => {
      if (kind === "mix") return random() + 0.05;
      if (kind === "sticky") return i === j ? 0.999 : 0.001 / Math.max(1, K - 1);
      if (kind === "ring") return i === j ? 0.9 : j === (i + 1) % K ? 0.1 : 0;
      return j === i ? 0.95 : j === i + 1 ? 0.05 : 0;
    });
    const sum = row.reduce((a, b) => a + b, 0);
    return row.map(v => Math.fround(v / sum));
  });
}

/** A chain drawn from its own model, as the experiment in the literature notes has it: means at separation · k, sd 1. */
export function hmmCase(options: HmmCaseOptions): HmmCase {
  const { kind, numStates: K, numSteps: T, seed = 3, separation = 1, scale, missing = () => false } = options;
  const random = uniforms(seed);
  const shared = matrix(kind, K, random);
  const matrices = options.varying ? Array.from({ length: T }, () => matrix(kind, K, random)) : undefined;
  const transition = (t: number): number[][] => matrices?.[t] ?? shared;
  const initial = Array.from({ length: K }, (_, k) =>
    kind === "leftRight" ? Number(k === 0) : Math.fround(1 / K),
  );
  let state = 0;
  const logLikelihoods = Array.from({ length: T }, (_, t) => {
    if (t > 0) {
      let u = random();
      const row = transition(t)[state]!;
      let next = 0;
      while (next < K - 1 && u > row[next]!) u -= row[next++]!;
      state = row[next]! > 0 ? next : state;
    }
    const outlier =
      options.outliers && t % 997 === 500 ? (random() < 0.5 ? -1 : 1) * separation * (K - 1) : 0;
    const y = separation * state + normal(random) + outlier;
    return Array.from({ length: K }, (_, k) => {
      if (scale !== undefined) return Math.fround(scale * normal(random));
      return missing(t) ? 0 : Math.fround(-0.5 * (y - separation * k) ** 2 - 0.9189385);
    });
  });
  return { initial, transition, logLikelihoods };
}

/** Cases of the same π and number of states as one ragged batch. */
export function problemOf(
  cases: readonly HmmCase[],
  options: { readonly varying?: boolean } = {},
): HmmProblem {
  const K = cases[0]!.initial.length;
  const T = Math.max(...cases.map(c => c.logLikelihoods.length));
  const lengths = Uint32Array.from(cases, c => c.logLikelihoods.length);
  const data = options.varying
    ? Float64Array.from(
        cases.flatMap(c =>
          Array.from({ length: T }, (_, t) =>
            t < c.logLikelihoods.length ? c.transition(t).flat() : [...new Array(K * K).fill(0)],
          ).flat(),
        ),
      )
    : Float64Array.from(cases.flatMap(c => c.transition(1).flat()));
  const logLikelihoods = (s: number, t: number, out: Float64Array, at: number): void => {
    out.set(cases[s]!.logLikelihoods[t]!, at);
  };
  return {
    numStates: K,
    numSeries: cases.length,
    numSteps: T,
    lengths,
    initialProbs: { data: Float64Array.from(cases.flatMap(c => c.initial)), stepStride: 0, seriesStride: K },
    transitionMatrix: {
      data,
      stepStride: options.varying ? K * K : 0,
      seriesStride: options.varying ? T * K * K : K * K,
    },
    emissions: { numEmissions: K, logLikelihoods, gpu: precomputedEmissions(K, logLikelihoods) },
  };
}
