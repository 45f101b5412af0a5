/** Moments that stay on the GPU: the numbers of ordinary results, and nothing of their size read back. */
import { expect, suite, test } from "vitest";
import {
  filter,
  type GpuInferenceOptions,
  type InferenceOptions,
  linearGaussianSSM,
  type ResultArray,
  type SeriesInput,
  smooth,
} from "../src/api/index.ts";
import { bytesRead, expectRounded, expectWithin, readAll } from "./left_results.ts";
import { diagonal, namedModel, type RawCase, randomModel, TestRandom } from "./oracle_models.ts";
import { useEngine } from "./shared_engine.ts";

const engine = useEngine();

type Options = Omit<InferenceOptions, "backend" | "outputs">;
const EPS = 2 ** -24;

interface Told {
  readonly plan: string;
  readonly passes: number;
  /** Bytes that the call read back, and what the log-likelihoods and the words per series may take of them. */
  readonly bytes: number;
  readonly allowed: number;
}

/** filter() and smooth() with results on the GPU against the ordinary ones. */
async function compare(
  calls: readonly (typeof smooth | typeof filter)[],
  given: RawCase["model"],
  observations: SeriesInput,
  options: Options,
  { exact = false, passes = 1 }: { exact?: boolean; passes?: number } = {},
): Promise<Told[]> {
  const model = linearGaussianSSM(given);
  const n = model.stateDim;
  const told: Told[] = [];
  for (const call of calls) {
    // Short series are refined for their log-likelihoods alone.
    const on = { refine: "never", ...options, engine: engine(), backend: "webgpu" } as const;
    const ordinary = await (call as typeof smooth)(model, observations, { ...on, outputs: ["predicted"] });
    const live = engine().liveBytes;
    const held = { ...on, results: "gpu" } as const satisfies GpuInferenceOptions;
    const [result, bytes] = await bytesRead(() => (call as typeof smooth)(model, observations, held));
    expect(result.statuses).toEqual(ordinary.statuses);
    expect(result.lengths).toEqual(ordinary.lengths);
    expect(result.logLikelihoods).toEqual(ordinary.logLikelihoods);
    expect(result.marginalLogLikelihood).toBe(ordinary.marginalLogLikelihood);
    expect(result.marginalLogLikelihoods).toEqual(ordinary.marginalLogLikelihoods);
    expect(result.run.passes).toBe(ordinary.run.passes);
    expect(result.run.passes).toBe(passes);
    const [error, usual] = [result.run.estimatedError ?? 0, ordinary.run.estimatedError ?? 0];
    expect(Math.abs(error - usual)).toBeLessThanOrEqual(1e-5 * usual);
    expect(engine().liveBytes).toBe(
      live + Object.values(result.arrays).reduce((sum, { shape }) => sum + Math.max(16, 4 * count(shape)), 0),
    );
    for (const [name, [got, want]] of await readAll(result, ordinary)) {
      const within = name.endsWith("Means") ? roundingOfMeans : roundingOfSums;
      if (exact) expectRounded(got, want, name);
      else expectWithin(got, want, name, within(want, n));
    }
    result.dispose();
    expect(engine().liveBytes).toBe(live);
    const N = result.numSeries;
    const allowed = 4 * (count(result.logLikelihoods.shape) + N * (1 + n * (n + 1)));
    told.push({ plan: result.run.plan, passes: result.run.passes, bytes, allowed });
  }
  return told;
}

/** A centre is added in float32, to a deviation that may be as large as the largest mean of the state. */
function roundingOfMeans({ data }: ResultArray, n: number): (at: number) => number {
  const largest = new Float64Array(n);
  data.forEach((x, at) => {
    if (Number.isFinite(x)) largest[at % n] = Math.max(largest[at % n]!, Math.abs(x));
  });
  return at => 2 * EPS * largest[at % n]!;
}

/** Sums of n products in float32, and their rounding. */
function roundingOfSums({ data }: ResultArray, n: number): (at: number) => number {
  return at => {
    const [start, i, j] = [at - (at % (n * n)), Math.floor(at / n) % n, at % n];
    return (n + 2) * EPS * Math.sqrt(data[start + i * n + i]! * data[start + j * n + j]!);
  };
}

const count = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);
const LEFT = /; results left on the GPU$/;
const WRITTEN = /; results written back to the GPU after (\d) pass(es)?$/;

function expectLeft(told: readonly Told[]): void {
  for (const { plan, bytes, allowed } of told) {
    expect(plan).toMatch(LEFT);
    expect(bytes).toBe(allowed);
  }
}

suite("moments left on the GPU", () => {
  test.each([1, 2, 3, 4, 5, 6, 7, 8, 9])("n = %i: one series with missing data, step by step", async n => {
    const c = randomModel({ n, m: 1 + (n % 4), T: 33, seed: n, missing: 0.2 });
    const options = { method: "sequential", form: "squareRoot" } as const;
    expectLeft(await compare([filter, smooth], c.model, c.observations, options));
  });

  test.each([2, 4])("n = %i: a ragged batch, parallel, in many blocks of time", async n => {
    const c = randomModel({ n, m: 2, T: 150, seed: 40 + n, missing: 0.1 });
    const series = [150, 1, 149, 2, 64].map((length, s) =>
      c.observations.slice(0, length).map(y => y.map(v => (v === null ? v : v + s))),
    );
    const { throughput } = engine();
    // Fixed, so that both calls have the same blocks.
    Object.defineProperty(engine(), "throughput", { get: () => 1e6, set: () => {}, configurable: true });
    try {
      const options = { method: "parallel", form: "squareRoot", chunkLength: 4 } as const;
      const told = await compare([filter, smooth], c.model, series, options);
      expectLeft(told);
      for (const { plan } of told) expect(plan).toMatch(/, ([2-9]|\d\d+) blocks, /);
    } finally {
      Object.defineProperty(engine(), "throughput", { value: throughput, writable: true });
    }
  });

  test.each(["auto", "squareRoot"] as const)(
    "a level of 1e6 and float32's rounding of it: %s",
    async form => {
      const c = namedModel("cv4", 300);
      const moved = c.observations.map(y => y.map((x, i) => (i === 0 ? x! + 1e6 : x)));
      const mean = c.model.initial.mean.map((x, i) => (i === 0 ? x + 1e6 : x));
      const model = { ...c.model, initial: { ...c.model.initial, mean } };
      expectLeft(await compare([smooth], model, [moved, c.observations], { form }));
    },
  );

  test.each(["auto", "squareRoot"] as const)("units of 1e-12 and of 1e9: %s", async form => {
    const c = randomModel({ n: 3, m: 2, T: 60, seed: 12, missing: form === "auto" ? 0 : 0.1 });
    const [d, e] = [
      [2 ** -40, 2 ** 30, 1],
      [2 ** -40, 1],
    ] as const;
    const by = (A: number[][], rows: readonly number[], columns: readonly number[]) =>
      A.map((row, i) => row.map((x, j) => x * rows[i]! * columns[j]!));
    const { initial, dynamics, emissions } = c.model;
    const down = d.map(x => 1 / x);
    const model = {
      initial: { mean: initial.mean.map((x, i) => x * d[i]!), covariance: by(initial.covariance, d, d) },
      dynamics: {
        weights: by(dynamics.weights as number[][], d, down),
        bias: (dynamics.bias as number[]).map((x, i) => x * d[i]!),
        covariance: by(dynamics.covariance as number[][], d, d),
      },
      emissions: {
        weights: by(emissions.weights as number[][], e, down),
        bias: (emissions.bias as number[]).map((x, i) => x * e[i]!),
        covariance: by(emissions.covariance as number[][], e, e),
      },
    };
    const observations = c.observations.map(y => y.map((x, i) => (x === null ? x : x * e[i]!)));
    expectLeft(await compare([smooth], model, observations, { form }));
  });

  test("time-invariant: means as they are, covariances from the table, to the last bit", async () => {
    const c = randomModel({ n: 3, m: 2, T: 300, seed: 5 });
    const ragged = [300, 1, 77].map(length => c.observations.slice(0, length));
    for (const y of [c.observations, ragged]) {
      const told = await compare([filter, smooth], c.model, y, { form: "auto" }, { exact: true });
      expectLeft(told);
      for (const { plan } of told) expect(plan).toMatch(/^time-invariant/);
    }
  });

  test("covariance form and two filters", async () => {
    const c = randomModel({ n: 2, m: 2, T: 60, seed: 42, missing: 0.1 });
    for (const options of [{ form: "covariance" }, { smoother: "twoFilter" }] as const)
      expectLeft(await compare([smooth], c.model, c.observations, { ...options, method: "sequential" }));
  });

  test("where one pass is found to be enough, by the numbers that a run is judged by elsewhere", async () => {
    const eye = diagonal([1, 1]);
    const model = {
      initial: { mean: [0, 0], covariance: eye },
      dynamics: { weights: diagonal([0.9, 0.5]), bias: [0, 0], covariance: eye },
      emissions: { weights: eye, bias: [0, 0], covariance: eye },
    };
    const random = new TestRandom(1);
    const gaps = Array.from({ length: 6000 }, () => random.vector(2).map(x => (x > 2 ? null : x)));
    const whole = gaps.map(y => y.map(x => x ?? 0));
    for (const form of ["auto", "covariance", "squareRoot"] as const) {
      expectLeft(await compare([smooth], model, form === "auto" ? whole : gaps, { refine: "auto", form }));
    }
  });

  test("as one type of numbers or the other, without predictions", async () => {
    const c = randomModel({ n: 2, m: 2, T: 33, seed: 2, missing: 0.2 });
    using result = await smooth(linearGaussianSSM(c.model), c.observations, {
      engine: engine(),
      results: "gpu",
      dtype: "float32",
      outputs: [],
    });
    expect((await result.read("smoothedMeans")).data).toBeInstanceOf(Float32Array);
    expect(Object.keys(result.arrays)).not.toContain("predictedMeans");
    await expect(result.read("predictedMeans")).rejects.toThrow(
      /^smooth: read\(name\) expected "filteredMeans", .*, got "predictedMeans"\. Ask for it/,
    );
  });
});

suite("moments written back", () => {
  const drifting = () => {
    const c = namedModel("cv4", 400);
    return c.observations.map((y, t) => y.map((x, i) => (i === 0 ? x! + 50 * t : x)));
  };

  test("where float32 means were refined", async () => {
    const { model } = namedModel("cv4", 400);
    const told = await compare(
      [smooth],
      model,
      drifting(),
      { form: "squareRoot", refine: "auto" },
      { exact: true, passes: 4 },
    );
    expect(WRITTEN.exec(told[0]!.plan)?.[1]).toBe("4");
  });

  test('with refine "always"', async () => {
    const c = randomModel({ n: 2, m: 2, T: 33, seed: 2, missing: 0.2 });
    const options = { refine: "always", method: "sequential" } as const;
    const told = await compare([filter], c.model, c.observations, options, { exact: true, passes: 2 });
    expect(told[0]!.plan).toMatch(WRITTEN);
  });

  test("with the first steps of a very wide prior on the host", async () => {
    const model = linearGaussianSSM({
      initial: { mean: [0], covariance: [[1e12]] },
      dynamics: { weights: [[1]], covariance: [[0.1]] },
      emissions: { weights: [[1]], covariance: [[1]] },
    });
    const y = Array.from({ length: 20 }, (_, t) => [Math.sin(t)]);
    const on = { engine: engine(), backend: "webgpu" } as const;
    const ordinary = await filter(model, y, on);
    using result = await filter(model, y, { ...on, results: "gpu" });
    expect(result.run.plan).toMatch(
      /^wide prior: 1 of 20 steps on the host.*; results written back to the GPU/,
    );
    for (const [name, [got, want]] of await readAll(result, ordinary)) expectRounded(got, want, name);
  });

  test("from a diffuse start, with infinite variances", async () => {
    const model = linearGaussianSSM({
      initial: "diffuse",
      dynamics: { weights: [[1]], covariance: [[0.1]] },
      emissions: { weights: [[1]], covariance: [[1]] },
    });
    const y = [[null, 1, 2, null, 1.5].map(x => [x]), [0.3, 0.4].map(x => [x])];
    const options = { engine: engine(), backend: "webgpu" } as const;
    const ordinary = await smooth(model, y, options);
    using result = await smooth(model, y, { ...options, results: "gpu" });
    expect(result.run.plan).toMatch(/^exact diffuse start.*written back to the GPU after 2 passes$/);
    expect([...result.diffuseSteps]).toEqual([...ordinary.diffuseSteps]);
    expect(result.unidentifiedStates).toEqual([[], []]);
    for (const [name, [got, want]] of await readAll(result, ordinary)) expectRounded(got, want, name);
    expect(ordinary.filteredCovariances.data[0]).toBe(Number.POSITIVE_INFINITY);
  });

  test("where a series fails: NaN as in the ordinary result, the others whole", async () => {
    const model = linearGaussianSSM({
      initial: { mean: [0], covariance: [[1]] },
      dynamics: { weights: [[3]], covariance: [[1]] },
      emissions: { weights: [[1]], covariance: [[1]] },
    });
    // Nothing is observed, and the state runs away.
    const y = [new Array(200).fill([null]), [[1], [null], [2]]];
    const options = { engine: engine(), backend: "webgpu", throwOnFailure: false } as const;
    const ordinary = await smooth(model, y, { ...options, form: "squareRoot" });
    expect(ordinary.statuses).toEqual(["nonFinite", "ok"]);
    using result = await smooth(model, y, { ...options, form: "squareRoot", results: "gpu" });
    expect(result.statuses).toEqual(ordinary.statuses);
    expect(result.run.plan).toMatch(WRITTEN);
    for (const [name, [got, want]] of await readAll(result, ordinary)) expectRounded(got, want, name);
    const live = engine().liveBytes;
    await expect(smooth(model, y, { engine: engine(), form: "squareRoot", results: "gpu" })).rejects.toThrow(
      /status expected "ok", got "nonFinite" for series 0/,
    );
    expect(engine().liveBytes).toBe(live);
  });

  test("in units whose variances float32 does not hold", async () => {
    const model = {
      initial: { mean: [0], covariance: [[1e40]] },
      dynamics: { weights: [[0.9]], covariance: [[1e40]] },
      emissions: { weights: [[1]], covariance: [[1e40]] },
    };
    const y = Array.from({ length: 20 }, (_, t) => [1e20 * Math.sin(t)]);
    const on = { engine: engine(), backend: "webgpu" } as const;
    const ordinary = await filter(linearGaussianSSM(model), y, on);
    using result = await filter(linearGaussianSSM(model), y, { ...on, results: "gpu" });
    expect(result.run.plan).toMatch(WRITTEN);
    expectRounded(await result.read("filteredMeans"), ordinary.filteredMeans, "means");
    expect((await result.read("filteredCovariances")).data[0]).toBe(Number.POSITIVE_INFINITY);
  });
});
