/**
 * The two-filter smoother on the GPU against the float64 oracles; tolerances are the project's promise: means 1e-3 sd,
 * covariances and cross-covariances 1e-4 relative, log-likelihood 1e-6 relative.
 */
import { expect, suite, test } from "vitest";
import { linearGaussianSSM, type SmootherResult, smooth } from "../src/api/index.ts";
import { kalmanRefinedGpu, type Moments } from "../src/inference/index.ts";
import { prepare } from "../src/models/index.ts";
import { errors } from "./accuracy.ts";
import { accuracyCase } from "./accuracy_models.ts";
import { differences } from "./compare.ts";
import { denseOracle, textbookOracle } from "./oracle.ts";
import { type RandomModelOptions, type RawCase, randomModel, TestRandom } from "./oracle_models.ts";
import { useEngine } from "./shared_engine.ts";

const engine = useEngine();
const METHODS = ["parallel", "sequential"] as const;

const run = (c: RawCase, options: object): Promise<SmootherResult> =>
  smooth(linearGaussianSSM(c.model), c.observations, {
    backend: "webgpu",
    engine: engine(),
    smoother: "twoFilter",
    inputs: c.inputs,
    ...options,
  });

async function check(c: RawCase, exact: "dense" | "textbook", options: object = {}): Promise<void> {
  const oracle = (exact === "dense" ? denseOracle : textbookOracle)(c.model, c.observations, c.inputs);
  // Where a mean is known exactly (Q = 0, P0 = 0) the filter adds a rounding of its size in every step.
  const size = Math.max(1, ...oracle.predictedMeans.flat().map(Math.abs));
  const zeroSd = size * Math.max(1e-4, 1e3 * 2 ** -24 * Math.sqrt(c.observations.length));
  for (const method of METHODS) {
    const result = await run(c, { method, ...options });
    expect(result.run.method).toBe(method);
    expect(result.run.plan).toContain("two-filter smoother");
    const worst = differences(result, oracle, zeroSd);
    expect(worst.means, `${method} means, sd`).toBeLessThan(1e-3);
    expect(worst.covariances, `${method} covariances`).toBeLessThan(1e-4);
    expect(worst.crossCovariances, `${method} cross-covariances`).toBeLessThan(1e-4);
    expect(worst.marginalLogLikelihood, `${method} log-likelihood`).toBeLessThan(1e-6);
  }
}

/** R with a zero where the first entry had its variance. */
function firstExact(c: RawCase): RawCase {
  const R = c.model.emissions.covariance as number[][];
  const covariance = R.map((row, i) => row.map((x, j) => (i === 0 || j === 0 ? 0 : x)));
  return { ...c, model: { ...c.model, emissions: { ...c.model.emissions, covariance } } };
}

const KINDS: readonly Partial<RandomModelOptions>[] = [
  {},
  { missing: 0.3, inputs: 2, timeVarying: true },
  { singularQ: true, zeroP0: true, missing: 0.2 },
];

suite("smooth() by two filters on the GPU", () => {
  for (const [n, m] of [
    [1, 1],
    [1, 3],
    [2, 1],
    [3, 2],
    [3, 5],
    [4, 3],
    [6, 2],
    [8, 3],
    [12, 2],
  ] as const) {
    test(`n = ${n}, m = ${m}: T = 1, 2, chunk − 1, chunk, chunk + 1 and several chunks agree with float64`, {
      timeout: 240_000,
    }, async () => {
      for (const [index, T] of [1, 2, 3, 4, 5, 23].entries()) {
        const c = randomModel({ n, m, T, seed: 100 * n + 10 * m + T, ...KINDS[index % KINDS.length] });
        await check(c, "dense", { chunkLength: 4 });
      }
    });
  }

  test("an observation without noise among others with it", async () => {
    await check(firstExact(randomModel({ n: 4, m: 3, T: 70, seed: 8, missing: 0.2 })), "dense", {
      chunkLength: 4,
    });
  });

  for (const [n, m, T] of [
    [2, 1, 3000],
    [4, 3, 3000],
    [6, 2, 1000],
    [40, 3, 12],
  ] as const) {
    test(`n = ${n}, m = ${m}, T = ${T}, masked, with the planner's chunks`, {
      timeout: 240_000,
    }, async () => {
      await check(randomModel({ n, m, T, seed: n + m, missing: 0.1 }), "textbook");
    });
  }

  test("takes the general path for constant parameters too, when it is asked for", async () => {
    const c = randomModel({ n: 2, m: 1, T: 100, seed: 1 });
    expect((await run(c, {})).run.plan).toContain("two-filter");
    expect((await run(c, { smoother: "auto" })).run.plan).toContain("time-invariant");
  });
});

/** The case with rows missing, so that its covariances differ from step to step. */
function gappy(name: string, T: number): RawCase {
  const random = new TestRandom(77);
  const c = accuracyCase(name, T);
  const gone = (t: number): boolean => random.uniform() < 0.3 || (t > 0.4 * T && t < 0.6 * T);
  return { ...c, observations: c.observations.map((row, t) => (gone(t) ? row.map(() => null) : row)) };
}

const REQUEST = { call: "test", smooth: true, predicted: false, crossCovariances: false, moments: true };

/** Smoothed fields of one series. */
function momentsOf({ means, factors }: Moments, T: number, n: number) {
  const m = new Float64Array(T * n);
  const P = new Float64Array(T * n * n);
  const u = (t: number, i: number, k: number) => factors.data[factors.at(0, t) + (i * (i + 1)) / 2 + k]!;
  for (let t = 0; t < T; t++) {
    for (let i = 0; i < n; i++) {
      m[t * n + i] = means.data[means.at(0, t) + i]!;
      for (let j = 0; j < n; j++)
        for (let k = 0; k <= Math.min(i, j); k++) P[(t * n + i) * n + j]! += u(t, i, k) * u(t, j, k);
    }
  }
  return {
    smoothedMeans: { data: m, shape: [T, n] },
    smoothedCovariances: { data: P, shape: [T, n, n] },
  };
}

suite("where the Rauch–Tung–Striebel smoother is weak in float32", () => {
  for (const name of ["smooth6", "diffuse"]) {
    test(`${name} over 2000 steps with gaps`, { timeout: 120_000 }, async () => {
      const c = gappy(name, 2000);
      const model = linearGaussianSSM(c.model);
      const exact = await smooth(model, c.observations, {
        backend: "cpu",
        form: "squareRoot",
        smoother: "rts",
      });
      // Not through smooth(), which starts a wide prior on the host.
      const problem = prepare(model, c.observations);
      for (const method of METHODS) {
        const records = await kalmanRefinedGpu(problem, {
          call: "test",
          engine: engine(),
          request: { ...REQUEST, method },
          refine: "auto",
          smoother: "twoFilter",
        });
        const worst = errors(
          {
            filteredMeans: exact.filteredMeans,
            filteredCovariances: exact.filteredCovariances,
            marginalLogLikelihood: exact.marginalLogLikelihood,
            ...momentsOf(records.smoothed!, 2000, 2),
          },
          exact,
        );
        expect(worst.smoothedMeans, `${method} means, sd`).toBeLessThan(1e-3);
        expect(worst.smoothedCovariances, `${method} covariances`).toBeLessThan(1e-4);
      }
    });
  }

  test("two states equal up to 1e-5: auto takes the two-filter smoother, and is right where the other is not", async () => {
    const gap = 1e-5;
    const c: RawCase = {
      model: {
        initial: {
          mean: [0, 0],
          covariance: [
            [1, 1],
            [1, 1 + gap ** 2],
          ],
        },
        dynamics: {
          weights: [
            [0.9, 0],
            [0, 0.9],
          ],
          covariance: [
            [0.1, 0.1],
            [0.1, 0.1 + 0.1 * gap ** 2],
          ],
        },
        emissions: { weights: [[1, 1]], covariance: [[1]] },
      },
      // Through the gap what is known of later data falls to nothing beside what is known of the past.
      observations: Array.from({ length: 800 }, (_, t) => [
        t % 7 === 3 || (t > 200 && t < 600) ? null : Math.sin(t),
      ]),
    };
    const exact = await smooth(linearGaussianSSM(c.model), c.observations, { backend: "cpu" });
    for (const method of METHODS) {
      const auto = await run(c, { method, smoother: "auto", form: "squareRoot" });
      expect(auto.run.plan).toMatch(
        /two-filter smoother \(least relative pivot of early predicted factors 1\.\de-5\)/,
      );
      expect(errors(auto, exact).smoothedCovariances).toBeLessThan(1e-4);
      expect(errors(auto, exact).smoothedMeans).toBeLessThan(1e-3);
      const rts = await run(c, { method, smoother: "rts", form: "squareRoot", throwOnFailure: false });
      expect(errors(rts, exact).smoothedCovariances).toBeGreaterThan(1e-3);
    }
  });
});
