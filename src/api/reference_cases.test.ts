import { expect, suite, test } from "vitest";
import { linearGaussianSSM, logLikelihood, smooth } from "./index.ts";

const close = (got: ArrayLike<number>, expected: readonly number[], digits: number): void => {
  expect(got.length).toBe(expected.length);
  expected.forEach((value, i) => {
    expect(got[i], `entry ${i}`).toBeCloseTo(value, digits);
  });
};
const eye = (n: number, scale = 1): number[][] =>
  Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, j) => (i === j ? scale : 0)));

suite("constant velocity in one dimension", () => {
  // Model and data of the documentation example of state-space-models/cuthbert; values recomputed in float64.
  const model = linearGaussianSSM({
    initial: { mean: [0, 1], covariance: eye(2, 0.1) },
    dynamics: {
      weights: [
        [1, 0.1],
        [0, 1],
      ],
      covariance: eye(2, 0.01),
    },
    emissions: { weights: [[1, 0]], covariance: 0.5 },
  });
  const y = [-0.12673497, -1.9195632, -0.7634685, -0.7985211, -0.06220094];

  test("filtered and smoothed moments are those of the reference", async () => {
    const result = await smooth(model, y);
    const column = (data: ArrayLike<number>, j: number): number[] => y.map((_, t) => data[2 * t + j]);
    close(
      column(result.filteredMeans.data, 0),
      [-0.021122495, -0.2383175144, -0.2384347952, -0.2458290495, -0.1397789446],
      9,
    );
    close(
      column(result.filteredMeans.data, 1),
      [1, 0.9663750863, 0.9460080189, 0.9147284658, 0.9204185604],
      9,
    );
    expect(result.marginalLogLikelihood).toBeCloseTo(-7.3634481293, 9);
    close(
      result.filteredCovariances.data.slice(16),
      [0.0790907528, 0.0308723259, 0.0308723259, 0.1355800408],
      9,
    );
    close(
      column(result.smoothedMeans.data, 0),
      [-0.4321070552, -0.3890477866, -0.3156472865, -0.2333723608, -0.1397789446],
      9,
    );
    close(
      result.smoothedCovariances.data.slice(0, 4),
      [0.0535340156, -0.0086761018, -0.0086761018, 0.0965175333],
      9,
    );
    close(
      result.smoothedCrossCovariances.data.slice(0, 4),
      [0.0490904873, -0.0091861201, -0.0000654806, 0.0962733999],
      9,
    );
  });
});

suite("car tracking", () => {
  // Särkkä, Bayesian Filtering and Smoothing (2013), example 3.6; deterministic data, values computed in float64 elsewhere.
  const dt = 0.1;
  const [a, b, c] = [dt ** 3 / 3, dt ** 2 / 2, dt];
  const car = (x0: number) =>
    linearGaussianSSM({
      initial: { mean: [x0, 0, 1, -1], covariance: eye(4) },
      dynamics: {
        weights: [
          [1, 0, dt, 0],
          [0, 1, 0, dt],
          [0, 0, 1, 0],
          [0, 0, 0, 1],
        ],
        covariance: [
          [a, 0, b, 0],
          [0, a, 0, b],
          [b, 0, c, 0],
          [0, b, 0, c],
        ],
      },
      emissions: { weights: eye(4).slice(0, 2), covariance: eye(2, 0.25) },
    });
  const data = (length: number, shift = 0): number[][] =>
    Array.from({ length }, (_, i) => {
      const k = i + 1;
      return [shift + 0.1 * k + 0.3 * Math.sin(k), -0.1 * k + 0.3 * Math.cos(k)];
    });

  test("moments and log-likelihood are those of the reference", async () => {
    const r = await smooth(car(0), data(20));
    expect(r.marginalLogLikelihood).toBeCloseTo(-21.6926792475, 9);
    close(r.filteredMeans.data.slice(0, 4), [0.2819530364, 0.0496725534, 1, -1], 9);
    close(r.filteredMeans.data.slice(76), [2.0212195814, -1.8975231738, 1.0838625804, -0.8181227562], 9);
    const diagonal = (P: ArrayLike<number>, t: number): number[] => [0, 5, 10, 15].map(i => P[16 * t + i]);
    close(diagonal(r.filteredCovariances.data, 0), [0.2, 0.2, 1, 1], 9);
    close(
      diagonal(r.filteredCovariances.data, 19),
      [0.0748638535, 0.0748638535, 0.5160187091, 0.5160187091],
      9,
    );
    expect(r.filteredCovariances.data[19 * 16 + 2]).toBeCloseTo(0.1322884809, 9);
    close(r.smoothedMeans.data.slice(0, 4), [0.1694787694, -0.1283075765, 0.8825710726, -0.9953558054], 9);
    close(r.smoothedMeans.data.slice(40, 44), [1.0925302619, -1.1034958707, 0.9844523644, -0.9453097822], 9);
    close(diagonal(r.smoothedCovariances.data, 0), [0.0595629557, 0.0595629557, 0.333737321, 0.333737321], 9);
    close(
      diagonal(r.smoothedCrossCovariances.data, 0),
      [0.0510609808, 0.0510609808, 0.2691631973, 0.2691631973],
      9,
    );
  });

  // probml/dynamax issue 423: a parallel likelihood that leaves H m0 out of its first term.
  test("adding 100 to the first column and to the prior mean leaves the log-likelihood as it is", async () => {
    const shifted = await logLikelihood(car(100), data(20, 100));
    expect(shifted).toBeCloseTo(await logLikelihood(car(0), data(20)), 9);
  });

  test("predicted and filtered covariances settle at the solution of the Riccati equation", async () => {
    const r = await smooth(car(0), data(400));
    const P = r.predictedCovariances.data.slice(399 * 16);
    close([P[0], P[2], P[10]], [0.106778913, 0.1888859214, 0.6153090086], 9);
    const U = r.filteredCovariances.data.slice(399 * 16);
    close([U[0], U[2], U[10]], [0.0748214854, 0.1323550205, 0.5153090086], 9);
  });
});
