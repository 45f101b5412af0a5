/** Moments whose covariances are what was computed: factors are made of them in float64, where one is asked for. */
import { isCovarianceProblem } from "./covariance_form.ts";
import {
  denseRows,
  type Floats,
  type LinearGaussianProblem,
  type Moments,
  packedMoments,
  type Rows,
  stateRecordLength,
} from "./linear_gaussian_problem.ts";

/** Moments in packed records [N, T, n + n(n+1)/2]: the mean, then the lower triangle of the covariance by rows. */
function packedCovariances(data: Floats, n: number, numSteps: number): Moments {
  const size = stateRecordLength(n);
  return covarianceMoments(
    denseRows(data, size, numSteps),
    { data, at: (s, t) => (s * numSteps + t) * size + n },
    n,
    data.length / size / numSteps,
    numSteps,
  );
}

/** Moments in packed records [N, T, n + n(n+1)/2] of a run of a problem, in the form that the problem is in. */
export function momentsOf(problem: LinearGaussianProblem, data: Floats): Moments {
  return (isCovarianceProblem(problem) ? packedCovariances : packedMoments)(
    data,
    problem.stateDim,
    problem.numSteps,
  );
}

/** Factors of all steps are made together when `factors` is first read. */
function covarianceMoments(
  means: Rows,
  covariances: Rows,
  n: number,
  numSeries: number,
  numSteps: number,
): Moments {
  let factors: Rows | undefined;
  return {
    means,
    covariances,
    get factors() {
      factors ??= factorRows(covariances, n, numSeries, numSteps);
      return factors;
    },
  };
}

/** The same moments with other rows of means and of factors or covariances. */
export function mapMoments(
  { stateDim: n, numSeries, numSteps }: Pick<LinearGaussianProblem, "stateDim" | "numSeries" | "numSteps">,
  moments: Moments,
  change: (rows: Rows, size: number) => Rows,
): Moments {
  const triangle = (n * (n + 1)) / 2;
  const means = change(moments.means, n);
  return moments.covariances
    ? covarianceMoments(means, change(moments.covariances, triangle), n, numSeries, numSteps)
    : { means, factors: change(moments.factors, triangle) };
}

/** The packed factor of one step: where it stands, or made of the covariance. */
export function factorOf(
  moments: Pick<Moments, "factors" | "covariances">,
  n: number,
  series: number,
  step: number,
): { readonly data: Floats; readonly at: number } {
  const { covariances } = moments;
  if (!covariances) return { data: moments.factors.data, at: moments.factors.at(series, step) };
  const data = new Float64Array((n * (n + 1)) / 2);
  factorPacked(covariances.data, covariances.at(series, step), n, data, 0);
  return { data, at: 0 };
}

function factorRows({ data, at }: Rows, n: number, numSeries: number, numSteps: number): Rows {
  const size = (n * (n + 1)) / 2;
  const out = new Float64Array(numSeries * numSteps * size);
  for (let s = 0; s < numSeries; s++)
    for (let t = 0; t < numSteps; t++) factorPacked(data, at(s, t), n, out, (s * numSteps + t) * size);
  return denseRows(out, size, numSteps);
}

/** Lower factor of a packed covariance; a pivot that is not positive gives a zero column, NaN stays NaN. */
function factorPacked(data: Floats, at: number, n: number, out: Float64Array, to: number): void {
  for (let i = 0; i < n; i++) {
    const row = (i * (i + 1)) / 2;
    for (let j = 0; j <= i; j++) {
      const other = (j * (j + 1)) / 2;
      let sum = data[at + row + j];
      for (let k = 0; k < j; k++) sum -= out[to + row + k] * out[to + other + k];
      const pivot = out[to + other + j];
      if (i === j) out[to + row + i] = sum <= 0 ? 0 : Math.sqrt(sum);
      else out[to + row + j] = pivot === 0 ? 0 : sum / pivot;
    }
  }
}
