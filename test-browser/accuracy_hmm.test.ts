/** The promise in float32 for hidden Markov models: probabilities within 1e-5, log-likelihood and path within 1e-6 relative. */
import { expect, suite, test } from "vitest";
import { HMM_BOUNDS, type HmmMeasured, measureHmm } from "./accuracy_hmm.ts";
import {
  givenLogLikelihoods,
  HMM_ACCURACY_MODELS,
  type HmmAccuracyCase,
  hmmAccuracyCase,
} from "./accuracy_hmm_models.ts";
import { type HmmReference, hmmReference } from "./accuracy_hmm_reference.ts";
import { useEngine } from "./shared_engine.ts";

const engine = useEngine();

async function check(
  given: HmmAccuracyCase,
  exact: HmmReference,
  method: "parallel" | "sequential",
): Promise<HmmMeasured> {
  const worst = await measureHmm(engine(), given, exact, method);
  expect(worst.status).toBe("ok");
  expect(worst.method).toBe(method);
  expect(worst.filteredProbs).toBeLessThan(HMM_BOUNDS.probs);
  expect(worst.smoothedProbs).toBeLessThan(HMM_BOUNDS.probs);
  expect(worst.expectedTransitions).toBeLessThan(HMM_BOUNDS.probs);
  expect(worst.logLikelihood).toBeLessThan(HMM_BOUNDS.logLikelihood);
  expect(worst.path).toBeLessThan(HMM_BOUNDS.path);
  // Sums of float64 in another order.
  expect(worst.logJoint).toBeLessThan(1e-12);
  expect(worst.pathMisses).toBe(0);
  return worst;
}

suite("all four models over 10 000 steps of four states, 2000 of eight", () => {
  for (const name of HMM_ACCURACY_MODELS) {
    const ring = name.startsWith("ring");
    const given = hmmAccuracyCase(name, ring ? 2000 : 10_000);
    const exact = hmmReference(given);
    for (const method of ["parallel", "sequential"] as const)
      test(`${name}, ${method}`, async () => {
        const { held } = await check(given, exact, method);
        // With zeros in A, a state that falls far behind may still come to lead, and float32 has lost it.
        expect(held).toBe(ring ? "scaled, then extended" : "scaled");
      });
  }
});

test("sharp observations with outliers over 10 000 steps: states far behind keep their last digits", async () => {
  const given = hmmAccuracyCase("ringsharp", 10_000);
  const { filteredProbs } = await check(given, hmmReference(given), "sequential");
  // 7e-6 where a density is one float32.
  expect(filteredProbs).toBeLessThan(1e-6);
});

test("sharp observations with outliers over 10 000 steps, log-likelihoods given", async () => {
  const given = givenLogLikelihoods(hmmAccuracyCase("ringsharp", 10_000));
  await check(given, hmmReference(given), "sequential");
});
