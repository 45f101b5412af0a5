import { expect, suite, test } from "vitest";
import type { Engine } from "../engine/index.ts";
import { Recording } from "../engine/index.ts";
import { precomputedEmissions } from "./hmm_emissions.ts";
import { describeHmmPlan, type HmmRequest, planHmm } from "./hmm_plan.ts";
import type { HmmProblem } from "./hmm_problem.ts";
import { recordHmm } from "./hmm_recording.ts";

/** The limits that every WebGPU adapter has, on hardware that does 1e12 flops. */
const engine = {
  adapter: { software: false, name: "an adapter" },
  caps: {
    maxBufferSize: 2 ** 28,
    maxStorageBufferBindingSize: 2 ** 27,
    maxComputeWorkgroupStorageSize: 16_384,
    maxComputeInvocationsPerWorkgroup: 256,
    software: false,
  },
  throughput: 1e12,
} as unknown as Engine;

function problemOf(numStates: number, numSteps: number, numSeries = 1): HmmProblem {
  const constant = (length: number) => ({
    data: new Float64Array(length).fill(1 / numStates),
    stepStride: 0,
    seriesStride: 0,
  });
  const logLikelihoods = () => {};
  return {
    numStates,
    numSeries,
    numSteps,
    lengths: new Uint32Array(numSeries).fill(numSteps),
    initialProbs: constant(numStates),
    transitionMatrix: constant(numStates ** 2),
    emissions: {
      numEmissions: numStates,
      logLikelihoods,
      gpu: precomputedEmissions(numStates, logLikelihoods),
    },
  };
}

const plan = (problem: HmmProblem, request: Partial<HmmRequest> = {}) =>
  planHmm(
    engine,
    problem,
    { call: "smooth", method: "auto", ...request },
    { form: "scaled", lostBits: 0 },
    true,
  );

suite("planHmm()", () => {
  test("scans over time up to 64 states, by lanes, teams and in storage; above that goes step by step", () => {
    const kinds = [4, 5, 40, 64, 65, 1024].map(K => {
      const { parallel, filter } = plan(problemOf(K, 1000));
      return `${parallel} ${filter.shape.variant}`;
    });
    expect(kinds).toEqual(["true lane", "true team", "true team", "true wide", "false team", "false wide"]);
  });
  test("goes step by step where series alone fill the device, and over a few steps", () => {
    expect(plan(problemOf(4, 1000, 20_000)).parallel).toBe(false);
    expect(plan(problemOf(16, 1000, 2000)).parallel).toBe(false);
    expect(plan(problemOf(4, 50)).parallel).toBe(false);
  });
  test("cuts time into whole chunks that fit in a binding, and counts its bytes", () => {
    const { blocks, sizes, bytes } = plan(problemOf(4, 20_000_000), { memoryLimit: 2 ** 33 });
    expect(blocks.length).toBeGreaterThan(1);
    for (const [start, end] of blocks) {
      expect(start % sizes.chunkLength).toBe(0);
      expect((end - start) * 5 * 4).toBeLessThanOrEqual(2 ** 27);
    }
    // Records, filtered and smoothed probabilities, log-likelihoods: 13 floats a step, and the matrices of chunks.
    expect(bytes / 4 / 20_000_000).toBeGreaterThan(13);
    expect(bytes / 4 / 20_000_000).toBeLessThan(14);
  });
  test("gives two filters one buffer for all that a step comes to, and cuts time by that", () => {
    const problem = problemOf(4, 20_000_000);
    const request = { smoother: "twoFilter", transitions: "steps", memoryLimit: 2 ** 33 } as const;
    const planned = plan(problem, request);
    const { recording, blocks } = recordHmm(
      problem,
      planned,
      { call: "smooth", method: "auto", ...request },
      true,
    );
    const bytes = recording.buffers.map(({ shape }) => 4 * shape.reduce((a, b) => a * b, 1));
    expect(Math.max(...bytes)).toBeLessThanOrEqual(2 ** 27);
    for (const { inputs, buffer, outputs } of blocks) {
      const { filtered, likelihoods, smoothed, sums } = outputs;
      const counts = [filtered, likelihoods, smoothed, sums].map(part => part?.count);
      const { steps } = inputs;
      expect(counts).toEqual([4 * (steps + 1), steps, 4 * steps, 16 * steps]);
      expect(new Set([filtered, likelihoods, smoothed, sums].map(part => part?.buffer))).toEqual(
        new Set([buffer]),
      );
      expect(sums!.from + sums!.count).toBe(buffer.shape[0]);
    }
    const names = recording.dispatches.map(({ kernel }) => kernel.name);
    expect(names.at(-1)).toBe("hmm_two_filter_apply_lane");
    expect(describeHmmPlan(planned, names.length)).toMatch(/, two filters, \d+ blocks, /);
  });
  test("refuses what does not fit, saying what was asked and what there is", () => {
    expect(() => plan(problemOf(4, 20_000_000), { memoryLimit: 2 ** 20 })).toThrow(
      /smooth: a plan of at most 0\.00 GiB expected on an adapter, got .* GiB for 1 series of 20000000 steps with 4 states\. Use/,
    );
    expect(() => plan(problemOf(1024, 3, 20_000))).toThrow(/at most 134217728 bytes per buffer expected/);
    expect(() => plan(problemOf(1025, 3))).toThrow(/at most 1024 states expected on the GPU, got 1025/);
  });
  test("says in words what it will do, and its recording can be counted without a GPU", () => {
    const problem = problemOf(4, 100_000);
    const planned = plan(problem);
    const { recording } = recordHmm(problem, planned, { call: "smooth", method: "auto" }, true);
    expect(recording).toBeInstanceOf(Recording);
    expect(recording.dispatches.map(d => d.kernel.name)).toEqual([
      "hmm_filter_reduce_lane",
      "hmm_filter_spine_lane",
      "hmm_filter_apply_lane",
      "hmm_smoother_reduce_lane",
      "hmm_smoother_spine_lane",
      "hmm_smoother_apply_lane",
    ]);
    expect(describeHmmPlan(planned, 6)).toMatch(
      /^scaled probabilities, lane kernels \(1 per chunk\), chunks of 8, 1 block, 6 dispatches, \d+\.\d MiB$/,
    );
    // Flops of a step: K filters, one filter, one smoother; combinations are few.
    const flops = recording.dispatches.reduce((sum, d) => sum + d.cost, 0) / 100_000;
    expect(flops).toBeGreaterThan(500);
    expect(flops).toBeLessThan(2000);
    // Nothing of size [T, K] but what goes in and what comes out.
    const scratch = recording.buffers
      .filter(b => b.role === "scratch")
      .map(b => b.shape.reduce((a, b) => a * b, 1));
    expect(Math.max(...scratch)).toBeLessThan(100_000 * 4);
  });
});
