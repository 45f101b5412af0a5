/** The densities of the emissions on the GPU: every entry, by blocks of time, and errors in a user's own text. */
import { expect, suite, test } from "vitest";
import { emissionLogLikelihoodsGpu, type HmmProblem, precomputedEmissions } from "../src/inference/index.ts";
import { useEngine } from "./shared_engine.ts";

const engine = useEngine();

const value = (s: number, t: number, e: number): number =>
  (s + t + e) % 7 === 3 ? Number.NEGATIVE_INFINITY : -400 + 3 * s - 0.25 * t + 1.5 * e;

function problemOf(
  N: number,
  T: number,
  E: number,
  change: Partial<HmmProblem["emissions"]["gpu"]> = {},
): HmmProblem {
  const logLikelihoods = (s: number, t: number, out: Float64Array, at: number): void => {
    for (let e = 0; e < E; e++) out[at + e] = value(s, t, e);
  };
  const constant = (data: number[]) => ({ data: Float64Array.from(data), stepStride: 0, seriesStride: 0 });
  return {
    numStates: E,
    numSeries: N,
    numSteps: T,
    lengths: Uint32Array.from({ length: N }, (_, s) => (s === 0 ? T : Math.max(1, T - 3 * s))),
    initialProbs: constant(Array.from({ length: E }, () => 1 / E)),
    transitionMatrix: constant(Array.from({ length: E * E }, () => 1 / E)),
    emissions: {
      numEmissions: E,
      logLikelihoods,
      gpu: { ...precomputedEmissions(E, logLikelihoods), ...change },
    },
  };
}

suite("emissionLogLikelihoodsGpu()", () => {
  for (const [N, T, E, blockSteps] of [
    [1, 1, 1, 1],
    [3, 10, 4, 10],
    [2, 33, 5, 7],
  ] as const)
    test(`gives every entry of ${N} × ${T} × ${E} in blocks of ${blockSteps}`, async () => {
      const problem = problemOf(N, T, E);
      const got = await emissionLogLikelihoodsGpu(problem, { call: "test", engine: engine(), blockSteps });
      for (let s = 0; s < N; s++)
        for (let t = 0; t < T; t++)
          for (let e = 0; e < E; e++) {
            const expected = t < problem.lengths[s]! ? value(s, t, e) : 0;
            const entry = got[(s * T + t) * E + e]!;
            // All values are multiples of 0.25: exact in float32.
            expect(entry).toBe(expected);
          }
    });

  test("takes a density that a user wrote, with its constants and parameters", async () => {
    const source = `const SHIFT: u32 = TWO * 2u;
      fn emission_log_likelihood(record: u32, e: u32) -> f32 {
        return emission_records[record] * emission_parameters[e] + f32(SHIFT);
      }`;
    const problem = problemOf(1, 3, 2, {
      kernel: { source },
      constants: { TWO: 2 },
      parameters: Float32Array.of(10, 100),
      recordFloats: 1,
      packRecords: (_s, start, end, out, at) => {
        for (let t = start; t < end; t++) out[at + t - start] = t + 1;
      },
      baseline: () => 0.5,
    });
    const got = await emissionLogLikelihoodsGpu(problem, { call: "test", engine: engine() });
    expect([...got]).toEqual([14.5, 104.5, 24.5, 204.5, 34.5, 304.5]);
  });

  test("names the user's own line when a text is wrong, and the function when it is not there", async () => {
    const run = (source: string) =>
      emissionLogLikelihoodsGpu(problemOf(1, 3, 2, { kernel: { source } }), {
        call: "test",
        engine: engine(),
      });
    await expect(
      run("// one\nfn emission_log_likelihood(record: u32, e: u32) -> f32 {\n  return nothing;\n}"),
    ).rejects.toThrow(/the given WGSL, line 3: .*nothing/);
    await expect(run("fn emission_log_likelihood(record: u32, e: u32) -> f32 { return 1.0;")).rejects.toThrow(
      /the given WGSL, line 1/,
    );
    await expect(run("// fn emission_log_likelihood()\nfn density() {}")).rejects.toThrow(
      /test: emissions expected to define fn emission_log_likelihood/,
    );
  });
});
