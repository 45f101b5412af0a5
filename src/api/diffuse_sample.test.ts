import { expect, suite, test } from "vitest";
import { randomModel } from "../../test-browser/oracle_models.ts";
import { linearGaussianSSM, samplePosterior, smooth } from "./index.ts";

suite("samplePosterior() with a diffuse start", () => {
  const S = 20_000;

  /** Draws against smooth(): means, covariances and cross-covariances, five standard errors. */
  async function check(diffuse: boolean[], y: (number | null)[][], seed: number): Promise<void> {
    const n = diffuse.length;
    const raw = randomModel({ n, m: 1, T: 2, seed }).model;
    const { mean, covariance } = raw.initial;
    const initial = {
      mean: mean.map((x, i) => (diffuse[i] ? 0 : x)),
      covariance: covariance.map((row, i) => row.map((x, j) => (diffuse[i] || diffuse[j] ? 0 : x))),
      diffuse,
    };
    const model = linearGaussianSSM({ ...raw, initial });
    const exact = await smooth(model, y);
    const { states, status } = await samplePosterior(model, y, { numSamples: S, seed });
    const T = y.length;
    expect(status).toBe("ok");
    expect(states.shape).toEqual([S, T, n]);
    const column = (t: number, i: number) =>
      Float64Array.from(
        { length: S },
        (_, s) => states.data[(s * T + t) * n + i] - exact.smoothedMeans.data[t * n + i],
      );
    const variance = (t: number, i: number) => exact.smoothedCovariances.data[(t * n + i) * n + i];
    const compare = (t: number, i: number, u: number, j: number, wanted: number) => {
      const [x, y] = [column(t, i), column(u, j)];
      const got = x.reduce((sum, value, s) => sum + value * y[s], 0) / S;
      const error = Math.sqrt((variance(t, i) * variance(u, j) + wanted ** 2) / S);
      expect(Math.abs(got - wanted), `Cov(z_${t},${i}, z_${u},${j})`).toBeLessThan(5 * error);
    };
    for (let t = 0; t < T; t++) {
      for (let i = 0; i < n; i++) {
        const mean = column(t, i).reduce((a, b) => a + b, 0) / S;
        expect(Math.abs(mean)).toBeLessThan(5 * Math.sqrt(variance(t, i) / S));
        for (let j = 0; j < n; j++) {
          compare(t, i, t, j, exact.smoothedCovariances.data[(t * n + i) * n + j]);
          if (t + 1 < T) compare(t, i, t + 1, j, exact.smoothedCrossCovariances.data[(t * n + i) * n + j]);
        }
      }
    }
  }

  test("means, covariances and cross-covariances are those of smooth(), in the head and after it", async () => {
    await check([true, true], [[1], [null], [2], [0.5], [1]], 40);
    await check([true, false, true], [[1], [null], [2], [0.5], [1], [-1]], 41);
  });

  test("also when the series ends with the step that identifies it", () =>
    check([true, true], [[1], [2]], 42));

  test("a batch of ragged series, each drawn as far as it goes; one that is not identified is NaN", async () => {
    const model = linearGaussianSSM({
      initial: "diffuse",
      dynamics: { weights: 1, covariance: 1 },
      emissions: { weights: 1, covariance: 0 },
    });
    const batch = [
      [[1], [2], [4]],
      [[null], [7]],
      [[null], [null]],
    ];
    const result = await samplePosterior(model, batch, { numSamples: 2, throwOnFailure: false });
    expect(result.statuses).toEqual(["ok", "ok", "unidentified"]);
    const [a, b] = [result.series(0).states.data, result.series(1).states.data];
    [1, 2, 4, 1, 2, 4].forEach((x, i) => {
      expect(a[i]).toBeCloseTo(x, 12);
    });
    expect([b[1], b[3]]).toEqual([7, 7]);
    // One step back of a random walk from 7: different draws, both near.
    expect(b[0]).not.toBe(b[2]);
    expect(Math.abs(b[0] - 7)).toBeLessThan(6.8);
    expect(result.series(2).states.data.every(Number.isNaN)).toBe(true);
    await expect(samplePosterior(model, batch)).rejects.toThrow(
      /"unidentified" for series 2.*diffuse state 0:/,
    );
  });

  test("draws do not depend on how many there are", async () => {
    const { model, observations } = randomModel({ n: 2, m: 1, T: 6, seed: 43 });
    const flat = linearGaussianSSM({ ...model, initial: "diffuse" });
    const draws = (numSamples: number) =>
      samplePosterior(flat, observations, { numSamples, seed: 5 }).then(r => r.states.data);
    expect((await draws(5)).slice(0, 24)).toEqual(await draws(2));
  });
});
