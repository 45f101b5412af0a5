/**
 * Every emission family and option of hidden Markov models against the sum over all paths. Densities of the oracle are those
 * of src/models/hmm/testing/densities.json, worked out in 40 digits; so nothing of the code under test is in it.
 */
import { expect, suite, test } from "vitest";
import { type Enumeration, enumeratePaths } from "../inference/testing/enumerate_paths.ts";
import { numbers } from "../inference/testing/hmm_by_hand.ts";
import { DENSITY_CASES, type DensityCase } from "../models/hmm/testing/density_cases.ts";
import {
  decode,
  filter,
  type HiddenMarkovModel,
  type HmmSmootherOptions,
  hiddenMarkovModel,
  logLikelihood,
  predict,
  type SeriesInput,
  smooth,
} from "./index.ts";

type Matrix = number[][];
const range = (count: number) => Array.from({ length: count }, (_, i) => i);

interface Chain {
  readonly initialProbs: number[];
  /** A into every step */
  readonly matrices: Matrix[];
}

/** Random π and A_t, with zeros where asked for. */
function chainOf(K: number, T: number, seed: number, zeros: boolean, varying: boolean): Chain {
  const next = numbers(seed);
  const row = (keep: number) => {
    const weights = range(K).map(k => (zeros && k !== keep && next() < 0.5 ? 0 : 0.1 + next()));
    const sum = weights.reduce((a, b) => a + b, 0);
    return weights.map(w => w / sum);
  };
  const fixed = range(K).map(row);
  return {
    initialProbs: row(0),
    matrices: range(T).map(() => (varying ? range(K).map(row) : fixed)),
  };
}

const modelOf = (chain: Chain, emissions: DensityCase["emissions"], varying: boolean): HiddenMarkovModel =>
  hiddenMarkovModel({
    initialProbs: chain.initialProbs,
    transitionMatrix: varying ? chain.matrices : chain.matrices[0],
    emissions,
  });

const oracleOf = ({ initialProbs, matrices }: Chain, logs: (number | null)[][]): Enumeration =>
  enumeratePaths({
    K: initialProbs.length,
    T: logs.length,
    initial: initialProbs,
    transition: t => matrices[t],
    logLikelihood: (t, k) => logs[t][k] ?? Number.NEGATIVE_INFINITY,
  });

/** Densities are right to 2e-13 of their size (densities.test.ts): so much, times the steps, a logarithm may be off. */
function roundingOf(logs: (number | null)[][]): number {
  const largest = Math.max(1, ...logs.flat().map(value => Math.abs(value ?? 0)));
  return 1e-12 + 4e-13 * logs.length * largest;
}

const worst = (got: ArrayLike<number>, want: number[]): number => {
  expect(got.length).toBe(want.length);
  return Math.max(...want.map((value, i) => (got[i] === value ? 0 : Math.abs(got[i] - value))));
};

async function check(
  model: HiddenMarkovModel,
  observations: SeriesInput,
  oracle: Enumeration,
  within: number,
  options: HmmSmootherOptions = {},
): Promise<void> {
  const T = oracle.logPrefixes.length;
  const impossible = oracle.logPrefixes.indexOf(Number.NEGATIVE_INFINITY);
  if (impossible >= 0) {
    // A datum that no state which can be reached gives.
    await expect(filter(model, observations, options as object)).rejects.toThrow(`step ${impossible}.`);
    return;
  }
  const logLikelihoods = oracle.logPrefixes.map(
    (value, t) => value - (t > 0 ? oracle.logPrefixes[t - 1] : 0),
  );
  const total = oracle.logPrefixes[T - 1];
  const summed = oracle.transitions.reduce(
    (sum, pair) => sum.map((v, i) => v + pair.flat()[i]),
    oracle.transitions[0]?.flat().map(() => 0) ?? [],
  );
  const probs = async (call: typeof smooth, extra: HmmSmootherOptions = {}) =>
    call(model, observations, { backend: "cpu", ...options, ...extra });
  const filtered = await filter(model, observations, { backend: "cpu", ...options } as object);
  expect(worst(filtered.filteredProbs.data, oracle.probs(0).flat())).toBeLessThan(within);
  expect(worst(filtered.predictedProbs.data, oracle.predicted.flat())).toBeLessThan(within);
  expect(worst(filtered.logLikelihoods.data, logLikelihoods)).toBeLessThan(within);
  expect(Math.abs(filtered.marginalLogLikelihood - total)).toBeLessThan(within);
  const alone = await logLikelihood(model, observations, { backend: "cpu", ...options } as object);
  expect(alone).toBe(filtered.marginalLogLikelihood);
  for (const smoother of ["rts", "twoFilter"] as const) {
    const result = await probs(smooth, { smoother });
    expect(worst(result.smoothedProbs.data, oracle.probs(T).flat())).toBeLessThan(within);
    expect(worst(result.expectedTransitions.data, summed)).toBeLessThan(within * T);
    const steps = await probs(smooth, { smoother, transitions: "steps" });
    expect(worst(steps.expectedTransitions.data, oracle.transitions.flat(2))).toBeLessThan(within);
  }
  for (const lag of [0, 2])
    expect(worst((await probs(smooth, { lag })).smoothedProbs.data, oracle.probs(lag).flat())).toBeLessThan(
      within,
    );
  const best = await decode(model, observations, { backend: "cpu", ...options } as object);
  expect(Math.abs(best.logJoint - oracle.best.logJoint)).toBeLessThan(within);
  const path = oracle.paths.findIndex(p => p.every((k, t) => k === best.mostLikelyStates.data[t]));
  expect(Math.abs(oracle.logJoints[path] - oracle.best.logJoint)).toBeLessThan(within);
}

suite("the sum over all paths", () => {
  test.each(DENSITY_CASES)("$name", async given => {
    const { numStates: K, emissions, observations, expected } = given;
    const { inputs } = given as { inputs?: number[][] };
    const T = observations.length;
    const within = roundingOf(expected);
    for (const [zeros, varying] of [
      [false, false],
      [true, false],
      [false, true],
      [true, true],
    ]) {
      const chain = chainOf(K, T, 7, zeros, varying);
      const oracle = oracleOf(chain, expected);
      const model = modelOf(chain, emissions, varying);
      await check(model, observations as SeriesInput, oracle, within, { inputs });
    }
  });

  // A masked step of an autoregression hides what later ones look back on: not in this oracle.
  const alone = DENSITY_CASES.filter(({ emissions }) => emissions.family !== "autoregressive");
  test.each(alone)("$name, with steps masked", async given => {
    const { numStates: K, emissions, observations, expected } = given;
    const { inputs } = given as { inputs?: number[][] };
    const mask = observations.map((_, t) => (t % 2 === 0 ? 1 : 0));
    const logs = expected.map((row, t) => (mask[t] ? row : row.map(() => 0)));
    const chain = chainOf(K, observations.length, 8, true, false);
    const model = modelOf(chain, emissions, false);
    const oracle = oracleOf(chain, logs);
    await check(model, observations as SeriesInput, oracle, roundingOf(logs), { inputs, mask });
  });

  test("inputs drive the transitions", async () => {
    const [weights, biases] = [
      [
        [[0.3], [1]],
        [[-0.5], [0]],
      ],
      [
        [1, 0],
        [0, 0.5],
      ],
    ];
    const inputs = [[9], [1], [-2], [0.5], [3]];
    const y = [0, 1, 1, 0, 1];
    const p = [0.2, 0.7];
    const model = hiddenMarkovModel({
      initialProbs: [0.3, 0.7],
      transitions: { kind: "input-driven", weights, biases },
      emissions: { family: "bernoulli", probs: p },
    });
    const matrices = inputs.map(([u]) =>
      [0, 1].map(i => {
        const scores = [0, 1].map(k => Math.exp(weights[i][k][0] * u + biases[i][k]));
        return scores.map(score => score / (scores[0] + scores[1]));
      }),
    );
    const logs = y.map(value => p.map(q => Math.log(value === 1 ? q : 1 - q)));
    const oracle = oracleOf({ initialProbs: [0.3, 0.7], matrices }, logs);
    await check(model, y, oracle, 1e-12, { inputs });
  });

  test("every series of a ragged batch is its own", async () => {
    const given = DENSITY_CASES.find(({ name }) => name === "gaussian") as DensityCase;
    const { numStates: K, emissions, observations, expected } = given;
    const chain = chainOf(K, observations.length, 9, true, false);
    const model = modelOf(chain, emissions, false);
    const batch = [observations, observations.slice(0, 2), observations.slice(0, 4)] as SeriesInput;
    const result = await smooth(model, batch, { transitions: "steps" });
    const best = await decode(model, batch);
    expect(result.smoothedProbs.shape).toEqual([3, 6, K]);
    expect(result.expectedTransitions.shape).toEqual([3, 5, K, K]);
    for (const [i, T] of [6, 2, 4].entries()) {
      const oracle = oracleOf(chain, expected.slice(0, T));
      const within = roundingOf(expected);
      const one = result.series(i);
      expect(one.smoothedProbs.shape).toEqual([T, K]);
      expect(worst(one.smoothedProbs.data, oracle.probs(T).flat())).toBeLessThan(within);
      expect(worst(one.filteredProbs.data, oracle.probs(0).flat())).toBeLessThan(within);
      expect(worst(one.expectedTransitions.data, oracle.transitions.flat(2))).toBeLessThan(within);
      expect(Math.abs(result.marginalLogLikelihoods[i] - oracle.logPrefixes[T - 1])).toBeLessThan(within);
      expect(Math.abs(best.logJoints[i] - oracle.best.logJoint)).toBeLessThan(within);
      expect(best.series(i).mostLikelyStates.shape).toEqual([T]);
      expect(best.mostLikelyStates.data[6 * i + T] ?? -1).toBe(i === 0 ? best.mostLikelyStates.data[6] : -1);
    }
    expect(result.smoothedProbs.data[(6 + 2) * K]).toBeNaN();
  });

  test("predict() mixes the emissions by the predicted probabilities", async () => {
    const given = DENSITY_CASES.find(({ name }) => name === "gaussian") as DensityCase;
    const { numStates: K, emissions, observations, expected } = given;
    const chain = chainOf(K, observations.length, 9, false, false);
    const { predicted } = oracleOf(chain, expected);
    const result = await predict(modelOf(chain, emissions, false), observations as SeriesInput);
    const { means, covariances } = emissions as unknown as { means: Matrix; covariances: Matrix[] };
    predicted.forEach((w, t) => {
      const mean = means[0].map((_, i) => w.reduce((sum, p, k) => sum + p * means[k][i], 0));
      // Means are 1e6 large.
      expect(worst(result.means.data.slice(3 * t, 3 * t + 3), mean)).toBeLessThan(1e-8);
      const covariance = mean.map((_, i) =>
        mean.map((_, j) =>
          w.reduce(
            (sum, p, k) =>
              sum + p * (covariances[k][i][j] + (means[k][i] - mean[i]) * (means[k][j] - mean[j])),
            0,
          ),
        ),
      );
      expect(worst(result.covariances.data.slice(9 * t, 9 * t + 9), covariance.flat())).toBeLessThan(1e-7);
    });
  });
});
