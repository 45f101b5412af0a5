/** States that noise-free data determine: right on a GPU where float32 allows it, refused where it does not. */
import { expect, suite, test } from "vitest";
import {
  add,
  arma,
  filter,
  LimitError,
  linearGaussianSSM,
  logLikelihood,
  sarima,
  smooth,
} from "../src/api/index.ts";
import { useEngine } from "./shared_engine.ts";

const engine = useEngine();
const on = () => ({ backend: "webgpu", engine: engine() }) as const;
const y = Array.from({ length: 150 }, (_, t) => 5 + Math.sin(t) + Math.sin(t * t));
const gaps = y.map((v, t) => (t === 60 || t === 90 ? null : v));

suite("noise-free data", () => {
  test.each([
    ["ARMA(1,1)", add(arma({ ar: [0.6], ma: [0.4], variance: 1 }))],
    ["AR(2)", add(arma({ ar: [0.6, 0.2], variance: 1 }))],
  ])("%s: smoothed as in float64", { timeout: 60_000 }, async (_, model) => {
    for (const data of [y, gaps]) {
      const cpu = await smooth(model, data, { backend: "cpu" });
      for (const method of ["parallel", "sequential"] as const) {
        const gpu = await smooth(model, data, { ...on(), method });
        gpu.smoothedMeans.data.forEach((x, i) => {
          expect(Math.abs(x - cpu.smoothedMeans.data[i]!)).toBeLessThan(1e-5);
        });
        gpu.smoothedCovariances.data.forEach((x, i) => {
          expect(Math.abs(x - cpu.smoothedCovariances.data[i]!)).toBeLessThan(1e-5);
        });
      }
    }
  });

  test("a smooth trend seen without noise: in parallel only where the host has the gains", async () => {
    const model = linearGaussianSSM({
      initial: {
        mean: [0, 0],
        covariance: [
          [4, 0],
          [0, 1],
        ],
      },
      dynamics: {
        weights: [
          [1, 1],
          [0, 1],
        ],
        covariance: [
          [0, 0],
          [0, 0.01],
        ],
      },
      emissions: { weights: [[1, 0]], covariance: [[0]] },
    });
    for (const data of [y, gaps]) {
      const cpu = await filter(model, data, { backend: "cpu" });
      const gpu = await filter(model, data, on());
      expect(gpu.run.method).toBe(data === y ? "parallel" : "sequential");
      gpu.filteredMeans.data.forEach((x, i) => {
        expect(Math.abs(x - cpu.filteredMeans.data[i]!)).toBeLessThan(1e-4);
      });
    }
    await expect(filter(model, gaps, { ...on(), method: "parallel" })).rejects.toThrow(/H Q H' \+ R regular/);
  });

  test("with a diffuse start: smoothing is refused, the likelihood is right, auto takes the CPU", async () => {
    const model = add(sarima({ differences: 1, ma: [-0.4], variance: 1 }));
    await expect(smooth(model, gaps, on())).rejects.toThrow(LimitError);
    const cpu = await logLikelihood(model, gaps, { backend: "cpu" });
    expect(Math.abs((await logLikelihood(model, gaps, on())) / cpu - 1)).toBeLessThan(1e-6);
    const auto = await smooth(model, gaps, { backend: "auto", engine: engine() });
    expect(auto.run.backend).toBe("cpu");
  });
});
