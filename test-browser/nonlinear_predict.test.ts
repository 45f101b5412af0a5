/** predict() and diagnostics() of nonlinear models with the filter's moments from the GPU. */
import { expect, suite, test } from "vitest";
import {
  diagnostics,
  expressionFunction,
  generalizedGaussianSSM,
  linearGaussianSSM,
  predict,
  simulate,
} from "../src/api/index.ts";
import { asNonlinear } from "../src/api/testing/as_nonlinear.ts";
import { randomModel } from "./oracle_models.ts";
import { useEngine } from "./shared_engine.ts";

const engine = useEngine();
const FIELDS = ["means", "variances", "lower", "upper", "innovations", "standardizedInnovations"] as const;

/** Largest difference, relative above 1; NaN must be in the same places. */
function apart(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let worst = 0;
  for (let i = 0; i < a.length; i++) {
    expect(Number.isNaN(a[i])).toBe(Number.isNaN(b[i]));
    if (!Number.isNaN(a[i])) worst = Math.max(worst, Math.abs(a[i] - b[i]) / Math.max(1, Math.abs(b[i])));
  }
  return worst;
}

suite("predict() and diagnostics() on the GPU", () => {
  test("a linear model as a nonlinear one: the linear model's in float64 within 1e-4", async () => {
    const { model: raw, observations } = randomModel({ n: 2, m: 1, T: 400, seed: 74, missing: 0.2 });
    const wanted = await predict(linearGaussianSSM(raw), observations, { backend: "cpu" });
    for (const linearization of ["taylor", "unscented"] as const) {
      const options = { linearization, backend: "webgpu", engine: engine() } as const;
      const got = await predict(await asNonlinear(raw), observations, options);
      expect(got.run).toMatchObject({ backend: "webgpu", dtype: "float32" });
      for (const field of FIELDS)
        expect(apart(got[field].data, wanted[field].data), field).toBeLessThan(1e-4);
      const [tests, same] = [diagnostics(got)[0], diagnostics(wanted)[0]];
      expect(tests.count).toBe(same.count);
      for (const name of ["normality", "heteroskedasticity", "serialCorrelation"] as const) {
        expect(Math.abs(tests[name].statistic / same[name].statistic - 1), name).toBeLessThan(1e-4);
        expect(Math.abs(tests[name].pValue - same[name].pValue), name).toBeLessThan(1e-4);
      }
    }
  });

  test("counts: quantile residuals are those of the CPU within 1e-4", async () => {
    const model = generalizedGaussianSSM({
      initial: { mean: [0.5], covariance: [[0.3]] },
      dynamics: {
        function: await expressionFunction({ expressions: "0.95*x0", stateDim: 1 }),
        covariance: [[0.05]],
      },
      emissions: {
        family: "poisson",
        function: await expressionFunction({ expressions: "exp(x0)", stateDim: 1 }),
      },
    });
    const { observations } = simulate(model, { numSteps: 300, seed: 8 });
    const gpu = await predict(model, observations, { backend: "webgpu", engine: engine(), seed: 4 });
    const cpu = await predict(model, observations, { backend: "cpu", seed: 4 });
    expect(apart(gpu.quantileResiduals.data, cpu.quantileResiduals.data)).toBeLessThan(1e-4);
    const other = await predict(model, observations, { backend: "cpu", seed: 5 });
    expect(apart(other.quantileResiduals.data, cpu.quantileResiduals.data)).toBeGreaterThan(0.1);
  });
});
