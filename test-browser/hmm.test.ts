/** Hidden Markov filter and smoother on the GPU against a textbook in float64. */
import { expect, suite, test } from "vitest";
import { type HmmRequest, hmmSmootherGpu } from "../src/inference/index.ts";
import { type HmmCaseOptions, hmmCase, problemOf } from "./hmm_cases.ts";
import { hmmDifferences } from "./hmm_compare.ts";
import { useEngine } from "./shared_engine.ts";

const engine = useEngine();

/** Rounding of a float32 sum of K products in every step, and of the recursion that carries it on: 1e-6 at these sizes. */
const PROBS = 2e-6;
/** A step's term is a float32: 6e-8 of its size, twice. */
const STEP = 1e-6;

async function check(
  options: readonly HmmCaseOptions[],
  request: Partial<HmmRequest>,
  probs = PROBS,
): Promise<{ plan: string; forms: readonly string[] }> {
  const cases = options.map(hmmCase);
  const problem = problemOf(cases, { varying: options[0]!.varying ?? false });
  const form = request.transitions ?? "sum";
  const records = await hmmSmootherGpu(problem, {
    call: "test",
    engine: engine(),
    request: { call: "test", method: "parallel", predicted: true, transitions: "sum", ...request },
  });
  const worst = hmmDifferences(records, cases, form);
  expect(worst.probs).toBeLessThan(probs);
  expect(worst.transitions).toBeLessThan(probs);
  expect(worst.logLikelihoods).toBeLessThan(STEP);
  expect(worst.marginal).toBeLessThan(STEP);
  expect(engine().liveTensors).toBe(0);
  return records;
}

suite("hmmSmootherGpu() with few states", () => {
  for (const numStates of [1, 2, 3, 4])
    for (const form of ["scaled", "extended"] as const)
      test(`is right with K = ${numStates}, ${form}, at odd lengths`, async () => {
        for (const numSteps of [1, 7, 8, 9])
          await check([{ kind: "mix", numStates, numSteps }], { form, chunkLength: 8 });
        const sizes = { chunkLength: 4, leaves: 4, spineLeaves: 4 };
        const { plan } = await check([{ kind: "mix", numStates, numSteps: 403 }], {
          form,
          ...sizes,
          blockSteps: 300,
        });
        expect(plan).toMatch(new RegExp(`${form}.*lane kernels.*chunks of 4, 2 blocks`));
      });
});

suite("hmmSmootherGpu() by teams", () => {
  for (const variant of ["team", "wide"] as const)
    for (const form of ["scaled", "extended"] as const)
      test(`is right with ${variant} kernels, ${form}, K = 2 and 7, parallel and step by step`, async () => {
        const sizes = { chunkLength: 4, leaves: 4, spineLeaves: 4 };
        for (const numSteps of [1, 3, 4, 5])
          await check([{ kind: "mix", numStates: 2, numSteps }], { form, variant, ...sizes });
        await check([{ kind: "mix", numStates: 7, numSteps: 203 }], {
          form,
          variant,
          ...sizes,
          blockSteps: 100,
        });
        await check([{ kind: "mix", numStates: 7, numSteps: 50 }], {
          form,
          variant,
          method: "sequential",
          blockSteps: 30,
        });
      });
});
