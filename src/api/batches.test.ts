import { expect, suite, test } from "vitest";
import { randomModel, TestRandom } from "../../test-browser/oracle_models.ts";
import { filter, linearGaussianSSM, logLikelihood, type SmootherResult, smooth } from "./index.ts";

const FIELDS = [
  "filteredMeans",
  "filteredCovariances",
  "predictedMeans",
  "predictedCovariances",
  "smoothedMeans",
  "smoothedCovariances",
  "smoothedCrossCovariances",
  "logLikelihoods",
] as const;

/** The series of a batch are computed as they would be alone, so equality is exact. */
const sameAs = (batch: SmootherResult, index: number, alone: SmootherResult): void => {
  const one = batch.series(index);
  for (const field of FIELDS) {
    expect(one[field].shape, field).toEqual(alone[field].shape);
    expect(one[field].data, field).toEqual(alone[field].data);
  }
  expect(one.marginalLogLikelihood).toBe(alone.marginalLogLikelihood);
};

const cases = [9, 14, 5].map((T, i) => randomModel({ n: 3, m: 2, T, seed: 60 + i, inputs: 2, missing: 0.2 }));
const shared = linearGaussianSSM(cases[0].model);
const seen = cases.map(c => c.observations);
const inputs = cases.map(c => c.inputs as number[][]);

suite("smooth() of several series", () => {
  test("a ragged batch gives what every series gives alone, padded with NaN", async () => {
    const batch = await smooth(shared, seen, { inputs });
    expect(batch.numSeries).toBe(3);
    expect([...batch.lengths]).toEqual([9, 14, 5]);
    expect(batch.smoothedMeans.shape).toEqual([3, 14, 3]);
    expect(batch.smoothedCrossCovariances.shape).toEqual([3, 13, 3, 3]);
    expect(batch.logLikelihoods.shape).toEqual([3, 14]);
    for (let s = 0; s < 3; s++) sameAs(batch, s, await smooth(shared, seen[s], { inputs: inputs[s] }));
    const last = batch.smoothedMeans.data.slice(2 * 14 * 3);
    expect(last.slice(0, 15).every(Number.isFinite)).toBe(true);
    expect(last.slice(15).every(Number.isNaN)).toBe(true);
    expect(batch.smoothedCrossCovariances.data.slice((2 * 13 + 4) * 9).every(Number.isNaN)).toBe(true);
  });

  test("the log-likelihood of a batch is the sum over its series", async () => {
    const batch = await filter(shared, seen, { inputs });
    const alone = await Promise.all(seen.map((y, s) => logLikelihood(shared, y, { inputs: inputs[s] })));
    expect([...batch.marginalLogLikelihoods]).toEqual(alone);
    expect(await logLikelihood(shared, seen, { inputs })).toBeCloseTo(alone[0] + alone[1] + alone[2], 12);
  });

  test("parameters with a series axis belong to their series, with and without a time axis", async () => {
    const many = [1, 2].map(seed => randomModel({ n: 2, m: 2, T: 8, seed, timeVarying: true, missing: 0.2 }));
    const fixed = randomModel({ n: 2, m: 2, T: 8, seed: 3 }).model;
    const stack = (get: (m: (typeof fixed)["dynamics"]) => unknown, part: "dynamics" | "emissions") =>
      many.map(({ model }) => get(model[part])) as number[][];
    const batchModel = linearGaussianSSM({
      initial: {
        mean: many.map(({ model }) => model.initial.mean),
        covariance: many.map(({ model }) => model.initial.covariance),
      },
      dynamics: {
        weights: stack(p => p.weights, "dynamics"),
        bias: stack(p => p.bias, "dynamics"),
        covariance: fixed.dynamics.covariance as number[][],
      },
      emissions: {
        weights: stack(p => p.weights, "emissions"),
        // [N, 1, m]
        bias: [[[1, 2]], [[3, 4]]],
        covariance: stack(p => p.covariance, "emissions"),
      },
    });
    expect(batchModel.numSeries).toBe(2);
    expect(batchModel.numSteps).toBe(8);
    const batch = await smooth(
      batchModel,
      many.map(c => c.observations),
    );
    for (let s = 0; s < 2; s++) {
      const { initial, dynamics, emissions } = many[s].model;
      const alone = linearGaussianSSM({
        initial,
        dynamics: { ...dynamics, covariance: fixed.dynamics.covariance },
        emissions: { ...emissions, bias: s === 0 ? [1, 2] : [3, 4] },
      });
      sameAs(batch, s, await smooth(alone, many[s].observations));
    }
  });

  test("emissions that vary in time only, or by series only, keep their missing entries apart", async () => {
    const varying = randomModel({ n: 2, m: 2, T: 8, seed: 64, timeVarying: true, missing: 0.3 });
    const other = randomModel({ n: 2, m: 2, T: 8, seed: 65, missing: 0.3 });
    const model = linearGaussianSSM(varying.model);
    const batch = await smooth(model, [varying.observations, other.observations]);
    sameAs(batch, 0, await smooth(model, varying.observations));
    sameAs(batch, 1, await smooth(model, other.observations));

    const { initial, dynamics } = other.model;
    const bySeries = [varying, other].map(({ model: { emissions } }) => {
      const at = (value: unknown): number[][] =>
        (Array.isArray((value as number[][][])[0][0]) ? (value as number[][][])[3] : value) as number[][];
      return { weights: at(emissions.weights), covariance: at(emissions.covariance) };
    });
    const apart = linearGaussianSSM({
      initial,
      dynamics,
      emissions: { weights: bySeries.map(e => [e.weights]), covariance: bySeries.map(e => [e.covariance]) },
    });
    const two = await smooth(apart, [varying.observations, other.observations]);
    for (const [s, { observations }] of [varying, other].entries()) {
      sameAs(
        two,
        s,
        await smooth(linearGaussianSSM({ initial, dynamics, emissions: bySeries[s] }), observations),
      );
    }
  });

  test("inputs [T, d] are shared by all series", async () => {
    const y = [0, 1].map(seed => randomModel({ n: 3, m: 2, T: 9, seed }).observations);
    const batch = await smooth(shared, y, { inputs: inputs[0] });
    for (let s = 0; s < 2; s++) sameAs(batch, s, await smooth(shared, y[s], { inputs: inputs[0] }));
  });
});

suite("forms of input", () => {
  const { model, observations } = randomModel({ n: 2, m: 2, T: 6, seed: 70 });
  const made = linearGaussianSSM(model);
  const flat = Float64Array.from(observations.flat() as number[]);

  test("nested arrays, rows of typed arrays and {data, shape} are the same data", async () => {
    const expected = (await smooth(made, observations)).smoothedMeans.data;
    const rows = observations.map(row => Float64Array.from(row as number[]));
    expect((await smooth(made, rows)).smoothedMeans.data).toEqual(expected);
    expect((await smooth(made, { data: flat, shape: [6, 2] })).smoothedMeans.data).toEqual(expected);
    const batch = await smooth(made, { data: flat, shape: [1, 6, 2] });
    expect(batch.smoothedMeans.shape).toEqual([1, 6, 2]);
    expect(batch.smoothedMeans.data).toEqual(expected);
    const list = await smooth(made, [{ data: flat, shape: [6, 2] }]);
    expect(list.smoothedMeans.data).toEqual(expected);
  });

  test("integers of any width are numbers", async () => {
    const local = linearGaussianSSM({
      initial: { mean: 0, covariance: 1 },
      dynamics: { weights: 1, covariance: 1 },
      emissions: { weights: 1, covariance: 1 },
    });
    const expected = await logLikelihood(local, [1, 0, 3]);
    for (const Kind of [Int8Array, Uint8Array, Int16Array, Uint16Array, Int32Array, Uint32Array])
      expect(await logLikelihood(local, Kind.of(1, 0, 3))).toBe(expected);
  });

  test("a list of typed arrays is a batch when m = 1", async () => {
    const scalar = linearGaussianSSM({
      initial: { mean: 0, covariance: 1 },
      dynamics: { weights: 0.9, covariance: 0.1 },
      emissions: { weights: 1, covariance: 0.5 },
    });
    const result = await smooth(scalar, [Float64Array.of(1, 2, 3), Float64Array.of(4, 5)]);
    expect(result.smoothedMeans.shape).toEqual([2, 3, 1]);
    sameAs(result, 1, await smooth(scalar, [4, 5]));
  });

  test("NaN, null and mask say the same thing, per entry and per row", async () => {
    const masks = observations.map((_, t) => [t !== 2, t !== 2 && t !== 4]);
    const withNull = observations.map((row, t) => row.map((y, j) => (masks[t][j] ? y : null)));
    const withNaN = observations.map((row, t) =>
      row.map((y, j) => (masks[t][j] ? (y as number) : Number.NaN)),
    );
    const expected = (await smooth(made, withNull)).smoothedMeans.data;
    expect(expected).not.toEqual((await smooth(made, observations)).smoothedMeans.data);
    expect((await smooth(made, withNaN)).smoothedMeans.data).toEqual(expected);
    expect((await smooth(made, observations, { mask: masks as never })).smoothedMeans.data).toEqual(expected);
    const rows = observations.map((_, t) => (t === 2 ? 0 : 1));
    const byRow = observations.map((row, t) => (t === 2 ? [null, null] : row));
    const expectedRows = (await smooth(made, byRow)).smoothedMeans.data;
    expect((await smooth(made, observations, { mask: rows })).smoothedMeans.data).toEqual(expectedRows);
    expect((await smooth(made, [observations], { mask: [rows] })).smoothedMeans.data).toEqual(expectedRows);
  });

  test("nothing that is passed is changed or kept", async () => {
    const weights = Float64Array.from([0.9, 0.1, 0, 0.8]);
    const parameters = {
      initial: {
        mean: [0, 0],
        covariance: [
          [1, 0],
          [0, 1],
        ],
      },
      dynamics: {
        weights: { data: weights, shape: [2, 2] },
        covariance: [
          [1, 0],
          [0, 1],
        ],
      },
      emissions: {
        weights: [
          [1, 0],
          [0, 1],
        ],
        bias: [1, 1],
        covariance: [
          [1, 0],
          [0, 1],
        ],
      },
    };
    const before = structuredClone(parameters);
    const copy = flat.slice();
    copy[3] = Number.NaN;
    const kept = copy.slice();
    const model = linearGaussianSSM(parameters);
    const first = await smooth(model, { data: copy, shape: [6, 2] });
    expect(parameters).toEqual(before);
    expect(copy).toEqual(kept);
    weights.fill(0);
    copy.fill(0);
    expect((await smooth(model, { data: kept, shape: [6, 2] })).smoothedMeans.data).toEqual(
      first.smoothedMeans.data,
    );
  });

  test("index 0 of time-varying dynamics is ignored, also when it is NaN", async () => {
    const varying = randomModel({ n: 2, m: 1, T: 5, seed: 71, timeVarying: true });
    const spoiled = structuredClone(varying.model) as unknown as Record<string, Record<string, number[][][]>>;
    spoiled.dynamics.weights[0] = [
      [Number.NaN, 1],
      [2, 3],
    ];
    spoiled.dynamics.covariance[0] = [
      [-1, 5],
      [Number.NaN, 0],
    ];
    const expected = await smooth(linearGaussianSSM(varying.model), varying.observations);
    const got = await smooth(linearGaussianSSM(spoiled as never), varying.observations);
    expect(got.smoothedMeans.data).toEqual(expected.smoothedMeans.data);
  });

  test("more than 20 outputs with many patterns of missing entries still find their records", async () => {
    const random = new TestRandom(5);
    const wide = randomModel({ n: 2, m: 23, T: 40, seed: 72 });
    const y = wide.observations.map(row => row.map(v => (random.uniform() < 0.5 ? null : v)));
    const model = linearGaussianSSM(wide.model);
    const batch = await smooth(model, [y, wide.observations]);
    sameAs(batch, 0, await smooth(model, y));
    sameAs(batch, 1, await smooth(model, wide.observations));
  });
});
