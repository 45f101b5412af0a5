import { expect, test } from "vitest";
import { createEngine, linearGaussianSSM, smooth } from "../src/api/index.ts";

const rng = (seed: number) => () => {
  seed = (seed + 0x6d2b79f5) | 0;
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
};
function model(n: number, m: number, seed: number) {
  const r = rng(seed);
  const g = () => r() + r() + r() + r() - 2;
  const mat = (a: number, b: number, s: number) =>
    Array.from({ length: a }, () => Array.from({ length: b }, () => s * g()));
  const spd = (a: number, s: number) => {
    const B = mat(a, a, s);
    return B.map((row, i) =>
      B.map((row2, j) => row.reduce((x, v, k) => x + v * row2[k]!, 0) + (i === j ? 0.1 * s : 0)),
    );
  };
  const F = mat(n, n, 0.9 / Math.sqrt(n));
  for (let i = 0; i < n; i++) F[i]![i]! += 0.3;
  return linearGaussianSSM({
    initial: { mean: mat(1, n, 1)[0]!, covariance: spd(n, 1) },
    dynamics: { weights: F, bias: mat(1, n, 0.1)[0]!, covariance: spd(n, 0.3) },
    emissions: { weights: mat(m, n, 1), covariance: spd(m, 0.5) },
  });
}
const engine = await createEngine();
for (const [n, m, T, chunk] of [
  [1, 1, 1, 8],
  [2, 1, 7, 8],
  [2, 1, 1000, 8],
  [4, 2, 20000, 64],
  [3, 3, 5000, 8],
] as const) {
  test(`n=${n} m=${m} T=${T}`, async () => {
    const r = rng(5);
    const y = Array.from({ length: T }, () => Array.from({ length: m }, () => 3 * (r() - 0.5)));
    const mod = model(n, m, 3);
    const cpu = await smooth(mod, y, { backend: "cpu" });
    for (const method of ["parallel", "sequential"] as const) {
      const t0 = performance.now();
      const gpu = await smooth(mod, y, { backend: "webgpu", engine, method, chunkLength: chunk });
      const t1 = performance.now();
      await smooth(mod, y, { backend: "webgpu", engine, method, chunkLength: chunk });
      const t2 = performance.now();
      const err: Record<string, number> = {};
      for (const key of ["filtered", "predicted", "smoothed"] as const) {
        let a = 0,
          b = 0;
        const P = cpu[`${key}Covariances`].data,
          G = gpu[`${key}Covariances`].data,
          M = cpu[`${key}Means`].data,
          K = gpu[`${key}Means`].data;
        for (let t = 0; t < T; t++)
          for (let i = 0; i < n; i++) {
            a = Math.max(a, Math.abs(M[t * n + i]! - K[t * n + i]!) / Math.sqrt(P[t * n * n + i * n + i]!));
            for (let j = 0; j < n; j++)
              b = Math.max(
                b,
                Math.abs(P[t * n * n + i * n + j]! - G[t * n * n + i * n + j]!) /
                  Math.sqrt(P[t * n * n + i * n + i]! * P[t * n * n + j * n + j]!),
              );
          }
        err[key + "M"] = a;
        err[key + "C"] = b;
      }
      const X = cpu.smoothedCrossCovariances.data,
        Z = gpu.smoothedCrossCovariances.data;
      let c = 0;
      for (let i = 0; i < X.length; i++) c = Math.max(c, Math.abs(X[i]! - Z[i]!));
      err["cross"] = c;
      err["ll"] =
        Math.abs(cpu.marginalLogLikelihood - gpu.marginalLogLikelihood) / Math.abs(cpu.marginalLogLikelihood);
      console.log(
        n,
        m,
        T,
        method,
        gpu.run.plan,
        (t1 - t0).toFixed(0),
        (t2 - t1).toFixed(0),
        engine.liveBytes,
        JSON.stringify(err, (_, v) => (typeof v === "number" ? Number(v.toExponential(1)) : v)),
      );
      expect(Object.values(err).every(v => v < 1e-4)).toBe(true);
    }
  });
}
