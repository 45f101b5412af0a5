/** Updates of recurrences that are not one plain scan: trust regions, steps down the merit, windows that slide. */
import { expect, suite, test } from "vitest";
import {
  type EvaluateOptions,
  type Evaluation,
  type EvaluationMethod,
  evaluate,
  expressionFunction,
  gru,
  recurrence,
  system,
} from "../src/api/index.ts";
import { cell, inputs, network, normals } from "./recurrence_models.ts";
import { useEngine } from "./shared_engine.ts";

const engine = useEngine();
const onGpu = (options: EvaluateOptions): EvaluateOptions => ({
  lyapunov: false,
  ...options,
  backend: "webgpu",
  engine: engine(),
});
const onCpu = (options: EvaluateOptions): EvaluateOptions => ({
  lyapunov: false,
  ...options,
  backend: "cpu",
});
const exactly = { backend: "cpu", method: "sequential", lyapunov: false } as const;

/** Largest difference, relative to the largest state. */
function apart(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let [size, most] = [0, 0];
  expect(a.length).toBe(b.length);
  for (let i = 0; i < b.length; i++) {
    size = Math.max(size, Math.abs(b[i]));
    // NaN is no small difference.
    most = Number.isNaN(a[i] - b[i]) ? Number.POSITIVE_INFINITY : Math.max(most, Math.abs(a[i] - b[i]));
  }
  return most / size;
}

const worst = (got: Evaluation, exact: Evaluation): number => apart(got.states.data, exact.states.data);

/** One coordinate of a filter for the change as a map of the change before: five numbers, arXiv:2407.19115 with H = Q = 1. */
interface FiveTuple {
  readonly A: number;
  readonly b: number;
  readonly C: number;
  readonly eta: number;
  readonly J: number;
}

const leaf = (a: number, r: number, variance: number): FiveTuple => {
  const k = 1 / (1 + variance);
  return { A: (1 - k) * a, b: (1 - k) * r, C: 1 - k, eta: -k * a * r, J: k * a * a };
};

const combined = (i: FiveTuple, j: FiveTuple): FiveTuple => {
  const d = 1 + i.C * j.J;
  return {
    A: (j.A * i.A) / d,
    b: (j.A * (i.b + i.C * j.eta)) / d + j.b,
    C: (j.A * i.C * j.A) / d + j.C,
    eta: (i.A * (j.eta - j.J * i.b)) / d + i.eta,
    J: (i.A * j.J * i.A) / d + i.J,
  };
};

/** Inclusive prefixes, as a tree makes them: pairs first. */
function prefixes(leaves: readonly FiveTuple[]): readonly FiveTuple[] {
  if (leaves.length === 1) return leaves;
  const pairs = Array.from({ length: leaves.length >> 1 }, (_, k) =>
    combined(leaves[2 * k], leaves[2 * k + 1]),
  );
  const before = prefixes(pairs);
  return leaves.map((own, t) =>
    t % 2 === 1 ? before[t >> 1] : t === 0 ? own : combined(before[(t >> 1) - 1], own),
  );
}

/** Filtered means of the change of one coordinate, one step after the other. */
function filtered(a: ArrayLike<number>, r: ArrayLike<number>, variance: number): Float64Array {
  let [mean, P] = [0, 0];
  return Float64Array.from(a, (slope, t) => {
    const predicted = slope * slope * P + 1;
    const gain = predicted / (predicted + variance);
    P = (1 - gain) * predicted;
    mean = (1 - gain) * (slope * mean + r[t]);
    return mean;
  });
}

suite("trust regions", () => {
  for (const T of [1, 40, 2500])
    test(`quasiElk: two scans, five numbers a step and a filter one step after the other agree, T = ${T}`, async () => {
      const D = 3;
      // Gains above 1: some stretches are unstable, and the filter holds them.
      const model = await network(D, 1.8);
      const u = inputs(T, D);
      const guess = { data: normals(T * D, 11).map(x => 0.3 * x), shape: [T, D] };
      const a = Array.from({ length: D }, () => new Float64Array(T));
      const r = Array.from({ length: D }, () => new Float64Array(T));
      const [value, J] = [new Float64Array(D), new Float64Array(D * D)];
      for (let t = 0; t < T; t++) {
        const x = t > 0 ? guess.data.subarray((t - 1) * D, t * D) : new Float64Array(D);
        const input = u.data.subarray(t * D, (t + 1) * D);
        model.function.float64.value(value, x, input, t, model.parameters);
        model.function.float64.jacobian(J, x, input, t, model.parameters);
        for (let i = 0; i < D; i++) {
          a[i][t] = J[i * D + i];
          r[i][t] = value[i] - guess.data[t * D + i];
        }
      }
      for (const trustRegion of [0.3, 10, 1e4, 1e8]) {
        const options = { method: "quasiElk", guess, trustRegion, trace: true, maxIterations: 1 } as const;
        const got = await evaluate(model, undefined, u, onGpu(options));
        const twin = await evaluate(model, undefined, u, onCpu(options));
        const byFilter = guess.data.slice();
        const byTuples = guess.data.slice();
        for (let i = 0; i < D; i++) {
          const means = filtered(a[i], r[i], trustRegion);
          // Before the first step the change is 0 and known: its map is that of any step, applied to 0.
          const tuples = prefixes(Array.from(a[i], (slope, t) => leaf(t ? slope : 0, r[i][t], trustRegion)));
          for (let t = 0; t < T; t++) {
            byFilter[t * D + i] += means[t];
            byTuples[t * D + i] += tuples[t].b;
          }
        }
        expect(apart(byTuples, byFilter), "five numbers a step").toBeLessThan(1e-9);
        expect(apart(twin.iterates[1].data, byFilter), "float64").toBeLessThan(1e-12);
        expect(apart(got.iterates[1].data, byFilter), `σ² = ${trustRegion}`).toBeLessThan(1e-5);
      }
    });

  test("a wide region leaves the update without one, with the exact diagonal and the probe", async () => {
    const model = await network(4, 0.9);
    const u = inputs(300, 4);
    for (const diagonal of ["exact", "hutchinson"] as const) {
      const of = (method: "quasi" | "quasiElk") =>
        evaluate(
          model,
          undefined,
          u,
          onGpu({ method, diagonal, trustRegion: 1e8, trace: true, maxIterations: 4 }),
        );
      const [plain, held] = [await of("quasi"), await of("quasiElk")];
      plain.iterates.forEach((states, k) => {
        expect(apart(held.iterates[k].data, states.data), `iterate ${k}`).toBeLessThan(1e-5);
      });
    }
  });

  for (const [D, T, methods] of [
    [6, 60, 3],
    [40, 20, 1],
  ])
    test(`of a cell of ${D} states`, async () => {
      const model = await cell(D, 0.9);
      const u = inputs(T, D);
      const exact = await evaluate(model, undefined, u, exactly);
      for (const [method, trustRegion] of [
        ["quasiElk", 3],
        ["elk", 3],
        ["elk", 1e8],
      ].slice(0, methods) as [EvaluationMethod, number][]) {
        const options = { method, trustRegion, trace: true, tolerance: 1e-11, maxIterations: 90 } as const;
        const got = await evaluate(model, undefined, u, onGpu(options));
        const twin = await evaluate(model, undefined, u, onCpu(options));
        const name = `${method} ${trustRegion}`;
        expect(got.status, name).toBe("ok");
        expect(Math.abs(got.iterations[0] - twin.iterations[0]), name).toBeLessThanOrEqual(1);
        for (const k of [1, 2, 3])
          expect(apart(got.iterates[k].data, twin.iterates[k].data), `${name}, iterate ${k}`).toBeLessThan(
            1e-4,
          );
        expect(worst(got, exact), name).toBeLessThan(2e-5);
        if (trustRegion !== 1e8) continue;
        const newton = await evaluate(model, undefined, u, onGpu({ ...options, method: "newton" }));
        for (const k of [1, 2, 3])
          expect(apart(got.iterates[k].data, newton.iterates[k].data), `iterate ${k}`).toBeLessThan(1e-4);
      }
    });
});

suite("steps down the merit", () => {
  for (const [name, make, D, T] of [
    ["one invocation a step", network, 4, 150],
    ["a cell", cell, 20, 70],
  ] as const)
    test(`gradient by ${name}`, async () => {
      const model = await make(D, 0.5);
      const options = { method: "gradient", tolerance: 1e-9, stepSize: 0.5, trace: true } as const;
      const got = await evaluate(model, undefined, inputs(T, D), onGpu(options));
      const twin = await evaluate(model, undefined, inputs(T, D), onCpu(options));
      expect(got.status).toBe("ok");
      expect(Math.abs(got.iterations[0] - twin.iterations[0])).toBeLessThanOrEqual(1);
      expect(got.iterations[0]).toBeGreaterThan(5);
      for (const k of [1, 2, 5])
        expect(apart(got.iterates[k].data, twin.iterates[k].data), `iterate ${k}`).toBeLessThan(1e-5);
      expect(got.merits[0][3]).toBeLessThan(got.merits[0][2]);
    });
});

suite("windows that slide", () => {
  const METHODS = ["newton", "quasi", "blockQuasi", "jacobi", "elk", "quasiElk"] as const;
  test("every method ends at the sequential states with as many updates as in float64", async () => {
    const model = await network(4, 0.6);
    const T = 230;
    const u = inputs(T, 4);
    const exact = await evaluate(model, undefined, u, exactly);
    for (const method of METHODS) {
      const options = { method, window: 50, tolerance: 1e-11, trustRegion: 1e3 };
      const got = await evaluate(model, undefined, u, onGpu(options));
      const twin = await evaluate(model, undefined, u, onCpu(options));
      expect(got.status, method).toBe("ok");
      expect(worst(got, exact), method).toBeLessThan(method === "newton" ? 2e-6 : 5e-5);
      expect(Math.abs(got.iterations[0] - twin.iterations[0]), method).toBeLessThanOrEqual(2);
      expect(got.merits[0][0], method).toBeCloseTo(twin.merits[0][0], 4);
      expect(got.merit[0], method).toBeLessThanOrEqual(1e-11);
      expect(got.run.plan).toMatch(/a window of 50 steps that slides/);
    }
  });

  test("one step, one step at a time, more than all steps, and none to polish", async () => {
    const model = await network(3, 0.8);
    for (const [T, window] of [
      [1, 1],
      [30, 1],
      [30, 7],
      [30, 30],
      [30, 1000],
    ]) {
      const u = inputs(T, 3);
      const exact = await evaluate(model, undefined, u, exactly);
      for (const polish of [0, 1, 3]) {
        const options = { method: "newton", window, polish, maxIterations: 4 * T } as const;
        const got = await evaluate(model, undefined, u, onGpu(options));
        const twin = await evaluate(model, undefined, u, onCpu(options));
        const name = `T = ${T}, window ${window}, polish ${polish}`;
        expect(got.status, name).toBe("ok");
        expect(worst(got, exact), name).toBeLessThan(polish ? 2e-6 : 1e-4);
        expect(Math.abs(got.iterations[0] - twin.iterations[0]), name).toBeLessThanOrEqual(1);
        // A window of one step is exact after an update of its own, and goes on once it is polished.
        if (window === 1) expect(got.iterations[0], name).toBe((polish + 1) * (T - 1) + 1);
        if (window >= T) expect(got.run.plan, name).not.toMatch(/slides/);
      }
    }
  });

  test("a batch of unequal lengths slides series by series, beside one that does not converge", async () => {
    const f = await expressionFunction({
      expressions: ["u0 * (1 - 2 * x0^2)"],
      stateDim: 1,
      inputDim: 1,
    });
    const model = recurrence({ function: f });
    // Gains that forget, and gains of chaos.
    const gains = [
      [300, 0.4],
      [40, 0.3],
      [200, 1],
      [1, 0.2],
    ].map(([T, gain]) => ({ data: new Float64Array(T).fill(gain), shape: [T, 1] }));
    const start = [[0.3], [0.4], [0.3], [0.5]];
    const options = {
      method: "newton",
      guess: "zeros",
      window: 32,
      maxIterations: 90,
      throwOnFailure: false,
    } as const;
    const got = await evaluate(model, start, gains, onGpu(options));
    const twin = await evaluate(model, start, gains, onCpu(options));
    expect(got.converged).toEqual([true, true, false, true]);
    expect(twin.converged).toEqual(got.converged);
    for (const s of [0, 1, 3]) {
      const alone = await evaluate(model, start[s], gains[s], exactly);
      expect(worst(got.series(s), alone), `series ${s}`).toBeLessThan(2e-6);
      expect(Math.abs(got.iterations[s] - twin.iterations[s]), `series ${s}`).toBeLessThanOrEqual(1);
    }
    expect(Number.isNaN(got.states.data[300 + 40])).toBe(true);
  });

  test("that do not arrive tell the merit of all steps", async () => {
    const f = await expressionFunction({ expressions: ["0.8*sin(x0) + 0.3*cos(0.1*t)"], stateDim: 1 });
    const model = recurrence({ function: f, initialState: [0.7] });
    const options = { method: "newton", window: 5, maxIterations: 4 } as const;
    const got = await evaluate(model, undefined, 200, onGpu(options));
    const states = got.states.data;
    let sum = 0;
    for (let t = 0; t < 200; t++)
      sum += 0.5 * (0.8 * Math.sin(t > 0 ? states[t - 1] : 0.7) + 0.3 * Math.cos(0.1 * t) - states[t]) ** 2;
    expect(got.status).toBe("maxIterations");
    expect(got.merit[0] / (sum / 200)).toBeCloseTo(1, 5);
    expect(got.merits[0]).toHaveLength(6);
    const whole = await evaluate(model, undefined, 300, onGpu({ method: "newton", window: 1 }));
    expect(whole.status).toBe("ok");
  });

  test("iterates that float32 cannot hold within the window", async () => {
    const f = await expressionFunction({ expressions: ["x0^2 / 4 + u0"], stateDim: 1, inputDim: 1 });
    const model = recurrence({ function: f, initialState: [0.1] });
    const u = inputs(200, 1);
    const small = { ...u, data: u.data.map(value => 0.1 * value) };
    const guess = { data: new Float64Array(200).fill(1e25), shape: [200, 1] };
    const exact = await evaluate(model, undefined, small, exactly);
    const got = await evaluate(model, undefined, small, onGpu({ method: "newton", guess, window: 20 }));
    expect(got.status).toBe("ok");
    expect(got.resets[0]).toBeGreaterThan(0);
    expect(worst(got, exact)).toBeLessThan(1e-6);
  });

  test("inputs, the time and cells are those of the step", async () => {
    const f = await expressionFunction({
      expressions: ["0.5 * tanh(x0) + u0 + 0.01 * t"],
      stateDim: 1,
      inputDim: 1,
    });
    const timed = recurrence({ function: f, initialState: [1] });
    const u = inputs(90, 1);
    const exact = await evaluate(timed, undefined, u, exactly);
    const got = await evaluate(timed, undefined, u, onGpu({ method: "newton", window: 20 }));
    expect(worst(got, exact)).toBeLessThan(2e-6);
    const model = await gru({ size: 10, inputDim: 4, seed: 2 });
    const v = model.drawInputs?.(60, 1) as never;
    const states = await evaluate(model, undefined, v, exactly);
    for (const method of ["newton", "elk"] as const) {
      const by = await evaluate(model, undefined, v, onGpu({ method, window: 16, trustRegion: 1e4 }));
      expect(worst(by, states), method).toBeLessThan(2e-5);
    }
  });

  test("an abort between two looks ends it", async () => {
    const model = await system("twoWell");
    const controller = new AbortController();
    const options = {
      method: "newton",
      window: 20,
      signal: controller.signal,
      onProgress: () => controller.abort(),
    } as const;
    const failure = await evaluate(
      model,
      undefined,
      model.drawInputs?.(2000, 1) as never,
      onGpu(options),
    ).catch(error => error);
    expect(failure.name).toMatch(/Abort/);
  });
});
