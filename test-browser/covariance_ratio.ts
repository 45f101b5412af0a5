/** The preconditions of the covariance form, worked out from the oracle's moments with nothing of src/. */
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

/**
 * Over all transitions, the largest Σ_k E_ik² P⁻_kk / P_ii of the smoother's gain E = P F' (P⁻)⁻¹, where pivots of P⁻
 * below 1e-12 of their variance count as zero.
 */
export function largestAmplification({ model }: RawCase, oracle: OracleResult): number {
  let worst = 0;
  oracle.filteredCovariances.slice(0, -1).forEach((P, t) => {
    const ahead = oracle.predictedCovariances[t + 1]!;
    const F = at(model.dynamics.weights, t + 1);
    const L = semidefiniteFactor(ahead);
    P.forEach((row, i) => {
      if (!(row[i]! > 1e-30)) return;
      const gain = F.map(f => f.reduce((sum, value, j) => sum + value * row[j]!, 0));
      const n = gain.length;
      for (let k = 0; k < n; k++) {
        for (let j = 0; j < k; j++) gain[k]! -= L[k]![j]! * gain[j]!;
        gain[k] = L[k]![k] === 0 ? 0 : gain[k]! / L[k]![k]!;
      }
      for (let k = n - 1; k >= 0; k--) {
        for (let j = k + 1; j < n; j++) gain[k]! -= L[j]![k]! * gain[j]!;
        gain[k] = L[k]![k] === 0 ? 0 : gain[k]! / L[k]![k]!;
      }
      const reach = gain.reduce((sum, value, k) => sum + value * value * ahead[k]![k]!, 0);
      worst = Math.max(worst, reach / row[i]!);
    });
  });
  return worst;
}

/** The smallest pivot of a predicted covariance over its variance, 0 and below where it is singular. */
export function smallestPivot({ predictedCovariances }: OracleResult): number {
  let least = 1;
  for (const P of predictedCovariances.slice(1)) {
    const L = semidefiniteFactor(P);
    P.forEach((row, i) => {
      const square = row[i]! - L[i]!.slice(0, i).reduce((sum, x) => sum + x * x, 0);
      if (row[i]! > 1e-30) least = Math.min(least, square / row[i]!);
    });
  }
  return least;
}

/** Cholesky factor with zero columns for vanishing pivots. */
function semidefiniteFactor(a: Matrix): Matrix {
  const l = a.map(row => row.map(() => 0));
  for (let k = 0; k < a.length; k++) {
    for (let i = k; i < a.length; i++) {
      let sum = a[i]![k]!;
      for (let j = 0; j < k; j++) sum -= l[i]![j]! * l[k]![j]!;
      if (i === k) l[k]![k] = sum > 1e-12 * a[k]![k]! ? Math.sqrt(sum) : 0;
      else l[i]![k] = l[k]![k] === 0 ? 0 : sum / l[k]![k]!;
    }
  }
  return l;
}
