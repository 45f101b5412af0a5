import { expect, suite, test } from "vitest";
import { hmmSamplerCpu } from "./hmm_sampler.cpu.ts";
import { philox } from "./random/philox.ts";
import { STEP_UNIFORMS_STREAM, StepUniforms } from "./random/step_uniforms.ts";
import { type Chain, enumeratePaths } from "./testing/enumerate_paths.ts";
import { problemOf, randomChain } from "./testing/hmm_by_hand.ts";

/** χ² of the joint frequencies of whole paths, with its degrees of freedom; paths of less than 5 expected draws count as one. */
async function chiSquared(chain: Chain, seed: number, numSamples: number): Promise<[number, number]> {
  const { paths, logJoints, logPrefixes } = enumeratePaths(chain);
  const { states } = await hmmSamplerCpu(problemOf(chain), { numSamples, seed });
  const counts = new Map<string, number>();
  for (let draw = 0; draw < numSamples; draw++) {
    const key = states.subarray(draw * chain.T, (draw + 1) * chain.T).join();
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  let [statistic, cells, restSeen, restExpected] = [0, 0, 0, 0];
  paths.forEach((path, p) => {
    const expected = numSamples * Math.exp(logJoints[p] - logPrefixes[chain.T - 1]);
    const seen = counts.get(path.join()) ?? 0;
    if (expected === 0) expect(seen, `impossible path ${path}`).toBe(0);
    if (expected < 5) {
      restSeen += seen;
      restExpected += expected;
    } else {
      statistic += (seen - expected) ** 2 / expected;
      cells++;
    }
  });
  if (restExpected > 0) {
    statistic += (restSeen - restExpected) ** 2 / restExpected;
    cells++;
  }
  return [statistic, cells - 1];
}

/** Wilson and Hilferty's normal score of a χ². */
const score = ([statistic, dof]: [number, number]): number =>
  (Math.cbrt(statistic / dof) - (1 - 2 / (9 * dof))) / Math.sqrt(2 / (9 * dof));

/** Both states are as likely in the end, after one of them has lost 2000 nats; A has a zero. */
const LOST_AND_FOUND: Chain = {
  K: 2,
  T: 5,
  initial: [0.5, 0.5],
  transition: () => [
    [1, 0],
    [0.1, 0.9],
  ],
  logLikelihood: (t, k) => (k === 0 ? 0 : [-1000, -1000, 1000, 1000, 0.5][t]),
};

suite("hmmSamplerCpu()", () => {
  test.each([
    ["time-varying A", randomChain({ K: 3, T: 4, seed: 41 })],
    ["structural zeros and missing data", randomChain({ K: 3, T: 5, seed: 42, zeros: 0.4, missing: 0.3 })],
    ["rows kept as logarithms", LOST_AND_FOUND],
    ["one step", randomChain({ K: 3, T: 1, seed: 44 })],
  ])("joint frequencies are those of the posterior: %s", async (_, chain) => {
    // A score above 3.3 has probability 0.0005.
    const result = await chiSquared(chain, 5, 40_000);
    if (result[1] > 0) expect(score(result)).toBeLessThan(3.3);
  });

  test("the test sees a posterior that is off by one percent of probability", async () => {
    const chain = randomChain({ K: 2, T: 2, seed: 45 });
    const { states } = await hmmSamplerCpu(problemOf(chain), { numSamples: 40_000, seed: 5 });
    const [first] = enumeratePaths(chain).probs(2);
    const share = states.filter((k, i) => i % 2 === 0 && k === 0).length / 40_000;
    const error = Math.sqrt((first[0] * first[1]) / 40_000);
    expect(Math.abs(share - first[0])).toBeLessThan(3.5 * error);
    expect(0.01 / error).toBeGreaterThan(3.5);
  });

  test("draw d of series s depends on seed, s and d alone", async () => {
    const chains = [randomChain({ K: 3, T: 6, seed: 46 }), randomChain({ K: 3, T: 4, seed: 47 })];
    const many = await hmmSamplerCpu(problemOf(...chains), { numSamples: 5, seed: 9 });
    const few = await hmmSamplerCpu(problemOf(...chains), { numSamples: 2, seed: 9 });
    const other = await hmmSamplerCpu(problemOf(...chains), { numSamples: 5, seed: 10 });
    expect(few.states.subarray(0, 12)).toEqual(many.states.subarray(0, 12));
    expect(few.states.subarray(12, 24)).toEqual(many.states.subarray(30, 42));
    expect(other.states).not.toEqual(many.states);
    expect(Array.from(few.states.subarray(16, 18))).toEqual([-1, -1]);
  });
});

suite("StepUniforms", () => {
  test("are the words of Philox, whatever is asked for first", () => {
    const uniforms = new StepUniforms(2 ** 40 + 5, 4);
    const words = new Uint32Array(4);
    for (const [series, draw, step] of [
      [3, 2, 1000],
      [3, 0, 999],
      [4, 3, 0],
      [3, 2, 1003],
    ]) {
      philox(Math.floor(step / 4), draw, series, STEP_UNIFORMS_STREAM, 5, 2 ** 8, words);
      expect(uniforms.at(series, draw, step)).toBe((words[step % 4] + 0.5) / 2 ** 32);
    }
  });
});
