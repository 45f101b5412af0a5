import { kalmanSmootherCpu } from "../../kalman_smoother.cpu.ts";
import type { LinearGaussianProblem, Moments } from "../../linear_gaussian_problem.ts";
import type { NonlinearProblem, SmoothMap } from "../nonlinear_problem.ts";
import { cholesky, type Matrix, type TextbookModel } from "./textbook.ts";

/** Everything of one series of an affine problem as nested arrays. */
export async function affineMoments(problem: LinearGaussianProblem) {
  const records = await kalmanSmootherCpu(problem, {
    outputs: { predicted: true, crossCovariances: false },
    filtered: true,
  });
  const { stateDim: n, numSteps: T, observedCounts } = problem;
  const unpacked = ({ means, factors }: Moments) =>
    Array.from({ length: T }, (_, t) => {
      const U = Array.from({ length: n }, (_, i) =>
        Array.from({ length: n }, (_, j) =>
          j <= i ? factors.data[factors.at(0, t) + (i * (i + 1)) / 2 + j] : 0,
        ),
      );
      return {
        m: Array.from(means.data.subarray(means.at(0, t), means.at(0, t) + n)),
        P: U.map(a => U.map(b => a.reduce((sum, x, k) => sum + x * b[k], 0))),
      };
    });
  let logLikelihood = 0;
  for (let t = 0; t < T; t++)
    logLikelihood += records.logLikelihoods[t] - 0.5 * observedCounts[t] * Math.log(2 * Math.PI);
  return {
    filtered: unpacked(records.filtered as Moments),
    predicted: unpacked(records.predicted as Moments),
    smoothed: unpacked(records.smoothed),
    logLikelihood,
  };
}

/** A smoother for iterateSmoother(). */
export const smoothCpu = async (problem: LinearGaussianProblem): Promise<Moments> =>
  (
    await kalmanSmootherCpu(problem, {
      outputs: { predicted: false, crossCovariances: false },
      filtered: true,
    })
  ).smoothed;

const constant = (M: Matrix | number[]) => ({
  data: Float64Array.from((M as number[][]).flat()),
  stepStride: 0,
  seriesStride: 0,
});

/** A model of the textbook with derivatives, as a problem of one series. */
export function problemOf(
  { m, P, Q, R }: TextbookModel & { readonly R: Matrix },
  dynamics: SmoothMap,
  emissions: SmoothMap,
  y: number[][],
): NonlinearProblem {
  return {
    stateDim: m.length,
    emissionDim: R.length,
    numSeries: 1,
    numSteps: y.length,
    lengths: Uint32Array.of(y.length),
    initialMean: constant(m),
    initialFactor: constant(cholesky(P)),
    dynamics,
    dynamicsFactor: constant(cholesky(Q)),
    emissions,
    emissionNoise: { kind: "constant", factor: constant(cholesky(R)) },
    inputs: { data: new Float64Array(0), dim: 0, seriesStride: 0 },
    observations: Float64Array.from(y.flat()),
  };
}
