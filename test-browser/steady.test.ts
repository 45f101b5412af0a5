/** The time-invariant path on the GPU: gains from the host in float64, means by a scan of vectors. */
import { expect, suite, test } from "vitest";
import { filter, linearGaussianSSM, logLikelihood, smooth } from "../src/api/index.ts";
import {
  gainSchedule,
  type KalmanRequest,
  type LinearGaussianProblem,
  steadySmootherCpu,
} from "../src/inference/index.ts";
import { smootherGains, steadyGpu } from "../src/inference/steady.ts";
import { prepare } from "../src/models/index.ts";
import { differences } from "./compare.ts";
import { textbookOracle } from "./oracle.ts";
import { namedModel, type RawCase, randomModel } from "./oracle_models.ts";
import { useEngine } from "./shared_engine.ts";

const engine = useEngine();

const request: KalmanRequest = {
  call: "test",
  smooth: true,
  method: "parallel",
  predicted: true,
  crossCovariances: true,
  moments: true,
};

/** The kernels alone, at sizes that make them show every edge, against their float64 twins. */
async function compare(problem: LinearGaussianProblem, extra: Partial<KalmanRequest>): Promise<void> {
  const schedule = gainSchedule(problem)!;
  const gains = smootherGains(problem, schedule, request);
  const exact = await steadySmootherCpu(problem, schedule, { outputs: { predicted: true } });
  const own = { ...request, ...extra };
  const gpu = await steadyGpu(problem, schedule, gains, { call: "test", engine: engine(), request: own });
  const n = problem.stateDim;
  for (const field of ["filtered", "predicted", "smoothed"] as const) {
    let worst = 0;
    for (const [s, length] of problem.lengths.entries()) {
      for (let t = 0; t < length; t++) {
        for (let i = 0; i < n; i++) {
          const [a, b] = [gpu, exact].map(r => r[field]!.means.data[r[field]!.means.at(s, t) + i]!);
          worst = Math.max(worst, Math.abs(a! - b!) / Math.max(1, Math.abs(b!)));
        }
      }
    }
    expect(worst, field).toBeLessThan(2e-5);
  }
  for (const [s, length] of problem.lengths.entries())
    for (let t = 0; t < length; t++) {
      const at = s * problem.numSteps + t;
      const expected = exact.logLikelihoods[at]!;
      expect(Math.abs(gpu.logLikelihoods[at]! - expected)).toBeLessThan(
        1e-4 * Math.max(1, Math.abs(expected)),
      );
    }
}

const problemOf = (given: RawCase, lengths: readonly number[]): LinearGaussianProblem =>
  prepare(
    linearGaussianSSM(given.model),
    lengths.map((length, s) =>
      given.observations.slice(0, length).map(y => y.map(v => (v === null ? v : v + s))),
    ),
    { inputs: given.inputs },
  );

suite("scan of means", () => {
  test.each([1, 2, 3, 4, 6, 9, 20])(
    "n = %i: several levels and blocks, ragged series",
    { timeout: 60_000 },
    async n => {
      const given = randomModel({ n, m: Math.max(1, n >> 1), T: 300, seed: n });
      const problem = problemOf(given, [300, 1, 299, 17, 64]);
      await compare(problem, { chunkLength: 3, leaves: 2 });
      await compare(problem, { chunkLength: 4, leaves: 4, blockSteps: 32 });
      await compare(problem, { method: "sequential" });
      await compare(problem, { method: "sequential", blockSteps: 50 });
    },
  );

  test.each([1, 2, 7, 8, 9, 64, 65])("T = %i", async T => {
    await compare(problemOf(randomModel({ n: 2, m: 1, T, seed: 3 }), [T]), { chunkLength: 8, leaves: 8 });
  });

  test("inputs, which change the bias at every step", async () => {
    const given = randomModel({ n: 3, m: 2, T: 200, seed: 5, inputs: 2 });
    await compare(problemOf(given, [200]), { chunkLength: 5, leaves: 3, blockSteps: 60 });
  });

  test("patterns that repeat: a season of missing data, chunks of whole periods", async () => {
    const given = randomModel({ n: 3, m: 2, T: 1300, seed: 31 });
    const observations = given.observations.map((y, t) =>
      t % 5 === 3 ? [null, y[1]!] : t % 5 === 4 ? [null, null] : y,
    );
    const problem = problemOf({ ...given, observations }, [1300]);
    expect(gainSchedule(problem)!.period).toBe(5);
    await compare(problem, { chunkLength: 7, leaves: 4, blockSteps: 200 });
  });

  test("more series than the planner scans over time", async () => {
    const given = randomModel({ n: 2, m: 1, T: 70, seed: 11 });
    await compare(
      problemOf(
        given,
        Array.from({ length: 150 }, (_, s) => 70 - (s % 9)),
      ),
      { method: "auto" },
    );
  });
});

suite("time-invariant models against float64", () => {
  test.each(["d8", "mat52", "stiff", "cv4", "llt"] as const)(
    "%s over 20 000 steps",
    { timeout: 60_000 },
    async name => {
      const c = namedModel(name, 20_000);
      const oracle = textbookOracle(c.model, c.observations);
      const model = linearGaussianSSM(c.model);
      for (const method of ["parallel", "sequential"] as const) {
        const result = await smooth(model, c.observations, { backend: "webgpu", engine: engine(), method });
        expect(result.run.plan).toMatch(/^time-invariant/);
        const worst = differences(result, oracle);
        expect(worst.means, "means, sd").toBeLessThan(1e-3);
        // Computed in float64: what differs is how the oracle rounds.
        expect(worst.covariances, "covariances").toBeLessThan(1e-7);
        expect(worst.crossCovariances, "cross-covariances").toBeLessThan(1e-7);
        expect(worst.marginalLogLikelihood, "log-likelihood").toBeLessThan(1e-6);
      }
    },
  );

  test("filter and logLikelihood take it too; form chooses", async () => {
    const c = namedModel("llt", 500);
    const model = linearGaussianSSM(c.model);
    const oracle = textbookOracle(c.model, c.observations);
    const on = { backend: "webgpu", engine: engine() } as const;
    const auto = await filter(model, c.observations, on);
    expect(auto.run.plan).toMatch(/^time-invariant/);
    expect(auto.filteredCovariances.data[4 * 499]).toBeCloseTo(oracle.filteredCovariances[499]![0]![0]!, 9);
    const root = await filter(model, c.observations, { ...on, form: "squareRoot" });
    expect(root.run.plan).toMatch(/kernels/);
    const value = await logLikelihood(model, c.observations, { ...on, form: "timeInvariant" });
    expect(Math.abs(value / oracle.marginalLogLikelihood - 1)).toBeLessThan(1e-6);
  });
});

test("likelihoods alone need no moments, in either form", async () => {
  const c = namedModel("llt", 300);
  const model = linearGaussianSSM(c.model);
  const exact = textbookOracle(c.model, c.observations).marginalLogLikelihood;
  for (const form of ["timeInvariant", "squareRoot"] as const) {
    const on = { backend: "webgpu", engine: engine(), form, refine: "never" } as const;
    expect(Math.abs((await logLikelihood(model, c.observations, on)) / exact - 1)).toBeLessThan(1e-5);
  }
});
