/** Systems of the library on the GPU: their WGSL against float64, flows by every integrator, observers, networks by value and as cells. */
import { expect, suite, test } from "vitest";
import {
  chaoticObserver,
  type EvaluateOptions,
  type Evaluation,
  evaluate,
  type Recurrence,
  type SystemName,
  type SystemOptions,
  system,
} from "../src/api/index.ts";
import { useEngine } from "./shared_engine.ts";

const engine = useEngine();
const onGpu = (): EvaluateOptions => ({
  backend: "webgpu",
  engine: engine(),
  method: "newton",
  guess: "tiled",
});

/** Largest difference, relative to the largest state. */
function difference(a: Evaluation, b: Evaluation): number {
  let [size, most] = [0, 0];
  for (let i = 0; i < b.states.data.length; i++) {
    size = Math.max(size, Math.abs(b.states.data[i]));
    most = Math.max(most, Math.abs(a.states.data[i] - b.states.data[i]));
  }
  return most / size;
}

async function compare(name: string, model: Recurrence, T: number, tolerance: number): Promise<void> {
  const inputs = model.drawInputs?.(T, 1) ?? T;
  const exact = await evaluate(model, undefined, inputs, { backend: "cpu", method: "sequential" });
  const got = await evaluate(model, undefined, inputs, onGpu());
  expect(got.status, name).toBe("ok");
  const twin = await evaluate(model, undefined, inputs, { backend: "cpu", method: "newton", guess: "tiled" });
  // float32 may pass the tolerance an update earlier or later; a wrong Jacobian takes many more.
  expect(Math.abs(got.iterations[0] - twin.iterations[0]), name).toBeLessThanOrEqual(1);
  expect(difference(got, exact), name).toBeLessThan(tolerance);
}

/** A step or two in float32, and what 20 steps of a chaotic flow make of its rounding. */
const SHORT = 2e-5;

const made = <Name extends SystemName>(name: Name, options?: SystemOptions[Name]) => system(name, options);

suite("flows and maps", () => {
  test.for(["euler", "rk4", "implicitMidpoint"] as const)("by %s", async integrator => {
    for (const name of ["lorenz", "chua", "aizawa"] as const)
      await compare(`${name} ${integrator}`, await made(name, { integrator }), 20, SHORT);
  });

  test("maps", async () => {
    for (const name of ["logistic", "ikeda"] as const) await compare(name, await made(name), 8, SHORT);
  });

  test("Lorenz 96 by one invocation and by teams", async () => {
    for (const size of [5, 16]) await compare(`${size} sites`, await made("lorenz96", { size }), 20, SHORT);
  });

  test("observers", async () => {
    for (const name of ["lorenz", "abc"] as const) {
      const { observer, drivers } = await chaoticObserver(name);
      const drawInputs = (numSteps: number) => drivers(numSteps);
      await compare(name, { ...observer, drawInputs }, 300, 1e-4);
    }
  });

  test("the word problem, and what is no word", async () => {
    const model = await made("wordProblem");
    // Sums of whole numbers: exact.
    await compare("words", model, 100, 1e-5);
    const bad = await evaluate(model, undefined, [[3], [120], [1]], { ...onGpu(), throwOnFailure: false });
    expect(bad.status).not.toBe("ok");
  });
});

suite("networks", () => {
  test.for([3, 16, 40])("of %i units", async size => {
    await compare("meanFieldRnn", await made("meanFieldRnn", { size, gain: 0.8 }), 40, 1e-5);
    await compare("vanillaRnn", await made("vanillaRnn", { size }), 40, 1e-4);
    await compare("gru", await made("gru", { size, inputDim: 4 }), 40, 1e-5);
    if (size < 40)
      await compare("lstm", await made("lstm", { size: Math.ceil(size / 2), inputDim: 4 }), 40, 1e-5);
  });

  test("a small network as a cell and by value is the same", async () => {
    // More than 1024 weights make a cell of three units.
    await compare("wide inputs", await made("gru", { size: 3, inputDim: 120 }), 12, 1e-5);
    const few = await made("minimalRnn", { size: 3 });
    expect(few.function.cooperative).toBeUndefined();
    await compare("minimalRnn", few, 30, 1e-5);
    await compare("minimalRnn", await made("minimalRnn", { size: 10 }), 30, 1e-5);
  });

  test("cells by diagonals, by blocks of them and one after the other", async () => {
    for (const [name, method] of [
      ["gru", "quasi"],
      ["paraLstm", "blockQuasi"],
      ["lstm", "sequential"],
    ] as const) {
      const model = await made(name, { size: 10, inputDim: 4 });
      expect(model.function.cooperative, name).toBeDefined();
      const inputs = model.drawInputs?.(40, 1) as never;
      const exact = await evaluate(model, undefined, inputs, { backend: "cpu", method: "sequential" });
      const got = await evaluate(model, undefined, inputs, { ...onGpu(), method, blocks: 2 });
      expect(got.status, name).toBe("ok");
      // quasi ends where the merit is 1e-10 and one update more: √(2e-10 · 40) times its rate.
      expect(difference(got, exact), name).toBeLessThan(1e-4);
    }
  });

  test("ParaGRU, ParaLSTM, autoregressive GRU", async () => {
    await compare("paraGru", await made("paraGru", { size: 6, inputDim: 4, heads: 2 }), 40, 1e-5);
    await compare("paraLstm", await made("paraLstm", { size: 6, inputDim: 4, heads: 2 }), 40, 1e-5);
    await compare("autoregressiveGru", await made("autoregressiveGru"), 40, 1e-4);
  });

  test("wells", async () => {
    await compare("twoWell", await made("twoWell"), 100, 1e-5);
    await compare("kWells", await made("kWells", { size: 10, wells: 3, eps: 1e-3 }), 20, 1e-5);
  });
});
