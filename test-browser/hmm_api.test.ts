/** The calls of the API on hidden Markov models: the GPU gives what the CPU gives. */
import { expect, suite, test } from "vitest";
import {
  decode,
  filter,
  forecast,
  type HiddenMarkovModel,
  hiddenMarkovModel,
  logLikelihood,
  type SeriesInput,
  samplePosterior,
  smooth,
} from "../src/api/index.ts";
import { CASINO, CASINO_ROLLS, EARTHQUAKES, QUAKES } from "../src/api/testing/hmm_cases.ts";
import { useEngine } from "./shared_engine.ts";

const engineOf = useEngine();
const gap = EARTHQUAKES.map((y, t) => (t >= 50 && t < 60 ? null : y));
const rows = (values: (number | null)[]) => values.map(value => [value]);
const leftToRight = hiddenMarkovModel({
  initialProbs: [1, 0, 0],
  transitionMatrix: [
    [0.95, 0.05, 0],
    [0, 0.97, 0.03],
    [0, 0, 1],
  ],
  emissions: { family: "poisson", rates: [14, 27, 16] },
});
const semiMarkov = hiddenMarkovModel({
  initialProbs: [0.5, 0.5],
  transitions: {
    kind: "semi-markov",
    transitionMatrix: [
      [0, 1],
      [1, 0],
    ],
    durations: { kind: "negative-binomial", shapes: [3, 2], probs: [0.3, 0.2] },
  },
  emissions: { family: "poisson", rates: [15, 26] },
});
const CASES: [string, HiddenMarkovModel, SeriesInput][] = [
  ["earthquakes with a gap", hiddenMarkovModel(QUAKES), gap],
  ["the casino", hiddenMarkovModel(CASINO), CASINO_ROLLS],
  [
    "a ragged batch, left to right",
    leftToRight,
    [rows(gap), rows(EARTHQUAKES.slice(0, 7)), rows(EARTHQUAKES)],
  ],
  ["semi-Markov", semiMarkov, EARTHQUAKES],
];

/** Largest difference; NaN must stand where NaN stands. */
function worst(got: ArrayLike<number>, want: ArrayLike<number>): number {
  expect(got.length).toBe(want.length);
  let most = 0;
  for (let i = 0; i < want.length; i++) {
    if (Number.isNaN(want[i])) expect(got[i]).toBeNaN();
    else most = Math.max(most, Math.abs(got[i]! - want[i]!));
  }
  return most;
}

suite("hidden Markov models on a GPU, by the API", () => {
  for (const method of ["parallel", "sequential"] as const)
    test.each(CASES)(`%s, ${method}`, async (_, model, y) => {
      const engine = engineOf();
      const on = { backend: "webgpu", engine, method, chunkLength: 8 } as const;
      const exact = await smooth(model, y, { backend: "cpu", transitions: "steps" });
      const result = await smooth(model, y, { ...on, transitions: "steps" });
      expect(result.run).toMatchObject({ backend: "webgpu", method, dtype: "float32" });
      for (const field of [
        "filteredProbs",
        "predictedProbs",
        "smoothedProbs",
        "expectedTransitions",
      ] as const)
        expect(worst(result[field].data, exact[field].data), field).toBeLessThan(1e-5);
      expect(result.marginalLogLikelihood / exact.marginalLogLikelihood - 1).toBeLessThan(1e-6);
      expect(worst(result.logLikelihoods.data, exact.logLikelihoods.data)).toBeLessThan(1e-4);
      const filtered = await filter(model, y, { ...on, outputs: [] });
      expect(worst(filtered.filteredProbs.data, exact.filteredProbs.data)).toBeLessThan(1e-5);
      expect(await logLikelihood(model, y, on)).toBeCloseTo(exact.marginalLogLikelihood, 2);
      const [best, path] = [await decode(model, y, on), await decode(model, y, { backend: "cpu" })];
      expect(best.mostLikelyStates).toEqual(path.mostLikelyStates);
      expect(worst(best.logJoints, path.logJoints)).toBeLessThan(1e-4);
      const draws = await samplePosterior(model, y, { ...on, numSamples: 20, seed: 3 });
      const reference = await samplePosterior(model, y, { backend: "cpu", numSamples: 20, seed: 3 });
      // The same uniforms; one that lies within rounding of a border would end another path.
      const differing = reference.states.data.filter((k, i) => draws.states.data[i] !== k).length;
      expect(differing).toBeLessThan(0.01 * reference.states.data.length);
      const ahead = await forecast(model, y, 3, on);
      expect(worst(ahead.stateProbs.data, (await forecast(model, y, 3)).stateProbs.data)).toBeLessThan(1e-5);
    });

  test("a step that no state allows ends its series there, as on the CPU", async () => {
    const engine = engineOf();
    const model = hiddenMarkovModel({
      ...CASINO,
      emissions: {
        family: "categorical",
        probs: [
          [0.5, 0.5, 0],
          [0.1, 0.9, 0],
        ],
      },
    });
    const y = [rows([0, 1, 2, 0]), rows([0, 1, 1])];
    const call = { throwOnFailure: false, transitions: "steps" } as const;
    const exact = await smooth(model, y, { ...call, backend: "cpu" });
    const result = await smooth(model, y, { ...call, engine, backend: "webgpu" });
    expect(result.statuses).toEqual(["nonFinite", "ok"]);
    expect(result.impossibleSteps).toEqual(exact.impossibleSteps);
    expect(result.marginalLogLikelihoods[0]).toBe(Number.NEGATIVE_INFINITY);
    for (const field of ["filteredProbs", "predictedProbs", "smoothedProbs", "expectedTransitions"] as const)
      expect(worst(result[field].data, exact[field].data), field).toBeLessThan(1e-5);
    expect(result.logLikelihoods.data[2]).toBe(Number.NEGATIVE_INFINITY);
    const path = await decode(model, y, { engine, backend: "webgpu", throwOnFailure: false });
    expect(path.mostLikelyStates).toEqual(
      (await decode(model, y, { backend: "cpu", throwOnFailure: false })).mostLikelyStates,
    );
    await expect(filter(model, y, { engine, backend: "webgpu" })).rejects.toThrow("at step 2 of series 0");
  });

  test.each(CASES)("%s: smooths with a fixed lag", async (_, model, y) => {
    for (const lag of [0, 3]) {
      const exact = await smooth(model, y, { backend: "cpu", lag });
      const result = await smooth(model, y, { backend: "webgpu", engine: engineOf(), lag });
      expect(result.run.backend).toBe("webgpu");
      expect(worst(result.smoothedProbs.data, exact.smoothedProbs.data)).toBeLessThan(1e-5);
    }
  });

  test.each(CASES)("%s: smooths by two filters", async (_, model, y) => {
    const exact = await smooth(model, y, { backend: "cpu", smoother: "twoFilter" });
    const result = await smooth(model, y, { engine: engineOf(), smoother: "twoFilter" });
    expect(result.run).toMatchObject({ backend: "webgpu", plan: expect.stringContaining("two filters") });
    expect(worst(result.smoothedProbs.data, exact.smoothedProbs.data)).toBeLessThan(1e-5);
    expect(worst(result.expectedTransitions.data, exact.expectedTransitions.data)).toBeLessThan(1e-4);
  });
});
