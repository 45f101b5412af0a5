/** Hidden Markov filter and smoother on the GPU against a textbook in float64. */
import { expect, suite, test } from "vitest";
import type { HmmRequest } from "../src/inference/index.ts";
import type { HmmCaseOptions } from "./hmm_cases.ts";
import { checkHmm } from "./hmm_check.ts";
import { useEngine } from "./shared_engine.ts";

const engine = useEngine();
const check = (options: readonly HmmCaseOptions[], request: Partial<HmmRequest>) =>
  checkHmm(engine(), options, request);

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
