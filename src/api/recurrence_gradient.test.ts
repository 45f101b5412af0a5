/** Gradients and tangents of recurrences against central differences of the float64 evaluation. */
import { expect, suite, test } from "vitest";
import {
  evaluate,
  evaluationGradient,
  evaluationTangent,
  expressionFunction,
  recurrence,
  wgslFunction,
} from "./index.ts";

const T = 40;
const u = { data: Float64Array.from({ length: T * 2 }, (_, i) => Math.sin(1.3 * i)), shape: [T, 2] };
const start = [0.3, -0.2, 0.5];
const weights = { data: Float64Array.from({ length: T * 3 }, (_, i) => Math.cos(0.7 * i)), shape: [T, 3] };
const parameters = { a: 0.8, b: [0.2, -0.4, 0.1], c: 0.3 };

const make = (values: typeof parameters) =>
  expressionFunction({
    expressions: [
      "tanh(a*x0 + b[1]*x1*x2 + u0)",
      "sin(x0) * exp(-c*x1^2) + b[2]*u1 + sqrt(1 + x2^2)/4",
      "x0 > 0 ? c*x1 + u0*u1 : b[3]*x2 + max(x0, x1) - atan2(x1, 2 + x2^2)",
    ],
    stateDim: 3,
    inputDim: 2,
    parameters: values,
  });

async function states(
  values: typeof parameters,
  from: readonly number[],
  inputs: typeof u,
): Promise<ArrayLike<number>> {
  const model = recurrence({ function: await make(values), initialState: [...from] });
  return (await evaluate(model, undefined, inputs, { backend: "cpu", method: "sequential", lyapunov: false }))
    .states.data;
}

const loss = (s: ArrayLike<number>): number => weights.data.reduce((sum, w, i) => sum + w * s[i], 0);

suite("derivatives through a recurrence", () => {
  test("the gradient is that of central differences", async () => {
    const model = recurrence({ function: await make(parameters), initialState: start });
    const got = await evaluationGradient(model, undefined, u, weights);
    const h = 1e-6;
    const slope = async (of: (e: number) => Promise<ArrayLike<number>>) =>
      (loss(await of(h)) - loss(await of(-h))) / (2 * h);
    for (let i = 0; i < 3; i++) {
      const exact = await slope(e =>
        states(
          parameters,
          start.map((x, k) => (k === i ? x + e : x)),
          u,
        ),
      );
      expect(got.initialState.data[i]).toBeCloseTo(exact, 7);
    }
    for (const at of [0, 1, 33, 2 * T - 2, 2 * T - 1]) {
      const moved = (e: number) => ({ ...u, data: u.data.map((x, k) => (k === at ? x + e : x)) });
      expect(got.inputs?.data[at]).toBeCloseTo(await slope(e => states(parameters, start, moved(e))), 7);
    }
    const { a, b, c } = parameters;
    const changes = [
      (e: number) => ({ a: a + e, b, c }),
      ...[0, 1, 2].map(i => (e: number) => ({ a, b: b.map((x, k) => (k === i ? x + e : x)), c })),
      (e: number) => ({ a, b, c: c + e }),
    ];
    expect(got.parameters?.length).toBe(5);
    for (const [i, change] of changes.entries())
      expect(got.parameters?.[i]).toBeCloseTo(await slope(e => states(change(e), start, u)), 6);
  });

  test("tangent and gradient tell the same rate", async () => {
    const model = recurrence({ function: await make(parameters), initialState: start });
    const change = {
      initialState: [0.1, -1, 0.4],
      inputs: { data: u.data.map((_, i) => Math.sin(2 + i)), shape: [T, 2] },
      parameters: [1, -0.5, 0.3, 2, -1],
    };
    const d = await evaluationTangent(model, undefined, u, change);
    const g = await evaluationGradient(model, undefined, u, weights);
    const dot = (x: ArrayLike<number>, y: ArrayLike<number>) =>
      Array.from(x).reduce((sum, value, i) => sum + value * y[i], 0);
    const rate =
      dot(g.initialState.data, change.initialState) +
      dot(g.inputs?.data ?? [], change.inputs.data) +
      dot(g.parameters ?? [], change.parameters);
    expect(dot(d.data, weights.data)).toBeCloseTo(rate, 10);
  });

  test("a function in WGSL has the gradient of its initial state", async () => {
    const code = "fn f(x: vec2f, u: vec2f) -> vec2f { return vec2f(tanh(x.y + u.x), 0.5 * x.x * u.y); }";
    const model = recurrence({
      function: await wgslFunction({ code, entry: "f" }),
      initialState: [0.2, 0.4],
    });
    const w = { data: new Float64Array(2 * T).fill(1), shape: [T, 2] };
    const got = await evaluationGradient(model, undefined, u, w);
    expect(got.inputs).toBeUndefined();
    const run = async (x: number) => {
      const s = await evaluate(model, [x, 0.4], u, { backend: "cpu", lyapunov: false });
      return Array.from(s.states.data).reduce((a, b) => a + b, 0);
    };
    expect(got.initialState.data[0]).toBeCloseTo(
      ((await run(0.2 + 1e-6)) - (await run(0.2 - 1e-6))) / 2e-6,
      6,
    );
    const refused = evaluationTangent(model, undefined, u, { parameters: [] });
    await expect(refused).rejects.toThrow(
      /change\.parameters expected nothing for a function without a pullback/,
    );
  });

  test("wrong shapes are told", async () => {
    const model = recurrence({ function: await make(parameters), initialState: start });
    const short = { data: new Float64Array(6), shape: [2, 3] };
    await expect(evaluationGradient(model, undefined, u, short)).rejects.toThrow(
      "cotangents expected [40, 3], got [2, 3]",
    );
  });
});
