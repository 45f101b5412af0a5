/** Särkkä's pendulum by expressions, and data of a formula (field values of Dynamax in nonlinear.test.ts). */
import { expressionFunction, type NonlinearSSM, nonlinearGaussianSSM } from "../index.ts";

const DT = 0.0125;
const Q = [
  [DT ** 3 / 3, DT ** 2 / 2],
  [DT ** 2 / 2, DT],
];

/** The model; the first state is that of the first observation. */
export async function pendulumModel(): Promise<NonlinearSSM> {
  const parameters = { g: 9.8, dt: DT };
  return nonlinearGaussianSSM({
    initial: {
      mean: [Math.PI / 2, 0],
      covariance: [
        [0.1, 0],
        [0, 0.1],
      ],
    },
    dynamics: {
      function: await expressionFunction({
        expressions: ["x0 + dt*x1", "x1 - dt*g*sin(x0)"],
        stateDim: 2,
        parameters,
      }),
      covariance: Q,
    },
    emissions: {
      function: await expressionFunction({ expressions: "sin(x0)", stateDim: 2 }),
      covariance: [[0.09]],
    },
  });
}

/** T observations. */
export function pendulumData(T: number): number[] {
  let [angle, speed] = [Math.PI / 2, 0];
  return Array.from({ length: T }, (_, t) => {
    [angle, speed] = [angle + speed * DT, speed - 9.8 * Math.sin(angle) * DT];
    return Math.sin(angle) + 0.3 * Math.sin(12.9898 * (t + 1));
  });
}
