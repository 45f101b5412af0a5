/** Wrong answers of other libraries on linear Gaussian models, asked of the GPU; numbers as in src/api/peer_faults.test.ts. */
import { expect, suite, test } from "vitest";
import { filter, linearGaussianSSM, samplePosterior, simulate } from "../src/api/index.ts";
import { textbookOracle } from "./oracle.ts";
import { randomModel } from "./oracle_models.ts";
import { useEngine } from "./shared_engine.ts";

const engine = useEngine();
const gpu = () => ({ backend: "webgpu", engine: engine() }) as const;

suite("faults of others, on the GPU", () => {
  for (const refine of ["never", "auto", "always"] as const)
    test(`2: P = 1, R = 0.25 leaves 0.2, not 1/9, with refine ${refine}`, async () => {
      const model = linearGaussianSSM({
        initial: { mean: 0, covariance: 1 },
        dynamics: { weights: 1, covariance: 0 },
        emissions: { weights: 1, covariance: 0.25 },
      });
      const { filteredMeans, filteredCovariances, run } = await filter(model, [1], { ...gpu(), refine });
      if (refine !== "auto") expect(run.passes).toBe(refine === "always" ? 2 : 1);
      expect(filteredCovariances.data[0]).toBeCloseTo(0.2, 6);
      expect(filteredMeans.data[0]).toBeCloseTo(0.8, 6);
    });

  test("4: what is simulated with inputs has the likelihood that the textbook gives it", async () => {
    const { model: raw, inputs } = randomModel({ n: 3, m: 2, T: 200, seed: 61, inputs: 2 });
    const model = linearGaussianSSM(raw);
    const { observations } = simulate(model, { numSteps: 200, inputs, seed: 5 });
    const rows = Array.from({ length: 200 }, (_, t) => [...observations.data.slice(2 * t, 2 * t + 2)]);
    const exact = textbookOracle(raw, rows, inputs).marginalLogLikelihood;
    const { marginalLogLikelihood } = await filter(model, observations, {
      ...gpu(),
      inputs,
      method: "parallel",
    });
    expect(Math.abs(marginalLogLikelihood / exact - 1)).toBeLessThan(1e-6);
  });

  test("7: the parallel posterior sampler takes inputs, and draws what float64 draws", async () => {
    const { model: raw, observations, inputs } = randomModel({ n: 3, m: 2, T: 200, seed: 62, inputs: 2 });
    const model = linearGaussianSSM(raw);
    const options = { inputs, numSamples: 4, seed: 6 };
    const got = await samplePosterior(model, observations, { ...options, ...gpu(), method: "parallel" });
    const exact = await samplePosterior(model, observations, { ...options, backend: "cpu" });
    expect(got.run.backend).toBe("webgpu");
    expect(got.states.shape).toEqual([4, 200, 3]);
    let worst = 0;
    got.states.data.forEach((x, i) => {
      worst = Math.max(worst, Math.abs(x - exact.states.data[i]!));
    });
    // States are of size 1 to 10, their posterior standard deviations above 0.1.
    expect(worst).toBeLessThan(1e-4);
  });
});
