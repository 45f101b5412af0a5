import { expect, suite, test } from "vitest";
import { randomModel } from "../../test-browser/oracle_models.ts";
import { linearGaussianSSM, type PosteriorSamples, samplePosterior, simulate, smooth } from "./index.ts";

const {
  model: raw,
  observations,
  inputs,
} = randomModel({ n: 2, m: 2, T: 8, seed: 20, inputs: 1, missing: 0.3 });
const model = linearGaussianSSM(raw);

suite("samplePosterior()", () => {
  test("means, covariances and cross-covariances are those of smooth() within Monte Carlo error", async () => {
    const S = 20_000;
    const [T, n] = [8, 2];
    const { states } = await samplePosterior(model, observations, { inputs, numSamples: S, seed: 3 });
    const exact = await smooth(model, observations, { inputs });
    expect(states.shape).toEqual([S, T, n]);
    const column = (t: number, i: number) =>
      Float64Array.from({ length: S }, (_, s) => states.data[(s * T + t) * n + i]);
    const mean = (x: Float64Array) => x.reduce((a, b) => a + b, 0) / S;
    const variance = (t: number, i: number) => exact.smoothedCovariances.data[(t * n + i) * n + i];
    const check = (t: number, i: number, u: number, j: number, wanted: number) => {
      const [x, y] = [column(t, i), column(u, j)];
      const [mx, my] = [mean(x), mean(y)];
      const got = x.reduce((sum, value, s) => sum + (value - mx) * (y[s] - my), 0) / (S - 1);
      // Standard error of a covariance of normals, five of them.
      const error = Math.sqrt((variance(t, i) * variance(u, j) + wanted ** 2) / S);
      expect(Math.abs(got - wanted), `Cov(z_${t},${i}, z_${u},${j})`).toBeLessThan(5 * error);
    };
    for (let t = 0; t < T; t++) {
      for (let i = 0; i < n; i++) {
        const wanted = exact.smoothedMeans.data[t * n + i];
        expect(Math.abs(mean(column(t, i)) - wanted)).toBeLessThan(5 * Math.sqrt(variance(t, i) / S));
        for (let j = 0; j < n; j++) {
          check(t, i, t, j, exact.smoothedCovariances.data[(t * n + i) * n + j]);
          if (t + 1 < T) check(t, i, t + 1, j, exact.smoothedCrossCovariances.data[(t * n + i) * n + j]);
        }
      }
    }
  });

  test("a draw does not depend on the number of draws; seeds give others", async () => {
    const draws = (numSamples: number, seed: number) =>
      samplePosterior(model, observations, { inputs, numSamples, seed }).then(r => r.states.data);
    const [two, five, other] = [await draws(2, 1), await draws(5, 1), await draws(2, 2)];
    expect(five.slice(0, two.length)).toEqual(two);
    expect(two.slice(0, 16)).not.toEqual(two.slice(16));
    expect(other).not.toEqual(two);
    expect((await samplePosterior(model, observations, { inputs, seed: 1 })).states.data).toEqual(
      two.slice(0, 16),
    );
  });

  // Dynamax draws with u_t and F_t out of z_t, but filters with those into it, and its parallel sampler refuses inputs.
  test("where nothing is random it returns the simulated states, inputs at their own steps", async () => {
    const exact = linearGaussianSSM({
      initial: {
        mean: [1, -1],
        covariance: [
          [0, 0],
          [0, 0],
        ],
      },
      dynamics: {
        weights: [
          [
            [9, 9],
            [9, 9],
          ],
          [
            [0.5, 1],
            [0, 1],
          ],
          [
            [1, 0.2],
            [0.3, 1],
          ],
          [
            [0, 1],
            [1, 0],
          ],
        ],
        inputWeights: [[1], [2]],
        covariance: [
          [0, 0],
          [0, 0],
        ],
      },
      emissions: { weights: [[1, 0]], inputWeights: [[3]], covariance: 1 },
    });
    const u = [[1], [10], [100], [1000]];
    const { states: truth, observations: y } = simulate(exact, { inputs: u });
    const { states } = await samplePosterior(exact, y, { inputs: u, numSamples: 3 });
    for (let draw = 0; draw < 3; draw++)
      expect(states.data.slice(draw * 8, draw * 8 + 8)).toEqual(truth.data);
  });

  test("ragged batches: padded with NaN, cut by series(), and series 0 alone is series 0", async () => {
    const walk = linearGaussianSSM({
      initial: { mean: [0], covariance: 1 },
      dynamics: { weights: 1, covariance: 0.5 },
      emissions: { weights: 1, covariance: 1 },
    });
    const y: number[][][] = [[[1], [2], [Number.NaN]], [[4]], [[1], [2], [3], [4], [5]]];
    const options = { numSamples: 2, seed: 5 };
    const batch = await samplePosterior(walk, y, options);
    const alone = await samplePosterior(walk, y[0], options);
    expect(batch.states.shape).toEqual([3, 2, 5, 1]);
    expect(alone.states.shape).toEqual([2, 3, 1]);
    expect(batch.series(0).states).toEqual(alone.states);
    expect(batch.series(1).states.shape).toEqual([2, 1, 1]);
    expect(batch.series(1).numSamples).toBe(2);
    const filled = [...batch.states.data].map(value => !Number.isNaN(value));
    const row = (length: number) => Array.from({ length: 5 }, (_, t) => t < length);
    expect(filled).toEqual([3, 3, 1, 1, 5, 5].flatMap(row));
    // The same data as another series have other noise.
    const twice = await samplePosterior(walk, [y[2], y[2]], options);
    expect(twice.series(0).states.data).not.toEqual(twice.series(1).states.data);
  });

  test("a diffuse start is drawn exactly, in a ragged batch with a series that ends in its head", async () => {
    const trend = linearGaussianSSM({
      initial: "diffuse",
      dynamics: {
        weights: [
          [1, 1],
          [0, 1],
        ],
        covariance: [
          [0.5, 0],
          [0, 0.1],
        ],
      },
      emissions: { weights: [[1, 0]], covariance: 1 },
    });
    const y: number[][][] = [[[1], [3]], [[1], [2], [4], [3], [6]], [[2]]];
    const S = 20_000;
    const options = { numSamples: S, seed: 2, throwOnFailure: false };
    const got = await samplePosterior(trend, y, options);
    const exact = await smooth(trend, y, { throwOnFailure: false });
    expect(got.statuses).toEqual(["ok", "ok", "unidentified"]);
    expect(got.series(2).states.data.every(Number.isNaN)).toBe(true);
    expect(got.run.plan).toMatch(/^exact diffuse start: 2 of 5 steps.*20000 backward draws/);
    for (const s of [0, 1]) {
      const { data, shape } = got.series(s).states;
      const [means, covariances] = [exact.series(s).smoothedMeans, exact.series(s).smoothedCovariances];
      for (let i = 0; i < shape[1] * 2; i++) {
        const column = Float64Array.from({ length: S }, (_, draw) => data[draw * shape[1] * 2 + i]);
        const mean = column.reduce((a, b) => a + b, 0) / S;
        const variance = column.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (S - 1);
        const wanted = covariances.data[Math.floor(i / 2) * 4 + (i % 2) * 3];
        // Five standard errors.
        expect(Math.abs(mean - means.data[i]), `mean ${s},${i}`).toBeLessThan(5 * Math.sqrt(wanted / S));
        expect(Math.abs(variance / wanted - 1), `variance ${s},${i}`).toBeLessThan(5 * Math.sqrt(2 / S));
      }
    }
    await expect(samplePosterior(trend, y)).rejects.toThrow(/"unidentified" for series 2.*diffuse state 1:/);
  });

  test("dtype, run and status say how it was made", async () => {
    const made = await samplePosterior(model, observations, {
      inputs,
      numSamples: 2,
      dtype: "float32",
      backend: "cpu",
    });
    expect(made.states.data).toBeInstanceOf(Float32Array);
    expect(made).toMatchObject({ status: "ok", statuses: ["ok"], numSeries: 1, numSamples: 2 });
    expect(made.run).toMatchObject({ backend: "cpu", dtype: "float64" });
    expect(made.run.plan).toMatch(/2 backward draws/);
    const wide: PosteriorSamples = await samplePosterior(model, observations, { inputs, numSamples: 2 });
    expect(Array.from(made.states.data)).toEqual(Array.from(wide.states.data, Math.fround));
  });

  test("refuses bad options, unknown ones and too much memory", async () => {
    const call = (options: object) => samplePosterior(model, observations, { inputs, ...options });
    await expect(call({ numSamples: 0 })).rejects.toThrow(
      "samplePosterior: options.numSamples expected a whole number ≥ 1, got 0. Correct the option or leave it out.",
    );
    await expect(call({ numSamples: 1.5 })).rejects.toThrow(/numSamples expected a whole number/);
    await expect(call({ seed: -1 })).rejects.toThrow(/options.seed expected a whole number ≥ 0, got -1/);
    await expect(call({ samples: 3 })).rejects.toThrow(/options.samples.*Did you mean "numSamples"/);
    await expect(call({ numSamples: 1e9 })).rejects.toThrow(
      /memory expected at most 8.0 GiB.*1000000000 samples/,
    );
    await expect(samplePosterior(model, observations)).rejects.toThrow(/samplePosterior: inputs expected/);
    await expect(call({ signal: AbortSignal.abort() })).rejects.toThrow(/samplePosterior/);
  });
});
