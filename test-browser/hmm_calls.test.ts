/** What callers rely on: densities of users, shared densities, signals, progress, what comes back and what is said of it. */
import { expect, suite, test } from "vitest";
import {
  type HmmGpuOptions,
  type HmmProblem,
  hmmDecodeGpu,
  hmmFilterGpu,
  hmmSmootherGpu,
} from "../src/inference/index.ts";
import { hmmCase, problemOf } from "./hmm_cases.ts";
import { hmmDifferences } from "./hmm_compare.ts";
import { viterbi } from "./hmm_oracle.ts";
import { useEngine } from "./shared_engine.ts";

const engine = useEngine();
const K = 4;
const given = hmmCase({ kind: "sticky", numStates: K, numSteps: 150, separation: 2 });
const options = (change: Partial<HmmGpuOptions["request"]> = {}): HmmGpuOptions => ({
  call: "test",
  engine: engine(),
  request: { call: "test", method: "parallel", chunkLength: 16, ...change },
});

/** States 0 and 2, and 1 and 3, share a density: the log-likelihoods of states 0 and 1. */
const shared = { ...given, logLikelihoods: given.logLikelihoods.map(([a, b]) => [a!, b!, a!, b!]) };

/** A density that a user wrote: the record is log-likelihoods of two densities, over 8. */
function withUserDensity(source: string): HmmProblem {
  const problem = problemOf([shared]);
  return {
    ...problem,
    emissions: {
      ...problem.emissions,
      numEmissions: 2,
      emissionOf: Uint32Array.of(0, 1, 0, 1),
      logLikelihoods: (_s, t, out, at) => out.set(shared.logLikelihoods[t]!.slice(0, 2), at),
      gpu: {
        kernel: { source },
        constants: { WIDTH: 2 },
        parameters: Float32Array.of(8),
        recordFloats: 2,
        packRecords: (_s, start, end, out, at) => {
          for (let t = start; t < end; t++)
            for (let e = 0; e < 2; e++) out[at + (t - start) * 2 + e] = shared.logLikelihoods[t]![e]! / 8;
        },
        baseline: () => 0,
      },
    },
  };
}
const USER = `fn emission_log_likelihood(record: u32, e: u32) -> f32 {
  return emission_records[record + e % WIDTH] * emission_parameters[0];
}`;

suite("densities in the kernels of the scan", () => {
  test("may be a user's, and shared between states", async () => {
    for (const change of [{}, { form: "extended" }, { variant: "team" }] as const) {
      const run = await hmmSmootherGpu(withUserDensity(USER), options(change));
      const worst = hmmDifferences(run, [shared]);
      expect(worst.probs).toBeLessThan(2e-6);
      expect(worst.marginal).toBeLessThan(1e-6);
    }
    const { mostLikelyStates } = await hmmDecodeGpu(withUserDensity(USER), options());
    expect([...mostLikelyStates]).toEqual(viterbi(shared).path);
  });

  test("name the user's own line when they are wrong", async () => {
    await expect(hmmFilterGpu(withUserDensity(USER.replace("WIDTH", "WIDE")), options())).rejects.toThrow(
      /the given WGSL, line 2: .*WIDE/,
    );
    await expect(hmmDecodeGpu(withUserDensity("fn other() {}"), options())).rejects.toThrow(
      /test: emissions expected to define fn emission_log_likelihood/,
    );
  });

  test("that are not finite end the series at that step, −∞ is impossible", async () => {
    const at = (value: string): string =>
      USER.replace(
        "return",
        `if (emission_records[record] == ${Math.fround(shared.logLikelihoods[70]![0]! / 8)}f && e == 0u) { return ${value}; }\n return`,
      );
    const run = await hmmFilterGpu(
      withUserDensity(
        at("bitcast<f32>(emission_bits() | 0x7fc00000u)").concat(
          "\nfn emission_bits() -> u32 { return u32(emission_parameters[0]); }",
        ),
      ),
      options(),
    );
    expect([...run.ends]).toEqual([70]);
    expect(run.filteredProbs!.data[4 * 70]).toBeNaN();
    expect(run.filteredProbs!.data[4 * 69]).toBeGreaterThanOrEqual(0);
    const never = await hmmFilterGpu(
      withUserDensity(
        at("bitcast<f32>(emission_bits() | 0xff800000u)").concat(
          "\nfn emission_bits() -> u32 { return 0u * u32(emission_parameters[0]); }",
        ),
      ),
      options(),
    );
    expect([...never.ends]).toEqual([150]);
    expect(never.filteredProbs!.data[4 * 70]).toBe(0);
  });
});

suite("calls", () => {
  test("return only what is asked for, and say how it was done", async () => {
    const run = await hmmFilterGpu(problemOf([given]), options({ filtered: false }));
    expect(run.filteredProbs).toBeUndefined();
    expect(run.predictedProbs).toBeUndefined();
    const worst = hmmDifferences(run, [given]);
    expect(worst.marginal).toBeLessThan(1e-6);
    expect(run.parallel).toBe(true);
    expect(run.plan).toMatch(
      /^scaled probabilities, lane kernels \(1 per chunk\), chunks of 16, 1 block, 3 dispatches, /,
    );
  });

  test("stop at a signal and report progress", async () => {
    const controller = new AbortController();
    controller.abort();
    await expect(
      hmmSmootherGpu(problemOf([given]), { ...options(), signal: controller.signal }),
    ).rejects.toThrow(/test/);
    const phases: string[] = [];
    await hmmSmootherGpu(problemOf([given]), {
      ...options({ blockSteps: 64 }),
      onProgress: ({ phase, done, total }) => phases.push(`${phase} ${done}/${total}`),
    });
    expect(phases).toEqual([
      "filter 64/150",
      "filter 128/150",
      "filter 150/150",
      "smooth 22/150",
      "smooth 86/150",
      "smooth 150/150",
    ]);
    expect(engine().liveTensors).toBe(0);
  });

  test("refuse more memory than allowed before anything runs", async () => {
    await expect(hmmFilterGpu(problemOf([given]), options({ memoryLimit: 1000 }))).rejects.toThrow(
      /test: a plan of at most .* expected .* 1 series of 150 steps with 4 states/,
    );
    await expect(hmmDecodeGpu(problemOf([given]), options({ memoryLimit: 100 }))).rejects.toThrow(
      /test: a plan of at most/,
    );
  });
});
