/** Diffuse starts on the GPU: the head runs on the host, the rest on the device, and the two fit together. */
import { expect, suite, test } from "vitest";
import { linearGaussianSSM, logLikelihood, smooth } from "../src/api/index.ts";
import { TestRandom } from "./oracle_models.ts";
import { useEngine } from "./shared_engine.ts";

const engine = useEngine();

suite("diffuse starts", () => {
  const trend = linearGaussianSSM({
    initial: "diffuse",
    dynamics: {
      weights: [
        [1, 1],
        [0, 1],
      ],
      covariance: [
        [0.01, 0],
        [0, 1e-4],
      ],
    },
    emissions: { weights: [[1, 0]], covariance: 1 },
  });
  /** A wandering level with gaps, also at the start. */
  const data = (T: number, seed: number, late: number): (number | null)[] => {
    const random = new TestRandom(seed);
    let [level, slope] = [50 * random.normal(), 0.1 * random.normal()];
    return Array.from({ length: T }, (_, t) => {
      level += slope + 0.1 * random.normal();
      slope += 0.01 * random.normal();
      const y = level + random.normal();
      return t < late || (t > 400 && t < 520) || random.uniform() < 0.1 ? null : y;
    });
  };

  test("a local linear trend over 3000 steps with gaps, in a batch, agrees with float64", async () => {
    const batch = [data(3000, 1, 0), data(2100, 2, 3), data(5, 3, 1)].map(series => series.map(y => [y]));
    const gpu = await smooth(trend, batch, { backend: "webgpu", engine: engine(), method: "parallel" });
    const cpu = await smooth(trend, batch, { backend: "cpu" });
    expect(gpu.run.backend).toBe("webgpu");
    expect(gpu.run.plan).toMatch(/^exact diffuse start: \d+ of 3000 steps on the host in float64; then /);
    expect([...gpu.diffuseSteps]).toEqual([...cpu.diffuseSteps]);
    expect(gpu.statuses).toEqual(["ok", "ok", "ok"]);
    let finite = 0;
    for (const group of ["filtered", "predicted", "smoothed"] as const) {
      const [a, b] = [gpu[`${group}Means`].data, cpu[`${group}Means`].data];
      const [P, V] = [gpu[`${group}Covariances`].data, cpu[`${group}Covariances`].data];
      let [means, covariances] = [0, 0];
      for (let row = 0; row < 9000; row++) {
        const sd = [0, 1].map(i => Math.sqrt(V[4 * row + 3 * i]!));
        for (let i = 0; i < 2; i++) {
          const [x, y] = [a[2 * row + i]!, b[2 * row + i]!];
          if (Number.isNaN(y)) expect(x).toBeNaN();
          else if (Number.isFinite(sd[i]!)) means = Math.max(means, Math.abs(x - y) / sd[i]!);
          else expect(x).toBe(y);
          for (let j = 0; j < 2; j++) {
            const [p, v] = [P[4 * row + 2 * i + j]!, V[4 * row + 2 * i + j]!];
            if (!Number.isFinite(v)) expect(p).toBe(v);
            else if (Number.isFinite(sd[i]! * sd[j]!)) {
              covariances = Math.max(covariances, Math.abs(p - v) / (sd[i]! * sd[j]!));
              finite++;
            }
          }
        }
      }
      expect(means, `${group} means, sd`).toBeLessThan(1e-3);
      expect(covariances, `${group} covariances, relative`).toBeLessThan(1e-4);
    }
    expect(finite).toBeGreaterThan(3 * 4 * 5000);
    const relative = Math.abs(gpu.marginalLogLikelihood / cpu.marginalLogLikelihood - 1);
    expect(relative, "log-likelihood, relative").toBeLessThan(1e-6);
  });

  test("a series with constant gains from the end of the head on", async () => {
    const y = Array.from({ length: 2000 }, (_, t) => 1e3 + t + Math.sin(t));
    const on = { backend: "webgpu", engine: engine() } as const;
    const [gpu, cpu] = [await smooth(trend, y, on), await smooth(trend, y, { backend: "cpu" })];
    let worst = 0;
    for (let row = 0; row < 2000; row++) {
      for (let i = 0; i < 2; i++) {
        const sd = Math.sqrt(cpu.smoothedCovariances.data[4 * row + 3 * i]!);
        const change = Math.abs(gpu.smoothedMeans.data[2 * row + i]! - cpu.smoothedMeans.data[2 * row + i]!);
        worst = Math.max(worst, change / sd);
      }
    }
    expect(worst).toBeLessThan(1e-3);
    const likelihood = await logLikelihood(trend, y, on);
    expect(Math.abs(likelihood / cpu.marginalLogLikelihood - 1)).toBeLessThan(1e-6);
  });
});
