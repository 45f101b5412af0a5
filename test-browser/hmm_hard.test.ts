/** Hidden Markov inference on the GPU where float32 has to look after itself: zeros, outliers, many states, impossible steps. */
import { expect, suite, test } from "vitest";
import { type HmmRequest, hmmFilterGpu, hmmSmootherGpu } from "../src/inference/index.ts";
import { type HmmCaseOptions, hmmCase, problemOf } from "./hmm_cases.ts";
import { checkHmm } from "./hmm_check.ts";
import { forwardBackward } from "./hmm_oracle.ts";
import { useEngine } from "./shared_engine.ts";

const engine = useEngine();
const sumOf = (values: ArrayLike<number>): number => Array.from(values).reduce((a, b) => a + b, 0);
const small = { chunkLength: 16, leaves: 4, spineLeaves: 8 };
/** What issue 4 asks of probabilities over long series. */
const LONG = 1e-5;
const check = (options: readonly HmmCaseOptions[], request: Partial<HmmRequest>, probs?: number) =>
  checkHmm(engine(), options, request, probs);

suite("hmmSmootherGpu() with zeros in A", () => {
  test("falls back to extended numbers for a sharp ring with outliers, and is right", async () => {
    for (const method of ["parallel", "sequential"] as const) {
      const { plan, forms } = await check(
        [{ kind: "ring", numStates: 8, numSteps: 2200, separation: 8, outliers: true }],
        { method, ...small },
        LONG,
      );
      expect(plan).toMatch(/scaled.*; 1 of 1 series again with extended/);
      expect(forms).toEqual(["extended"]);
    }
  });

  test("stays scaled where nothing is lost: a ring of few states whose observations say little", async () => {
    const { forms } = await check([{ kind: "ring", numStates: 4, numSteps: 500, separation: 0.3 }], small);
    expect(forms).toEqual(["scaled"]);
  });

  test("reruns only the series that lost something", async () => {
    const cases: HmmCaseOptions[] = [
      { kind: "ring", numStates: 4, numSteps: 90, separation: 0.3 },
      { kind: "ring", numStates: 4, numSteps: 120, separation: 9 },
      { kind: "ring", numStates: 4, numSteps: 33, separation: 0.3, seed: 5 },
    ];
    const { forms, plan } = await check(cases, { ...small, transitions: "steps" }, LONG);
    expect(forms).toEqual(["scaled", "extended", "scaled"]);
    expect(plan).toMatch(/1 of 3 series again/);
  });

  test("never leaves a left-to-right chain, and A = I keeps its first state", async () => {
    await check([{ kind: "leftRight", numStates: 4, numSteps: 130, separation: 3 }], small, LONG);
    const still = {
      ...problemOf([hmmCase({ kind: "leftRight", numStates: 2, numSteps: 100, separation: 5 })]),
      transitionMatrix: { data: Float64Array.of(1, 0, 0, 1), stepStride: 0, seriesStride: 0 },
    };
    const { smoothedProbs, expectedTransitions } = await hmmSmootherGpu(still, {
      call: "test",
      engine: engine(),
      request: { call: "test", method: "parallel", transitions: "sum", ...small },
    });
    for (let t = 0; t < 100; t++) expect([...smoothedProbs.data.slice(2 * t, 2 * t + 2)]).toEqual([1, 0]);
    expect([...expectedTransitions!]).toEqual([99, 0, 0, 0]);
  });

  test("holds probabilities below float32 in A and π", async () => {
    const K = 3;
    const A = [
      [1, 1e-60, 0],
      [0, 1 - 1e-30, 1e-30],
      [0, 0, 1],
    ];
    const given = hmmCase({ kind: "mix", numStates: K, numSteps: 60, separation: 30, seed: 9 });
    // Observations that only the path 0 → 1 → 2 explains at all.
    const logLikelihoods = given.logLikelihoods.map((_, t) => [
      t < 20 ? 0 : -500,
      t >= 20 && t < 40 ? 0 : -500,
      t >= 40 ? 0 : -500,
    ]);
    const rare = { initial: [1e-50, 1, 0], transition: () => A, logLikelihoods };
    const oracle = forwardBackward(rare);
    const run = await hmmSmootherGpu(problemOf([rare]), {
      call: "test",
      engine: engine(),
      request: { call: "test", method: "parallel", ...small },
    });
    expect(run.forms).toEqual(["extended"]);
    oracle.smoothed.flat().forEach((p, i) => {
      expect(Math.abs(run.smoothedProbs.data[i]! - p)).toBeLessThan(1e-6);
    });
    const sum = sumOf(run.logLikelihoods);
    const exact = sumOf(oracle.logLikelihoods);
    expect(Math.abs(sum / exact - 1)).toBeLessThan(1e-6);
  });
});

suite("hmmSmootherGpu() with matrices that change and ragged batches", () => {
  for (const [variant, numStates] of [
    ["lane", 4],
    ["team", 5],
  ] as const)
    for (const method of ["parallel", "sequential"] as const)
      test(`is right for ${variant} kernels, ${method}, A_t of every step and series`, async () => {
        const cases = [70, 1, 33, 64].map(
          (numSteps, seed): HmmCaseOptions => ({ kind: "mix", numStates, numSteps, seed, varying: true }),
        );
        await check(cases, { variant, method, transitions: "steps", ...small, blockSteps: 48 });
        if (method === "parallel")
          await check(cases, { variant, method, form: "extended", ...small, blockSteps: 48 });
      });

  test("takes steps without an observation as they are", async () => {
    await check(
      [{ kind: "sticky", numStates: 4, numSteps: 200, missing: t => t % 3 === 1 || t > 150 }],
      small,
    );
  });
});

suite("hmmSmootherGpu() with many states", () => {
  for (const numStates of [16, 17])
    test(`scans over time with K = ${numStates}`, async () => {
      await check([{ kind: "mix", numStates, numSteps: 60, separation: 0.3 }], {
        ...small,
        method: "parallel",
      });
    });
  test("scans over time with K = 64 in storage, scaled and extended", async () => {
    const sizes = { ...small, chunkLength: 4 };
    await check([{ kind: "mix", numStates: 64, numSteps: 13, separation: 0.1 }], {
      ...sizes,
      method: "parallel",
    });
    await check([{ kind: "ring", numStates: 64, numSteps: 13, separation: 0.5 }], {
      ...sizes,
      method: "parallel",
      form: "extended",
    });
  });
  for (const numStates of [65, 130])
    test(`goes step by step with K = ${numStates}`, async () => {
      const { plan } = await check([{ kind: "mix", numStates, numSteps: 40, separation: 0.1 }], {
        method: "auto",
      });
      expect(plan).toMatch(/step by step/);
    });
  test("K = 100 with log-likelihoods of size 100: finite rows that sum to 1", async () => {
    const K = 100;
    const T = 300;
    const problem = problemOf([hmmCase({ kind: "mix", numStates: K, numSteps: T, scale: 100 })]);
    const run = await hmmSmootherGpu(problem, {
      call: "test",
      engine: engine(),
      request: { call: "test", method: "auto", predicted: true },
    });
    for (const rows of [run.filteredProbs!, run.predictedProbs!, run.smoothedProbs])
      for (let t = 0; t < T; t++) {
        const sum = sumOf(rows.data.subarray(t * K, (t + 1) * K));
        expect(Math.abs(sum - 1)).toBeLessThan(1e-6);
      }
  });
  test("refuses K beyond what there is", async () => {
    const problem = problemOf([hmmCase({ kind: "mix", numStates: 65, numSteps: 3 })]);
    const run = (method: HmmRequest["method"], numStates = 65) =>
      hmmFilterGpu(
        { ...problem, numStates },
        { call: "filter", engine: engine(), request: { call: "filter", method } },
      );
    await expect(run("parallel")).rejects.toThrow(
      /filter: at most 64 states expected .*scan over time, got 65\. Use method/,
    );
    await expect(run("auto", 1025)).rejects.toThrow(
      /filter: at most 1024 states expected on the GPU, got 1025\. Use backend/,
    );
  });
});

suite("a step that no state allows", () => {
  const K = 3;
  const cases = [50, 80, 40, 60].map((numSteps, seed) =>
    hmmCase({ kind: "mix", numStates: K, numSteps, seed }),
  );
  const broken = cases.map((c, s) => ({
    ...c,
    logLikelihoods: c.logLikelihoods.map((row, t) =>
      (s === 1 && t === 45) || (s === 3 && t === 0) ? row.map(() => Number.NEGATIVE_INFINITY) : row,
    ),
  }));
  for (const request of [
    { method: "parallel" },
    { method: "sequential" },
    { method: "parallel", form: "extended" },
  ] as const)
    test(`ends its series and no other: ${Object.values(request).join(", ")}`, async () => {
      const run = await hmmSmootherGpu(problemOf(broken), {
        call: "test",
        engine: engine(),
        request: { call: "test", predicted: true, transitions: "sum", ...small, ...request },
      });
      expect([...run.ends]).toEqual([50, 45, 40, 0]);
      const T = 80;
      const shortened = cases.map((c, s) => ({
        ...c,
        logLikelihoods: c.logLikelihoods.slice(0, run.ends[s]),
      }));
      for (const s of [0, 1, 2]) {
        const oracle = forwardBackward(shortened[s]!);
        for (let t = 0; t < T; t++)
          for (let k = 0; k < K; k++) {
            const got = run.smoothedProbs.data[run.smoothedProbs.at(s, t) + k]!;
            if (t < run.ends[s]!) expect(Math.abs(got - oracle.smoothed[t]![k]!)).toBeLessThan(2e-6);
            else expect(got).toBeNaN();
          }
      }
      expect(run.logLikelihoods[T + 45]).toBe(Number.NEGATIVE_INFINITY);
      expect(run.logLikelihoods[T + 46]).toBeNaN();
      expect(run.predictedProbs!.data[run.predictedProbs!.at(1, 45)]).toBeGreaterThan(0);
      expect(run.smoothedProbs.data[run.smoothedProbs.at(3, 0)]).toBeNaN();
      const pairs = run.expectedTransitions!;
      expect(sumOf(pairs.slice(K * K, 2 * K * K))).toBeCloseTo(44, 4);
      expect([...pairs.slice(3 * K * K)]).toEqual(new Array(K * K).fill(0));
    });
});
