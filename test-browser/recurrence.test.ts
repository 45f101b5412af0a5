/** Recurrences on the GPU: updates of whole trajectories against float64 evaluation one step after the other. */
import { expect, suite, test } from "vitest";
import {
  type EvaluateOptions,
  type Evaluation,
  evaluate,
  expressionFunction,
  gru,
  lyapunov,
  NumericalError,
  recurrence,
} from "../src/api/index.ts";
import { cell, inputs, network } from "./recurrence_models.ts";
import { useEngine } from "./shared_engine.ts";

const engine = useEngine();
const onGpu = (options: EvaluateOptions): EvaluateOptions => ({
  ...options,
  backend: "webgpu",
  engine: engine(),
});
const exactly = { backend: "cpu", method: "sequential" } as const;

function worst(got: Evaluation, exact: Evaluation): number {
  expect(got.states.shape).toEqual(exact.states.shape);
  return Math.max(...Array.from(got.states.data, (value, i) => Math.abs(value - exact.states.data[i])));
}

suite("updates of whole trajectories", () => {
  const METHODS = ["newton", "quasi", "blockQuasi", "picard", "jacobi", "elk", "quasiElk"] as const;
  for (const T of [1, 2, 65, 1500])
    test(`every method ends at the sequential states, T = ${T}`, async () => {
      const model = await network(4, 0.6);
      const u = inputs(T, 4);
      const exact = await evaluate(model, undefined, u, exactly);
      for (const method of METHODS) {
        if (method === "picard" && T > 100) continue; // it diverges on what forgets, until T updates are made
        const options = { method, maxIterations: T + 60, tolerance: 1e-12, trustRegion: 1e3 };
        const got = await evaluate(model, undefined, u, onGpu(options));
        const reference = await evaluate(model, undefined, u, { ...options, backend: "cpu" });
        expect(got.status, method).toBe("ok");
        // Merits of 1e-12 leave residuals of 1e-6, which methods without the whole Jacobian take down step by step.
        expect(worst(got, exact), method).toBeLessThan(method === "newton" ? 2e-6 : 2e-5);
        expect(Math.abs(got.iterations[0] - reference.iterations[0]), method).toBeLessThanOrEqual(1);
        expect(got.merits[0][0]).toBeCloseTo(reference.merits[0][0], 4);
        expect(got.stateError[0]).toBeLessThan(1e-5);
      }
    }, 120_000);

  for (const [D, make, name] of [
    [8, network, "one invocation"],
    [12, network, "a team"],
    [40, cell, "a team for a cell"],
    [100, cell, "wide matrices for a cell"],
  ] as const)
    test(`${D} states by ${name}`, async () => {
      const model = await make(D, 0.6);
      const u = inputs(D > 50 ? 40 : 150, D);
      const exact = await evaluate(model, undefined, u, exactly);
      const stepwise = await evaluate(model, undefined, u, onGpu({ method: "sequential", lyapunov: false }));
      expect(worst(stepwise, exact)).toBeLessThan(2e-6);
      const methods = ["quasi", "newton", "blockQuasi", "jacobi"] as const;
      for (const method of methods.slice(0, D > 50 ? 2 : 4)) {
        const options = { method, tolerance: 1e-12, lyapunov: method === "newton" && D < 50 };
        const got = await evaluate(model, undefined, u, onGpu(options));
        const reference = await evaluate(model, undefined, u, { ...options, backend: "cpu" });
        expect(worst(got, exact), method).toBeLessThan(1e-5);
        expect(Math.abs(got.iterations[0] - reference.iterations[0]), method).toBeLessThanOrEqual(1);
        if (options.lyapunov) expect(got.lyapunov[0]).toBeCloseTo(reference.lyapunov[0], 4);
        else expect(() => got.lyapunov).toThrow(/got one of lyapunov: true/);
      }
    }, 120_000);

  test("what is linear takes one update", async () => {
    const f = await expressionFunction({
      expressions: ["0.9*x0 + 0.2*x1 + u0", "-0.1*x0 + 0.8*x1 + t"],
      stateDim: 2,
      inputDim: 1,
    });
    const model = recurrence({ function: f, initialState: [1, 2] });
    const got = await evaluate(
      model,
      undefined,
      inputs(5000, 1),
      onGpu({ method: "newton", tolerance: 1e-3 }),
    );
    expect(got.iterations[0]).toBe(1);
    const exact = await evaluate(model, undefined, inputs(5000, 1), exactly);
    // States grow to 4e4 with t.
    expect(worst(got, exact)).toBeLessThan(0.05);
  });

  test("ELK with a wide trust region is Newton, iterate by iterate", async () => {
    const model = await network(3, 1);
    const u = inputs(200, 3);
    const of = (method: "newton" | "elk") =>
      evaluate(model, undefined, u, onGpu({ method, trustRegion: 1e8, trace: true, maxIterations: 8 }));
    const [newton, elk] = [await of("newton"), await of("elk")];
    expect(newton.iterates.length).toBeGreaterThan(3);
    newton.iterates.forEach((states, k) => {
      const difference = Array.from(states.data, (value, i) => Math.abs(value - elk.iterates[k].data[i]));
      const size = Math.max(...Array.from(states.data, Math.abs));
      expect(Math.max(...difference) / size, `iterate ${k}`).toBeLessThan(1e-4);
    });
  });

  test("a batch stops series by series", async () => {
    const model = await network(2, 0.9);
    const parts = [300, 20, 1].map(T => inputs(T, 2));
    const start = [
      [0, 0],
      [0.5, -1],
      [2, 1],
    ];
    const got = await evaluate(model, start, parts, onGpu({ method: "newton" }));
    expect(got.states.shape).toEqual([3, 300, 2]);
    for (const [s, u] of parts.entries()) {
      const alone = await evaluate(model, start[s], u, exactly);
      expect(worst(got.series(s), alone)).toBeLessThan(2e-6);
    }
    expect(got.iterations[2]).toBe(1);
    expect(got.iterations[0]).toBeGreaterThan(got.iterations[2]);
    expect(Number.isNaN(got.states.data[(1 * 300 + 20) * 2])).toBe(true);
  });

  test("windows, prefixes and onProgress", async () => {
    const model = await network(3, 0.8);
    const u = inputs(700, 3);
    const exact = await evaluate(model, undefined, u, exactly);
    const windows = await evaluate(model, undefined, u, onGpu({ method: "quasi", window: 100 }));
    expect(worst(windows, exact)).toBeLessThan(1e-4);
    const options = { method: "newton", prefixes: [1, 10, 700] } as const;
    const got = await evaluate(model, undefined, u, onGpu(options));
    const reference = await evaluate(model, undefined, u, { ...options, backend: "cpu" });
    expect(got.prefixIterations).toEqual(reference.prefixIterations);
  });
});

suite("growth along a trajectory", () => {
  test("exponents are those of float64", async () => {
    for (const [D, g] of [
      [2, 0.5],
      [4, 1.5],
      [12, 1.2],
    ]) {
      const model = await network(D, g);
      const on = { backend: "webgpu", engine: engine() } as const;
      const got = await lyapunov(model, undefined, inputs(3000, D), on);
      const exact = await lyapunov(model, undefined, inputs(3000, D), { backend: "cpu" });
      expect(Math.abs(got.exponents.data[0] - exact.exponents.data[0])).toBeLessThan(2e-4);
      expect(got.overshoot[0]).toBeCloseTo(exact.overshoot[0], 2);
    }
  });

  test("what forgets at once has no finite exponent", async () => {
    const f = await expressionFunction({ expressions: ["u0"], stateDim: 1, inputDim: 1 });
    const model = recurrence({ function: f, initialState: [1] });
    const got = await lyapunov(model, undefined, inputs(50, 1), { backend: "webgpu", engine: engine() });
    expect(got.exponents.data[0]).toBe(Number.NEGATIVE_INFINITY);
  });
});

suite("values that are not finite", () => {
  test("iterates may overflow where the trajectory does not", async () => {
    const f = await expressionFunction({ expressions: ["x0^2 / 4 + u0"], stateDim: 1, inputDim: 1 });
    const model = recurrence({ function: f, initialState: [0.1] });
    const u = inputs(400, 1);
    const small = { ...u, data: u.data.map(value => 0.1 * value) };
    const guess = { data: new Float64Array(400).fill(1e20), shape: [400, 1] };
    const exact = await evaluate(model, undefined, small, exactly);
    const got = await evaluate(model, undefined, small, onGpu({ method: "newton", guess }));
    expect(got.status).toBe("ok");
    expect(got.resets[0]).toBeGreaterThan(0);
    expect(worst(got, exact)).toBeLessThan(1e-6);
  });

  test("weights a hundred times too large, whose iterates float32 cannot hold", async () => {
    const base = await gru({ size: 2, seed: 4 });
    const model = recurrence({
      function: base.function,
      parameters: base.parameters.map(value => 100 * value),
      initialState: [0, 0],
    });
    const drawn = base.drawInputs?.(100, 1) as { data: Float64Array; shape: readonly number[] };
    const u = { ...drawn, data: drawn.data.map(value => value / 100) };
    const exact = await evaluate(model, undefined, u, exactly);
    const got = await evaluate(model, undefined, u, onGpu({ method: "newton", guess: "zeros" }));
    expect(got.status).toBe("ok");
    expect(worst(got, exact)).toBeLessThan(1e-5);
  });

  test("a function without a value on its trajectory is told with the step", async () => {
    const f = await expressionFunction({ expressions: ["sqrt(x0) - 0.3"], stateDim: 1 });
    const model = recurrence({ function: f, initialState: [0.1] });
    const steps = 40;
    const exact = await evaluate(model, undefined, steps, { ...exactly, throwOnFailure: false });
    expect(exact.status).toBe("nonFinite");
    for (const method of ["newton", "sequential"] as const) {
      const failure = await evaluate(model, undefined, steps, onGpu({ method })).catch(error => error);
      expect(failure).toBeInstanceOf(NumericalError);
      expect(failure.message).toMatch(/got none at step 2\./);
      const told = { ...onGpu({ method }), lyapunov: true, throwOnFailure: false } as const;
      const got = await evaluate(model, [[0.1], [1]], 8, told);
      expect([...got.statuses]).toEqual(["nonFinite", "ok"]);
      expect([...got.failedSteps]).toEqual([2, -1]);
      const states = got.states.data;
      exact.states.data.slice(0, 2).forEach((value, t) => void expect(states[t]).toBeCloseTo(value, 6));
      expect(states.slice(2, 8).every(Number.isNaN)).toBe(true);
      expect(states.slice(8).every(Number.isFinite)).toBe(true);
      for (const field of [got.lyapunov, got.overshoot, got.stateError])
        expect([...field].map(Number.isNaN)).toEqual([true, false]);
    }
  });

  test("not to converge is a status", async () => {
    const model = await network(4, 2);
    const got = await evaluate(
      model,
      undefined,
      inputs(400, 4),
      onGpu({ method: "jacobi", maxIterations: 5 }),
    );
    expect(got.status).toBe("maxIterations");
    expect(got.converged).toEqual([false]);
    expect(got.iterations[0]).toBe(5);
  });
});
