import { test } from "vitest";
import { linearGaussianSSM, smooth } from "../src/api/index.ts";
import { scratchCase } from "./scratch_models.ts";
import { useEngine } from "./shared_engine.ts";
const engine = useEngine();
test("table", { timeout: 600000 }, async () => {
  for (const name of ["seas4a", "seas4d", "seas4c", "seas4e", "seas12c", "seas12b", "trend0"]) {
    const { model, observations } = scratchCase(name, 2000);
    const n = model.initial.mean.length;
    const ref = await smooth(linearGaussianSSM(model), observations, { backend: "cpu", form: "squareRoot", smoother: "twoFilter", outputs: [] });
    for (const smoother of ["rts", "twoFilter"] as const) for (const method of ["parallel", "sequential"] as const) {
      const r = await smooth(linearGaussianSSM(model), observations, { backend: "webgpu", engine: engine(), method, form: "squareRoot", smoother, outputs: [], throwOnFailure: false });
      for (const kind of ["filtered", "smoothed"] as const) {
      if (kind === "filtered" && smoother === "twoFilter") continue;
      const at: string[] = []; const means: string[] = [];
      const P = ref[`${kind}Covariances`].data, p = r[`${kind}Covariances`].data, m = r[`${kind}Means`].data, M = ref[`${kind}Means`].data;
      for (let t of [0, 1, 2, 3, 5, 10, 20, 50, 100, 300, 700, 800, 1000, 1500, 1999]) {
        let w = 0, wm = 0;
        for (let i = 0; i < n; i++) { wm = Math.max(wm, Math.abs(m[t*n+i]! - M[t*n+i]!) / Math.sqrt(P[(t*n+i)*n+i]!)); for (let j = 0; j < n; j++) w = Math.max(w, Math.abs(p[(t*n+i)*n+j]! - P[(t*n+i)*n+j]!) / Math.sqrt(P[(t*n+i)*n+i]! * P[(t*n+j)*n+j]!)); }
        at.push(w.toExponential(0)); means.push(wm.toExponential(0));
      }
      console.log(name, smoother, method, kind, "C", at.join(" "), "\n    m", means.join(" "), "|");
      }
    }
  }
});
