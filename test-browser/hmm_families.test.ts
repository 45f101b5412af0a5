/** smooth() on a GPU against the float64 recursions: every family of emissions, every kind of transitions. */
import { expect, suite, test } from "vitest";
import { type HiddenMarkovModel, hiddenMarkovModel, smooth } from "../src/api/index.ts";
import { DENSITY_CASES, densitiesOf } from "../src/models/hmm/testing/density_cases.ts";
import { useEngine } from "./shared_engine.ts";

const engine = useEngine();

type Data = Parameters<typeof smooth>[1];

/** Smoothed probabilities within 1e-6 by either smoother, and the log-likelihood within a few roundings of float32 a step. */
async function compare(model: HiddenMarkovModel, data: Data, options: object): Promise<void> {
  const cpu = await smooth(model, data, { ...options, backend: "cpu" });
  const on = { ...options, backend: "webgpu", engine: engine() } as const;
  const gpu = await smooth(model, data, on);
  const twice = await smooth(model, data, { ...on, smoother: "twoFilter" });
  for (const { smoothedProbs } of [gpu, twice])
    cpu.smoothedProbs.data.forEach((p, k) => {
      if (Number.isNaN(p)) expect(smoothedProbs.data[k]).toBeNaN();
      else expect(Math.abs(smoothedProbs.data[k]! - p)).toBeLessThan(1e-6);
    });
  const steps = cpu.lengths.reduce((sum, length) => sum + length, 0);
  const size = Math.abs(cpu.marginalLogLikelihood);
  expect(Math.abs(gpu.marginalLogLikelihood - cpu.marginalLogLikelihood)).toBeLessThan(
    1e-6 * steps + 2e-7 * size,
  );
}

suite("smooth() on a GPU", () => {
  for (const given of DENSITY_CASES)
    test(`takes ${given.name} emissions`, () =>
      compare(densitiesOf(given).model, given.observations, given.inputs ? { inputs: given.inputs } : {}));

  const counts = Array.from({ length: 90 }, (_, t) =>
    t % 11 === 4 ? null : Math.round(9 + 8 * Math.sin(t * t)),
  );
  const ragged = [counts.slice(0, 40), counts, counts.slice(3, 5)].map(series => series.map(y => [y]));
  const emissions = { family: "poisson", rates: [3, 15] };
  const swap = [
    [0, 1],
    [1, 0],
  ];

  test("takes semi-Markov transitions, whose states share densities", () =>
    compare(
      hiddenMarkovModel({
        initialProbs: "stationary",
        transitions: {
          kind: "semi-markov",
          transitionMatrix: swap,
          durations: { kind: "negative-binomial", shapes: [3, 2], probs: [0.5, 0.3] },
        },
        emissions,
      }),
      ragged as Data,
      {},
    ));

  test("takes transitions driven by inputs, with zeros", () =>
    compare(
      hiddenMarkovModel({
        initialProbs: [1, 0],
        transitions: {
          kind: "input-driven",
          weights: [
            [[0], [2]],
            [[1], [0]],
          ],
          mask: [
            [1, 1],
            [1, 0],
          ],
        },
        emissions,
      }),
      counts.map(y => [y]) as Data,
      { inputs: counts.map((_, t) => [Math.cos(t)]) },
    ));
});
