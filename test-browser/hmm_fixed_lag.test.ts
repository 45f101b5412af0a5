/** The fixed-lag smoother on the GPU against a textbook in float64. */
import { expect, suite, test } from "vitest";
import { type HmmRequest, hmmSmootherGpu } from "../src/inference/index.ts";
import { type HmmCaseOptions, hmmCase, problemOf } from "./hmm_cases.ts";
import { fixedLag } from "./hmm_lag_oracle.ts";
import { forwardBackward, type HmmCase } from "./hmm_oracle.ts";
import { useEngine } from "./shared_engine.ts";

const engine = useEngine();
/** Rounding of a float32 sum of K products in every step, as for the smoother. */
const PROBS = 2e-6;
/** What issue 4 asks of probabilities over long series. */
const LONG = 1e-5;
const small = { chunkLength: 4, leaves: 4, spineLeaves: 4 };

const run = (cases: readonly HmmCase[], lag: number, request: Partial<HmmRequest>, varying = false) =>
  hmmSmootherGpu(problemOf(cases, { varying }), {
    call: "test",
    engine: engine(),
    request: { call: "test", method: "parallel", lag, ...request },
  });

/** Largest |Δp| of the steps before `ends`; NaN is expected after them. */
function worstOf(
  rows: Awaited<ReturnType<typeof run>>["smoothedProbs"],
  cases: readonly HmmCase[],
  lag: number,
  ends = cases.map(c => c.logLikelihoods.length),
): number {
  let worst = 0;
  const T = Math.max(...cases.map(c => c.logLikelihoods.length));
  cases.forEach((given, s) => {
    const K = given.initial.length;
    const exact = fixedLag({ ...given, logLikelihoods: given.logLikelihoods.slice(0, ends[s]) }, lag);
    for (let t = 0; t < T; t++)
      for (let k = 0; k < K; k++) {
        const got = rows.data[rows.at(s, t) + k]!;
        if (t >= ends[s]!) expect(got).toBeNaN();
        else
          worst = Math.max(
            worst,
            Number.isNaN(got) ? Number.POSITIVE_INFINITY : Math.abs(got - exact[t]![k]!),
          );
      }
  });
  return worst;
}

async function check(
  options: readonly HmmCaseOptions[],
  lags: readonly number[],
  request: Partial<HmmRequest>,
  probs = PROBS,
): Promise<Awaited<ReturnType<typeof run>>> {
  const cases = options.map(hmmCase);
  let last: Awaited<ReturnType<typeof run>> | undefined;
  for (const lag of lags) {
    last = await run(cases, lag, request, options[0]!.varying ?? false);
    expect(worstOf(last.smoothedProbs, cases, lag), `lag ${lag}`).toBeLessThan(probs);
    expect(engine().liveTensors).toBe(0);
  }
  return last!;
}

suite("hmmSmootherGpu() with a fixed lag", () => {
  test("has an oracle that agrees with forward–backward on what was seen by then", () => {
    const given = hmmCase({ kind: "mix", numStates: 3, numSteps: 12 });
    fixedLag(given, 4).forEach((row, t) => {
      const seen = { ...given, logLikelihoods: given.logLikelihoods.slice(0, t + 5) };
      row.forEach((p, k) => {
        expect(Math.abs(p - forwardBackward(seen).smoothed[t]![k]!)).toBeLessThan(1e-12);
      });
    });
  });

  for (const [numStates, form, variant] of [
    [1, "scaled", "lane"],
    [2, "scaled", "lane"],
    [3, "extended", "lane"],
    [5, "scaled", "team"],
    [5, "extended", "team"],
    [5, "extended", "wide"],
  ] as const)
    test(`is right with K = ${numStates}, ${form}, ${variant}`, async () => {
      for (const numSteps of [1, 2, 3, 4, 5])
        await check([{ kind: "mix", numStates, numSteps }], [1], { form, variant, ...small });
      const long = { form, variant, ...small, blockSteps: 48 };
      const { plan } = await check([{ kind: "mix", numStates, numSteps: 203 }], [0, 7, 60, 500], long);
      expect(plan).toMatch(new RegExp(`${form}.*${variant} kernels.*5 blocks`));
      const within = await check([{ kind: "mix", numStates, numSteps: 203 }], [5, 40], {
        form,
        variant,
        ...small,
      });
      expect(/by whole chunks/.test(within.plan)).toBe(variant !== "wide");
      const sequential = { form, variant, method: "sequential", blockSteps: 32 } as const;
      await check([{ kind: "mix", numStates, numSteps: 70 }], [3, 40], sequential);
    });

  test("gives the filter at lag 0, and the smoother at lag T − 1", async () => {
    const cases = [hmmCase({ kind: "sticky", numStates: 3, numSteps: 150 })];
    const filter = await run(cases, 0, small);
    filter.filteredProbs!.data.forEach((p, i) => {
      expect(Math.abs(filter.smoothedProbs.data[i]! - p)).toBeLessThan(3e-7);
    });
    const whole = await run(cases, 149, small);
    forwardBackward(cases[0]!)
      .smoothed.flat()
      .forEach((p, i) => {
        expect(Math.abs(whole.smoothedProbs.data[i]! - p)).toBeLessThan(PROBS);
      });
  });

  for (const [variant, numStates] of [
    ["lane", 3],
    ["team", 5],
  ] as const)
    test(`is right for ${variant} kernels in ragged batches with A_t of every step and series`, async () => {
      const cases = [70, 1, 33, 64, 2].map(
        (numSteps, seed): HmmCaseOptions => ({ kind: "mix", numStates, numSteps, seed, varying: true }),
      );
      for (const form of ["scaled", "extended"] as const)
        await check(cases, [2, 20, 50], { variant, form, ...small, blockSteps: 32 });
    });

  test("runs again with extended numbers what a sharp ring with outliers loses", async () => {
    const ring: HmmCaseOptions = {
      kind: "ring",
      numStates: 4,
      numSteps: 520,
      separation: 9,
      outliers: true,
    };
    const cases: HmmCaseOptions[] = [{ ...ring, separation: 0.3, outliers: false, numSteps: 200 }, ring];
    const { forms, plan } = await check(cases, [6, 100], { ...small, chunkLength: 16 }, LONG);
    expect(forms).toEqual(["scaled", "extended"]);
    expect(plan).toMatch(/1 of 2 series again with extended.*by whole chunks/);
  });

  test("takes K = 17 over time and K = 65 step by step", async () => {
    await check([{ kind: "mix", numStates: 17, numSteps: 60, separation: 0.3 }], [5, 21], {
      ...small,
      blockSteps: 32,
    });
    const { plan } = await check([{ kind: "mix", numStates: 65, numSteps: 20, separation: 0.1 }], [4], {
      method: "auto",
    });
    expect(plan).toMatch(/step by step, windows of 5 steps/);
  });

  for (const method of ["parallel", "sequential"] as const)
    test(`ends a series at a step that no state allows, ${method}`, async () => {
      const cases = [50, 80, 40, 60].map((numSteps, seed) => {
        const c = hmmCase({ kind: "mix", numStates: 3, numSteps, seed });
        const at = seed === 1 ? 45 : seed === 3 ? 0 : -1;
        return {
          ...c,
          logLikelihoods: c.logLikelihoods.map((row, t) =>
            t === at ? row.map(() => Number.NEGATIVE_INFINITY) : row,
          ),
        };
      });
      const result = await run(cases, 12, { method, ...small });
      expect([...result.ends]).toEqual([50, 45, 40, 0]);
      expect(worstOf(result.smoothedProbs, cases, 12, [...result.ends])).toBeLessThan(PROBS);
    });
});
