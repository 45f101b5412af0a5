/** Hidden Markov problems from plain numbers, without a model. */

import type { HmmProblem } from "../hmm_problem.ts";
import type { Chain } from "./enumerate_paths.ts";

const NO_GPU: HmmProblem["emissions"]["gpu"] = {
  kernel: { source: "" },
  constants: {},
  parameters: new Float32Array(0),
  recordFloats: 0,
  packRecords: () => {},
  baseline: () => 0,
};

/** The problem of one chain, or of several as a ragged batch, each with its own π, A_t and likelihoods. */
export function problemOf(...chains: Chain[]): HmmProblem {
  const { K } = chains[0];
  const numSteps = Math.max(...chains.map(({ T }) => T));
  const initial = Float64Array.from(chains.flatMap(({ initial }) => initial));
  // What lies past the end of a series must not be read.
  const matrices = new Float64Array(chains.length * numSteps * K * K).fill(Number.NaN);
  chains.forEach((chain, s) => {
    for (let t = 1; t < chain.T; t++) matrices.set(chain.transition(t).flat(), (s * numSteps + t) * K * K);
  });
  return {
    numStates: K,
    numSeries: chains.length,
    numSteps,
    lengths: Uint32Array.from(chains, ({ T }) => T),
    initialProbs: { data: initial, stepStride: 0, seriesStride: K },
    transitionMatrix: { data: matrices, stepStride: K * K, seriesStride: numSteps * K * K },
    emissions: {
      numEmissions: K,
      logLikelihoods(series, step, out, at) {
        for (let k = 0; k < K; k++) out[at + k] = chains[series].logLikelihood(step, k);
      },
      gpu: NO_GPU,
    },
  };
}

/** The same with one A for all steps. */
export function constantProblem(chain: Chain): HmmProblem {
  const data = Float64Array.from(chain.transition(1).flat());
  return { ...problemOf(chain), transitionMatrix: { data, stepStride: 0, seriesStride: 0 } };
}

/** Numbers of a seed, for chains in tests: uniform in [0, 1). */
export function numbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    let x = state;
    x = Math.imul(x ^ (x >>> 16), 0x45d9f3b) >>> 0;
    x = Math.imul(x ^ (x >>> 16), 0x45d9f3b) >>> 0;
    return ((x ^ (x >>> 16)) >>> 0) / 2 ** 32;
  };
}

export interface RandomChain {
  readonly K: number;
  readonly T: number;
  readonly seed: number;
  /** Nats between likelihoods of the states; default 3. */
  readonly scale?: number;
  /** Share of zeros in π and A; the diagonal stays. Default 0. */
  readonly zeros?: number;
  /** Share of states that a datum makes impossible; default 0. */
  readonly impossible?: number;
  /** Share of steps without a datum; default 0. */
  readonly missing?: number;
  /** A changes with time; default true. */
  readonly varying?: boolean;
}

export function randomChain(options: RandomChain): Chain {
  const { K, T, scale = 3, zeros = 0, impossible = 0, missing = 0, varying = true } = options;
  const next = numbers(options.seed);
  const normalise = (row: number[]) => {
    const sum = row.reduce((a, b) => a + b, 0);
    return row.map(x => x / sum);
  };
  const probs = (keep: number) =>
    normalise(Array.from({ length: K }, (_, k) => (k !== keep && next() < zeros ? 0 : next() + 0.05)));
  const initial = probs(0);
  const one = () => Array.from({ length: K }, (_, i) => probs(i));
  const fixed = one();
  const matrices = Array.from({ length: T }, () => (varying ? one() : fixed));
  const likelihoods = Array.from({ length: T }, () => {
    if (next() < missing) return new Array<number>(K).fill(0);
    // One state stays possible, or the zeros of A may leave none.
    return Array.from({ length: K }, () =>
      next() < impossible ? Number.NEGATIVE_INFINITY : scale * (next() - 0.5),
    );
  });
  return { K, T, initial, transition: t => matrices[t], logLikelihood: (t, k) => likelihoods[t][k] };
}
