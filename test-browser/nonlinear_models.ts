/** Nonlinear models of the tests: the pendulum, and a target of which bearings are seen. */
import {
  expressionFunction,
  generalizedGaussianSSM,
  type NonlinearSSM,
  nonlinearGaussianSSM,
} from "../src/api/index.ts";

export const DT = 0.0125;

/** Särkkä & Svensson, example 5.1. */
export async function pendulum(): Promise<NonlinearSSM> {
  const f = { expressions: ["x0 + dt*x1", "x1 - dt*g*sin(x0)"], parameters: { g: 9.8, dt: DT } };
  return nonlinearGaussianSSM({
    initial: {
      mean: [Math.PI / 2, 0],
      covariance: [
        [0.1, 0],
        [0, 0.1],
      ],
    },
    dynamics: {
      function: await expressionFunction({ ...f, stateDim: 2 }),
      covariance: [
        [DT ** 3 / 3, DT ** 2 / 2],
        [DT ** 2 / 2, DT],
      ],
    },
    emissions: {
      function: await expressionFunction({ expressions: "sin(x0)", stateDim: 2 }),
      covariance: [[0.09]],
    },
  });
}

/** A target that turns, z = (x, y, vx, vy, ω), its bearing seen from two places. */
export async function bearings(): Promise<NonlinearSSM> {
  const [dt, q, turn] = [0.1, 0.1, 0.01];
  const where = {
    s: "abs(x4) < 1e-3 ? dt*(1 - (x4*dt)^2/6) : sin(x4*dt)/x4",
    c: "abs(x4) < 1e-3 ? x4*dt^2/2 : (1 - cos(x4*dt))/x4",
  };
  const f = await expressionFunction({
    where,
    expressions: [
      "x0 + s*x2 - c*x3",
      "x1 + c*x2 + s*x3",
      "cos(x4*dt)*x2 - sin(x4*dt)*x3",
      "sin(x4*dt)*x2 + cos(x4*dt)*x3",
      "x4",
    ],
    stateDim: 5,
    parameters: { dt },
  });
  const h = await expressionFunction({
    expressions: ["atan2(x1 - 0.5, x0 + 1.5)", "atan2(x1 - 1, x0 - 1)"],
    stateDim: 5,
  });
  const [a, b, c] = [(q * dt ** 3) / 3, (q * dt ** 2) / 2, q * dt];
  return generalizedGaussianSSM({
    initial: {
      mean: [-1, -1, 1, 0, 0],
      covariance: [0.1, 0.1, 1, 1, 1].map((v, i) => Array.from({ length: 5 }, (_, j) => (i === j ? v : 0))),
    },
    dynamics: {
      function: f,
      covariance: [
        [a, 0, b, 0, 0],
        [0, a, 0, b, 0],
        [b, 0, c, 0, 0],
        [0, b, 0, c, 0],
        [0, 0, 0, 0, turn * dt],
      ],
    },
    emissions: { family: "von-mises", function: h, concentration: 400 },
  });
}
