/** Documents of recurrences. */
import { expect, suite, test } from "vitest";
import {
  evaluate,
  expressionFunction,
  loadModelDocument,
  modelDocument,
  parseModelDocument,
  type Recurrence,
  recurrence,
  system,
} from "./index.ts";

const head = { format: "statescan/model@1", type: "recurrence" };
const load = (document: object) => loadModelDocument<Recurrence>({ ...head, ...document });
const run = async (model: Recurrence, inputs: number | number[][]) => [
  ...(await evaluate(model, undefined, inputs as number, { backend: "cpu", method: "sequential" })).states
    .data,
];

suite("documents of recurrences", () => {
  test("of expressions", async () => {
    const model = await load({
      stateDim: 2,
      inputDim: 1,
      parameters: { a: 0.5, B: [[1], [2]] },
      initialState: [1, -1],
      where: { s: "sin(x1)" },
      expressions: ["a*x0 + s + B[1, 1]*u0", "x0 + B[2, 1]*u0"],
    });
    expect([model.stateDim, model.inputDim]).toEqual([2, 1]);
    const first = [0.5 + Math.sin(-1) + 3, 1 + 6];
    expect(await run(model, [[3], [0]])).toEqual([...first, 0.5 * first[0] + Math.sin(7), first[0]]);
    expect(modelDocument(model)).toEqual({ ...head, ...(modelDocument(model) as object) });
    const again = await loadModelDocument<Recurrence>(JSON.stringify(modelDocument(model)));
    expect(await run(again, [[3], [0]])).toEqual(await run(model, [[3], [0]]));
  });

  test("of names, of one vector, and of sizes left out", async () => {
    const named = await load({ stateNames: ["q"], expressions: ["2*q"], initialState: [3] });
    expect(await run(named, 2)).toEqual([6, 12]);
    const vector = await load({ stateDim: 2, expressions: "2*x", initialState: [3, 4] });
    expect(await run(vector, 1)).toEqual([6, 8]);
  });

  test("of a vector field with an integrator", async () => {
    const written = await load({
      stateNames: ["x", "y", "z"],
      parameters: { b: 8 / 3, r: 28, s: 10 },
      expressions: ["s*(y - x)", "r*x - x*z - y", "x*y - b*z"],
      initialState: [1, 2, 3],
      integrator: "rk4",
      dt: 0.02,
    });
    const named = await load({ system: "lorenz", integrator: "rk4", dt: 0.02, initialState: [1, 2, 3] });
    expect(written.timeStep).toBe(0.02);
    expect(await run(written, 20)).toEqual(await run(named, 20));
  });

  test("of WGSL", async () => {
    const model = await load({
      wgsl: "fn dynamics(x: vec2f, u: vec2f, t: f32, p: vec2f) -> vec2f { return p.x * x + p.y * u; }",
      parameters: { a: 0.5, b: 2 },
      initialState: [1, 2],
    });
    expect(await run(model, [[1, 1]])).toEqual([2.5, 3]);
  });

  test("of systems, with their options", async () => {
    const model = await load({ system: "gru", size: 2, inputDim: 1, seed: 3, weights: { bin: [1, -1] } });
    const own = await system("gru", { size: 2, inputDim: 1, seed: 3, weights: { bin: [1, -1] } });
    expect(await run(model, [[1], [2]])).toEqual(await run(own, [[1], [2]]));
    const document = modelDocument(own);
    expect(document).toEqual({
      ...head,
      system: "gru",
      size: 2,
      inputDim: 1,
      seed: 3,
      weights: { bin: [1, -1] },
    });
    const typed = await system("gru", {
      size: 1,
      weights: { Wir: { data: Float32Array.of(1), shape: [1, 1] }, bin: Float64Array.of(2) },
    });
    expect(modelDocument(typed)).toEqual({
      ...head,
      system: "gru",
      size: 1,
      weights: { Wir: [[1]], bin: [2] },
    });
  });

  test("say what is wrong", async () => {
    const refused = (document: object) => expect(load(document)).rejects;
    await refused({}).toThrow(
      /^loadModelDocument: document expected one of expressions, wgsl and system, got none of them\./,
    );
    await refused({ expressions: ["x0"], wgsl: "" }).toThrow(
      /got expressions and wgsl\. Keep one of them\.$/,
    );
    await refused({ expression: ["x0"] }).toThrow(
      /the unknown key "expression". Did you mean "expressions"\?$/,
    );
    await refused({ system: "lorentz" }).toThrow(
      /^loadModelDocument: system expected .* Did you mean "lorenz"\?$/,
    );
    await refused({ system: "lorenz", expressions: ["x0"] }).toThrow(/unknown key "expressions"/);
    await refused({ system: 3 }).toThrow(/^loadModelDocument: system expected one of .*, got 3\./);
    await refused({ system: null }).toThrow(/^loadModelDocument: system expected one of .*, got null\./);
    await refused({ expressions: ["x0 + q"], initialState: [1] }).toThrow(/expressions\[0\]/);
    await refused({ expressions: ["x0", "x1"], initialState: [1], stateDim: 2 }).toThrow(
      /^loadModelDocument: stateDim expected 1 as in initialState, got 2\./,
    );
    await refused({ expressions: ["x0", "1"], stateDim: 1 }).toThrow(
      /^recurrence: function expected 1 values/,
    );
    await refused({ expressions: "2*x" }).toThrow(
      /^loadModelDocument: stateDim expected the number of states/,
    );
    await refused({ expressions: ["x0"], integrator: "rk4" }).toThrow(/dt expected the length of a step/);
    await refused({ expressions: ["x0"], integrator: "rk", dt: 1 }).toThrow(
      /integrator expected one of "euler"/,
    );
    await refused({ expressions: ["x0"], dt: -1 }).toThrow(/timeStep expected a number above 0, got -1/);
    await refused({ expressions: ["x0"], initialState: [null] }).toThrow(
      /initialState\[0\] expected a finite number/,
    );
    expect(() => parseModelDocument({ ...head, system: "lorenz" })).toThrow(
      /^parseModelDocument: type expected no nonlinear model or recurrence, got "recurrence"\. Use await loadModelDocument/,
    );
    const f = await expressionFunction({ expressions: ["x0"], stateDim: 1 });
    expect(() => modelDocument(recurrence({ function: f }))).toThrow(
      /^modelDocument: model expected one that came from a document, got functions whose text is not known\./,
    );
  });
});
