/** Random sparse, tiny, sharp and impossible hidden Markov series on the GPU: nothing may be wrong without a word. */
import { expect, suite, test } from "vitest";
import { type HmmRequest, hmmDecodeGpu, hmmSmootherGpu } from "../src/inference/index.ts";
import { problemOf, uniforms } from "./hmm_cases.ts";
import { forwardBackward, type HmmCase, logJoint, viterbi } from "./hmm_oracle.ts";
import { useEngine } from "./shared_engine.ts";

const engine = useEngine();
const K = 4;
const states: readonly number[] = Array.from({ length: K }, (_, k) => k);

/** Rows with zeros (mostly), entries down to 1e-30, observations worth 0.1 to 4000 nats, now and then impossible states. */
function randomCase(random: () => number): HmmCase {
  const zero = random() < 0.7 ? 0.8 * random() : 0;
  const sharp = 10 ** (3.3 * random() - 1);
  const tiny = random() < 0.3 ? 10 ** (-30 * random()) : 1;
  const normalised = (row: number[]): number[] => {
    if (row.every(v => !(v > 0))) row[0] = 1;
    const sum = row.reduce((a, b) => a + b, 0);
    return row.map(v => Math.fround(v / sum));
  };
  const A = states.map(i => {
    const next = (i + Math.floor(2 * random())) % K;
    return normalised(states.map(k => (k === next ? 1 : random() < zero ? 0 : tiny * random())));
  });
  return {
    initial: normalised(states.map(() => (random() < zero ? 0 : random()))),
    transition: () => A,
    logLikelihoods: Array.from({ length: 1 + Math.floor(120 * random()) }, () => {
      const scale = random() < 0.02 ? 20 * sharp : sharp;
      const row = states.map(() => Math.fround(-scale * random()));
      if (random() < 0.05) row[Math.floor(K * random())] = Number.NEGATIVE_INFINITY;
      return row;
    }),
  };
}

/** The steps before the first that no state allows. */
function possiblePart(given: HmmCase): HmmCase {
  const end = forwardBackward(given).logLikelihoods.findIndex(v => !Number.isFinite(v));
  return end < 0 ? given : { ...given, logLikelihoods: given.logLikelihoods.slice(0, end) };
}

suite("hmmSmootherGpu() and hmmDecodeGpu() on random sparse chains", () => {
  for (const method of ["parallel", "sequential"] as const)
    test(`${method}: right in either form, or ended at the right step`, async () => {
      const random = uniforms(81);
      const forms = { scaled: 0, extended: 0 };
      let worst = 0;
      for (let round = 0; round < 12; round++) {
        const cases = Array.from({ length: 6 }, () => randomCase(random));
        const problem = problemOf(cases);
        const request: HmmRequest = {
          call: "test",
          method,
          chunkLength: [2, 5, 16][round % 3]!,
          leaves: 4,
          spineLeaves: 8,
          blockSteps: round % 2 === 0 ? 64 : 1000,
        };
        const run = await hmmSmootherGpu(problem, { call: "test", engine: engine(), request });
        const decoded = await hmmDecodeGpu(problem, { call: "test", engine: engine(), request });
        cases.forEach((given, s) => {
          const possible = possiblePart(given);
          const end = possible.logLikelihoods.length;
          expect([run.ends[s], decoded.ends[s]]).toEqual([end, end]);
          forms[run.forms[s]!]++;
          if (end === 0) return;
          const { filtered, smoothed, logLikelihoods } = forwardBackward(possible);
          const from = s * problem.numSteps;
          for (let t = 0; t < end; t++) {
            const expected = logLikelihoods[t]!;
            const error = Math.abs(run.logLikelihoods[from + t]! - expected);
            expect(error).toBeLessThan(2e-6 * Math.max(1, Math.abs(expected)));
            for (const k of states) {
              const at = (from + t) * K + k;
              const errors = [
                run.filteredProbs!.data[at]! - filtered[t]![k]!,
                run.smoothedProbs.data[at]! - smoothed[t]![k]!,
              ];
              for (const e of errors) worst = Math.max(worst, Number.isNaN(e) ? 1 : Math.abs(e));
            }
          }
          const path = [...decoded.mostLikelyStates.subarray(from, from + end)];
          const { best } = viterbi(possible);
          expect(best - logJoint(possible, path)).toBeLessThan(1e-9 * Math.max(1, Math.abs(best)));
        });
      }
      // What issue 4 asks for; both forms must have had their share.
      expect(worst).toBeLessThan(1e-5);
      expect(Math.min(forms.scaled, forms.extended)).toBeGreaterThan(15);
    });
});
