/** Models of components on WebGPU: what decompose() gives there is what the float64 code gives. */
import { expect, suite, test } from "vitest";
import {
  add,
  constantVelocity,
  decompose,
  dummySeasonal,
  irregular,
  level,
  localLinearTrend,
  matern,
  smooth,
} from "../src/api/index.ts";

const T = 90;
const y = Array.from({ length: T }, (_, t) =>
  t % 11 === 5 ? null : 0.02 * t + Math.sin((Math.PI * t) / 2) + 0.2 * Math.cos(t * t),
);
const times = Array.from({ length: T }, (_, i) => i + 0.3 * Math.sin(i));

suite("decompose() on WebGPU", () => {
  const models = {
    "trend and seasonal": add(
      localLinearTrend({ levelVariance: 0.01, slopeVariance: 1e-4 }),
      dummySeasonal({ period: 4, variance: 0.005 }),
      irregular({ variance: 0.03 }),
    ),
    "Matérn process at irregular times and level": add(
      matern({ nu: 2.5, lengthScale: 8, variance: 1, times }),
      level({ variance: 0.01 }),
      irregular({ variance: 0.03 }),
    ),
  };

  test.each(Object.entries(models))(
    "%s: means to 1e-3 posterior deviations, variances to 1e-4",
    async (_, model) => {
      const [gpu, cpu] = [
        await decompose(model, y, { backend: "webgpu" }),
        await decompose(model, y, { backend: "cpu" }),
      ];
      expect([gpu.run.backend, cpu.run.backend]).toEqual(["webgpu", "cpu"]);
      for (const part of [...cpu.components, { ...cpu.fitted, name: "fitted" }]) {
        const other = part.name === "fitted" ? gpu.fitted : gpu.component(part.name);
        for (let t = 0; t < T; t++) {
          const deviation = Math.sqrt(part.variance.data[t]);
          expect(Math.abs(other.mean.data[t] - part.mean.data[t])).toBeLessThan(1e-3 * deviation);
          expect(Math.abs(other.variance.data[t] / part.variance.data[t] - 1)).toBeLessThan(1e-4);
        }
      }
    },
  );

  test("tracking at irregular times with equal ones among them", async () => {
    const model = constantVelocity({
      spectralDensity: 0.1,
      measurementVariance: 0.25,
      times: times.map(t => Math.floor(t / 2)),
    });
    const seen = times.map(t => [Math.sin(t / 9), t / 20]);
    const [gpu, cpu] = [
      await smooth(model, seen, { backend: "webgpu" }),
      await smooth(model, seen, { backend: "cpu" }),
    ];
    for (let i = 0; i < 4 * T; i++) {
      const deviation = Math.sqrt(cpu.smoothedCovariances.data[Math.floor(i / 4) * 16 + (i % 4) * 5]);
      expect(Math.abs(gpu.smoothedMeans.data[i] - cpu.smoothedMeans.data[i])).toBeLessThan(1e-3 * deviation);
    }
  });
});
