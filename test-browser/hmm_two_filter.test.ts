/** The two-filter smoother on the GPU against a textbook in float64, the sum over all paths, and its float64 twin. */
import { expect, suite, test } from "vitest";
import { type HmmProblem, type HmmRequest, hmmSmootherGpu, hmmTwoFilterCpu } from "../src/inference/index.ts";
import { enumeratePaths } from "../src/inference/testing/enumerate_paths.ts";
import { type HmmCaseOptions, hmmCase, problemOf } from "./hmm_cases.ts";
import { checkHmm } from "./hmm_check.ts";
import { hmmDifferences } from "./hmm_compare.ts";
import type { HmmCase } from "./hmm_oracle.ts";
import { useEngine } from "./shared_engine.ts";

const engine = useEngine();
/** Rounding of a float32 sum of K products in every step, as for the smoother by reverse kernels. */
const PROBS = 2e-6;
/** What issue 4 asks of probabilities over long series. */
const LONG = 1e-5;
/** Sizes at which 200 steps fill several levels of the spine; the same everywhere, so that kernels are compiled once. */
const small = { chunkLength: 4, leaves: 4, spineLeaves: 4 };
const check = (options: readonly HmmCaseOptions[], request: Partial<HmmRequest>, probs?: number) =>
  checkHmm(engine(), options, { smoother: "twoFilter", ...request }, probs);
const run = (problem: HmmProblem, request: Partial<HmmRequest> = {}) =>
  hmmSmootherGpu(problem, {
    call: "test",
    engine: engine(),
    request: {
      call: "test",
      method: "parallel",
      smoother: "twoFilter",
      transitions: "sum",
      ...small,
      ...request,
    },
  });
/** Largest |Δ|; NaN must stand where NaN stands. */
function worst(got: ArrayLike<number>, want: ArrayLike<number>): number {
  expect(got.length).toBe(want.length);
  const differences = Array.from(want, (value, i) => {
    if (Number.isNaN(value)) expect(got[i]).toBeNaN();
    return Number.isNaN(value) ? 0 : Math.abs(got[i]! - value);
  });
  return Math.max(0, ...differences);
}

suite("hmmSmootherGpu() by two filters", () => {
  // Longest series: of the spine's levels, 45 steps fill one, 203 several.
  for (const [numStates, form, variant, longest] of [
    [1, "scaled", "lane", 6],
    [3, "scaled", "lane", 203],
    [3, "extended", "lane", 45],
    [5, "scaled", "team", 45],
    [5, "extended", "team", 45],
    [5, "scaled", "wide", 45],
    [5, "extended", "wide", 203],
  ] as const)
    test(`is right with K = ${numStates}, ${form}, ${variant}`, async () => {
      const on = { form, variant, ...small };
      await check([{ kind: "mix", numStates, numSteps: 1 }], on);
      const lengths = [longest, 1, 2, 3, 4, 5].map(
        (numSteps): HmmCaseOptions => ({ kind: "mix", numStates, numSteps }),
      );
      const { plan } = await check(lengths, { ...on, blockSteps: 100 });
      expect(plan).toMatch(
        new RegExp(`${form}.*${variant} kernels.*two filters, ${longest > 100 ? 3 : 1} block`),
      );
      await check(lengths, { form, variant, method: "sequential", transitions: "steps", blockSteps: 32 });
    });

  for (const [variant, numStates] of [
    ["lane", 3],
    ["team", 5],
  ] as const)
    test(`is right for ${variant} kernels with A_t of every step and series, and steps without observation`, async () => {
      const cases = [70, 1, 33, 64].map(
        (numSteps, seed): HmmCaseOptions => ({
          kind: "mix",
          numStates,
          numSteps,
          seed,
          varying: true,
          missing: t => t % 3 === 1 || t > 60,
        }),
      );
      for (const form of ["scaled", "extended"] as const)
        await check(cases, { variant, form, transitions: "steps", ...small, blockSteps: 32 });
      await check(cases, { variant, method: "sequential" });
    });

  test("gives the sum over all paths, with zeros, changing matrices and missing data", async () => {
    const A = [
      [0.5, 0.5, 0],
      [0, 0.25, 0.75],
      [0.125, 0, 0.875],
    ];
    const turned = A.map(([a, b, c]) => [c!, a!, b!]);
    for (const T of [1, 2, 5, 8]) {
      const given: HmmCase = {
        ...hmmCase({ kind: "mix", numStates: 3, numSteps: T, seed: 5, missing: t => t === 3 }),
        initial: [0.75, 0, 0.25],
        transition: t => (t % 2 === 0 ? A : turned),
      };
      const oracle = enumeratePaths({
        K: 3,
        T,
        initial: given.initial,
        transition: given.transition,
        logLikelihood: (t, k) => given.logLikelihoods[t]![k]!,
      });
      const result = await run(problemOf([given], { varying: true }), { transitions: "steps" });
      expect(worst(result.smoothedProbs.data, oracle.probs(T).flat())).toBeLessThan(PROBS);
      expect(worst(result.expectedTransitions!, oracle.transitions.flat(2))).toBeLessThan(PROBS);
    }
  });

  test("gives what its float64 twin gives, also up to a step that no state allows", async () => {
    const cases = [50, 80, 40, 60].map((numSteps, seed) => {
      const given = hmmCase({ kind: "mix", numStates: 3, numSteps, seed });
      const at = seed === 1 ? 45 : seed === 3 ? 0 : -1;
      const none = [0, 1, 2].map(() => Number.NEGATIVE_INFINITY);
      return { ...given, logLikelihoods: given.logLikelihoods.map((row, t) => (t === at ? none : row)) };
    });
    const problem = problemOf(cases);
    for (const transitions of ["sum", "steps"] as const) {
      const exact = await hmmTwoFilterCpu(problem, { transitions });
      for (const method of ["parallel", "sequential"] as const) {
        const result = await run(problem, { method, transitions, filtered: false, blockSteps: 32 });
        expect(result.filteredProbs).toBeUndefined();
        expect([...result.ends]).toEqual([50, 45, 40, 0]);
        expect(worst(result.smoothedProbs.data, exact.smoothedProbs.data)).toBeLessThan(PROBS);
        // Of a sum over up to 50 steps.
        const within = transitions === "sum" ? 50 * PROBS : PROBS;
        expect(worst(result.expectedTransitions!, exact.expectedTransitions!)).toBeLessThan(within);
      }
    }
  });

  test("runs again with extended numbers what a sharp ring with outliers loses, and only that", async () => {
    const ring: HmmCaseOptions = { kind: "ring", numStates: 3, numSteps: 520, separation: 9, outliers: true };
    const cases: HmmCaseOptions[] = [{ ...ring, separation: 0.3, outliers: false, numSteps: 200 }, ring];
    for (const method of ["parallel", "sequential"] as const) {
      const { forms, plan } = await check(cases, { method, ...small, chunkLength: 16 }, LONG);
      expect(forms).toEqual(["scaled", "extended"]);
      expect(plan).toMatch(/1 of 2 series again with extended/);
    }
  });

  test("loses nothing for the sake of states that no path reaches, step by step", async () => {
    const A = [
      [0.5, 0.5, 0],
      [0.75, 0.25, 0],
      [0.5, 0, 0.5],
    ];
    const given = hmmCase({ kind: "mix", numStates: 3, numSteps: 40 });
    const far: HmmCase = {
      initial: [0.5, 0.5, 0],
      transition: () => A,
      // State 2 is never there, with likelihoods 300 nats above and below the others, which float32 holds beside it.
      logLikelihoods: given.logLikelihoods.map(([a, b], t) => [
        Math.round(4096 * a!) / 4096,
        Math.round(4096 * b!) / 4096,
        t % 2 === 0 ? 300 : -300,
      ]),
    };
    const { forms, ...records } = await run(problemOf([far]), { method: "sequential" });
    expect(forms).toEqual(["scaled"]);
    expect(hmmDifferences(records, [far]).probs).toBeLessThan(PROBS);
  });

  test("K = 100 with log-likelihoods of size 100 and zeros: extended, and right", async () => {
    const mix = hmmCase({ kind: "mix", numStates: 100, numSteps: 12, scale: 100 });
    const { transition } = hmmCase({ kind: "ring", numStates: 100, numSteps: 12 });
    for (const given of [mix, { ...mix, transition }]) {
      const problem = problemOf([given]);
      const exact = await hmmTwoFilterCpu(problem, { transitions: "sum" });
      const result = await run(problem, { method: "auto" });
      expect(result.forms).toEqual([given === mix ? "scaled" : "extended"]);
      expect(result.plan).toMatch(/step by step, two filters/);
      // Log-likelihoods of 300 nats less a baseline are rounded to 1.5e-5, and move a probability by a quarter of that.
      expect(worst(result.smoothedProbs.data, exact.smoothedProbs.data)).toBeLessThan(LONG);
      expect(worst(result.expectedTransitions!, exact.expectedTransitions!)).toBeLessThan(LONG);
    }
  });
});
