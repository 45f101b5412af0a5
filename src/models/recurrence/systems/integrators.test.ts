/** Integrators: order, symplecticity, vector fields with inputs and time, faults. */
import { expect, suite, test } from "vitest";
import { discretize, expressionFunction, type Integrator, recurrence } from "../../index.ts";
import { checkDerivatives } from "./testing/derivatives.ts";

/** A pendulum that is pushed: time counts. */
const pendulum = () =>
  expressionFunction({
    expressions: ["v", "-g*sin(q) - 0.1*v + a*cos(2*t)"],
    stateNames: ["q", "v"],
    stateDim: 2,
    parameters: { g: 2, a: 0.5 },
  });

async function endOf(integrator: Integrator, steps: number): Promise<number[]> {
  const flow = await pendulum();
  const { float64 } = await discretize(flow, { integrator, dt: 2 / steps });
  let [x, next] = [Float64Array.of(1, 0.5), new Float64Array(2)];
  for (let t = 0; t < steps; t++) {
    float64.value(next, x, [], t, flow.parameters);
    [x, next] = [next, x];
  }
  return [...x];
}

suite("discretize()", () => {
  test("has errors of the order of its integrator, time among them", async () => {
    const exact = await endOf("rk4", 20_000);
    for (const [integrator, order] of [
      ["euler", 1],
      ["rk4", 4],
      ["implicitMidpoint", 2],
    ] as const) {
      const errors = await Promise.all(
        [64, 128].map(async steps => {
          const got = await endOf(integrator, steps);
          return Math.hypot(got[0] - exact[0], got[1] - exact[1]);
        }),
      );
      // The next term of the error is smaller by the step, 1/32.
      expect(Math.abs(Math.log2(errors[0] / errors[1]) - order), integrator).toBeLessThan(0.1);
    }
  });

  test("the implicit midpoint rule keeps quadratic invariants, and areas", async () => {
    const flow = await expressionFunction({ expressions: ["y", "-x"], stateNames: ["x", "y"], stateDim: 2 });
    const f = await discretize(flow, { integrator: "implicitMidpoint", dt: 0.3 });
    expect(f.structure.kind).toBe("constant");
    let [x, next] = [Float64Array.of(1, 0), new Float64Array(2)];
    for (let t = 0; t < 1000; t++) {
      f.float64.value(next, x, [], t, []);
      [x, next] = [next, x];
    }
    // 1000 roundings.
    expect(Math.abs(Math.hypot(x[0], x[1]) - 1)).toBeLessThan(1e-13);
    const J = new Float64Array(4);
    f.float64.jacobian(J, [0.3, 2], [], 0, []);
    expect(J[0] * J[3] - J[1] * J[2]).toBeCloseTo(1, 15);
  });

  test("inputs are held over a step", async () => {
    const flow = await expressionFunction({
      expressions: ["-x0^3 + u0*x1", "sin(x0) + u1"],
      stateDim: 2,
      inputDim: 2,
    });
    for (const integrator of ["euler", "rk4", "implicitMidpoint"] as const) {
      const f = await discretize(flow, { integrator, dt: 0.05 });
      checkDerivatives(integrator, recurrence({ function: f, initialState: [0.4, -0.2] }));
    }
    const held = await expressionFunction({ expressions: ["u0"], stateDim: 1, inputDim: 1 });
    const { float64 } = await discretize(held, { integrator: "rk4", dt: 0.5 });
    const out = new Float64Array(1);
    float64.value(out, [1], [3], 0, []);
    expect(out[0]).toBeCloseTo(2.5, 14);
  });

  test("refuses what it cannot take", async () => {
    const flow = await expressionFunction({ expressions: ["x0 + x1"], stateDim: 2 });
    await expect(discretize(flow, { integrator: "rk4", dt: 0.1 })).rejects.toThrow(
      /^discretize: flow expected 2 values, one per state, got 1\./,
    );
    await expect(discretize(await pendulum(), { integrator: "heun" as "rk4", dt: 0.1 })).rejects.toThrow(
      /^discretize: integrator expected one of/,
    );
    await expect(discretize(await pendulum(), { integrator: "rk4", dt: Number.NaN })).rejects.toThrow(
      /^discretize: dt expected a number above 0, got NaN\./,
    );
  });
});
