import { test } from "vitest";
import { linearGaussianSSM, smooth } from "../src/api/index.ts";
import { errors, hostReference } from "./accuracy.ts";
import { ACCURACY_MODELS, accuracyCase } from "./accuracy_models.ts";
import { useEngine } from "./shared_engine.ts";
const engine = useEngine();
test("table", { timeout: 600000 }, async () => {
  for (const name of ACCURACY_MODELS) {
    const reference = await hostReference(name, 2000);
    const { model, observations } = accuracyCase(name, 2000);
    const out: unknown[] = [name];
    for (const smoother of ["twoFilter"] as const) for (const method of ["parallel", "sequential"] as const) {
      const r = await smooth(linearGaussianSSM(model), observations, { backend: "webgpu", engine: engine(), method, form: "squareRoot", smoother, outputs: [], throwOnFailure: false });
      const e = errors(r, reference);
      out.push(smoother, method[0], "m " + e.smoothedMeans.toExponential(1), "C " + e.smoothedCovariances.toExponential(1), r.run.passes);
    }
    const cpu = await smooth(linearGaussianSSM(model), observations, { backend: "cpu", form: "squareRoot", smoother: "twoFilter", outputs: [], throwOnFailure: false });
    const e = errors(cpu, reference);
    out.push("CPU two", e.smoothedMeans.toExponential(1), e.smoothedCovariances.toExponential(1), cpu.status);
    console.log(out.join(" "));
  }
});
