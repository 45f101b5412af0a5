/** The most probable path on the GPU against Viterbi in float64. */
import { expect, suite, test } from "vitest";
import { type HmmRequest, hmmDecodeGpu } from "../src/inference/index.ts";
import { type HmmCaseOptions, hmmCase, problemOf } from "./hmm_cases.ts";
import { logJoint, viterbi } from "./hmm_oracle.ts";
import { useEngine } from "./shared_engine.ts";

const engine = useEngine();
const small = { chunkLength: 8, leaves: 4, spineLeaves: 4 };

const decode = (problem: ReturnType<typeof problemOf>, request: Partial<HmmRequest>) =>
  hmmDecodeGpu(problem, {
    call: "decode",
    engine: engine(),
    request: { call: "decode", method: "parallel", ...request },
  });

/** The path must be the oracle's, or as probable: log-likelihoods are equal on both sides, log A is held to 2^−33. */
async function check(options: readonly HmmCaseOptions[], request: Partial<HmmRequest>): Promise<string> {
  const cases = options.map(hmmCase);
  const T = Math.max(...options.map(o => o.numSteps));
  const run = await decode(problemOf(cases, { varying: options[0]!.varying ?? false }), request);
  cases.forEach((given, s) => {
    const length = given.logLikelihoods.length;
    const { path, best } = viterbi(given);
    const got = [...run.mostLikelyStates.subarray(s * T, s * T + length)];
    expect(got).toEqual(path);
    expect(Math.abs(run.logJoints[s]! - best)).toBeLessThan(1e-9 * Math.max(1, Math.abs(best)));
    expect([...run.mostLikelyStates.subarray(s * T + length, (s + 1) * T)].every(k => k === -1)).toBe(true);
  });
  expect(engine().liveTensors).toBe(0);
  return run.plan;
}

suite("hmmDecodeGpu()", () => {
  for (const numStates of [1, 2, 4])
    test(`is Viterbi's path with K = ${numStates} at odd lengths`, async () => {
      for (const numSteps of [1, 7, 8, 9]) await check([{ kind: "mix", numStates, numSteps }], small);
      const plan = await check([{ kind: "sticky", numStates, numSteps: 403 }], { ...small, blockSteps: 300 });
      expect(plan).toMatch(/lane kernels.*chunks of 8, 2 blocks/);
    });
  for (const variant of ["team", "wide"] as const)
    test(`is Viterbi's path with ${variant} kernels, parallel and step by step`, async () => {
      await check([{ kind: "mix", numStates: 7, numSteps: 203 }], { ...small, variant, blockSteps: 100 });
      await check([{ kind: "ring", numStates: 7, numSteps: 60, separation: 8, outliers: true }], {
        ...small,
        variant,
      });
      await check([{ kind: "mix", numStates: 7, numSteps: 60 }], {
        variant,
        method: "sequential",
        blockSteps: 32,
      });
    });
  test("takes ragged batches and matrices that change", async () => {
    const cases = [70, 1, 33, 64].map(
      (numSteps, seed): HmmCaseOptions => ({ kind: "mix", numStates: 3, numSteps, seed, varying: true }),
    );
    await check(cases, { ...small, blockSteps: 48 });
    await check(cases, { method: "sequential" });
  });
  for (const [numStates, numSteps] of [
    [17, 40],
    [64, 12],
  ] as const)
    test(`scans over time with K = ${numStates}`, async () => {
      await check([{ kind: "mix", numStates, numSteps, separation: 0.3 }], { ...small, chunkLength: 4 });
    });
  test("goes step by step with K = 65 and 300", async () => {
    await check([{ kind: "mix", numStates: 65, numSteps: 40, separation: 0.1 }], { method: "auto" });
    await check([{ kind: "mix", numStates: 300, numSteps: 8, separation: 0.1 }], { method: "auto" });
  });

  test("under ties takes the lowest state at every choice, however time is cut", async () => {
    const K = 4;
    const T = 100;
    const even = Array.from({ length: K }, () => new Array<number>(K).fill(0.25));
    const ties = {
      initial: new Array<number>(K).fill(0.25),
      transition: () => even,
      // States 1 and 3 are equally good at every third step, all are at the others.
      logLikelihoods: Array.from({ length: T }, (_, t) =>
        t % 3 === 0 ? [-1, -0.5, -1, -0.5] : [-1, -1, -1, -1],
      ),
    };
    for (const request of [small, { ...small, chunkLength: 3 }, { method: "sequential" }] as const) {
      const { mostLikelyStates } = await decode(problemOf([ties]), request);
      expect([...mostLikelyStates]).toEqual(Array.from({ length: T }, (_, t) => (t % 3 === 0 ? 1 : 0)));
    }
  });

  test("adds nothing up wrongly over a long sticky series: parallel and step by step give the same path", async () => {
    const given = hmmCase({ kind: "sticky", numStates: 4, numSteps: 20_000, separation: 0.5 });
    const problem = problemOf([given]);
    const { path, best } = viterbi(given);
    for (const method of ["parallel", "sequential"] as const) {
      const run = await decode(problem, { method });
      expect([...run.mostLikelyStates]).toEqual(path);
      expect(Math.abs(run.logJoints[0]! / best - 1)).toBeLessThan(1e-9);
      expect(run.logJoints[0]).toBeCloseTo(logJoint(given, path), 6);
    }
  });

  test("ends a series before a step that no state allows, and only that series", async () => {
    const cases = [50, 80, 40].map((numSteps, seed) =>
      hmmCase({ kind: "mix", numStates: 3, numSteps, seed }),
    );
    const broken = cases.map((c, s) => ({
      ...c,
      logLikelihoods: c.logLikelihoods.map((row, t) =>
        (s === 1 && t === 45) || (s === 2 && t === 0) ? row.map(() => Number.NEGATIVE_INFINITY) : row,
      ),
    }));
    const run = await decode(problemOf(broken), small);
    expect([...run.ends]).toEqual([50, 45, 0]);
    expect([...run.logJoints.slice(1)]).toEqual([Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY]);
    expect([...run.mostLikelyStates.slice(0, 50)]).toEqual(viterbi(cases[0]!).path);
    const cut = { ...cases[1]!, logLikelihoods: cases[1]!.logLikelihoods.slice(0, 45) };
    expect([...run.mostLikelyStates.slice(80, 125)]).toEqual(viterbi(cut).path);
    expect([...run.mostLikelyStates.slice(125)].every(k => k === -1)).toBe(true);
  });
});
