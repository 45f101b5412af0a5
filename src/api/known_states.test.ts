/** States that noise-free data determine ever better: a moving average, whole and with missing points. */
import { expect, suite, test } from "vitest";
import { denseOracle } from "../../test-browser/oracle.ts";
import type { RawCase } from "../../test-browser/oracle_models.ts";
import { linearGaussianSSM, samplePosterior, smooth } from "./index.ts";

const T = 90;
const model: RawCase["model"] = {
  initial: {
    mean: [0, 0],
    covariance: [
      [2.5625, 0.4],
      [0.4, 0.16],
    ],
  },
  dynamics: {
    weights: [
      [0.6, 1],
      [0, 0],
    ],
    covariance: [
      [1, 0.4],
      [0.4, 0.16],
    ],
  },
  emissions: { weights: [[1, 0]], covariance: [[0]] },
};
const whole = Array.from({ length: T }, (_, t) => [Math.sin(t * t) + 3]);
const gaps = whole.map((y, t) => (t === 60 || t === 70 ? [null] : y));

suite("a moving average without noise", () => {
  test.each([
    ["whole", whole],
    ["with missing points", gaps],
  ])("smoothed moments are the dense oracle's: %s", async (_, y) => {
    const exact = denseOracle(model, y);
    const result = await smooth(linearGaussianSSM(model), y, { backend: "cpu" });
    expect(result.run.plan).toMatch(/two-filter/);
    for (let t = 0; t < T; t++) {
      for (let i = 0; i < 2; i++) {
        expect(result.smoothedMeans.data[2 * t + i]).toBeCloseTo(exact.smoothedMeans[t]![i]!, 9);
        for (let j = 0; j < 2; j++) {
          expect(result.smoothedCovariances.data[4 * t + 2 * i + j]).toBeCloseTo(
            exact.smoothedCovariances[t]![i]![j]!,
            9,
          );
          if (t < T - 1)
            expect(result.smoothedCrossCovariances.data[4 * t + 2 * i + j]).toBeCloseTo(
              exact.smoothedCrossCovariances[t]![i]![j]!,
              9,
            );
        }
      }
    }
  });

  test("draws have the oracle's variances: within five standard errors", async () => {
    const exact = denseOracle(model, gaps);
    const S = 4000;
    const { states, run } = await samplePosterior(linearGaussianSSM(model), gaps, {
      backend: "cpu",
      numSamples: S,
      seed: 3,
    });
    expect(run.plan).toMatch(/forward draws/);
    for (const t of [0, 1, 2, 60, 61, 62, 70, 71]) {
      let [mean, square] = [0, 0];
      for (let k = 0; k < S; k++) {
        const d = states.data[(k * T + t) * 2 + 1]! - exact.smoothedMeans[t]![1]!;
        mean += d / S;
        square += (d * d) / S;
      }
      const variance = exact.smoothedCovariances[t]![1]![1]!;
      expect(Math.abs(mean)).toBeLessThan(5 * Math.sqrt(variance / S));
      expect(Math.abs(square / variance - 1)).toBeLessThan(5 * Math.sqrt(2 / S));
    }
  });

  test("timeInvariant is refused for smoothing, and taken for filtering", async () => {
    await expect(
      smooth(linearGaussianSSM(model), whole, { backend: "cpu", form: "timeInvariant" }),
    ).rejects.toThrow(/noise-free data/);
  });
});
