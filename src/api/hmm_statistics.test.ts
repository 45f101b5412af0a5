import { expect, suite, test } from "vitest";
import { hiddenMarkovModel, ShapeError, simulate, smooth, sufficientStatistics } from "./index.ts";

const model = hiddenMarkovModel({
  initialProbs: [0.5, 0.5],
  transitionMatrix: [
    [0.9, 0.1],
    [0.3, 0.7],
  ],
  emissions: { family: "poisson", rates: [1, 5] },
});

suite("sufficientStatistics()", () => {
  test("weights are the expected visits of observed steps, sums weigh the data by them", async () => {
    const y = [1, null, 3, 8];
    const { smoothedProbs } = await smooth(model, y, { backend: "cpu" });
    const { weights, sums } = sufficientStatistics(model, y, smoothedProbs);
    const p = smoothedProbs.data;
    for (let k = 0; k < 2; k++) {
      expect(weights!.data[k]).toBeCloseTo(p[k]! + p[4 + k]! + p[6 + k]!, 12);
      expect(sums!.data[k]).toBeCloseTo(1 * p[k]! + 3 * p[4 + k]! + 8 * p[6 + k]!, 12);
    }
  });

  test("ragged batches: what lies past the end of a series counts nothing", async () => {
    const y = [[[1], [2], [3]], [[4]]];
    const { smoothedProbs } = await smooth(model, y, { backend: "cpu" });
    const { sums } = sufficientStatistics(model, y, smoothedProbs);
    expect(sums!.data[0]! + sums!.data[1]!).toBeCloseTo(10, 12);
  });

  test("probabilities of other data are refused", async () => {
    const { smoothedProbs } = await smooth(model, [1, 2], { backend: "cpu" });
    expect(() => sufficientStatistics(model, [1, 2, 3], smoothedProbs)).toThrow(ShapeError);
  });
});

suite("simulate() of a semi-Markov model", () => {
  test("states are regimes, phases the states they run through", () => {
    const semi = hiddenMarkovModel({
      initialProbs: [1, 0],
      transitions: {
        kind: "semi-markov",
        transitionMatrix: [
          [0, 1],
          [1, 0],
        ],
        durations: {
          kind: "explicit",
          probs: [
            [0, 0, 1],
            [0, 1, 0],
          ],
        },
      },
      emissions: { family: "poisson", rates: [1, 5] },
    });
    const { states, phases } = simulate(semi, { numSteps: 10, seed: 3 });
    expect([...states.data]).toEqual([0, 0, 0, 1, 1, 0, 0, 0, 1, 1]);
    expect([...phases!.data].map(k => semi.regimeOf[k])).toEqual([...states.data]);
  });
});

suite("densities that are no numbers", () => {
  test("a formula that is infinite or NaN ends the series at its step", async () => {
    const broken = (logDensity: string) =>
      hiddenMarkovModel({
        initialProbs: [0.5, 0.5],
        transitionMatrix: [
          [0.9, 0.1],
          [0.3, 0.7],
        ],
        emissions: { family: "expression", emissionDim: 1, logDensity },
      });
    for (const [formula, y] of [
      ["1/(y0 - 1)", [3, 1, 2]],
      ["log(y0)", [3, -1, 2]],
    ] as const) {
      const result = await smooth(broken(formula), y, { backend: "cpu", throwOnFailure: false });
      expect(result.status).toBe("nonFinite");
      expect([...result.impossibleSteps]).toEqual([1]);
      await expect(smooth(broken(formula), y, { backend: "cpu" })).rejects.toThrow(/step 1/);
    }
  });
});
