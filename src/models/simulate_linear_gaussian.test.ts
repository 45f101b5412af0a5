import { expect, suite, test } from "vitest";
import { linearGaussianSSM, simulate } from "./index.ts";

suite("simulate()", () => {
  const model = linearGaussianSSM({
    initial: {
      mean: [1, 2],
      covariance: [
        [1, 0],
        [0, 1],
      ],
    },
    dynamics: {
      weights: [
        [0.9, 0],
        [0.1, 0.8],
      ],
      inputWeights: [[1], [0]],
      covariance: [
        [0.1, 0],
        [0, 0],
      ],
    },
    emissions: { weights: [[1, 1]], bias: [3], covariance: 0.2 },
  });
  const inputs = Array.from({ length: 50 }, (_, t) => [t]);

  test("the same seed gives the same draw, another seed another", () => {
    const draw = (seed: number) => simulate(model, { numSteps: 50, seed, inputs });
    expect(draw(1)).toEqual(draw(1));
    expect(draw(1).states.data).not.toEqual(draw(2).states.data);
    expect(draw(1).states.shape).toEqual([50, 2]);
    expect(draw(1).observations.shape).toEqual([50, 1]);
  });

  test("without noise the recursion is exact and inputs act on the step they belong to", () => {
    const still = linearGaussianSSM({
      initial: { mean: [1], covariance: 0 },
      dynamics: { weights: 2, bias: [0.5], inputWeights: 1, covariance: 0 },
      emissions: { weights: 1, inputWeights: 10, covariance: 0 },
    });
    const { states, observations } = simulate(still, { numSteps: 3, inputs: [[7], [1], [2]] });
    expect([...states.data]).toEqual([1, 3.5, 9.5]);
    expect([...observations.data]).toEqual([71, 13.5, 29.5]);
  });
});
