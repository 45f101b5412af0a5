/** Initial value problems all at once, against solutions in closed form. */
import { expect, suite, test } from "vitest";
import { expressionFunction, type SolveIvpOptions, solveIvp } from "./index.ts";

const logistic = () =>
  expressionFunction({ expressions: "r * x0 * (1 - x0)", stateDim: 1, parameters: { r: 1.5 } });
const exact = (time: number) => 1 / (1 + 9 * Math.exp(-1.5 * time));
const options: SolveIvpOptions = {
  initialState: [0.1],
  duration: 6,
  steps: 300,
  evaluate: { backend: "cpu", method: "newton" },
};

suite("solveIvp()", () => {
  test("ends at the solution, to the order of the integrator", async () => {
    const bounds = { rk4: 2e-9, implicitMidpoint: 5e-5, euler: 2e-2 } as const;
    for (const integrator of ["rk4", "implicitMidpoint", "euler"] as const) {
      const { times, states, evaluation } = await solveIvp(await logistic(), { ...options, integrator });
      expect(evaluation.status).toBe("ok");
      expect(times.at(-1)).toBeCloseTo(6, 12);
      expect(states.shape).toEqual([300, 1]);
      const errors = Array.from(times, (time, t) => Math.abs(states.data[t] - exact(time)));
      expect(Math.max(...errors), integrator).toBeLessThan(bounds[integrator]);
      expect(Math.max(...errors), integrator).toBeGreaterThan(1e-4 * bounds[integrator]);
    }
  });

  test("an earlier solution is a good guess, and several problems are a batch", async () => {
    const flow = await logistic();
    const first = await solveIvp(flow, options);
    const near = { ...options, initialState: [0.1001] };
    const cold = await solveIvp(flow, near);
    const warm = await solveIvp(flow, { ...near, evaluate: { ...near.evaluate, guess: first.states } });
    expect(warm.evaluation.iterations[0]).toBeLessThan(cold.evaluation.iterations[0]);
    const two = await solveIvp(flow, { ...options, initialState: [[0.1], [0.1001]] });
    expect(two.states.shape).toEqual([2, 300, 1]);
    expect(two.states.data[599]).toBeCloseTo(cold.states.data[299], 10);
  });

  test("fields that depend on time and inputs", async () => {
    const flow = await expressionFunction({ expressions: "2*t + u0", stateDim: 1, inputDim: 1 });
    const inputs = { data: new Float64Array(100).fill(3), shape: [100, 1] };
    const { times, states } = await solveIvp(flow, {
      ...options,
      initialState: [0],
      duration: 2,
      steps: 100,
      inputs,
    });
    times.forEach((time, t) => {
      expect(states.data[t]).toBeCloseTo(time * time + 3 * time, 9);
    });
  });

  test("bad options are told", async () => {
    const flow = await logistic();
    const refused = (more: object) => solveIvp(flow, { ...options, ...more }).catch(error => error.message);
    expect(await refused({ duration: 0 })).toMatch(
      /^solveIvp: options\.duration expected a finite number above 0, got 0\./,
    );
    expect(await refused({ steps: 2.5 })).toMatch(
      /^solveIvp: options\.steps expected a whole number ≥ 1, got 2\.5\./,
    );
    expect(await refused({ integrator: "rk5" })).toMatch(/integrator/);
  });
});
