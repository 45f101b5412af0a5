/** Gradients and tangents of recurrences by scans on the GPU against float64 one step after the other. */
import { expect, suite, test } from "vitest";
import {
  type EvaluationGradient,
  evaluate,
  evaluationGradient,
  evaluationTangent,
  expressionFunction,
  type Recurrence,
  recurrence,
  type SensitivityOptions,
  system,
} from "../src/api/index.ts";
import {
  dot,
  FAMILIES,
  type GradientCase,
  instance,
  network,
  normals,
  WRITTEN,
} from "../src/api/testing/gradient_cases.ts";
import { useEngine } from "./shared_engine.ts";

const engine = useEngine();
const onGpu = (options: SensitivityOptions = {}): SensitivityOptions => ({
  ...options,
  backend: "webgpu",
  engine: engine(),
});
const onHost = { backend: "cpu" } as const;

const rows = (T: number, D: number, seed: number) => ({ data: normals(T * D, seed), shape: [T, D] });

/** Largest difference, relative to the largest entry. */
function apart(got: ArrayLike<number>, exact: ArrayLike<number>): number {
  expect(got.length).toBe(exact.length);
  let [most, size] = [0, 1e-30];
  for (let i = 0; i < got.length; i++) {
    most = Math.max(most, Math.abs(got[i] - exact[i]));
    size = Math.max(size, Math.abs(exact[i]));
  }
  return got.length === 0 ? 0 : most / size;
}

function compare(got: EvaluationGradient, exact: EvaluationGradient, tolerance: number, what: string): void {
  expect(got.status).toBe("ok");
  for (const field of ["initialState", "inputs"] as const) {
    expect(got[field].shape).toEqual(exact[field].shape);
    expect(apart(got[field].data, exact[field].data), `${what} ${field}`).toBeLessThan(tolerance);
  }
  expect(apart(got.parameters, exact.parameters), `${what} parameters`).toBeLessThan(tolerance);
}

/**
 * Float32 has 6e-8 in every state, Jacobian and product. Where changes shrink these add up over the few steps that they last, a few tens of
 * roundings of the largest term: 1e-5 leaves a factor of ten. Chaos multiplies them by its growth over the series, which is short here.
 */
const TOLERANCE = 1e-5;

async function both(row: GradientCase, T: number, tolerance: number, options: SensitivityOptions = {}) {
  const { model, given } = await instance(row, T);
  const g = rows(T, model.stateDim, 21);
  const got = await evaluationGradient(model, undefined, given, g, onGpu(options));
  const exact = await evaluationGradient(model, undefined, given, g, onHost);
  expect(got.run).toMatchObject({ backend: "webgpu", dtype: "float32", method: "parallel" });
  compare(got, exact, tolerance, `${row.name}, ${T} steps,`);
  const change = {
    initialState: normals(model.stateDim, 22),
    ...(model.inputDim > 0 ? { inputs: rows(T, model.inputDim, 23) } : {}),
    parameters: normals(model.parameters.length, 24).map(
      (value, k) => value * (Math.abs(model.parameters[k]) || 1),
    ),
  };
  if (row.jumps) change.inputs = { ...rows(T, 1, 23), data: new Float64Array(T) };
  const tangent = await evaluationTangent(model, undefined, given, change, onGpu(options));
  const reference = await evaluationTangent(model, undefined, given, change, onHost);
  expect(tangent.states.shape).toEqual(reference.states.shape);
  expect(apart(tangent.states.data, reference.states.data), `${row.name} tangent`).toBeLessThan(tolerance);
  // ⟨g, d⟩ = ⟨adjoint(g), change⟩, two scans that share no arithmetic but the Jacobian.
  const left = dot(g.data, tangent.states.data);
  const right =
    dot(got.initialState.data, change.initialState) +
    dot(got.inputs.data, change.inputs?.data ?? []) +
    dot(got.parameters, change.parameters);
  const size =
    dot(g.data.map(Math.abs), Array.from(tangent.states.data, Math.abs)) +
    dot(Array.from(got.parameters, Math.abs), Array.from(change.parameters, Math.abs));
  expect(Math.abs(left - right) / size, `${row.name} identity`).toBeLessThan(tolerance);
  return got;
}

suite("derivatives by scans", () => {
  for (const row of WRITTEN)
    test(`${row.name}: at one step, a chunk and many`, async () => {
      for (const T of [1, 6, 333]) await both(row, T, TOLERANCE, { chunkLength: 6 });
    }, 120_000);

  for (const D of [12, 20])
    test(`${D} states by a team`, async () => {
      const row = {
        name: "network",
        make: () => network(D),
        steps: 50,
        inputs: async (T: number) => rows(T, D, 5),
      };
      const got = await both(row, 50, TOLERANCE);
      expect(got.run.plan).toMatch(/teams of \d+/);
    }, 120_000);

  for (const [name, options, T] of [
    ["gru", { size: 16 }, 90],
    ["meanFieldRnn", { size: 100, gain: 0.6 }, 40],
  ] as const)
    test(`${name} of ${options.size} units, whose weights stay in storage`, async () => {
      const got = await both({ name, make: () => system(name, options), steps: T }, T, TOLERANCE);
      expect(got.run.plan).toMatch(/inputs and weights on the host in float64/);
    }, 120_000);

  test("40 states of a function that is no cell, in storage", async () => {
    const make = () => system("lorenz96", { size: 40, dt: 0.01 });
    const got = await both({ name: "lorenz96", make, steps: 30 }, 30, TOLERANCE);
    expect(got.run.plan).toMatch(/parameters in chunks of 32 steps, summed in float64/);
  }, 120_000);

  for (const row of FAMILIES)
    test(row.name, async () => {
      await both(row, row.steps, TOLERANCE);
    }, 120_000);

  test("a batch is its series, of any lengths", async () => {
    const model = await network(8);
    const lengths = [200, 33, 1];
    const inputs = lengths.map((T, s) => rows(T, 8, 30 + s));
    const starts = lengths.map((_, s) => Array.from(normals(8, 40 + s)));
    const g = { data: normals(3 * 200 * 8, 50), shape: [3, 200, 8] };
    g.data.fill(Number.NaN, (200 + 33) * 8, 2 * 200 * 8);
    const got = await evaluationGradient(model, starts, inputs, g, onGpu());
    const exact = await evaluationGradient(model, starts, inputs, g, onHost);
    for (const s of [0, 1, 2]) compare(got.series(s), exact.series(s), TOLERANCE, `series ${s}`);
    expect(apart(got.parameters, exact.parameters)).toBeLessThan(TOLERANCE);
    expect(got.inputs.data[(200 + 33) * 8]).toBeNaN();
    const change = { initialState: starts, inputs: { ...g, shape: [3, 200, 8] } };
    const tangent = await evaluationTangent(model, starts, inputs, change, onGpu());
    const reference = await evaluationTangent(model, starts, inputs, change, onHost);
    for (const s of [0, 1, 2])
      expect(apart(tangent.series(s).states.data, reference.series(s).states.data)).toBeLessThan(TOLERANCE);
  });

  test("several levels of the scan, along a trajectory that was evaluated on the GPU", async () => {
    const model = await network(3);
    const T = 9000;
    const u = rows(T, 3, 5);
    const on = { backend: "webgpu", engine: engine() } as const;
    const { states } = await evaluate(model, undefined, u, { ...on, method: "newton", lyapunov: false });
    const g = rows(T, 3, 21);
    const told = new Set<string>();
    const onProgress = ({ phase }: { phase: string }): void => void told.add(phase);
    const got = await evaluationGradient(
      model,
      undefined,
      u,
      g,
      onGpu({ states, chunkLength: 4, onProgress }),
    );
    const exact = await evaluationGradient(model, undefined, u, g, onHost);
    compare(got, exact, TOLERANCE, "9000 steps");
    expect(got.run.plan).toMatch(
      /chunks of 4 .*parameters in chunks of 32 steps, summed in float64; along the trajectory given/,
    );
    expect([...told].sort()).toEqual(["adjoint", "contract"]);
  });
});

suite("what scans cannot hold", () => {
  const line = async (slope: number): Promise<Recurrence> =>
    recurrence({
      function: await expressionFunction({
        expressions: ["a*x0"],
        stateDim: 1,
        parameters: { a: slope },
      }),
      initialState: [0],
    });

  test("growth beyond float32 is a status", async () => {
    const g = { data: new Float64Array(400).fill(1), shape: [400, 1] };
    const model = await line(1.5);
    const got = await evaluationGradient(model, undefined, 400, g, onGpu({ throwOnFailure: false }));
    expect(got.status).toBe("diverged");
    expect(got.initialState.data[0]).toBeNaN();
    const exact = await evaluationGradient(model, undefined, 400, g, onHost);
    expect(exact.initialState.data[0]).toBeGreaterThan(1e70);
    const failure = evaluationGradient(model, undefined, 400, g, onGpu());
    await expect(failure).rejects.toThrow(/got more than float32 holds\. .*backend "cpu"/);
  });

  test("growth up to there is right", async () => {
    const g = { data: new Float64Array(190).fill(1), shape: [190, 1] };
    const model = await line(1.5);
    const got = await evaluationGradient(model, undefined, 190, g, onGpu());
    const exact = await evaluationGradient(model, undefined, 190, g, onHost);
    expect(exact.initialState.data[0]).toBeGreaterThan(1e33);
    // A product of 190 factors.
    expect(apart(got.initialState.data, exact.initialState.data)).toBeLessThan(190 * 6e-8);
  });

  test("a call can be stopped, and parameters beyond the kernels' are refused", async () => {
    const model = await line(0.5);
    const g = { data: new Float64Array(20).fill(1), shape: [20, 1] };
    const stopped = evaluationGradient(model, undefined, 20, g, onGpu({ signal: AbortSignal.abort() }));
    await expect(stopped).rejects.toThrow(/abort/i);
    const wide = await network(33);
    const u = rows(5, 33, 1);
    await expect(evaluationGradient(wide, undefined, u, u, onGpu())).rejects.toThrow(
      /at most 1024 parameters on the GPU, got 1089/,
    );
  });
});
