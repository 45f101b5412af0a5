import { expect, suite, test } from "vitest";
import { linearGaussianSSM, smooth } from "../api/index.ts";
import { clearPredicted, clearRounding } from "./rounding_rows.ts";

suite("clearRounding()", () => {
  test("sets a row to 0 when it is rounding of the terms it was made from, and no other", () => {
    const a = Float64Array.of(9, 3e-17, 4e-17, 9);
    clearRounding(a, 1, 2, 1e-3, 2);
    expect([...a]).toEqual([9, 3e-17, 4e-17, 9]);
    clearRounding(a, 1, 2, 1, 2);
    expect([...a]).toEqual([9, 0, 0, 9]);
  });
});

suite("clearPredicted()", () => {
  test("clears what cancelled in F U, unless noise is added to it", () => {
    // F takes the difference of two states that move together.
    const F = Float64Array.of(1, -1, 1, -1);
    const U = Float64Array.of(0.3, 0, 0.3, 0);
    const block = (noise: number): Float64Array => Float64Array.of(0, 0, 1e-17, 0, 0, noise, 1e-17, 0);
    const a = block(0);
    clearPredicted(2, F, 0, U, 2, a, 4, 2, 0);
    expect([...a]).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
    const b = block(1e-9);
    clearPredicted(2, F, 0, U, 2, b, 4, 2, 0);
    expect([...b]).toEqual([0, 0, 0, 0, 0, 1e-9, 1e-17, 0]);
  });
});

suite("exactly known states", () => {
  // y_t = z_t without noise, and the last three values as states: rows of their factors cancel to 1e-17.
  const lags = (diffuse: boolean) =>
    linearGaussianSSM({
      initial: diffuse
        ? "diffuse"
        : {
            mean: [0, 0, 0, 0],
            covariance: [0, 1, 2, 3].map(i => [0, 1, 2, 3].map(j => (i === j ? 0.7 : 0.1))),
          },
      dynamics: {
        weights: [
          [0.3, 0.2, 0.1, -0.05],
          [0.9, 0.31, -0.17, 0.07],
          [0, 1, 0, 0],
          [0, 0, 1, 0],
        ],
        covariance: [0, 1, 2, 3].map(i => [0, 1, 2, 3].map(j => (i === 0 && j === 0 ? 0.4 : 0))),
      },
      // The row of F that makes the first lag: z_1 at t + 1 is y_t.
      emissions: { weights: [[0.9, 0.31, -0.17, 0.07]], covariance: 0 },
    });
  const y = Array.from({ length: 200 }, (_, t) => Math.sin(t * t) + 0.3 * Math.cos(0.1 * t));

  test.each([false, true])(
    "the smoother gives lags back as they were observed, diffuse start %s",
    async diffuse => {
      const { smoothedMeans, smoothedCovariances } = await smooth(lags(diffuse), y, { backend: "cpu" });
      for (let t = 3; t < y.length; t++) {
        for (let lag = 1; lag <= 3; lag++) {
          expect(Math.abs(smoothedMeans.data[4 * t + lag] - y[t - lag]), `t ${t}, lag ${lag}`).toBeLessThan(
            1e-13,
          );
          expect(smoothedCovariances.data[(4 * t + lag) * 4 + lag]).toBeLessThan(1e-28);
        }
      }
    },
  );
});
