/** Points where a derivative is infinite or not defined, and values next to the ends of domains: what docs/expressions.md says. */
import { expect, suite, test } from "vitest";
import { expressionFunction } from "./index.ts";

/** expression, x, value, first derivatives, second derivative along (1, 1, …) twice */
const POINTS: [string, number[], number, number[], number][] = [
  ["sqrt(x0)", [0], 0, [0], 0],
  ["sqrt(x0^2 + x1^2)", [0, 0], 0, [0, 0], 0],
  ["cbrt(x0)", [0], 0, [0], 0],
  ["abs(x0)", [0], 0, [0], 0],
  ["sqrt(x0^2)", [0], 0, [0], 0],
  ["hypot(x0, x1)", [0, 0], 0, [0, 0], 0],
  ["norm(x)", [0, 3, 4], 5, [0, 0.6, 0.8], 0.2 + 0.2 * 0.64 + 0.2 * 0.36 - 2 * 0.2 * 0.48],
  ["atan2(x1, x0)", [0, 0], 0, [0, 0], 0],
  ["atan2(x1, x0)", [-1, 0], Math.PI, [0, -1], -2],
  ["atan2(x1, x0)", [0, 2], Math.PI / 2, [-0.5, 0], 0.5],
  ["atan2(x1, x0)", [0, -2], -Math.PI / 2, [0.5, 0], 0.5],
  ["x0*log(x0)", [0], 0, [0], 0],
  ["-x0*log(x0) - (1 - x0)*log(1 - x0)", [0], 0, [1], -1],
  ["x0*log2(x1)", [0, 0], 0, [0, 0], 0],
  ["x0^0", [0], 1, [0], 0],
  ["x0^1", [0], 0, [1], 0],
  ["x0^2", [0], 0, [0], 2],
  ["x0^3", [0], 0, [0], 0],
  ["x0^k", [0], 0, [0], 2],
  ["x0^one", [0], 0, [1], 0],
  ["x0^zero", [0], 1, [0], 0],
  ["x0^1.5", [0], 0, [0], 0],
  ["x0^0.5", [0], 0, [0], 0],
  ["x0^0.25", [0], 0, [0], 0],
  ["x0^3", [-2], -8, [12], -12],
  ["x0^-2", [-2], 0.25, [0.25], 0.375],
  ["x0^k", [-3], 9, [-6], 2],
  ["2^x0", [0], 1, [Math.LN2], Math.LN2 ** 2],
  ["x0^x1", [0, 2], 0, [0, 0], 2],
  ["asin(x0)", [1], Math.PI / 2, [0], 0],
  ["acos(x0)", [-1], Math.PI, [0], 0],
  ["acosh(x0)", [1], 0, [0], 0],
  ["max(x0, x1)", [1, 1], 1, [1, 0], 0],
  ["min(x0, x1)", [1, 1], 1, [1, 0], 0],
  ["min(x0, x1)", [2, 3], 2, [1, 0], 0],
  ["max(x0, x1)", [-2, -3], -2, [1, 0], 0],
  ["min(x0, 4) + hypot(3, 4) + max(-2, -1)", [1], 5, [1], 0],
  ["relu(x0)", [0], 0, [0], 0],
  ["max(x)", [3, 5, 4], 5, [0, 1, 0], 0],
  ["sign(x0) + x0", [0], 0, [1], 0],
  ["round(x0)", [2.5], 3, [0], 0],
  ["round(x0)", [-2.5], -3, [0], 0],
  ["round(x0)", [0.49999999999999994], 0, [0], 0],
  ["fix(x0)", [-1.5], -1, [0], 0],
  ["mod(x0, 3)", [-1], 2, [1], 0],
  ["mod(x0, 0)", [5], 5, [1], 0],
  ["x0 mod 3", [6], 0, [1], 0],
  ["x0 < 0 ? sqrt(-x0) : x0^2", [2], 4, [4], 2],
  ["tanh(x0)", [800], 1, [0], 0],
  ["sigmoid(x0)", [-800], 0, [0], 0],
  ["softplus(x0)", [800], 800, [1], 0],
  ["exp(-x0^2)", [40], 0, [0], 0],
  ["gelu(x0)", [-50], 0, [0], 0],
  ["0*log(x0)", [0], 0, [0], 0],
  ["mod(x0, x1)", [5, 0], 5, [1, 0], 0],
  ["mod(x0, x1)", [36, -12], 0, [1, 3], 0],
  ["mod(x0, x1)", [-7, 2], 1, [1, 4], 0],
  ["1/(1 + exp(-x0))", [-800], 0, [0], 0],
  ["exp(x0)/(exp(x0) + 1)", [800], 1, [0], 0],
  ["3/(1 + exp(x0))", [800], 0, [0], 0],
  ["log(1 + exp(x0))", [800], 800, [1], 0],
  ["x0 > 0 ? lgamma(x0) : 7", [-1e9], 7, [0], 0],
  // A vector of one entry counts as a number.
  ["x^2", [-3], 9, [-6], 2],
  ["0.5*x + 25*x/(1 + x^2) + 8*cos(1.2*t)", [0], 8, [25.5], 0],
  ["x > 0 ? 2*x : -x", [-4], 4, [-1], 0],
];

suite("expressionFunction(), where derivatives are not regular", () => {
  test.each(POINTS)("%s at %j", async (expression, x, value, first, second) => {
    const parameters = { k: 2, one: 1, zero: 0 };
    const f = await expressionFunction({ expressions: [expression], stateDim: x.length, parameters });
    const out = new Float64Array(x.length);
    const ones = x.map(() => 1);
    f.float64.value(out, x, [], 0, f.parameters);
    expect(out[0]).toBeCloseTo(value, 14);
    f.float64.jacobian(out, x, [], 0, f.parameters);
    first.forEach((entry, j) => {
      expect(out[j]).toBeCloseTo(entry, 13);
    });
    f.float64.second(out, x, [], 0, f.parameters, ones, ones);
    expect(out[0]).toBeCloseTo(second, 12);
  });

  test("gives NaN outside a domain in float64", async () => {
    const f = await expressionFunction({ expressions: ["sqrt(x0)", "log(x0)", "acos(x0 - 1)"], stateDim: 1 });
    const out = new Float64Array(3);
    f.float64.value(out, [-1], [], 0, []);
    expect([...out]).toEqual([Number.NaN, Number.NaN, Number.NaN]);
    // Far outside too, at once.
    const { float64 } = await expressionFunction({ expressions: "lgamma(x0)", stateDim: 1 });
    const dx = [1];
    for (const x0 of [-1e9, -1e300, Number.NEGATIVE_INFINITY]) {
      float64.value(out, [x0], [], 0, []);
      expect(out[0]).toBeNaN();
      float64.second(out, [x0], [], 0, [], dx, dx);
      expect(out[0]).toBeNaN();
    }
  });
});
