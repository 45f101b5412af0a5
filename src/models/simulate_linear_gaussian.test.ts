import { expect, suite, test } from "vitest";
import { CounterRandom } from "../inference/index.ts";
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

  test("noise comes in the order z_0, y_0, z_1, y_1 … of the seed's stream", () => {
    const walk = linearGaussianSSM({
      initial: { mean: [5], covariance: 4 },
      dynamics: { weights: 0.5, covariance: 9 },
      emissions: { weights: 1, covariance: 16 },
    });
    const random = new CounterRandom(11);
    const { states, observations } = simulate(walk, { numSteps: 3, seed: 11 });
    let z = 5 + 2 * random.normal();
    for (let t = 0; t < 3; t++) {
      if (t > 0) z = 0.5 * z + 3 * random.normal();
      expect(states.data[t]).toBe(z);
      expect(observations.data[t]).toBe(z + 4 * random.normal());
    }
  });

  test("series and samples add axes; the first of them is the single draw, none depends on how many there are", () => {
    const one = simulate(model, { numSteps: 50, seed: 1, inputs });
    const many = simulate(model, { numSteps: 50, seed: 1, inputs, numSeries: 3, numSamples: 2 });
    const more = simulate(model, { numSteps: 50, seed: 1, inputs, numSeries: 4, numSamples: 2 });
    expect(many.states.shape).toEqual([3, 2, 50, 2]);
    expect(many.observations.shape).toEqual([3, 2, 50, 1]);
    expect(many.states.data.slice(0, 100)).toEqual(one.states.data);
    expect(more.states.data.slice(0, 600)).toEqual(many.states.data);
    const draws = Array.from({ length: 6 }, (_, i) => many.states.data[i * 100]);
    expect(new Set(draws).size).toBe(6);
    expect(simulate(model, { numSteps: 50, seed: 1, inputs, numSamples: 2 }).states.shape).toEqual([
      2, 50, 2,
    ]);
    expect(simulate(model, { numSteps: 50, seed: 1, inputs, numSeries: 1 }).states.shape).toEqual([1, 50, 2]);
  });

  test("parameters and inputs of several series are each used for their own", () => {
    const still = linearGaussianSSM({
      initial: { mean: [[1], [2]], covariance: 0 },
      dynamics: { weights: [[[[2]]], [[[3]]]], inputWeights: 1, covariance: 0 },
      emissions: { weights: 1, covariance: 0 },
    });
    const u = [
      [[0], [10]],
      [[0], [20]],
    ];
    const { states, observations } = simulate(still, { numSteps: 2, inputs: u });
    expect(states.shape).toEqual([2, 2, 1]);
    expect([...states.data]).toEqual([1, 12, 2, 26]);
    expect(observations.data).toEqual(states.data);
  });

  test("initialState fixes z_0 and leaves the noise of later steps alone", () => {
    const free = simulate(model, { numSteps: 50, seed: 3, inputs });
    const same = simulate(model, {
      numSteps: 50,
      seed: 3,
      inputs,
      initialState: free.states.data.slice(0, 2),
    });
    expect(same).toEqual(free);
    const { states } = simulate(model, {
      numSteps: 5,
      inputs: inputs.slice(0, 5),
      numSeries: 2,
      initialState: [
        [1, 2],
        [3, 4],
      ],
    });
    expect([...states.data.slice(0, 2), ...states.data.slice(10, 12)]).toEqual([1, 2, 3, 4]);
  });

  test("a diffuse start needs initialState", () => {
    const trend = linearGaussianSSM({
      initial: "diffuse",
      dynamics: { weights: 1, covariance: 1 },
      emissions: { weights: 1, covariance: 1 },
    });
    expect(() => simulate(trend, { numSteps: 3 })).toThrow(
      "simulate: model expected an initial distribution to draw from, got a flat one on state 0. " +
        "Pass the option initialState, or give initial.mean and initial.covariance.",
    );
    expect(simulate(trend, { numSteps: 3, initialState: 7 }).states.data[0]).toBe(7);
  });

  test("refuses what does not fit", () => {
    const bad = (options: object) => () =>
      simulate(model, { numSteps: 2, inputs: inputs.slice(0, 2), ...options });
    expect(bad({ numSeries: 0 })).toThrow(
      "simulate: numSeries expected a whole number ≥ 1, got 0. Leave it out for one series.",
    );
    expect(bad({ numSamples: 1.5 })).toThrow(/numSamples expected a whole number ≥ 1, got 1.5/);
    expect(bad({ numSteps: 0 })).toThrow(/numSteps expected a whole number ≥ 1, got 0/);
    expect(bad({ initialState: [1] })).toThrow(/initialState expected \[2\] or \[N, 2\], got \[1\]/);
    expect(
      bad({
        initialState: [
          [1, 2],
          [3, 4],
        ],
      }),
    ).toThrow(/initialState expected one state, got 2/);
    expect(bad({ initialState: [1, Number.NaN] })).toThrow(
      /initialState\[1\] expected a finite number, got NaN/,
    );
    expect(bad({ inputs: [[1]] })).toThrow(
      "simulate: inputs expected 2 rows, one per step, got 1. Give one row for every step.",
    );
    expect(bad({ steps: 3 })).toThrow(/options.steps/);
    const two = linearGaussianSSM({
      initial: { mean: [[1], [2]], covariance: 0 },
      dynamics: { weights: 1, covariance: 0 },
      emissions: { weights: 1, covariance: 0 },
    });
    expect(() => simulate(two, { numSteps: 2, numSeries: 3 })).toThrow(
      "simulate: numSeries expected 2 as in the parameters, got 3. Leave it out.",
    );
  });
});
