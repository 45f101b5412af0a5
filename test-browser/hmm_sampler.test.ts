/** Posterior draws on the GPU: the same paths as the float64 code draws, and the right joint frequencies. */
import { expect, suite, test } from "vitest";
import { type HmmSamplerGpuOptions, hmmSamplerCpu, hmmSamplerGpu } from "../src/inference/index.ts";
import { type HmmCaseOptions, hmmCase, problemOf } from "./hmm_cases.ts";
import { logJoint } from "./hmm_oracle.ts";
import { useEngine } from "./shared_engine.ts";

const engine = useEngine();
const SEED = 2 ** 40 + 12345;
const small = { chunkLength: 8, leaves: 4, spineLeaves: 4 };

type Change = Partial<Omit<HmmSamplerGpuOptions, "request">> & {
  readonly request?: Partial<HmmSamplerGpuOptions["request"]>;
};

const draw = (problem: ReturnType<typeof problemOf>, numSamples: number, { request, ...rest }: Change = {}) =>
  hmmSamplerGpu(problem, {
    call: "samplePosterior",
    engine: engine(),
    numSamples,
    seed: SEED,
    ...rest,
    request: { call: "samplePosterior", method: "parallel", ...request },
  });

/** Share of the entries in which the paths differ from those drawn in float64. */
async function differing(
  options: readonly HmmCaseOptions[],
  numSamples: number,
  change?: Change,
): Promise<number> {
  const problem = problemOf(options.map(hmmCase), { varying: options[0]!.varying ?? false });
  const exact = await hmmSamplerCpu(problem, { numSamples, seed: SEED });
  const { states, ends } = await draw(problem, numSamples, change);
  expect([...ends]).toEqual([...exact.ends]);
  expect(states.length).toBe(exact.states.length);
  expect(engine().liveTensors).toBe(0);
  return states.reduce((sum, k, i) => sum + Number(k !== exact.states[i]), 0) / states.length;
}

/** A draw differs where u lies within a few 1e-7 of a border: of some 1e5 entries none or one, and its path for some steps. */
const FEW = 1e-3;

suite("hmmSamplerGpu()", () => {
  for (const numStates of [1, 4, 7])
    for (const method of ["parallel", "sequential"] as const)
      test(`draws the paths of the float64 code: K = ${numStates}, ${method}`, async () => {
        for (const numSteps of [1, 8, 9])
          expect(
            await differing([{ kind: "mix", numStates, numSteps }], 3, { request: { ...small, method } }),
          ).toBe(0);
        const request = { ...small, method, blockSteps: 200 };
        const options: HmmCaseOptions = { kind: "mix", numStates, numSteps: 403 };
        expect(await differing([options], 20, { request, drawsAtOnce: 8 })).toBeLessThan(FEW);
      });

  test("takes ragged batches, matrices that change, and extended numbers", async () => {
    const cases = [70, 1, 33, 64].map(
      (numSteps, seed): HmmCaseOptions => ({ kind: "mix", numStates: 4, numSteps, seed, varying: true }),
    );
    for (const form of ["scaled", "extended"] as const)
      expect(await differing(cases, 10, { request: { ...small, blockSteps: 48, form } })).toBeLessThan(FEW);
  });

  test("never takes a step of probability 0, and reruns a sharp ring in extended numbers", async () => {
    const options: HmmCaseOptions = {
      kind: "ring",
      numStates: 8,
      numSteps: 1200,
      separation: 8,
      outliers: true,
    };
    const given = hmmCase(options);
    const { states, forms } = await draw(problemOf([given]), 5, { request: small });
    expect(forms).toEqual(["extended"]);
    for (let d = 0; d < 5; d++)
      expect(logJoint(given, [...states.subarray(d * 1200, (d + 1) * 1200)])).toBeGreaterThan(
        Number.NEGATIVE_INFINITY,
      );
    expect(await differing([options], 5, { request: small })).toBeLessThan(FEW);
  });

  test("goes step by step with K = 65", async () => {
    expect(
      await differing([{ kind: "mix", numStates: 65, numSteps: 40, separation: 0.1 }], 4, {
        request: { method: "auto" },
      }),
    ).toBeLessThan(0.02);
  });

  test("has the joint frequencies of all paths, by a χ² test", async () => {
    const K = 3;
    const T = 4;
    const S = 20_000;
    const given = hmmCase({ kind: "mix", numStates: K, numSteps: T, seed: 8 });
    const { states } = await draw(problemOf([given]), S, { request: { method: "auto" } });
    const paths = Array.from({ length: K ** T }, (_, i) =>
      Array.from({ length: T }, (__, t) => Math.floor(i / K ** t) % K),
    );
    const weights = paths.map(path => Math.exp(logJoint(given, path)));
    const total = weights.reduce((a, b) => a + b, 0);
    const counts = new Array<number>(paths.length).fill(0);
    for (let d = 0; d < S; d++) {
      const at = states.subarray(d * T, (d + 1) * T).reduce((sum, k, t) => sum + k * K ** t, 0);
      counts[at] = counts[at]! + 1;
    }
    // Paths expected fewer than 5 times go together.
    let [chi, cells, rare, rareExpected] = [0, 0, 0, 0];
    weights.forEach((w, i) => {
      const expected = (S * w) / total;
      if (expected < 5) {
        rare += counts[i]!;
        rareExpected += expected;
      } else {
        chi += (counts[i]! - expected) ** 2 / expected;
        cells++;
      }
    });
    if (rareExpected > 0) chi += (rare - rareExpected) ** 2 / rareExpected;
    // χ² of cells − 1 or more degrees of freedom: mean + 4 standard deviations, passed by chance once in 10 000 seeds.
    expect(chi).toBeLessThan(cells + 4 * Math.sqrt(2 * cells));
    expect(cells).toBeGreaterThan(20);
  });

  test("ends a series before a step that no state allows; its draws are those of the shorter series", async () => {
    const cases = [50, 80].map((numSteps, seed) => hmmCase({ kind: "mix", numStates: 3, numSteps, seed }));
    const broken = cases.map((c, s) => ({
      ...c,
      logLikelihoods: c.logLikelihoods.map((row, t) =>
        s === 1 && t === 45 ? row.map(() => Number.NEGATIVE_INFINITY) : row,
      ),
    }));
    const problem = problemOf(broken);
    const { states, ends } = await draw(problem, 6, { request: small });
    const exact = await hmmSamplerCpu(problem, { numSamples: 6, seed: SEED });
    expect([...ends]).toEqual([50, 45]);
    expect([...states]).toEqual([...exact.states]);
  });
});
