/** Models for the tests of particle filters on a GPU. */
import {
  expressionFunction,
  linearGaussianSSM,
  type NonlinearSSM,
  nonlinearGaussianSSM,
  simulate,
} from "../src/api/index.ts";

const initial = {
  mean: [1, -1],
  covariance: [
    [2, 0.3],
    [0.3, 1],
  ],
};
const Q = [
  [0.1, 0.02],
  [0.02, 0.2],
];
const R = [[0.25]];

/** A linear model, for the exact filter and smoother. */
export const kalman = linearGaussianSSM({
  initial,
  dynamics: {
    weights: [
      [0.9, 0.3],
      [-0.2, 0.8],
    ],
    covariance: Q,
  },
  emissions: { weights: [[1, 0.5]], covariance: R },
});

/** The same for particles. */
export const linear = async (): Promise<NonlinearSSM> =>
  nonlinearGaussianSSM({
    initial,
    dynamics: {
      function: await expressionFunction({
        expressions: ["0.9*x0 + 0.3*x1", "-0.2*x0 + 0.8*x1"],
        stateDim: 2,
      }),
      covariance: Q,
    },
    emissions: {
      function: await expressionFunction({ expressions: "x0 + 0.5*x1", stateDim: 2 }),
      covariance: R,
    },
  });

/** 40 observations, every ninth missing. */
export const DATA = Array.from(simulate(kalman, { numSteps: 40, seed: 5 }).observations.data, (y, t) =>
  t % 9 === 4 ? Number.NaN : y,
);
