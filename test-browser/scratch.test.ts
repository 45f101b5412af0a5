import { expect, suite, test } from "vitest";
import { linearGaussianSSM } from "../src/api/index.ts";
import { kalmanSmootherCpu, kalmanSmootherGpu } from "../src/inference/index.ts";
import { prepare } from "../src/models/index.ts";
import { randomModel } from "./oracle_models.ts";
import { useEngine } from "./shared_engine.ts";
const engine = useEngine();
for (const [n, m, variant] of [[2,1,"lane"],[3,5,"lane"]] as const)
test(`n=${n} m=${m} ${variant}`, { timeout: 100000 }, async () => {
  const cases = [23, 40, 1, 2].map(T => randomModel({ n, m, T, seed: n*100+m, missing: 0.2, inputs: 0 }));
  const p = prepare(linearGaussianSSM(cases[0]!.model), cases.map(c => c.observations), { call: "test" });
  const cpu = await kalmanSmootherCpu(p, { outputs: { predicted: true, crossCovariances: true } });
  for (const method of ["sequential", "parallel"] as const) {
  const gpu = await kalmanSmootherGpu(p, { call: "t", engine: engine(), request: { call: "t", smooth: true, method, predicted: true, crossCovariances: true, moments: true, smoother: "twoFilter", variant, chunkLength: 3, leaves: 4, spineLeaves: 4, blockSteps: 18 } });
  let [a, b, c, d] = [0, 0, 0, 0];
  for (let s = 0; s < 4; s++) for (let t = 0; t < p.lengths[s]!; t++) {
    const i0 = cpu.smoothed.means.at(s, t), f0 = cpu.smoothed.factors.at(s, t);
    for (let i = 0; i < n; i++) { a = Math.max(a, Math.abs(cpu.smoothed.means.data[i0+i]! - gpu.smoothed.means.data[i0+i]!));
      d = Math.max(d, Math.abs(cpu.filtered.means.data[i0+i]! - gpu.filtered!.means.data[i0+i]!)); }
    for (let i = 0; i < n*(n+1)/2; i++) b = Math.max(b, Math.abs(Math.abs(cpu.smoothed.factors.data[f0+i]!) - Math.abs(gpu.smoothed.factors.data[f0+i]!)));
    if (t < p.lengths[s]! - 1) for (let i = 0; i < n*n; i++) c = Math.max(c, Math.abs(cpu.crossCovariances!.data[cpu.crossCovariances!.at(s,t)+i]! - gpu.crossCovariances!.data[gpu.crossCovariances!.at(s,t)+i]!));
  }
  console.log(n, m, variant, method, "filt", d, "mean", a, "factor", b, "cross", c, gpu.plan);
  }
});
