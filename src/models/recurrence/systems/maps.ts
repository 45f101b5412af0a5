/** Maps s_t = f(s_{t−1}) as expressions, with the parameters and initial states of the dysts collection. */
import type { SystemText } from "./flows.ts";

export const MAPS = {
  logistic: {
    stateNames: ["x"],
    expressions: ["r*x*(1 - x)"],
    parameters: { r: 3.9 },
    initialState: [0.51],
  },
  henon: {
    stateNames: ["x", "y"],
    expressions: ["1 - a*x^2 + y", "b*x"],
    parameters: { a: 1.4, b: 0.3 },
    initialState: [1.21674097, 0.03536533],
  },
  ikeda: {
    stateNames: ["x", "y"],
    where: { angle: "0.4 - 6/(1 + x^2 + y^2)" },
    expressions: ["1 + u*(x*cos(angle) - y*sin(angle))", "u*(x*sin(angle) + y*cos(angle))"],
    parameters: { u: 0.9 },
    initialState: [0.9, 0.55524451],
  },
  /** The standard map: momentum first; the angle is not brought back to a turn. */
  chirikov: {
    stateNames: ["momentum", "angle"],
    where: { kicked: "momentum + k*sin(angle)" },
    expressions: ["kicked", "angle + kicked"],
    parameters: { k: 0.971635 },
    initialState: [0.1, 0.1],
  },
  tinkerbell: {
    stateNames: ["x", "y"],
    expressions: ["x^2 - y^2 + a*x + b*y", "2*x*y + c*x + d*y"],
    parameters: { a: 0.9, b: -0.6013, c: 2, d: 0.5 },
    initialState: [-0.72, -0.64],
  },
} as const satisfies Readonly<Record<string, SystemText>>;

export type MapName = keyof typeof MAPS;
