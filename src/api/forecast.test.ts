import { expect, suite, test } from "vitest";
import { denseOracle, type Matrix, type RawModel } from "../../test-browser/oracle.ts";
import { type RandomModelOptions, randomModel } from "../../test-browser/oracle_models.ts";
import { type ArrayInput, filter, forecast, linearGaussianSSM, type ResultArray, smooth } from "./index.ts";

const rows = ({ data, shape }: ResultArray): number[][] => {
  const size = shape[shape.length - 1];
  return Array.from({ length: data.length / size }, (_, i) =>
    Array.from(data.slice(i * size, (i + 1) * size)),
  );
};
const close = (got: ArrayLike<number>, wanted: ArrayLike<number>, digits = 10): void => {
  expect(got.length).toBe(wanted.length);
  for (let i = 0; i < wanted.length; i++) expect(got[i], `entry ${i}`).toBeCloseTo(wanted[i], digits);
};

/** y moments of step t from the oracle's predicted state, written out. */
function oracleObservation(model: RawModel, T: number, k: number, mean: number[], P: Matrix, u?: number[]) {
  const pick = <X>(value: X | X[], depth: number): X => {
    let levels = 0;
    for (let v: unknown = value; Array.isArray(v); v = v[0]) levels++;
    return levels > depth ? (value as X[])[T + k] : (value as X);
  };
  const { weights, bias, inputWeights, covariance } = model.emissions;
  const H = pick<Matrix>(weights as Matrix, 2);
  const R = pick<Matrix>(covariance as Matrix, 2);
  const d = bias ? pick<number[]>(bias as number[], 1) : H.map(() => 0);
  const D = inputWeights && pick<Matrix>(inputWeights as Matrix, 2);
  const y = H.map((row, i) =>
    row.reduce(
      (sum, h, j) => sum + h * mean[j],
      d[i] + (D && u ? D[i].reduce((s, w, j) => s + w * u[j], 0) : 0),
    ),
  );
  const S = H.map((a, i) =>
    H.map(
      (b, j) => R[i][j] + a.reduce((sum, x, p) => sum + b.reduce((t, z, q) => t + x * P[p][q] * z, 0), 0),
    ),
  );
  return { y, S };
}

const CASES: Record<string, RandomModelOptions> = {
  "constant parameters": { n: 3, m: 2, T: 12, seed: 40 },
  "inputs in both equations and gaps": { n: 2, m: 2, T: 12, seed: 41, inputs: 2, missing: 0.3 },
  "everything varies in time": { n: 3, m: 2, T: 12, seed: 42, timeVarying: true, inputs: 1 },
  "singular Q and P0 = 0": { n: 3, m: 1, T: 9, seed: 43, singularQ: true, zeroP0: true },
};

suite("forecast()", () => {
  for (const [name, options] of Object.entries(CASES)) {
    test(`is the filter of masked steps: ${name}`, async () => {
      const { model: raw, observations, inputs } = randomModel(options);
      const h = 5;
      const T = options.T - h;
      const masked = observations.map((row, t) => (t < T ? row : row.map(() => null)));
      const oracle = denseOracle(raw, masked, inputs);
      const model = linearGaussianSSM(raw);
      const past = { inputs: inputs?.slice(0, T), futureInputs: inputs?.slice(T) };
      const got = await forecast(model, observations.slice(0, T), h, past);
      expect(got.means.shape).toEqual([h, options.m]);
      expect(got.covariances.shape).toEqual([h, options.m, options.m]);
      expect(got.stateMeans.shape).toEqual([h, options.n]);
      close(got.stateMeans.data, oracle.predictedMeans.slice(T).flat());
      close(got.stateCovariances.data, oracle.predictedCovariances.slice(T).flat(2));
      for (let k = 0; k < h; k++) {
        const [mean, P] = [oracle.predictedMeans[T + k], oracle.predictedCovariances[T + k]];
        const { y, S } = oracleObservation(raw, T, k, mean, P, inputs?.[T + k]);
        close(rows(got.means)[k], y);
        close(
          rows(got.covariances)
            .slice(k * options.m, (k + 1) * options.m)
            .flat(),
          S.flat(),
        );
        close(
          rows(got.variances)[k],
          S.map((row, i) => row[i]),
        );
      }
      const law = await filter(model, masked, { inputs });
      close(got.stateMeans.data, law.predictedMeans.data.slice(T * options.n));
    });
  }

  // Dynamax gives the filtered state at T − 1 as its first forecast, and drops D u.
  test("the first forecast is of step T, with the transition into it and its inputs", async () => {
    const model = linearGaussianSSM({
      initial: { mean: [1], covariance: 0 },
      dynamics: { weights: 2, bias: [0.5], inputWeights: 1, covariance: 0 },
      emissions: { weights: 1, bias: [100], inputWeights: 10, covariance: 0.25 },
    });
    const past = { inputs: [[0], [0]], futureInputs: [[7], [1]] };
    const got = await forecast(model, [101, 102.5], 2, past);
    // z_0 = 1, z_1 = 2.5, z_2 = 5.5 + 7, z_3 = 25.5 + 1.
    expect([...got.stateMeans.data]).toEqual([12.5, 26.5]);
    expect([...got.means.data]).toEqual([12.5 + 100 + 70, 26.5 + 100 + 10]);
    expect([...got.covariances.data]).toEqual([0.25, 0.25]);
  });

  test("intervals hold the level they are asked for", async () => {
    const { model: raw, observations } = randomModel({ n: 2, m: 2, T: 10, seed: 44 });
    const model = linearGaussianSSM(raw);
    for (const [level, z] of [
      [undefined, 1.959963984540054],
      [0.5, 0.6744897501960817],
      [0.999, 3.2905267314919255],
    ] as const) {
      const got = await forecast(model, observations, 3, { level });
      expect(got.level).toBe(level ?? 0.95);
      const half = Array.from(got.variances.data, variance => z * Math.sqrt(variance));
      close(
        got.upper.data,
        half.map((x, i) => got.means.data[i] + x),
        12,
      );
      close(
        got.lower.data,
        half.map((x, i) => got.means.data[i] - x),
        12,
      );
    }
  });

  test("scenarios start from one posterior, which stays as it was, bit for bit", async () => {
    const { model: raw, observations, inputs = [] } = randomModel({ n: 2, m: 1, T: 10, seed: 45, inputs: 1 });
    const model = linearGaussianSSM(raw);
    const posterior = await smooth(model, observations, { inputs });
    const before = [posterior.filteredMeans, posterior.filteredCovariances, posterior.smoothedMeans].map(x =>
      x.data.slice(),
    );
    const futures = { none: [[0], [0], [0]], high: [[5], [5], [5]] };
    const got = await forecast(model, posterior, 3, { futureInputs: futures.none, scenarios: futures });
    const again = await smooth(model, observations, { inputs });
    [posterior.filteredMeans, posterior.filteredCovariances, posterior.smoothedMeans].forEach((x, i) => {
      expect(x.data).toEqual(before[i]);
    });
    expect(again.filteredMeans).toEqual(posterior.filteredMeans);
    expect(Object.keys(got.scenarios)).toEqual(["none", "high"]);
    expect(got.scenarios.none.means).toEqual(got.means);
    // In any order and on its own a scenario is the same.
    const alone = await forecast(model, posterior, 3, { futureInputs: futures.high });
    expect(got.scenarios.high.means).toEqual(alone.means);
    expect(got.scenarios.high.covariances).toEqual(got.covariances);
    const [B, D] = [raw.dynamics.inputWeights as Matrix, raw.emissions.inputWeights as Matrix];
    const H = raw.emissions.weights as Matrix;
    const shift = H[0][0] * B[0][0] * 5 + H[0][1] * B[1][0] * 5 + D[0][0] * 5;
    expect(alone.means.data[0] - got.means.data[0]).toBeCloseTo(shift, 11);
  });

  test("a result in place of observations gives the same and runs no filter", async () => {
    const { model: raw, observations } = randomModel({ n: 3, m: 2, T: 20, seed: 46 });
    const model = linearGaussianSSM(raw);
    const direct = await forecast(model, observations, 4, { level: 0.8 });
    const given = await forecast(model, await filter(model, observations, { outputs: [] }), 4, {
      level: 0.8,
    });
    for (const field of ["means", "covariances", "lower", "upper", "stateMeans", "stateCovariances"] as const)
      expect(given[field]).toEqual(direct[field]);
    expect(given.run.plan).toMatch(/^filter.*4 steps ahead in float64 on the host$/);
  });

  test("ragged batches: every series goes on from its own end, with its own inputs and parameters", async () => {
    const walk = (weights: ArrayInput) =>
      linearGaussianSSM({
        initial: { mean: [0], covariance: 1 },
        dynamics: { weights, inputWeights: 1, covariance: 0.5 },
        emissions: { weights: 1, covariance: 1 },
      });
    const y = [
      [[1], [2]],
      [[4], [5], [6]],
    ];
    const inputs = [
      [[0], [1]],
      [[2], [0], [1]],
    ];
    const futureInputs = [
      [[1], [2]],
      [[3], [4]],
    ];
    const batch = await forecast(walk([[[[1]]], [[[0.5]]]]), y, 2, {
      inputs,
      futureInputs,
      scenarios: { same: futureInputs },
    });
    expect(batch.means.shape).toEqual([2, 2, 1]);
    expect([...batch.lengths]).toEqual([2, 3]);
    for (const [i, weights] of [1, 0.5].entries()) {
      const alone = await forecast(walk(weights), y[i], 2, {
        inputs: inputs[i],
        futureInputs: futureInputs[i],
      });
      close(batch.series(i).means.data, alone.means.data, 13);
      close(batch.series(i).covariances.data, alone.covariances.data, 13);
      expect(batch.series(i).means.shape).toEqual([2, 1]);
      expect(batch.series(i).scenarios.same.means).toEqual(batch.series(i).means);
    }
  });

  test("time-varying parameters of a ragged batch are read at each series' own steps", async () => {
    const drift = linearGaussianSSM({
      initial: { mean: [0], covariance: 0 },
      dynamics: { weights: 1, bias: [[0], [1], [10], [100], [1000]], covariance: 0 },
      emissions: { weights: 1, covariance: 1 },
    });
    const got = await forecast(drift, [[[0]], [[0], [1], [11]]], 2);
    expect([...got.means.data]).toEqual([1, 11, 111, 1111]);
  });

  // Steady-state variance and last level: Durbin & Koopman, section 2.6, with (15099, 1469.1).
  test("forecasts of the Nile stay level and widen by the variance of the level", async () => {
    const { readFileSync } = await import("node:fs");
    const text = readFileSync(new URL("../../examples/nile/nile.csv", import.meta.url), "utf8");
    const flows = text
      .trim()
      .split("\n")
      .slice(1)
      .map(line => Number(line.split(",").at(-1)));
    expect(flows).toHaveLength(100);
    const nile = linearGaussianSSM({
      initial: { mean: [1120], covariance: 1e7 },
      dynamics: { weights: 1, covariance: 1469.1 },
      emissions: { weights: 1, covariance: 15099 },
    });
    const got = await forecast(nile, flows, 30);
    got.means.data.forEach(mean => {
      expect(mean).toBeCloseTo(798.37029261, 7);
    });
    got.variances.data.forEach((variance, k) => {
      expect(variance).toBeCloseTo(20600.25794181 + 1469.1 * k, 7);
    });
  });

  test("a series that failed is NaN, and says so", async () => {
    const model = linearGaussianSSM({
      initial: { mean: [0], covariance: 0 },
      dynamics: { weights: 1, covariance: 0 },
      emissions: { weights: 1, covariance: 0 },
    });
    await expect(forecast(model, [1, 2], 2)).rejects.toThrow(
      /forecast: status expected "ok", got "notPositiveDefinite"/,
    );
    const got = await forecast(model, [1, 2], 2, { throwOnFailure: false });
    expect(got.status).toBe("notPositiveDefinite");
    expect(got.means.data).toEqual(Float64Array.of(Number.NaN, Number.NaN));
    expect(got.upper.data[1]).toBeNaN();
  });

  // Koopman 1997: after two observations a local linear trend with an exact diffuse start has the moments below.
  test("goes on from an exact diffuse start; NaN where the data do not identify it", async () => {
    const [level, slope, noise] = [8.253, 2.334, 1.993];
    const trend = linearGaussianSSM({
      initial: "diffuse",
      dynamics: {
        weights: [
          [1, 1],
          [0, 1],
        ],
        covariance: [
          [level, 0],
          [0, slope],
        ],
      },
      emissions: { weights: [[1, 0]], covariance: noise },
    });
    const [y1, y2] = [10.2394, 4.2039];
    const got = await forecast(trend, [y1, y2], 1);
    close(got.stateMeans.data, [2 * y2 - y1, y2 - y1], 11);
    const [q1, q2] = [level / noise, slope / noise];
    const P = [5 + 2 * q1 + q2, 3 + q1 + q2, 3 + q1 + q2, 2 + q1 + 2 * q2].map(x => x * noise);
    close(got.stateCovariances.data, P, 11);
    const one = await forecast(trend, [y1], 1, { throwOnFailure: false });
    expect(one.status).toBe("unidentified");
    expect([one.means.data[0], one.upper.data[0]]).toEqual([Number.NaN, Number.NaN]);
    await expect(forecast(trend, [y1], 1)).rejects.toThrow(
      /forecast: status expected "ok", got "unidentified"/,
    );
  });

  test("refuses what it cannot use, before any work", async () => {
    const { model: raw, observations, inputs } = randomModel({ n: 2, m: 1, T: 6, seed: 47, inputs: 2 });
    const model = linearGaussianSSM(raw);
    const two = [
      [1, 2],
      [3, 4],
    ];
    const call = (h: number, options: object) =>
      forecast(model, observations, h, { inputs, futureInputs: two, ...options });
    for (const h of [0, -1, 1.5, Number.NaN])
      await expect(call(h, {})).rejects.toThrow(
        `forecast: h expected a whole number ≥ 1, got ${h}. Pass the number of steps to forecast.`,
      );
    await expect(call(3, {})).rejects.toThrow(
      "forecast: futureInputs expected 3 rows, one per step, got 2. Give one row for every step.",
    );
    await expect(call(2, { futureInputs: undefined })).rejects.toThrow(
      "forecast: futureInputs expected [h, 2] as the model has input weights, got nothing. Pass the option futureInputs.",
    );
    await expect(call(2, { futureInputs: [[1], [2]] })).rejects.toThrow(/forecast: futureInputs/);
    await expect(
      call(2, {
        futureInputs: [
          [1, 2],
          [3, Number.NaN],
        ],
      }),
    ).rejects.toThrow(/futureInputs\[1\]\[1\] expected a finite number/);
    await expect(call(2, { scenarios: { hot: [[1, 2]] } })).rejects.toThrow(
      /forecast: scenarios.hot expected 2 rows, one per step, got 1/,
    );
    await expect(call(2, { scenarios: 3 })).rejects.toThrow(/options.scenarios expected an object/);
    await expect(call(1e9, {})).rejects.toThrow(
      /forecast: memory expected at most 8\.0 GiB, got 59\.6 GiB for 1 × 1 × 1000000000 steps ahead/,
    );
    await expect(call(2, { level: 95 })).rejects.toThrow(
      "forecast: options.level expected a probability between 0 and 1, got 95. Correct the option or leave it out.",
    );
    await expect(call(2, { futureInput: two })).rejects.toThrow(/Did you mean "futureInputs"/);
    const plain = linearGaussianSSM(randomModel({ n: 2, m: 1, T: 6, seed: 48 }).model);
    await expect(forecast(plain, observations, 2, { futureInputs: two })).rejects.toThrow(
      /futureInputs expected none/,
    );
    const varying = linearGaussianSSM(randomModel({ n: 2, m: 1, T: 6, seed: 49, timeVarying: true }).model);
    await expect(forecast(varying, observations, 2)).rejects.toThrow(
      "forecast: model expected time-varying parameters with 8 rows, 6 for the observations and 2 ahead, got 6. " +
        "Give every time-varying parameter a row for each step forecast.",
    );
    const result = await filter(model, observations, { inputs });
    await expect(forecast(model, result, 2, { inputs, futureInputs: two } as object)).rejects.toThrow(
      /options.inputs/,
    );
    const other = linearGaussianSSM(randomModel({ n: 3, m: 1, T: 6, seed: 50 }).model);
    await expect(forecast(other, result, 2)).rejects.toThrow(
      "forecast: result expected 3 states as in the model, got 2. Pass the model that the result was made with.",
    );
  });
});
