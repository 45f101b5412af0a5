import { expect, suite, test } from "vitest";
import { linearGaussianSSM, prepare } from "./index.ts";

const eye = (n: number): number[][] =>
  Array.from({ length: n }, (_, i) => Array.from({ length: n }, (_, j) => (i === j ? 1 : 0)));
const R = [
  [4, 2, 0],
  [2, 5, 1],
  [0, 1, 9],
];
const parameters = {
  initial: { mean: [1, 2], covariance: eye(2) },
  dynamics: { weights: eye(2), bias: [10, 20], inputWeights: [[1], [2]], covariance: eye(2) },
  emissions: {
    weights: [
      [1, 2],
      [3, 4],
      [5, 6],
    ],
    bias: [1, 1, 1],
    inputWeights: [[1], [0], [0]],
    covariance: R,
  },
};
const model = linearGaussianSSM(parameters);
const inputs = [[5], [6], [7], [8]];
const gap = Number.NaN;
const observations = [
  [100, 100, 100],
  [100, gap, 100],
  [100, gap, 100],
  [gap, gap, gap],
];

suite("prepare()", () => {
  const problem = prepare(model, observations, { inputs });

  test("keeps one emission record for every pattern of missing entries", () => {
    expect([...problem.emissionIndex.data]).toEqual([0, 1, 1, 2]);
    expect([...problem.observedCounts]).toEqual([3, 2, 0]);
    expect(problem.emissionWeights).toHaveLength(3 * 6);
  });

  test("missing rows have no weights and are rows and columns of the identity in the factor", () => {
    expect([...problem.emissionWeights.slice(6, 12)]).toEqual([1, 2, 0, 0, 5, 6]);
    expect([...problem.emissionFactor.slice(18)]).toEqual(eye(3).flat());
    const L = problem.emissionFactor.slice(9, 18);
    expect([L[1], L[2], L[3], L[5], L[7]]).toEqual([0, 0, 0, 0, 0]);
    expect(L[4]).toBe(1);
  });

  test("the factor of the observed entries is that of their own covariance", () => {
    const square = (r: number, i: number, j: number): number => {
      const L = problem.emissionFactor.slice(9 * r, 9 * r + 9);
      return [0, 1, 2].reduce((sum, k) => sum + L[3 * i + k] * L[3 * j + k], 0);
    };
    for (const i of [0, 1, 2]) for (const j of [0, 1, 2]) expect(square(0, i, j)).toBeCloseTo(R[i][j], 14);
    for (const i of [0, 2]) for (const j of [0, 2]) expect(square(1, i, j)).toBeCloseTo(R[i][j], 14);
  });

  test("folds biases and inputs, and puts 0 where missing", () => {
    expect([...problem.observations]).toEqual([94, 99, 99, 93, 0, 99, 92, 0, 99, 0, 0, 0]);
    const { data, stepStride, seriesStride } = problem.dynamicsBias;
    expect([stepStride, seriesStride]).toEqual([2, 0]);
    expect([...data.slice(2, 4)]).toEqual([16, 32]);
  });

  test("constant parameters have strides of 0, one record when nothing is missing", () => {
    const full = prepare(model, [observations[0], observations[0]], { inputs: inputs.slice(0, 2) });
    expect(full.emissionIndex).toEqual({ data: new Uint32Array(1), stepStride: 0, seriesStride: 0 });
    expect([full.dynamicsWeights.stepStride, full.dynamicsFactor.seriesStride]).toEqual([0, 0]);
  });

  test("pads ragged batches with zeros", () => {
    const batch = prepare(model, [observations.slice(0, 1), observations.slice(0, 2)], {
      inputs: [inputs.slice(0, 1), inputs.slice(0, 2)],
    });
    expect([...batch.lengths]).toEqual([1, 2]);
    expect([...batch.observations]).toEqual([94, 99, 99, 0, 0, 0, 94, 99, 99, 93, 0, 99]);
    expect([...batch.emissionIndex.data]).toEqual([0, 0, 0, 1]);
    expect(batch.dynamicsBias.seriesStride).toBe(4);
  });
});
