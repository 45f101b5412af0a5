/** The precondition of the covariance form, worked out from the oracle's moments with nothing of src/. */
import type { Matrix, OracleResult, OverTime } from "./oracle.ts";
import type { RawCase } from "./oracle_models.ts";

const at = (value: OverTime<Matrix>, t: number): Matrix =>
  Array.isArray(value[0]![0]) ? (value as Matrix[])[t]! : (value as Matrix);

/** Squared pivots of the Cholesky factor. */
function pivots(a: Matrix): number[] {
  const l = a.map(row => row.map(() => 0));
  return a.map((row, i) => {
    for (let j = 0; j < i; j++) {
      let sum = row[j]!;
      for (let k = 0; k < j; k++) sum -= l[i]![k]! * l[j]![k]!;
      l[i]![j] = sum / l[j]![j]!;
    }
    const square = row[i]! - l[i]!.slice(0, i).reduce((sum, x) => sum + x * x, 0);
    l[i]![i] = Math.sqrt(square);
    return square;
  });
}

/**
 * Over all steps and observed entries, the largest ratio of the variance of H z, given the past and the entries before
 * it in its step, to that of its noise, given the noise of those entries.
 */
export function largestRatio({ model, observations }: RawCase, oracle: OracleResult): number {
  let worst = 0;
  observations.forEach((y, t) => {
    const seen = y.flatMap((value, i) => (value === null ? [] : [i]));
    const H = at(model.emissions.weights, t);
    const R = at(model.emissions.covariance, t);
    const P = oracle.predictedCovariances[t]!;
    const noise = seen.map(i => seen.map(j => R[i]![j]!));
    const total = seen.map((i, a) =>
      seen.map((j, b) => {
        let sum = noise[a]![b]!;
        for (let k = 0; k < P.length; k++)
          for (let l = 0; l < P.length; l++) sum += H[i]![k]! * P[k]![l]! * H[j]![l]!;
        return sum;
      }),
    );
    const [whole, own] = [pivots(total), pivots(noise)];
    whole.forEach((square, i) => {
      worst = Math.max(worst, square / own[i]! - 1);
    });
  });
  return worst;
}
