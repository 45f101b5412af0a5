import { expect, suite, test } from "vitest";
import { hmmDecodeCpu } from "./hmm_decode.cpu.ts";
import { hmmFilterCpu } from "./hmm_filter.cpu.ts";
import { hmmFixedLagCpu } from "./hmm_fixed_lag.cpu.ts";
import type { HmmProblem } from "./hmm_problem.ts";
import { hmmSmootherCpu } from "./hmm_smoother.cpu.ts";
import { hmmTwoFilterCpu } from "./hmm_two_filter.cpu.ts";
import type { Floats, Rows } from "./linear_gaussian_problem.ts";
import { type Chain, enumeratePaths } from "./testing/enumerate_paths.ts";
import { constantProblem, problemOf, type RandomChain, randomChain } from "./testing/hmm_by_hand.ts";

/** Rounding of sums over 3^8 paths. */
const ROUNDING = 1e-12;
/** What a sum of T logarithms rounds by, where the joint log-probabilities of the oracle are that large. */
const tolerance = (scale: number) => ROUNDING + 4 * 2 ** -52 * scale;

const CHAINS: [string, RandomChain][] = [
  ["time-varying A", { K: 3, T: 7, seed: 1 }],
  ["fixed A", { K: 3, T: 7, seed: 2, varying: false }],
  ["zeros in π and A", { K: 3, T: 7, seed: 3, zeros: 0.4 }],
  ["missing data", { K: 3, T: 7, seed: 4, missing: 0.5 }],
  ["states made impossible by data", { K: 3, T: 6, seed: 11, impossible: 0.3 }],
  ["two states", { K: 2, T: 8, seed: 6, zeros: 0.3, missing: 0.2 }],
  ["one state", { K: 1, T: 4, seed: 7 }],
  ["one step", { K: 3, T: 1, seed: 8 }],
  ["likelihoods of −2000 nats", { K: 3, T: 7, seed: 9, scale: 4000 }],
  ["likelihoods 1e5 nats apart", { K: 3, T: 7, seed: 10, scale: 1e5 }],
  ["likelihoods 1e5 nats apart and zeros in A", { K: 3, T: 7, seed: 12, scale: 1e5, zeros: 0.5 }],
  ["outliers and a chain that cannot go back", { K: 3, T: 7, seed: 15, scale: 3000, zeros: 0.7 }],
];

const row = ({ data, at }: Rows, s: number, t: number, K: number) =>
  Array.from(data.subarray(at(s, t), at(s, t) + K));

function expectRows(rows: Rows | undefined, s: number, want: number[][], within = ROUNDING): void {
  want.forEach((probs, t) => {
    const got = row(rows as Rows, s, t, probs.length);
    for (let k = 0; k < probs.length; k++)
      expect(Math.abs(got[k] - probs[k]), `t = ${t}, k = ${k}: ${got} vs ${probs}`).toBeLessThan(within);
  });
}

function expectPairs(got: Floats | undefined, at: number, want: number[][][], within = ROUNDING): void {
  want.flat(2).forEach((value, i) => {
    expect(Math.abs((got as Floats)[at + i] - value), `entry ${i}`).toBeLessThan(within * 8);
  });
}

const sumPairs = (K: number, steps: number[][][]) =>
  Array.from({ length: K }, (_, i) =>
    Array.from({ length: K }, (_, k) => steps.reduce((sum, pair) => sum + pair[i][k], 0)),
  );

/** Relative to the size of the numbers that were added. */
const close = (got: number, want: number, scale: number) =>
  expect(Math.abs(got - want)).toBeLessThan(ROUNDING * Math.max(1, scale));

async function check(chain: Chain, problem: HmmProblem, s = 0): Promise<void> {
  const { K, T } = chain;
  const oracle = enumeratePaths(chain);
  const scale = Math.abs(oracle.logPrefixes[T - 1]);
  const within = tolerance(Math.max(0, ...oracle.logJoints.filter(Number.isFinite).map(Math.abs)));
  const filter = await hmmFilterCpu(problem, { predicted: true });
  expect(filter.ends[s]).toBe(T);
  expectRows(filter.filteredProbs, s, oracle.probs(0), within);
  expectRows(filter.predictedProbs, s, oracle.predicted, within);
  for (let t = 0, before = 0; t < T; before = oracle.logPrefixes[t++])
    close(filter.logLikelihoods[s * problem.numSteps + t], oracle.logPrefixes[t] - before, 4 * scale);
  for (const smoother of [hmmSmootherCpu, hmmTwoFilterCpu]) {
    const summed = await smoother(problem, { transitions: "sum" });
    expectRows(summed.smoothedProbs, s, oracle.probs(T), within);
    if (T > 1) expectPairs(summed.expectedTransitions, s * K * K, [sumPairs(K, oracle.transitions)], within);
    const steps = await smoother(problem, { transitions: "steps" });
    expectPairs(steps.expectedTransitions, s * (problem.numSteps - 1) * K * K, oracle.transitions, within);
  }
  for (const lag of [0, 1, 3, T, 100])
    expectRows((await hmmFixedLagCpu(problem, { lag })).smoothedProbs, s, oracle.probs(lag), within);
  const { mostLikelyStates, logJoints } = await hmmDecodeCpu(problem);
  const path = Array.from(mostLikelyStates.subarray(s * problem.numSteps, s * problem.numSteps + T));
  const own = oracle.logJoints[oracle.paths.findIndex(p => p.every((k, t) => k === path[t]))];
  close(logJoints[s], oracle.best.logJoint, scale);
  close(own, oracle.best.logJoint, scale);
}

suite("hidden Markov recursions on the CPU", () => {
  test.each(CHAINS)("all agree with the sum over all paths: %s", async (_, options) => {
    const chain = randomChain(options);
    await check(chain, problemOf(chain));
    if (options.varying === false) await check(chain, constantProblem(chain));
  });

  test("every series of a ragged batch is its own", async () => {
    const chains = [4, 1, 6, 3].map((T, i) => randomChain({ K: 3, T, seed: 20 + i, zeros: 0.2 }));
    const problem = problemOf(...chains);
    for (let s = 0; s < chains.length; s++) await check(chains[s], problem, s);
    const { filteredProbs, logLikelihoods } = await hmmFilterCpu(problem);
    expect(row(filteredProbs as Rows, 1, 1, 3)).toEqual([Number.NaN, Number.NaN, Number.NaN]);
    expect(logLikelihoods[6 + 1]).toBeNaN();
    expect(Array.from((await hmmDecodeCpu(problem)).mostLikelyStates.subarray(4, 6))).toEqual([-1, -1]);
  });

  test("a state that a row of float64 cannot hold comes back when the others become impossible", async () => {
    // State 1 loses 1500 nats in three steps, then state 0 is ruled out; A keeps both where they are.
    const logs = [
      [0, -500],
      [0, -500],
      [0, -500],
      [Number.NEGATIVE_INFINITY, 0],
      [0, -3],
    ];
    const identity = [
      [1, 0],
      [0, 1],
    ];
    const chain: Chain = {
      K: 2,
      T: 5,
      initial: [0.5, 0.5],
      transition: () => identity,
      logLikelihood: (t, k) => logs[t][k],
    };
    await check(chain, problemOf(chain));
    await check(chain, constantProblem(chain));
    expect(row((await hmmSmootherCpu(constantProblem(chain))).smoothedProbs, 0, 0, 2)).toEqual([0, 1]);
  });

  test("two states that never mix, 1e5 nats apart first one way, then twice the other", async () => {
    const T = 2000;
    const chain: Chain = {
      K: 2,
      T,
      initial: [0.5, 0.5],
      transition: () => [
        [1, 0],
        [0, 1],
      ],
      logLikelihood: (t, k) => (t < T / 2 ? (k === 0 ? 0 : -100) : k === 0 ? -200 : 0),
    };
    const problem = constantProblem(chain);
    for (const smoother of [hmmSmootherCpu, hmmTwoFilterCpu]) {
      const { smoothedProbs, filteredProbs, logLikelihoods } = await smoother(problem);
      for (const t of [0, 999, 1000, 1999]) expect(row(smoothedProbs, 0, t, 2)).toEqual([0, 1]);
      expect(row(filteredProbs as Rows, 0, 1200, 2)).toEqual([1, 0]);
      // log(½ e^(−200000) + ½ e^(−100000)) = −100000 − log 2
      const total = logLikelihoods.reduce((a, b) => a + b, 0);
      expect(Math.abs(total + 100000 + Math.LN2)).toBeLessThan(1e-9);
    }
    const { mostLikelyStates, logJoints } = await hmmDecodeCpu(problem);
    expect(mostLikelyStates.every(k => k === 1)).toBe(true);
    expect(logJoints[0]).toBeCloseTo(-100000 - Math.LN2, 9);
  });

  test("ends a series at the first step where every state is impossible, and no other series", async () => {
    const good = randomChain({ K: 2, T: 6, seed: 30 });
    const bad: Chain = {
      ...good,
      logLikelihood: (t, k) => (t === 3 ? Number.NEGATIVE_INFINITY : good.logLikelihood(t, k)),
    };
    const before = enumeratePaths({ ...good, T: 3 });
    const problem = problemOf(good, bad);
    await check(good, problem, 0);
    for (const smoother of [hmmSmootherCpu, hmmTwoFilterCpu]) {
      const result = await smoother(problem, { predicted: true, transitions: "sum" });
      expect(Array.from(result.ends)).toEqual([6, 3]);
      expectRows(result.smoothedProbs, 1, before.probs(3));
      expectRows(result.filteredProbs, 1, before.probs(0));
      expectPairs(result.expectedTransitions, 4, [sumPairs(2, before.transitions)]);
      expect(row(result.predictedProbs as Rows, 1, 3, 2).reduce((a, b) => a + b)).toBeCloseTo(1, 12);
      expect(row(result.filteredProbs as Rows, 1, 3, 2)).toEqual([Number.NaN, Number.NaN]);
      expect(row(result.smoothedProbs, 1, 5, 2)).toEqual([Number.NaN, Number.NaN]);
      expect(Array.from(result.logLikelihoods.subarray(9))).toEqual([
        Number.NEGATIVE_INFINITY,
        Number.NaN,
        Number.NaN,
      ]);
    }
    const decoded = await hmmDecodeCpu(problem);
    expect(decoded.logJoints[1]).toBe(Number.NEGATIVE_INFINITY);
    expect(Array.from(decoded.mostLikelyStates.subarray(6))).toEqual([...before.best.path, -1, -1, -1]);
  });

  test("gives the lowest states of tied paths, and one path of that probability", async () => {
    const chain: Chain = {
      K: 3,
      T: 5,
      initial: [1 / 3, 1 / 3, 1 / 3],
      transition: () => [
        [0.5, 0.5, 0],
        [0, 0.5, 0.5],
        [0.5, 0, 0.5],
      ],
      logLikelihood: () => 0,
    };
    const { mostLikelyStates, logJoints } = await hmmDecodeCpu(constantProblem(chain));
    expect(Array.from(mostLikelyStates)).toEqual([0, 0, 0, 0, 0]);
    expect(logJoints[0]).toBeCloseTo(Math.log(1 / 3 / 16), 12);
  });
});
