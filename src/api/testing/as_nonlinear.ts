/** A linear Gaussian model written as a nonlinear one: equations with constant weights as expressions. */
import type { Matrix, RawModel, Vector } from "../../../test-browser/oracle.ts";
import {
  expressionFunction,
  type NonlinearSSM,
  nonlinearGaussianSSM,
  type VectorFunction,
} from "../index.ts";

/** A x + b + B u as text, row by row. */
async function equation(part: {
  weights?: unknown;
  bias?: unknown;
  inputWeights?: unknown;
}): Promise<VectorFunction> {
  const A = part.weights as Matrix;
  const b = part.bias as Vector | undefined;
  const B = part.inputWeights as Matrix | undefined;
  const expressions = A.map((row, i) =>
    [
      ...row.map((a, k) => `(${a})*x${k}`),
      ...(b ? [`(${b[i]})`] : []),
      ...(B ? B[i].map((w, k) => `(${w})*u${k}`) : []),
    ].join(" + "),
  );
  return expressionFunction({ expressions, stateDim: A[0].length, inputDim: B ? B[0].length : 0 });
}

/** @param model weights and biases constant; covariances as they are */
export async function asNonlinear({ initial, dynamics, emissions }: RawModel): Promise<NonlinearSSM> {
  return nonlinearGaussianSSM({
    initial: initial as { mean: number[]; covariance: number[][] },
    dynamics: { function: await equation(dynamics), covariance: dynamics.covariance },
    emissions: { function: await equation(emissions), covariance: emissions.covariance },
  });
}
