/** Probabilities that stay on the GPU: the numbers of ordinary results, and nothing of their size read back. */
import { expect, suite, test } from "vitest";
import {
  filter,
  type HiddenMarkovModel,
  type HmmSmootherOptions,
  hiddenMarkovModel,
  type SeriesInput,
  smooth,
} from "../src/api/index.ts";
import { EARTHQUAKES, QUAKES } from "../src/api/testing/hmm_cases.ts";
import { uniforms } from "./hmm_cases.ts";
import { bytesRead, expectRounded, readAll } from "./left_results.ts";
import { useEngine } from "./shared_engine.ts";

const engine = useEngine();
const LEFT = /; results left on the GPU$/;
const WRITTEN = /; results written back to the GPU after 1 pass$/;

/** Counts of a chain of K states whose rates are 5, 10, 15, …; every row of A is positive. */
function counts(K: number, T: number, seed = 1): { model: HiddenMarkovModel; y: (number | null)[][] } {
  const random = uniforms(seed);
  const transitionMatrix = Array.from({ length: K }, (_, i) => {
    const row = Array.from({ length: K }, (_, j) => random() + (i === j ? K : 0.1));
    const sum = row.reduce((a, b) => a + b, 0);
    return row.map(x => x / sum);
  });
  const rates = Array.from({ length: K }, (_, k) => 5 * (k + 1));
  const model = hiddenMarkovModel({
    initialProbs: new Array(K).fill(1 / K),
    transitionMatrix,
    emissions: { family: "poisson", rates },
  });
  const y = Array.from({ length: T }, () => [random() < 0.1 ? null : Math.floor(6 * K * random())]);
  return { model, y };
}

interface Told {
  readonly plan: string;
  readonly bytes: number;
}

async function compare(
  call: "filter" | "smooth",
  model: HiddenMarkovModel,
  y: SeriesInput,
  options: Omit<HmmSmootherOptions, "backend" | "outputs" | "transitions"> = {},
): Promise<Told> {
  const run = (call === "filter" ? filter : smooth) as typeof smooth;
  const on = { ...options, engine: engine(), backend: "webgpu" } as const;
  const ordinary = await run(model, y, { ...on, outputs: ["predicted"] });
  const live = engine().liveBytes;
  const [result, bytes] = await bytesRead(() => run(model, y, { ...on, results: "gpu" }));
  expect(result.statuses).toEqual(ordinary.statuses);
  expect(result.lengths).toEqual(ordinary.lengths);
  expect(result.logLikelihoods).toEqual(ordinary.logLikelihoods);
  expect(result.marginalLogLikelihood).toBe(ordinary.marginalLogLikelihood);
  expect(result.impossibleSteps).toEqual(ordinary.impossibleSteps);
  expect(Object.keys(result.arrays)).toEqual([
    "filteredProbs",
    "predictedProbs",
    ...(call === "smooth" ? ["smoothedProbs"] : []),
  ]);
  for (const [name, [got, want]] of await readAll(result, ordinary)) expectRounded(got, want, name);
  result.dispose();
  expect(engine().liveBytes).toBe(live);
  return { plan: result.run.plan, bytes };
}

suite("probabilities left on the GPU", () => {
  test.each([2, 5, 20, 40])("K = %i, a ragged batch", { timeout: 120_000 }, async K => {
    const { model, y } = counts(K, 130);
    const series = [y, y.slice(0, 1), y.slice(7, 84)];
    for (const call of ["filter", "smooth"] as const) {
      const { plan, bytes } = await compare(call, model, series);
      expect(plan).toMatch(/^scaled/);
      expect(plan).toMatch(LEFT);
      // Log-likelihoods, and one word for each series.
      expect(bytes).toBe(4 * (3 * 130 + 3));
    }
  });

  test.each(["parallel", "sequential"] as const)("in many blocks of time, %s", async method => {
    const { model, y } = counts(5, 300);
    const { throughput } = engine();
    // Fixed, so that both calls have the same blocks.
    Object.defineProperty(engine(), "throughput", { get: () => 2e5, set: () => {}, configurable: true });
    try {
      const { plan } = await compare("smooth", model, [y, y.slice(0, 200)], { method, chunkLength: 8 });
      expect(plan).toMatch(/, ([2-9]|\d\d+) blocks, .*left on the GPU$/);
    } finally {
      Object.defineProperty(engine(), "throughput", { value: throughput, writable: true });
    }
  });

  test("by two filters, and with a lag", async () => {
    const { model, y } = counts(2, 130);
    expect((await compare("smooth", model, y, { smoother: "twoFilter" })).plan).toMatch(LEFT);
    expect((await compare("smooth", model, y, { lag: 3 })).plan).toMatch(LEFT);
  });

  test("in the extended form, where the model calls for it", async () => {
    const model = hiddenMarkovModel({
      initialProbs: [0.5, 0.5],
      transitionMatrix: [
        [1, 1e-40],
        [1e-40, 1],
      ],
      emissions: { family: "poisson", rates: [15, 26] },
    });
    const { plan, bytes } = await compare(
      "smooth",
      model,
      EARTHQUAKES.map(y => [y]),
    );
    expect(plan).toMatch(/^extended.*left on the GPU$/);
    expect(bytes).toBe(4 * (EARTHQUAKES.length + 1));
  });
});

suite("probabilities written back", () => {
  const ring = (K: number, rates: readonly number[]): HiddenMarkovModel =>
    hiddenMarkovModel({
      initialProbs: Array.from({ length: K }, (_, k) => +(k === 0)),
      transitionMatrix: Array.from({ length: K }, (_, i) =>
        Array.from({ length: K }, (_, j) => (j === i ? 0.9 : j === (i + 1) % K ? 0.1 : 0)),
      ),
      emissions: { family: "poisson", rates: [...rates] },
    });

  test("where something was lost: the series that ran again, and the others", async () => {
    const random = uniforms(3);
    const model = ring(4, [10, 11, 12, 13]);
    const wild = Array.from({ length: 90 }, () => [random() < 0.1 ? 500 : 11]);
    const calm = Array.from({ length: 60 }, (_, t) => [10 + (t % 3)]);
    const { plan } = await compare("smooth", model, [calm, wild]);
    expect(plan).toMatch(
      /1 of 2 series again with extended .*; results written back to the GPU after 1 pass$/,
    );
  });

  test("where a step is impossible: what comes before it, and NaN", async () => {
    const model = hiddenMarkovModel({
      initialProbs: [1, 0],
      transitionMatrix: [
        [0.9, 0.1],
        [0, 1],
      ],
      emissions: {
        family: "categorical",
        probs: [
          [1, 0],
          [0, 1],
        ],
      },
    });
    const y = [[0, 0, 1, 1, 0, 1].map(v => [v]), [0, 0, 1].map(v => [v])];
    for (const call of ["filter", "smooth"] as const) {
      const { plan } = await compare(call, model, y, { throwOnFailure: false });
      expect(plan).toMatch(WRITTEN);
    }
    await expect(smooth(model, y, { engine: engine(), results: "gpu" })).rejects.toThrow(
      /none possible at step 4 of series 0/,
    );
    expect(engine().liveTensors).toBe(0);
  });

  test("by regime for a semi-Markov model", async () => {
    const model = hiddenMarkovModel({
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
    const { plan } = await compare(
      "smooth",
      model,
      EARTHQUAKES.map(y => [y]),
    );
    expect(plan).toMatch(WRITTEN);
  });
});

test("a result is read as float32 where that is asked for", async () => {
  const model = hiddenMarkovModel(QUAKES);
  using result = await filter(model, EARTHQUAKES, {
    engine: engine(),
    results: "gpu",
    dtype: "float32",
    outputs: [],
  });
  const { data, shape } = await result.read("filteredProbs");
  expect(data).toBeInstanceOf(Float32Array);
  expect(shape).toEqual([EARTHQUAKES.length, 2]);
  expect(result.arrays.predictedProbs).toBeUndefined();
  await expect(result.read("predictedProbs")).rejects.toThrow(
    /^filter: read\(name\) expected "filteredProbs"/,
  );
});
