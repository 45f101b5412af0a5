/** Smooths a batch of cases on the GPU and compares all of it with the textbook. */
import { expect } from "vitest";
import type { Engine } from "../src/engine/index.ts";
import {
  type HmmGpuRun,
  type HmmRequest,
  type HmmSmootherRecords,
  hmmSmootherGpu,
} from "../src/inference/index.ts";
import { type HmmCaseOptions, hmmCase, problemOf } from "./hmm_cases.ts";
import { hmmDifferences } from "./hmm_compare.ts";

/** Rounding of a float32 sum of K products in every step, and of the recursion that carries it on: 1e-6 at these sizes. */
const PROBS = 2e-6;
/** A step's term is a float32: 6e-8 of its size, twice. */
const STEP = 1e-6;

export async function checkHmm(
  engine: Engine,
  options: readonly HmmCaseOptions[],
  request: Partial<HmmRequest>,
  probs = PROBS,
): Promise<HmmSmootherRecords & HmmGpuRun> {
  const cases = options.map(hmmCase);
  const problem = problemOf(cases, { varying: options[0]!.varying ?? false });
  const form = request.transitions ?? "sum";
  const records = await hmmSmootherGpu(problem, {
    call: "test",
    engine,
    request: { call: "test", method: "parallel", predicted: true, transitions: "sum", ...request },
  });
  const worst = hmmDifferences(records, cases, form);
  expect(worst.probs).toBeLessThan(probs);
  expect(worst.transitions).toBeLessThan(probs);
  expect(worst.logLikelihoods).toBeLessThan(STEP);
  expect(worst.marginal).toBeLessThan(STEP);
  expect(engine.liveTensors).toBe(0);
  return records;
}
