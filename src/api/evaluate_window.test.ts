/** Windows that slide, in float64: what they end at, how many updates they take, what they say of it. */
import { expect, suite, test } from "vitest";
import {
  type EvaluateOptions,
  evaluate,
  expressionFunction,
  type Recurrence,
  recurrence,
  system,
} from "./index.ts";

const CPU = { backend: "cpu", lyapunov: false } as const;
const exactly = { ...CPU, method: "sequential" } as const;

/** Merit per step of states [T, D], by the function itself. */
function meritOf(
  model: Recurrence,
  start: readonly number[],
  inputs: Float64Array,
  states: ArrayLike<number>,
) {
  const { stateDim: D, inputDim: d, parameters } = model;
  const T = states.length / D;
  const value = new Float64Array(D);
  let sum = 0;
  for (let t = 0; t < T; t++) {
    const x = t > 0 ? Array.from({ length: D }, (_, i) => states[(t - 1) * D + i]) : start;
    model.function.float64.value(value, x, inputs.subarray(t * d, (t + 1) * d), t, parameters);
    for (let i = 0; i < D; i++) sum += 0.5 * (value[i] - states[t * D + i]) ** 2;
  }
  return sum / T;
}

suite("windows that slide", () => {
  test("take fewer updates than windows one after the other, and end at the same states", async () => {
    const model = await system("twoWell");
    const [T, W] = [3000, 250];
    const inputs = model.drawInputs?.(T, 1) as { data: Float64Array; shape: readonly number[] };
    const options = { ...CPU, method: "newton" } as const;
    const sliding = await evaluate(model, undefined, inputs, { ...options, window: W });
    const exact = await evaluate(model, undefined, inputs, exactly);
    expect(sliding.status).toBe("ok");
    const difference = Array.from(sliding.states.data, (value, i) => Math.abs(value - exact.states.data[i]));
    expect(Math.max(...difference)).toBeLessThan(1e-5);
    let blocks = 0;
    let start: Float64Array = new Float64Array(2);
    for (let from = 0; from < T; from += W) {
      const part = { data: inputs.data.slice(2 * from, 2 * (from + W)), shape: [W, 2] };
      const done = await evaluate(model, start, part, options);
      // With the update that polishes each.
      blocks += done.iterations[0] + 1;
      start = Float64Array.from(done.states.data.slice(-2));
    }
    expect(sliding.iterations[0] + 1).toBeLessThan(0.95 * blocks);
    expect(sliding.iterations[0]).toBeGreaterThan(T / W);
  });

  test("leave behind what meets the tolerance, and tell its merit", async () => {
    const model = await system("vanillaRnn", { size: 4, inputDim: 2 });
    const inputs = model.drawInputs?.(400, 1) as { data: Float64Array; shape: readonly number[] };
    const start = [...(model.initialState as Float64Array)];
    for (const method of ["quasi", "jacobi"] as const)
      for (const polish of [0, 2]) {
        const options = { ...CPU, method, polish, window: 60, tolerance: 1e-7 };
        const got = await evaluate(model, undefined, inputs, options);
        expect(got.status).toBe("ok");
        expect(got.merit[0]).toBeLessThanOrEqual(1e-7);
        const merit = meritOf(model, start, inputs.data, got.states.data);
        expect(got.merit[0]).toBeCloseTo(merit, 14);
        expect(merit).toBeGreaterThan(polish ? 0 : 1e-9);
        // One of the guess, one after every update, one of all steps.
        expect(got.merits[0].length).toBe(got.iterations[0] + polish + 2);
      }
  });

  test("stop where updates run out, f has no value, or somebody asks", async () => {
    const f = await expressionFunction({ expressions: ["sqrt(x0) - 0.3"], stateDim: 1 });
    const model = recurrence({ function: f, initialState: [0.1] });
    const failed = await evaluate(model, undefined, 40, {
      ...CPU,
      method: "newton",
      window: 8,
      throwOnFailure: false,
    });
    expect(failed.status).toBe("nonFinite");
    expect(failed.failedSteps[0]).toBe(2);
    const chaos = await system("logistic");
    const few = { ...CPU, method: "newton", window: 8, maxIterations: 5 } as const;
    const got = await evaluate(chaos, undefined, 100, few);
    expect([got.status, got.iterations[0], got.merits[0].length]).toEqual(["diverged", 5, 7]);
    const controller = new AbortController();
    controller.abort();
    const stop: EvaluateOptions = { ...few, signal: controller.signal };
    await expect(evaluate(chaos, undefined, 100, stop)).rejects.toThrow(/abort/i);
  });
});
