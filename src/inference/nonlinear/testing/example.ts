import type { SmoothMap } from "../nonlinear_problem.ts";
import type { Matrix } from "./textbook.ts";

/** Three states, two observations; by hand with derivatives. */
export const dynamics: SmoothMap = {
  value(out, x, _, t) {
    out[0] = 0.9 * x[0] + 0.2 * Math.sin(x[1]);
    out[1] = x[1] * Math.exp(-0.1 * x[2] * x[2]) + 0.1 * Math.cos(0.3 * t);
    out[2] = 0.8 * x[2] + 0.1 * x[0] * x[1];
  },
  jacobian(out, x) {
    const e = Math.exp(-0.1 * x[2] * x[2]);
    out.set([0.9, 0.2 * Math.cos(x[1]), 0, 0, e, -0.2 * x[1] * x[2] * e, 0.1 * x[1], 0.1 * x[0], 0.8]);
  },
};
export const emissions: SmoothMap = {
  value(out, x) {
    out[0] = Math.atan2(x[0] + 3, x[1] + 5);
    out[1] = x[2] + 0.2 * x[0] * x[0];
  },
  jacobian(out, x) {
    const [a, b] = [x[0] + 3, x[1] + 5];
    const r = a * a + b * b;
    out.set([b / r, -a / r, 0, 0.4 * x[0], 0, 1]);
  },
};
export const asVector =
  (map: SmoothMap, size: number) =>
  (x: number[], t: number): number[] => {
    const out = new Float64Array(size);
    map.value(out, x, [], t);
    return Array.from(out);
  };
export const MODEL = {
  m: [0.3, -0.2, 0.5],
  P: [
    [0.5, 0.1, 0],
    [0.1, 0.4, -0.1],
    [0, -0.1, 0.6],
  ],
  f: asVector(dynamics, 3),
  Q: [
    [0.05, 0.01, 0],
    [0.01, 0.04, 0.02],
    [0, 0.02, 0.03],
  ],
  h: asVector(emissions, 2),
  R: [
    [0.02, 0.005],
    [0.005, 0.1],
  ],
};
/** With entries and whole steps missing. */
export const DATA = Array.from({ length: 30 }, (_, t) => [
  0.5 + 0.2 * Math.sin(1.7 * t),
  t % 7 === 3 ? Number.NaN : 0.3 * Math.cos(2.1 * t),
]);
DATA[11] = [Number.NaN, Number.NaN];
DATA[20] = [Number.NaN, 0.4];

/** x to M x. */
export const linearMap = (M: Matrix): SmoothMap => ({
  value: (out, x) => out.set(M.map(row => row.reduce((sum, a, j) => sum + a * x[j], 0))),
  jacobian: out => out.set(M.flat()),
});
export const linearDynamics = linearMap([
  [0.9, 0.3],
  [-0.2, 0.8],
]);
export const linearEmissions = linearMap([[1, 0.5]]);
/** Two states, one observation. */
export const LINEAR = {
  m: [1, -1],
  P: [
    [2, 0.3],
    [0.3, 1],
  ],
  f: asVector(linearDynamics, 2),
  Q: [
    [0.1, 0],
    [0, 0.2],
  ],
  h: asVector(linearEmissions, 1),
  R: [[0.25]],
};
