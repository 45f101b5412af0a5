import { readFileSync } from "node:fs";
import { expect, suite, test } from "vitest";
import { denseOracle, type Matrix } from "../../test-browser/oracle.ts";
import { randomModel } from "../../test-browser/oracle_models.ts";
import { diagnostics, filter, linearGaussianSSM, predict, simulate } from "./index.ts";

const csv = readFileSync(new URL("../../examples/nile/nile.csv", import.meta.url), "utf8");
const flows = csv
  .trim()
  .split("\n")
  .slice(1)
  .map(line => Number(line.split(",").at(-1)));
/** Local level of the Nile: given the first flow, as an exact diffuse start leaves it. */
const nile = linearGaussianSSM({
  initial: { mean: [1120], covariance: 15099 + 1469.1 },
  dynamics: { weights: 1, covariance: 1469.1 },
  emissions: { weights: 1, covariance: 15099 },
});

suite("predict()", () => {
  test("moments are those of the predicted state, innovations those of the likelihood", async () => {
    const T = 9;
    const [n, m] = [3, 3];
    const { model: raw, observations, inputs } = randomModel({ n, m, T, seed: 60, inputs: 2, missing: 0.4 });
    const model = linearGaussianSSM(raw);
    const oracle = denseOracle(raw, observations, inputs);
    const got = await predict(model, observations, { inputs });
    const H = raw.emissions.weights as Matrix;
    const [D, R, d] = [
      raw.emissions.inputWeights as Matrix,
      raw.emissions.covariance as Matrix,
      raw.emissions.bias as number[],
    ];
    expect(got.means.shape).toEqual([T, m]);
    expect(got.covariances.shape).toEqual([T, m, m]);
    let missing = 0;
    for (let t = 0; t < T; t++) {
      const [mean, P] = [oracle.predictedMeans[t], oracle.predictedCovariances[t]];
      let quadratic = 0;
      for (let i = 0; i < m; i++) {
        const wanted = H[i].reduce(
          (sum, h, k) => sum + h * mean[k],
          d[i] + D[i].reduce((sum, w, k) => sum + w * (inputs as Matrix)[t][k], 0),
        );
        expect(got.means.data[t * m + i]).toBeCloseTo(wanted, 10);
        for (let j = 0; j < m; j++) {
          const S = H[i].reduce(
            (sum, a, p) => sum + H[j].reduce((rest, b, q) => rest + a * P[p][q] * b, 0),
            R[i][j],
          );
          expect(got.covariances.data[(t * m + i) * m + j]).toBeCloseTo(S, 10);
          if (i === j) expect(got.variances.data[t * m + i]).toBeCloseTo(S, 10);
        }
        const y = observations[t][i];
        const e = got.standardizedInnovations.data[t * m + i];
        if (y === null) {
          missing++;
          expect(got.innovations.data[t * m + i]).toBeNaN();
          expect(e).toBeNaN();
        } else {
          expect(got.innovations.data[t * m + i]).toBeCloseTo(y - wanted, 10);
          quadratic += e * e;
        }
      }
      // log p(y_t | …) = −½ e'e − ½ log det 2πS: e'e by the oracle's likelihood and the determinant of S restricted.
      const seen = [0, 1, 2].filter(i => observations[t][i] !== null);
      const S = seen.map(i => seen.map(j => got.covariances.data[(t * m + i) * m + j]));
      const wanted =
        -2 * oracle.logLikelihoods[t] - Math.log(determinant(S)) - seen.length * Math.log(2 * Math.PI);
      expect(quadratic).toBeCloseTo(wanted, 9);
    }
    expect(missing).toBeGreaterThan(3);
  });

  test("the interval holds nearly as many observations as it says, and they look right to every test", async () => {
    const { model: raw } = randomModel({ n: 2, m: 2, T: 1, seed: 61 });
    const model = linearGaussianSSM(raw);
    const { observations } = simulate(model, { numSteps: 4000, seed: 1 });
    const got = await predict(model, observations, { level: 0.8 });
    const inside = observations.data.filter((y, i) => y > got.lower.data[i] && y < got.upper.data[i]).length;
    // Binomial, five standard errors.
    expect(Math.abs(inside / 8000 - 0.8)).toBeLessThan(5 * Math.sqrt(0.16 / 8000));
    for (const tests of diagnostics(got)) {
      expect(tests.count).toBe(4000);
      expect(tests.normality.pValue).toBeGreaterThan(0.001);
      expect(tests.heteroskedasticity.pValue).toBeGreaterThan(0.001);
      expect(tests.serialCorrelation.pValue).toBeGreaterThan(0.001);
    }
    // A model with another dynamics is seen by the test of serial correlation.
    const wrong = linearGaussianSSM({
      ...raw,
      dynamics: {
        ...raw.dynamics,
        weights: [
          [0, 0],
          [0, 0],
        ],
      },
    });
    const seen = diagnostics(await predict(wrong, observations));
    expect(Math.min(...seen.map(tests => tests.serialCorrelation.pValue))).toBeLessThan(1e-6);
  });

  test("masks, ragged batches and dtype are as in filter()", async () => {
    const walk = linearGaussianSSM({
      initial: { mean: [0], covariance: 1 },
      dynamics: { weights: 1, covariance: 0.5 },
      emissions: { weights: 1, covariance: 1 },
    });
    const y = [
      [[1], [2], [3]],
      [[4], [5]],
    ];
    const mask = [
      [[1], [0], [1]],
      [[1], [1]],
    ];
    const batch = await predict(walk, y, { mask, dtype: "float32" });
    expect(batch.innovations.data).toBeInstanceOf(Float32Array);
    expect(batch.innovations.shape).toEqual([2, 3, 1]);
    const alone = await predict(walk, [[1], [Number.NaN], [3]]);
    expect(Array.from(batch.series(0).standardizedInnovations.data)).toEqual(
      Array.from(alone.standardizedInnovations.data, Math.fround),
    );
    expect(batch.means.data[1]).not.toBeNaN();
    expect(batch.innovations.data[1]).toBeNaN();
    expect([...batch.means.data.slice(5)]).toEqual([Number.NaN]);
    expect(batch.series(1).means.shape).toEqual([2, 1]);
    expect(diagnostics(batch).map(({ series, channel, count }) => [series, channel, count])).toEqual([
      [0, 0, 2],
      [1, 0, 2],
    ]);
  });

  test("refuses bad options", async () => {
    await expect(predict(nile, flows, { level: 1 })).rejects.toThrow(
      /predict: options.level expected a probability/,
    );
    await expect(predict(nile, flows, { levels: 0.9 } as object)).rejects.toThrow(/Did you mean "level"/);
    await expect(predict(nile, [[1, 2]])).rejects.toThrow(/predict: observations/);
  });
});

suite("diagnostics()", () => {
  // Durbin & Koopman print −0.03, (excess 0.09), 0.05, 0.61, 8.84; recomputed in float64 to four decimals.
  test("gives the published values for the Nile", async () => {
    const prediction = await predict(nile, flows.slice(1));
    const [tests] = diagnostics(prediction, { lags: 9 });
    expect(tests.count).toBe(99);
    expect(tests.skewness).toBeCloseTo(-0.0306, 4);
    expect(tests.kurtosis).toBeCloseTo(3.0873, 4);
    expect(tests.normality.statistic).toBeCloseTo(0.0469, 4);
    expect(tests.heteroskedasticity.blockLength).toBe(33);
    expect(tests.heteroskedasticity.statistic).toBeCloseTo(0.613, 4);
    expect(tests.serialCorrelation.statistic).toBeCloseTo(8.8433, 4);
    expect(tests.normality.pValue).toBeCloseTo(Math.exp(-0.0469 / 2), 4);
    expect(diagnostics(prediction, { lags: 9, numFitted: 1 })[0].serialCorrelation.degreesOfFreedom).toBe(8);
  });

  test("p-values are uniform over draws from the right model", async () => {
    const model = linearGaussianSSM(randomModel({ n: 2, m: 1, T: 1, seed: 63 }).model);
    const tests = [];
    for (let seed = 0; seed < 300; seed++) {
      const { observations } = simulate(model, { numSteps: 200, seed });
      tests.push(diagnostics(await predict(model, observations))[0]);
    }
    for (const name of ["heteroskedasticity", "serialCorrelation"] as const) {
      const values = tests.map(one => one[name].pValue).sort((a, b) => a - b);
      const D = Math.max(...values.map((p, i) => Math.max(p - i / 300, (i + 1) / 300 - p)));
      // Kolmogorov and Smirnov: √n D exceeds 1.95 with probability 0.001.
      expect(Math.sqrt(300) * D, name).toBeLessThan(1.95);
    }
  });

  test("leaves out the steps of an exact diffuse start", async () => {
    const { dynamics, emissions } = {
      dynamics: { weights: 1, covariance: 1469.1 },
      emissions: { weights: 1, covariance: 15099 },
    };
    const prediction = await predict(linearGaussianSSM({ initial: "diffuse", dynamics, emissions }), flows);
    expect([prediction.means.data[0], prediction.covariances.data[0]]).toEqual([Number.NaN, Number.NaN]);
    expect(prediction.means.data[1]).toBeCloseTo(1120, 10);
    const [tests] = diagnostics(prediction, { lags: 9 });
    const [same] = diagnostics(await predict(nile, flows.slice(1)), { lags: 9 });
    expect(tests.count).toBe(99);
    expect(tests.skewness).toBeCloseTo(same.skewness, 11);
    expect(tests.heteroskedasticity.statistic).toBeCloseTo(same.heteroskedasticity.statistic, 11);
    expect(tests.serialCorrelation.statistic).toBeCloseTo(same.serialCorrelation.statistic, 11);
  });

  test("takes predictions only, and known options", async () => {
    const filtered = await filter(nile, flows);
    expect(() => diagnostics(filtered as never)).toThrow(
      /diagnostics: prediction expected a result of predict\(\)/,
    );
    const prediction = await predict(nile, flows);
    expect(() => diagnostics(prediction, { lags: 0 })).toThrow(
      /options.lags expected a whole number ≥ 1, got 0/,
    );
    expect(() => diagnostics(prediction, { numFitted: -1 })).toThrow(/numFitted expected a whole number ≥ 0/);
    expect(() => diagnostics(prediction, { lag: 3 } as object)).toThrow(/Did you mean "lags"/);
  });
});

function determinant(a: Matrix): number {
  if (a.length === 0) return 1;
  return a[0].reduce(
    (sum, x, j) =>
      sum + (j % 2 === 0 ? x : -x) * determinant(a.slice(1).map(row => row.filter((_, k) => k !== j))),
    0,
  );
}
