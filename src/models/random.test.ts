import { expect, suite, test } from "vitest";
import { linearGaussianSSM, simulate } from "./index.ts";
import { CounterRandom, philox } from "./random.ts";

const block = (c: number[], k: number[]): number[] => {
  const out = new Uint32Array(4);
  philox(c[0], c[1], c[2], k[0], k[1], out, c[3]);
  return [...out];
};

suite("philox()", () => {
  // Known answers of the Random123 distribution (kat_vectors, philox 4 32 10).
  test("gives the published answers", () => {
    expect(block([0, 0, 0, 0], [0, 0])).toEqual([0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8]);
    const ones = 0xffffffff;
    expect(block([ones, ones, ones, ones], [ones, ones])).toEqual([
      0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd,
    ]);
    expect(block([0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344], [0xa4093822, 0x299f31d0])).toEqual([
      0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1,
    ]);
  });
});

suite("CounterRandom", () => {
  test("normal draws have the moments of a normal", () => {
    const random = new CounterRandom(1);
    const N = 200_000;
    const sums = [0, 0, 0, 0];
    for (let i = 0; i < N; i++) {
      const x = random.normal();
      for (let p = 0; p < 4; p++) sums[p] += x ** (p + 1) / N;
    }
    // Standard errors of the first four moments: √(1, 2, 15, 96) / √N; five of them.
    [0, 1, 0, 3].forEach((moment, p) => {
      expect(Math.abs(sums[p] - moment)).toBeLessThan((5 * Math.sqrt([1, 2, 15, 96][p])) / Math.sqrt(N));
    });
  });

  test("seeds and streams give different numbers", () => {
    const draws = [
      [1, 0],
      [2, 0],
      [1, 1],
      [2 ** 32 + 1, 0],
    ].map(([seed, stream]) => new CounterRandom(seed, stream).uniform());
    expect(new Set(draws).size).toBe(4);
  });
});

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
