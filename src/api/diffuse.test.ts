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

const HALF_LOG_TWO_PI = 0.5 * Math.log(2 * Math.PI);

/** Steps until all is identified. */
const stepsOf = (oracle: DiffuseOracle, k: number): number => {
  const until = (t: number): number => oracle.diffuseEntries.slice(0, t + 1).reduce((a, b) => a + b, 0);
  return oracle.diffuseEntries.findIndex((_, t) => until(t) === k) + 1;
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

  test("a ragged batch: each series as if it were alone, whenever it is identified", async () => {
    const { model, observations } = randomModel({ n: 3, m: 1, T: 30, seed: 20 });
    const diffuse = all(3);
    const flat = linearGaussianSSM(withFlat(model, diffuse));
    const gap = (from: number, to: number, length: number): RawObservations =>
      observations.slice(0, length).map((y, t) => (t >= from && t < to ? [null] : y));
    const batch = [
      observations,
      gap(0, 9, 25),
      gap(1, 12, 18),
      gap(0, 0, 3),
      gap(2, 7, 8),
      gap(0, 0, 2),
      gap(0, 4, 4),
    ];
    const result = await smooth(flat, batch, { throwOnFailure: false });
    expect([...result.diffuseSteps]).toEqual([3, 12, 14, 3, 8, 2, 4]);
    expect(result.statuses).toEqual(["ok", "ok", "ok", "ok", "ok", "unidentified", "unidentified"]);
    for (const [i, series] of batch.entries()) {
      const oracle = diffuseOracle(withFlat(model, diffuse), diffuse, series);
      const one = result.series(i);
      expect(worst(one, oracle, oracle.unseen === 0), `series ${i}`).toBeLessThan(1e-8);
      expect(oracle.unseen, `series ${i}`).toBe([0, 0, 0, 0, 0, 1, 3][i]);
      expect([...one.diffuseSteps]).toEqual([result.diffuseSteps[i]]);
      if (oracle.unseen > 0) expect(one.smoothedMeans.data.every(Number.isNaN)).toBe(true);
    }
  });

  test("parameters of a series of its own, in a batch", async () => {
    const cases = [21, 22].map(seed => randomModel({ n: 2, m: 1, T: 12, seed, timeVarying: true }));
    const stack = <K extends "weights" | "bias" | "covariance">(part: "dynamics" | "emissions", key: K) =>
      cases.map(({ model }) => model[part][key]) as never;
    const part = (name: "dynamics" | "emissions") => ({
      weights: stack(name, "weights"),
      bias: stack(name, "bias"),
      covariance: stack(name, "covariance"),
    });
    const model = linearGaussianSSM({
      initial: "diffuse",
      dynamics: part("dynamics"),
      emissions: part("emissions"),
    });
    const batch = [cases[0].observations.map((y, t) => (t < 3 ? [null] : y)), cases[1].observations];
    const result = await smooth(model, batch);
    for (const i of [0, 1]) {
      const oracle = diffuseOracle(withFlat(cases[i].model, all(2)), all(2), batch[i]);
      expect(worst(result.series(i), oracle), `series ${i}`).toBeLessThan(1e-8);
    }
    expect([...result.diffuseSteps]).toEqual([5, 2]);
  });

  test("is the limit of proper priors whose variance grows", async () => {
    const { model, observations } = randomModel({ n: 3, m: 1, T: 20, seed: 30 });
    const diffuse = [true, false, true];
    const flat = withFlat(model, diffuse);
    const exact = await smooth(linearGaussianSSM(flat), observations);
    const wide = async (kappa: number) => {
      const covariance = flat.initial.covariance.map((row, i) =>
        row.map((x, j) => (i === j && diffuse[i] ? kappa : x)),
      );
      const { mean } = flat.initial;
      return smooth(linearGaussianSSM({ ...flat, initial: { mean, covariance } }), observations);
    };
    const gaps = [];
    for (const kappa of [1e4, 1e6, 1e8]) {
      const near = await wide(kappa);
      const means = near.smoothedMeans.data.map((x, i) => Math.abs(x - exact.smoothedMeans.data[i]));
      gaps.push(Math.max(...means));
      // Two diffuse states: ½ log κ each is what the proper likelihood has too little.
      expect(
        Math.abs(near.marginalLogLikelihood + Math.log(kappa) - exact.marginalLogLikelihood),
      ).toBeLessThan(1e3 / kappa);
    }
    expect(gaps[1]).toBeLessThan(gaps[0] / 50);
    expect(gaps[2]).toBeLessThan(gaps[1] / 50);
  });

  test("a random walk seen without noise: the data themselves, the likelihood of their differences", async () => {
    const model = linearGaussianSSM({
      initial: "diffuse",
      dynamics: { weights: 1, covariance: 2 },
      emissions: { weights: 3, covariance: 0 },
    });
    const y = [3, 6, 4.5, -3, 9];
    const result = await smooth(model, y);
    y.forEach((value, t) => {
      expect(result.smoothedMeans.data[t]).toBeCloseTo(value / 3, 14);
      expect(result.smoothedCovariances.data[t]).toBeLessThan(1e-30);
    });
    const terms = y.slice(1).map((value, t) => {
      const step = (value - y[t]) ** 2;
      return -0.5 * (step / 18 + Math.log(2 * Math.PI * 18));
    });
    const first = -Math.log(3) - HALF_LOG_TWO_PI;
    const expected = terms.reduce((a, b) => a + b, first);
    expect(Math.abs(result.marginalLogLikelihood - expected)).toBeLessThan(1e-12);
  });

  test("a gap of a thousand steps before the first datum changes nothing, as F takes a flat prior to a flat one", async () => {
    const trend = linearGaussianSSM({
      initial: "diffuse",
      dynamics: {
        weights: [
          [1, 1],
          [0, 1],
        ],
        covariance: [
          [0.1, 0],
          [0, 0.01],
        ],
      },
      emissions: { weights: [[1, 0]], covariance: 1 },
    });
    const y = [4, 5.5, 5, 7, 8];
    const late = [...new Array<null>(1000).fill(null), ...y];
    const [a, b] = [await smooth(trend, y), await smooth(trend, late)];
    expect([a.diffuseSteps[0], b.diffuseSteps[0]]).toEqual([2, 1002]);
    const near = (got: ArrayLike<number>, expected: ArrayLike<number>): void =>
      Array.from(expected).forEach((x, i) => {
        expect(Math.abs(got[i] - x)).toBeLessThan(1e-9 * (1 + Math.abs(x)));
      });
    near(b.filteredMeans.data.slice(-8), a.filteredMeans.data.slice(-8));
    near(b.smoothedMeans.data.slice(-10), a.smoothedMeans.data);
    near(b.smoothedCovariances.data.slice(-20), a.smoothedCovariances.data);
    expect(Math.abs(b.marginalLogLikelihood - a.marginalLogLikelihood)).toBeLessThan(1e-9);
    // The level 1000 steps back: extrapolated with the variance of 1000 slopes.
    expect(b.smoothedCovariances.data[0]).toBeGreaterThan(1e5);
  });
});

suite("exact diffuse start, where the data do not tell", () => {
  // Third state: a random walk that nothing depends on.
  const blind = linearGaussianSSM({
    initial: "diffuse",
    dynamics: {
      weights: [
        [1, 1, 0],
        [0, 0.9, 0],
        [0, 0, 1],
      ],
      covariance: [
        [1, 0, 0],
        [0, 1, 0],
        [0, 0, 1],
      ],
    },
    emissions: { weights: [[1, 0, 0]], covariance: 1 },
  });
  const y = [1, 2, 4, 3, 5, 4, 6, 8];

  test("the error names the state", async () => {
    await expect(smooth(blind, y)).rejects.toThrow(
      /"unidentified" for the series\. Likely the data never tell about the diffuse state 2: observe it/,
    );
    await expect(
      logLikelihood(
        blind,
        [y, y].map(series => series.map(x => [x])),
      ),
    ).rejects.toThrow(NumericalError);
  });

  test("without throwing, what is finite is right and the smoothed fields are NaN", async () => {
    const result = await smooth(blind, y, { throwOnFailure: false });
    expect(result.status).toBe("unidentified");
    const { parameters } = blind;
    const seen = linearGaussianSSM({
      initial: "diffuse",
      dynamics: {
        weights: [
          [1, 1],
          [0, 0.9],
        ],
        covariance: [
          [1, 0],
          [0, 1],
        ],
      },
      emissions: { weights: [[1, 0]], covariance: 1 },
    });
    const two = await smooth(seen, y);
    expect(parameters.initial.mean.data.length).toBe(3);
    for (let t = 0; t < y.length; t++) {
      for (const i of [0, 1]) {
        expect(result.filteredMeans.data[3 * t + i]).toBeCloseTo(two.filteredMeans.data[2 * t + i], 12);
        for (const j of [0, 1]) {
          const got = result.filteredCovariances.data[9 * t + 3 * i + j];
          const expected = two.filteredCovariances.data[4 * t + 2 * i + j];
          if (Number.isFinite(expected)) expect(got).toBeCloseTo(expected, 12);
          else expect(got).toBe(expected);
        }
      }
      expect(result.filteredCovariances.data[9 * t + 8]).toBe(Number.POSITIVE_INFINITY);
      expect(result.filteredCovariances.data[9 * t + 2]).toBeCloseTo(0, 14);
    }
    expect(result.marginalLogLikelihood).toBeCloseTo(two.marginalLogLikelihood, 11);
    expect(result.smoothedMeans.data.every(Number.isNaN)).toBe(true);
    expect(result.smoothedCovariances.data.every(Number.isNaN)).toBe(true);
    expect(result.smoothedCrossCovariances.data.every(Number.isNaN)).toBe(true);
    expect(result.smoothedCrossCovariances.shape).toEqual([7, 3, 3]);
  });

  test("an unseen direction is not taken for a seen one because of rounding, in rotated states over 400 steps", async () => {
    for (const seed of [1, 2, 3, 4, 5]) {
      const random = new TestRandom(seed);
      const n = 5;
      // F = T Λ T⁻¹ with one mode that H T leaves out; T a product of reflections.
      let T: Matrix = Array.from({ length: n }, (_, i) =>
        Array.from({ length: n }, (_, j) => (i === j ? 1 : 0)),
      );
      for (let k = 0; k < n; k++) {
        const v = random.vector(n);
        const size = v.reduce((sum, x) => sum + x * x, 0);
        T = T.map(row => {
          const along = row.reduce((sum, x, j) => sum + x * v[j], 0);
          return row.map((x, j) => x - (2 * along * v[j]) / size);
        });
      }
      const modes = [1, 0.99, 0.5, -0.7, 1];
      const weights = T.map(a => T.map(b => a.reduce((sum, x, k) => sum + x * modes[k] * b[k], 0)));
      const H = [T.map(row => row[0] + 2 * row[1] - row[2] + row[3])];
      const eye = T.map((_, i) => T.map((_, j) => (i === j ? 1 : 0)));
      const model = linearGaussianSSM({
        initial: "diffuse",
        dynamics: { weights, covariance: eye },
        emissions: { weights: H, covariance: 1 },
      });
      const data = random.vector(400);
      const result = await smooth(model, data, { throwOnFailure: false });
      expect(result.status, `seed ${seed}`).toBe("unidentified");
      const both = linearGaussianSSM({
        initial: "diffuse",
        dynamics: { weights, covariance: eye },
        emissions: {
          weights: [H[0], T.map(row => row[4])],
          covariance: [
            [1, 0],
            [0, 1],
          ],
        },
      });
      const pairs = data.map(x => [x, x]);
      expect((await smooth(both, pairs)).diffuseSteps[0], `seed ${seed}`).toBe(4);
    }
  });

  test("a state that F forgets before it is seen: the filter is fine, the smoother has nothing to say about it", async () => {
    const forgetful = linearGaussianSSM({
      initial: "diffuse",
      dynamics: {
        weights: [
          [1, 0],
          [0, 0],
        ],
        covariance: [
          [1, 0],
          [0, 2],
        ],
      },
      emissions: { weights: [[1, 0]], covariance: 1 },
    });
    const ll = await logLikelihood(forgetful, y);
    expect(Number.isFinite(ll)).toBe(true);
    await expect(smooth(forgetful, y)).rejects.toThrow(/the diffuse state 1:/);
    const result = await smooth(forgetful, y, { throwOnFailure: false });
    expect(result.diffuseSteps[0]).toBe(2);
    expect([...result.filteredCovariances.data.slice(0, 4)]).toEqual([1, 0, 0, Number.POSITIVE_INFINITY]);
    expect(result.filteredCovariances.data[7]).toBeCloseTo(2, 14);
    expect(result.marginalLogLikelihood).toBeCloseTo(ll, 12);
  });

  test("unstable dynamics over a long gap overflow: nonFinite", async () => {
    const model = linearGaussianSSM({
      initial: "diffuse",
      dynamics: { weights: 10, covariance: 1 },
      emissions: { weights: 1, covariance: 1 },
    });
    const gap = (length: number) => [...new Array<null>(length).fill(null), 1, 2];
    const batch = [400, 100].map(length => gap(length).map(x => [x]));
    const result = await smooth(model, batch, { throwOnFailure: false });
    expect(result.statuses).toEqual(["nonFinite", "ok"]);
    expect(result.series(1).filteredMeans.data.slice(-2)[0]).toBeCloseTo(1, 14);
    await expect(logLikelihood(model, gap(400))).rejects.toThrow(/"nonFinite"/);
  });

  test("a duplicated exact sensor is singular, diffuse or not", async () => {
    const model = linearGaussianSSM({
      initial: "diffuse",
      dynamics: { weights: 1, covariance: 1 },
      emissions: {
        weights: [[1], [2]],
        covariance: [
          [0, 0],
          [0, 0],
        ],
      },
    });
    const result = await smooth(model, [[1, 2]], { throwOnFailure: false });
    expect(result.status).toBe("notPositiveDefinite");
    expect(result.filteredMeans.data[0]).toBeNaN();
  });
});

suite("options.likelihood", () => {
  const y = [4, 5.5, 5, 7, 8];
  const trend = (initial: "diffuse" | { mean: number[]; covariance: number[][] }) =>
    linearGaussianSSM({
      initial,
      dynamics: {
        weights: [
          [1, 1],
          [0, 1],
        ],
        covariance: [
          [0.1, 0],
          [0, 0.01],
        ],
      },
      emissions: { weights: [[1, 0]], covariance: 1 },
    });
  const known = trend({
    mean: [0, 0],
    covariance: [
      [1e6, 0],
      [0, 1e6],
    ],
  });

  test("diffuseOmitted leaves out the constant of the two diffuse entries, burn all of their steps", async () => {
    const exact = await smooth(trend("diffuse"), y);
    const omitted = await smooth(trend("diffuse"), y, { likelihood: "diffuseOmitted" });
    const burnt = await smooth(trend("diffuse"), y, { likelihood: "burn" });
    const terms = [...exact.logLikelihoods.data];
    expect([...omitted.logLikelihoods.data]).toEqual(
      terms.map((x, t) => (t < 2 ? expect.closeTo(x + HALF_LOG_TWO_PI, 14) : x)),
    );
    expect([...burnt.logLikelihoods.data]).toEqual([0, 0, ...terms.slice(2)]);
    const sum = (x: number[]): number => x.reduce((a, b) => a + b, 0);
    expect(await logLikelihood(trend("diffuse"), y, { likelihood: "burn" })).toBeCloseTo(
      sum(terms.slice(2)),
      12,
    );
    expect(await logLikelihood(trend("diffuse"), y, { likelihood: "burn", burnIn: 3 })).toBeCloseTo(
      sum(terms.slice(3)),
      12,
    );
    expect(await logLikelihood(trend("diffuse"), y, { likelihood: "burn", burnIn: 99 })).toBe(0);
  });

  test("burn with a known start, and diffuseOmitted where nothing is diffuse", async () => {
    const terms = [...(await smooth(known, y)).logLikelihoods.data];
    const burnt = await logLikelihood(known, y, { likelihood: "burn", burnIn: 2 });
    expect(burnt).toBeCloseTo(terms[2] + terms[3] + terms[4], 12);
    expect(await logLikelihood(known, y, { likelihood: "diffuseOmitted" })).toBe(
      await logLikelihood(known, y),
    );
  });

  test("what does not fit together is refused", async () => {
    const refuse = (options: InferenceOptions, text: RegExp) =>
      expect(smooth(known, y, options)).rejects.toThrow(text);
    await refuse(
      { likelihood: "burn" },
      /options\.burnIn expected a number of steps, as the start of the model is not diffuse, got nothing/,
    );
    await refuse(
      { burnIn: 2 },
      /options\.likelihood expected "burn" beside burnIn, got undefined\. Add likelihood: "burn"/,
    );
    await refuse(
      { likelihood: "burn", burnIn: -1 },
      /options\.burnIn expected a whole number of steps ≥ 0, got -1/,
    );
    await refuse(
      { likelihood: "diffuse" as never },
      /options\.likelihood expected "exact", "diffuseOmitted", "burn"/,
    );
  });
});
