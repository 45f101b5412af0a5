/** The Jacobian as expressions: the texts known functions have, and read again they give the Jacobian. */
import { expect, suite, test } from "vitest";
import { expressionFunction } from "./index.ts";
import {
  type FunctionCase,
  MODEL_CASES,
  optionsOf,
  SCALAR_CASES,
  samplesOf,
} from "./testing/function_cases.ts";

const texts = async (options: Parameters<typeof expressionFunction>[0]) =>
  (await expressionFunction(options)).jacobianExpressions();

suite("jacobianExpressions()", () => {
  test("has the names of states and parameters, as one would write it", async () => {
    const pendulum = await texts({
      expressions: ["angle + dt*speed", "speed - dt*g*sin(angle)"],
      stateDim: 2,
      stateNames: ["angle", "speed"],
      parameters: { g: 9.8, dt: 0.0125 },
    });
    expect(pendulum).toEqual({ where: {}, expressions: ["1", "dt", "-g*dt*cos(angle)", "1"] });
  });

  test("names entries of vectors and matrices, and long parts that repeat", async () => {
    const bearing = await texts({
      expressions: "atan2(x1 - s[2], x0 - s[1]) + W[1, 2]*x0^3",
      where: { v1: "x0" },
      stateDim: 2,
      parameters: { s: [1, 2], W: [[1, 5]] },
    });
    expect(bearing.where).toEqual({ v2: "1/hypot(x1 - s[2], x0 - s[1])" });
    expect(bearing.expressions).toEqual(["3*x0^2*W[1, 2] - v2*(x1 - s[2])*v2", "v2*(x0 - s[1])*v2"]);
  });

  test("does not grow without end where parts are used again and again", async () => {
    const steps = Array.from({ length: 40 }, (_, i) => [
      `w${i}`,
      `sin(${i ? `w${i - 1}` : "x0"})*${i ? `w${i - 1}` : "x0"}`,
    ]);
    const { where, expressions } = await texts({
      expressions: "w39",
      where: Object.fromEntries(steps),
      stateDim: 1,
    });
    expect(JSON.stringify([where, expressions]).length).toBeLessThan(20_000);
  });

  /** digamma is in no expression, and 1 - x^2 loses digits next to 1, where the derivative itself is worked out otherwise. */
  const readable = [...SCALAR_CASES, ...MODEL_CASES].filter(item => !JSON.stringify(item).includes("lgamma"));
  test.each(readable)("$name: read again, the texts give the Jacobian", async (item: FunctionCase) => {
    const options = optionsOf(item);
    const f = await expressionFunction(options);
    const { where, expressions } = f.jacobianExpressions();
    const g = await expressionFunction({
      ...options,
      where,
      expressions,
      outputDim: f.outputDim * f.stateDim,
    });
    const [wanted, got] = [0, 1].map(() => new Float64Array(expressions.length)) as [
      Float64Array,
      Float64Array,
    ];
    for (const { x, u, t } of samplesOf({ ...item, points: [] }, 8)) {
      f.float64.jacobian(wanted, x, u, t, f.parameters);
      g.float64.value(got, x, u, t, g.parameters);
      const size = Math.max(...wanted.map(Math.abs));
      // Rounding of another order of the same operations, and of 1 - x² within 0.01 of ±1.
      wanted.forEach((value, i) => {
        expect(Math.abs(got[i] - value), `${expressions[i]} at ${x.join()}`).toBeLessThanOrEqual(
          1e-11 * size,
        );
      });
    }
  });
});
