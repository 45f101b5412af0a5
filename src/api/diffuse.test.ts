import { expect, suite, test } from "vitest";
import { type DiffuseOracle, diffuseOracle } from "../../test-browser/diffuse_oracle.ts";
import type { Matrix, RawModel, RawObservations, Vector } from "../../test-browser/oracle.ts";
import { type RandomModelOptions, randomModel, TestRandom } from "../../test-browser/oracle_models.ts";
import { type InferenceOptions, linearGaussianSSM, logLikelihood, NumericalError, smooth } from "./index.ts";

/** The model with a flat prior on some states. */
function withFlat(model: RawModel, diffuse: boolean[]): RawModel & { initial: { diffuse: boolean[] } } {
  const { mean, covariance } = model.initial;
  return {
    ...model,
    initial: {
      mean: mean.map((x, i) => (diffuse[i] ? 0 : x)),
      covariance: covariance.map((row, i) => row.map((x, j) => (diffuse[i] || diffuse[j] ? 0 : x))),
      diffuse,
    },
  };
}

type Fields = Awaited<ReturnType<typeof smooth>>;

/** Largest difference from the oracle: means and covariances by standard deviations, likelihoods by nats. */
function worst(result: Fields, oracle: DiffuseOracle, smoothed = true): number {
  const n = oracle.filteredMeans[0].length;
  let most = 0;
  const note = (difference: number): void => {
    most = Math.max(most, Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference);
  };
  const compare = (
    means: ArrayLike<number>,
    covariances: ArrayLike<number>,
    m: Vector[],
    P: Matrix[],
  ): void => {
    m.forEach((mean, t) => {
      const sd = mean.map((_, i) =>
        Number.isFinite(P[t][i][i]) ? Math.sqrt(Math.max(P[t][i][i], 1e-12)) : 1,
      );
      mean.forEach((x, i) => {
        note(Math.abs(means[t * n + i] - x) / (sd[i] + Math.abs(x)));
        P[t][i].forEach((p, j) => {
          const got = covariances[(t * n + i) * n + j];
          if (Number.isFinite(p)) note(Math.abs(got - p) / (sd[i] * sd[j] + Math.abs(p)));
          else note(got === p ? 0 : Number.POSITIVE_INFINITY);
        });
      });
    });
  };
  compare(
    result.filteredMeans.data,
    result.filteredCovariances.data,
    oracle.filteredMeans,
    oracle.filteredCovariances,
  );
  compare(
    result.predictedMeans.data,
    result.predictedCovariances.data,
    oracle.predictedMeans,
    oracle.predictedCovariances,
  );
  if (smoothed) {
    compare(
      result.smoothedMeans.data,
      result.smoothedCovariances.data,
      oracle.smoothedMeans,
      oracle.smoothedCovariances,
    );
    oracle.smoothedCrossCovariances.forEach((C, t) => {
      const sd = (s: number, i: number): number =>
        Math.sqrt(Math.max(oracle.smoothedCovariances[s][i][i], 1e-12));
      C.forEach((row, i) => {
        row.forEach((c, j) => {
          const got = result.smoothedCrossCovariances.data[(t * n + i) * n + j];
          note(Math.abs(got - c) / (sd(t, i) * sd(t + 1, j)));
        });
      });
    });
  }
  oracle.logLikelihoods.forEach((value, t) => {
    note(Math.abs(result.logLikelihoods.data[t] - value));
  });
  return most;
}

/** Steps until all is identified. */
const stepsOf = (oracle: DiffuseOracle, k: number): number => {
  let left = k;
  return oracle.diffuseEntries.findIndex(count => (left -= count) === 0) + 1;
};

suite("exact diffuse start", () => {
  const all = (n: number): boolean[] => new Array<boolean>(n).fill(true);
  const cases: [string, RandomModelOptions, boolean[]][] = [
    ["one state", { n: 1, m: 1, T: 12, seed: 1 }, [true]],
    ["all of two states", { n: 2, m: 1, T: 20, seed: 2 }, all(2)],
    ["one of two states", { n: 2, m: 1, T: 20, seed: 3 }, [false, true]],
    ["two of four states, two outputs", { n: 4, m: 2, T: 20, seed: 4 }, [true, false, false, true]],
    ["more outputs than states", { n: 2, m: 5, T: 10, seed: 5 }, all(2)],
    ["all of six states, one output", { n: 6, m: 1, T: 25, seed: 6 }, all(6)],
    ["missing entries", { n: 3, m: 2, T: 25, seed: 7, missing: 0.5 }, all(3)],
    [
      "missing entries, partly diffuse",
      { n: 5, m: 2, T: 25, seed: 8, missing: 0.6 },
      [true, true, false, true, false],
    ],
    ["varying in time with inputs", { n: 3, m: 2, T: 15, seed: 9, timeVarying: true, inputs: 2 }, all(3)],
    ["singular Q", { n: 4, m: 2, T: 20, seed: 10, singularQ: true }, all(4)],
    [
      "singular Q and the other states known",
      { n: 4, m: 1, T: 20, seed: 11, singularQ: true, zeroP0: true },
      [true, false, true, false],
    ],
    [
      "everything at once",
      { n: 5, m: 3, T: 20, seed: 12, timeVarying: true, inputs: 1, missing: 0.6, singularQ: true },
      [true, false, true, true, false],
    ],
    ["one step that is enough", { n: 2, m: 3, T: 1, seed: 13 }, all(2)],
    ["no states that are diffuse", { n: 2, m: 1, T: 5, seed: 14 }, [false, false]],
  ];
  test.each(cases)("is the regression on everything at once: %s", async (_, options, diffuse) => {
    const { model, observations, inputs } = randomModel(options);
    const flat = withFlat(model, diffuse);
    const oracle = diffuseOracle(flat, diffuse, observations, inputs);
    const result = await smooth(linearGaussianSSM(flat), observations, { inputs });
    expect(oracle.unseen).toBe(0);
    expect(worst(result, oracle)).toBeLessThan(1e-8);
    const k = diffuse.filter(Boolean).length;
    expect([...result.diffuseSteps]).toEqual([k === 0 ? 0 : stepsOf(oracle, k)]);
    expect(result.filteredCovariances.data.slice(-1)[0]).toBeLessThan(Number.POSITIVE_INFINITY);
  });
});
