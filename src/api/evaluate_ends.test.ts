/** How evaluations end that do not end well: functions without a value, updates that run out, guesses that are far off. */
import { expect, suite, test } from "vitest";
import { evaluate, expressionFunction, lyapunov, recurrence, solveIvp, system } from "./index.ts";

const scalar = async (expression: string, start: number) =>
  recurrence({
    function: await expressionFunction({ expressions: [expression], stateDim: 1 }),
    initialState: [start],
  });

suite("a function without a finite value", () => {
  // log 1 + 0.5, log 0.5 + 0.5, and the logarithm of a negative number.
  const wanted = [0.5, Math.log(0.5) + 0.5];

  test.each(["newton", "gradient", "jacobi", "elk", "sequential"] as const)(
    "%s: states before it, NaN from there on, and no diagnostics",
    async method => {
      const model = await scalar("log(x0) + 0.5", 1);
      const got = await evaluate(model, undefined, 20, { backend: "cpu", method, throwOnFailure: false });
      expect([got.status, got.failedSteps[0]]).toEqual(["nonFinite", 2]);
      const states = Array.from(got.states.data);
      expect(states.slice(0, 2)).toEqual(wanted);
      expect(states.slice(2).every(Number.isNaN)).toBe(true);
      expect([got.lyapunov[0], got.overshoot[0], got.stateError[0]]).toEqual([
        Number.NaN,
        Number.NaN,
        Number.NaN,
      ]);
      expect(got.predictedIterations[0]).toBe(0);
      expect(Number.isFinite(got.merit[0])).toBe(false);
    },
  );

  test("takes nothing from the other series of a batch", async () => {
    const model = await scalar("log(x0) + 0.5", 1);
    const how = { backend: "cpu", method: "newton", throwOnFailure: false } as const;
    const got = await evaluate(model, [[1], [1.5]], 2, how);
    const alone = await evaluate(model, [1.5], 2, how);
    expect(got.statuses).toEqual(["ok", "ok"]);
    expect(got.states.data.slice(2)).toEqual(alone.states.data);
    const longer = await evaluate(await scalar("sqrt(x0) - 0.3", 1), [[0.1], [1]], 10, how);
    expect(longer.statuses).toEqual(["nonFinite", "ok"]);
    expect(longer.states.data.slice(10).every(Number.isFinite)).toBe(true);
    expect(Number.isFinite(longer.lyapunov[1])).toBe(true);
  });
});

suite("the number of updates by default", () => {
  test.each([1, 3, 7])("lets a window of %i steps go over all of a slow system", async window => {
    const model = await scalar("0.8*sin(x0) + 0.3*cos(0.1*t)", 0.7);
    const exact = await evaluate(model, undefined, 1000, { backend: "cpu", method: "sequential" });
    for (const method of ["newton", "picard"] as const) {
      const got = await evaluate(model, undefined, 1000, { backend: "cpu", method, window });
      expect(got.status).toBe("ok");
      got.states.data.forEach((value, t) => void expect(value).toBeCloseTo(exact.states.data[t], 4));
    }
  });

  test("suffices for chaos of few steps, and for a guess that is far off", async () => {
    const chaos = await system("logistic");
    for (let T = 2; T < 40; T++)
      expect((await evaluate(chaos, undefined, T, { backend: "cpu", method: "newton" })).status).toBe("ok");
    const model = await scalar("0.6*tanh(x0) + 0.1", 0);
    const guess = {
      data: Float64Array.from({ length: 40 }, (_, t) => (t % 2 ? 1e300 : -1e300)),
      shape: [40, 1],
    };
    for (const method of ["newton", "jacobi", "picard"] as const)
      expect((await evaluate(model, undefined, 40, { backend: "cpu", method, guess })).status).toBe("ok");
  });
});

test("the merit of windows that did not arrive is that of all steps", async () => {
  const model = await scalar("0.8*sin(x0) + 0.3*cos(0.1*t)", 0.7);
  const how = { backend: "cpu", method: "newton", window: 5, maxIterations: 4 } as const;
  const got = await evaluate(model, undefined, 200, how);
  const states = got.states.data;
  let sum = 0;
  for (let t = 0; t < 200; t++) {
    const x = t > 0 ? states[t - 1] : 0.7;
    sum += 0.5 * (0.8 * Math.sin(x) + 0.3 * Math.cos(0.1 * t) - states[t]) ** 2;
  }
  expect(got.status).toBe("maxIterations");
  expect(got.merit[0]).toBeCloseTo(sum / 200, 12);
  expect(got.merit[0]).toBeGreaterThan(1e-10);
});

test("exponents of directions that vanish are −∞", async () => {
  const f = await expressionFunction({ expressions: ["0.5*x0", "0.5*x0", "0.25*x2"], stateDim: 3 });
  const model = recurrence({ function: f, initialState: [1, 1, 1] });
  const { exponents } = await lyapunov(model, undefined, 200, { spectrum: true, backend: "cpu" });
  const [first, second, third] = exponents.data;
  expect(first).toBeCloseTo(Math.log(0.5), 2);
  expect(second).toBeCloseTo(Math.log(0.25), 2);
  expect(third).toBe(Number.NEGATIVE_INFINITY);
});

suite("errors name what was given", () => {
  const lorenz = () => system("lorenz");
  test("blocks that nobody asked for, prefixes beyond the end, more steps than numbers", async () => {
    const model = await lorenz();
    await expect(evaluate(model, undefined, 3, { method: "blockQuasi" })).rejects.toThrow(
      "evaluate: options.blocks expected a divisor of the 3 states, got nothing, which means 2.",
    );
    await expect(evaluate(model, undefined, 3, { method: "newton", prefixes: [2, 4] })).rejects.toThrow(
      "evaluate: options.prefixes expected lengths of at most the 3 steps there are, got 4.",
    );
    await expect(evaluate(model, undefined, 5e9)).rejects.toThrow(
      "evaluate: inputs expected a number of steps from 1 to 2147483647",
    );
    await expect(evaluate(model, undefined, 5, { seed: 2 ** 53 })).rejects.toThrow(
      "evaluate: options.seed expected a whole number from 0 to 9007199254740991, got 9007199254740992.",
    );
  });

  test("solveIvp()", async () => {
    const flow = await expressionFunction({ expressions: ["-x0", "x1"], stateDim: 2 });
    const given = { initialState: [1, 1], duration: 1, steps: 5 };
    await expect(solveIvp(flow, { ...given, integrator: "rk5" as "rk4" })).rejects.toThrow(
      /^solveIvp: integrator expected/,
    );
    await expect(solveIvp(flow, { ...given, initialState: [1] })).rejects.toThrow(
      /^solveIvp: initialState expected \[2\]/,
    );
  });
});
