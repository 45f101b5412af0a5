/** Drifting and integrated models on the GPU: plain float32 is off by standard deviations, the refined run is right. */
import { expect, suite, test } from "vitest";
import { filter, linearGaussianSSM, logLikelihood, smooth } from "../src/api/index.ts";
import { differences } from "./compare.ts";
import { type OracleResult, textbookOracle } from "./oracle.ts";
import { namedModel, type RawCase } from "./oracle_models.ts";
import { useEngine } from "./shared_engine.ts";

const engine = useEngine();
const on = (refine: "auto" | "always" | "never", method: "parallel" | "sequential" = "parallel") =>
  ({ backend: "webgpu", engine: engine(), method, refine }) as const;

async function check(c: RawCase, oracle: OracleResult): Promise<void> {
  const model = linearGaussianSSM(c.model);
  for (const method of ["parallel", "sequential"] as const) {
    const result = await smooth(model, c.observations, { ...on("auto", method), form: "squareRoot" });
    const worst = differences(result, oracle);
    expect(result.run.passes).toBeGreaterThan(1);
    expect(worst.means, `${method} means, sd`).toBeLessThan(1e-3);
    expect(worst.covariances, `${method} covariances, relative`).toBeLessThan(1e-4);
    expect(worst.crossCovariances, `${method} cross-covariances, relative`).toBeLessThan(1e-4);
    expect(worst.marginalLogLikelihood, `${method} log-likelihood, relative`).toBeLessThan(1e-6);
  }
}

suite("refinement", () => {
  for (const name of ["cv4", "llt"] as const) {
    test(`${name} over 20 000 steps: right with it, wrong without`, { timeout: 120_000 }, async () => {
      const c = namedModel(name, 20_000);
      const oracle = textbookOracle(c.model, c.observations);
      await check(c, oracle);
      const plain = await smooth(linearGaussianSSM(c.model), c.observations, {
        ...on("never"),
        form: "squareRoot",
      });
      expect(plain.run.passes).toBe(1);
      expect(differences(plain, oracle).means).toBeGreaterThan(1e-2);
    });
  }

  test("a level of 1e7 with standard deviation 1, with gaps, in a ragged batch", async () => {
    const model = linearGaussianSSM({
      initial: { mean: [1e7], covariance: [[4]] },
      dynamics: { weights: [[1]], covariance: [[0.01]] },
      emissions: { weights: [[1]], covariance: [[1]] },
    });
    const y = Array.from({ length: 120 }, (_, t) => [t % 7 === 3 ? null : 1e7 + Math.sin(t)]);
    const batch = [y, y.slice(0, 50)];
    const gpu = await smooth(model, batch, on("always"));
    const cpu = await smooth(model, batch, { backend: "cpu" });
    expect(gpu.run.passes).toBe(2);
    for (const field of ["filteredMeans", "predictedMeans", "smoothedMeans"] as const) {
      gpu[field].data.forEach((x, i) => {
        const exact = cpu[field].data[i]!;
        if (Number.isNaN(exact)) expect(x).toBeNaN();
        else expect(Math.abs(x - exact), field).toBeLessThan(1e-5);
      });
    }
    expect(gpu.marginalLogLikelihood).toBeCloseTo(cpu.marginalLogLikelihood, 4);
    expect(await logLikelihood(model, y, on("auto"))).toBeCloseTo(cpu.marginalLogLikelihoods[0]!, 4);
    expect((await filter(model, y, on("always"))).run.passes).toBe(2);
  });

  test("is not run where means are well within float32, unless asked for; then nothing changes", async () => {
    // Long enough that the log-likelihood needs no second pass either.
    const { model, observations } = namedModel("d8", 2000);
    const auto = await smooth(linearGaussianSSM(model), observations, on("auto"));
    const always = await smooth(linearGaussianSSM(model), observations, on("always"));
    expect([auto.run.passes, always.run.passes]).toEqual([1, 2]);
    expect(auto.run.estimatedError).toBeLessThan(2e-4);
    const oracle = textbookOracle(model, observations);
    expect(differences(always, oracle).means).toBeLessThan(differences(auto, oracle).means);
  });
});
