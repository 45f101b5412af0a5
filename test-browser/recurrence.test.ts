/** Recurrences on the GPU: updates of whole trajectories against float64 evaluation one step after the other. */
import { expect, suite, test } from "vitest";
import {
  type EvaluateOptions,
  type Evaluation,
  evaluate,
  expressionFunction,
  lyapunov,
  recurrence,
} from "../src/api/index.ts";
import { useEngine } from "./shared_engine.ts";

const engine = useEngine();
const onGpu = (options: EvaluateOptions): EvaluateOptions => ({
  ...options,
  backend: "webgpu",
  engine: engine(),
});

function worst(a: Evaluation, b: Evaluation): number {
  let most = 0;
  a.states.data.forEach((value, i) => {
    most = Math.max(most, Math.abs(value - b.states.data[i]));
  });
  return most;
}

suite("newton", () => {
  test("Lorenz, short", async () => {
    const f = await expressionFunction({
      expressions: ["x + 0.01*(10*(y-x))", "y + 0.01*(28*x - x*z - y)", "z + 0.01*(x*y - 8/3*z)"],
      stateDim: 3,
      stateNames: ["x", "y", "z"],
    });
    const model = recurrence({
      function: f,
      initialState: [-9.7869288, -15.03852, 20.533978],
      timeStep: 0.01,
    });
    for (const T of [1, 2, 33, 300]) {
      const exact = await evaluate(model, undefined, T, { backend: "cpu", method: "sequential" });
      for (const method of ["newton", "quasi", "blockQuasi", "jacobi", "picard", "sequential"] as const) {
        const got = await evaluate(model, undefined, T, onGpu({ method, blocks: 3, maxIterations: T + 2 }));
        const ref = await evaluate(model, undefined, T, {
          backend: "cpu",
          method,
          blocks: 3,
          maxIterations: T + 2,
        });
        console.log(
          T,
          method,
          got.status,
          got.iterations[0],
          ref.iterations[0],
          got.merit[0],
          worst(got, exact),
          got.stateError[0],
          got.lyapunov[0],
          exact.lyapunov[0],
          got.run.plan,
        );
      }
    }
    const l = await lyapunov(model, undefined, 5000, { backend: "webgpu", engine: engine() });
    const lc = await lyapunov(model, undefined, 5000, { backend: "cpu" });
    console.log(l.exponents.data, lc.exponents.data, l.overshoot, lc.overshoot);
    expect(1).toBe(1);
  });
});
