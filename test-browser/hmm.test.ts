/** Hidden Markov filter and smoother on the GPU against a textbook in float64. */
import { expect, suite, test } from "vitest";
import type { HmmRequest } from "../src/inference/index.ts";
import type { HmmCaseOptions } from "./hmm_cases.ts";
import { checkHmm } from "./hmm_check.ts";
import { useEngine } from "./shared_engine.ts";

const engine = useEngine();
const check = (options: readonly HmmCaseOptions[], request: Partial<HmmRequest>) =>
  checkHmm(engine(), options, request);

/** Sizes at which 400 steps fill several levels of the spine; the same everywhere, so that kernels are compiled once. */
const small = { chunkLength: 4, leaves: 4, spineLeaves: 4 };

suite("hmmSmootherGpu() with few states", () => {
  for (const [numStates, form] of [
    [1, "scaled"],
    [2, "scaled"],
    [3, "scaled"],
    [4, "scaled"],
    [2, "extended"],
    [4, "extended"],
  ] as const)
    test(`is right with K = ${numStates}, ${form}, at odd lengths`, async () => {
      for (const numSteps of [1, 3, 4, 5])
        await check([{ kind: "mix", numStates, numSteps }], { form, ...small });
      const long = { form, ...small, blockSteps: 300 };
      const { plan } = await check([{ kind: "mix", numStates, numSteps: 403 }], long);
      expect(plan).toMatch(new RegExp(`${form}.*lane kernels.*chunks of 4, 2 blocks`));
    });
});

suite("hmmSmootherGpu() by teams", () => {
  for (const variant of ["team", "wide"] as const)
    for (const form of ["scaled", "extended"] as const)
      test(`is right with ${variant} kernels, ${form}, K = 7, parallel and step by step`, async () => {
        const numStates = 7;
        for (const numSteps of [1, 3, 4, 5])
          await check([{ kind: "mix", numStates, numSteps }], { form, variant, ...small });
        await check([{ kind: "mix", numStates, numSteps: 203 }], {
          form,
          variant,
          ...small,
          blockSteps: 100,
        });
        const sequential = { form, variant, method: "sequential", blockSteps: 32 } as const;
        await check([{ kind: "mix", numStates, numSteps: 50 }], sequential);
      });
});
