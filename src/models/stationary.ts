/**
 * Moments of the stationary distribution of z_t = F z_{t−1} + b + q_t, q_t ~ N(0, Q):
 *
 *   μ = (I − F)⁻¹ b        S = F S F' + Q = Σ_k Fᵏ Q Fᵏ'
 *
 * S by doubling, S ← S + A S A', A ← A A from S = Q, A = F: 2ᵏ terms of the sum after k steps, all positive
 * semi-definite, nothing subtracted. Roots near 1 cost digits in the powers of F, so the solution is corrected by the same
 * doubling applied to its residual, which is computed in twice the precision, until the correction is rounding.
 * Sources: Smith 1968, doi:10.1137/0116017 (doubling); Higham, Accuracy and Stability of Numerical Algorithms, ch. 12
 * (refinement with a more precise residual).
 */

import { type ArrayInput, type NDArray, ParameterError } from "../engine/index.ts";
import { CompensatedDot } from "./compensated_dot.ts";
import { symmetrise } from "./covariance_factor.ts";
import { checkFinite, lastAxis, readParameter } from "./parameter.ts";
import { say } from "./say.ts";
import { spectralRadius, times, timesTransposed } from "./spectral_radius.ts";

/** Mean μ [n] and covariance S [n, n]. */
export interface StationaryMoments {
  readonly mean: NDArray;
  readonly covariance: NDArray;
}

/** A power of F below this (Frobenius) adds nothing that float64 can hold: its square is under 2⁻⁵³. */
const NEGLIGIBLE = 1e-9;
const MOST_POWERS = 64;
const MOST_CORRECTIONS = 12;
/** Last relative correction of a solution that is accepted although it stopped getting smaller. */
const SETTLED = 1e-10;
/** Part of the largest variance below which an entry is not looked at. */
const FLOOR = 1e-20;
const CALL = "stationaryMoments";

/**
 * Mean and covariance that the dynamics leave as they are.
 * @param weights F [n, n], spectral radius below 1
 * @param bias b [n]; undefined = 0
 * @param covariance Q [n, n], symmetric
 * @returns mean [n], covariance [n, n], float64
 * @throws ShapeError; ParameterError naming the spectral radius of F when it is 1 or more
 */
export function stationaryMoments(
  weights: ArrayInput,
  bias: ArrayInput | undefined,
  covariance: ArrayInput,
): StationaryMoments {
  const n = lastAxis(CALL, "weights", weights);
  const read = (path: string, value: ArrayInput, shape: readonly number[]): Float64Array => {
    const parameter = readParameter(CALL, path, value, shape, 0);
    checkFinite(CALL, path, parameter, false);
    return parameter.data;
  };
  const F = read("weights", weights, [n, n]);
  const b = bias === undefined ? new Float64Array(n) : read("bias", bias, [n]);
  const Q = read("covariance", covariance, [n, n]);
  symmetrise(CALL, "covariance", Q, 0, n);
  const solved = solveStationary(CALL, "weights", F, b, Q);
  return {
    mean: { data: solved.mean, shape: [n] },
    covariance: { data: solved.covariance, shape: [n, n] },
  };
}

/**
 * The same for checked arrays.
 * @param argument what F is called in error texts
 * @throws ParameterError
 */
export function solveStationary(
  call: string,
  argument: string,
  F: Float64Array,
  b: Float64Array,
  Q: Float64Array,
): { mean: Float64Array; covariance: Float64Array } {
  const n = b.length;
  const radius = spectralRadius(F, n);
  // Rounding of a unit root; nearer to 1 no variance can be told from float64 entries.
  if (!(radius < 1 - 8 * n * Number.EPSILON)) {
    throw new ParameterError(
      say(
        call,
        argument,
        "a spectral radius below 1 for a stationary start",
        radius.toPrecision(6),
        'Use initial: "diffuse", or mark the non-stationary states in initial.diffuse.',
      ),
    );
  }
  const powers = powersOf(F, n);
  const mean = stationaryMean(F, b, n, powers);
  const S = refined(
    n * n,
    S => covarianceResidual(F, Q, S, n),
    R => doubling(powers, R, n),
    S => deviations(S, n),
  );
  if (mean === undefined || S === undefined) {
    throw new ParameterError(
      say(
        call,
        argument,
        "dynamics whose stationary moments float64 can hold",
        `a spectral radius of ${radius.toPrecision(6)} with moments that do not settle`,
        "Give initial.mean and initial.covariance as numbers.",
      ),
    );
  }
  return { mean, covariance: S };
}

/** F, F², F⁴, … until negligible. */
function powersOf(F: Float64Array, n: number): Float64Array[] {
  const powers = [F];
  while (powers.length < MOST_POWERS) {
    const last = powers[powers.length - 1];
    if (last.reduce((sum, x) => sum + x * x, 0) < NEGLIGIBLE ** 2) break;
    powers.push(times(last, last, n));
  }
  return powers;
}

/** Σ_k Fᵏ R Fᵏ'. */
function doubling(powers: readonly Float64Array[], R: Float64Array, n: number): Float64Array {
  const X = Float64Array.from(R);
  for (const A of powers) {
    const moved = timesTransposed(times(A, X, n), A, n);
    for (let i = 0; i < n; i++)
      for (let j = 0; j < n; j++) X[i * n + j] += (moved[i * n + j] + moved[j * n + i]) / 2;
  }
  return X;
}

/** Σ_k Fᵏ b = (I − F)⁻¹ b, by the same doubling and correction. */
function stationaryMean(
  F: Float64Array,
  b: Float64Array,
  n: number,
  powers: readonly Float64Array[],
): Float64Array | undefined {
  const sum = new CompensatedDot();
  const residual = (x: Float64Array): Float64Array =>
    b.map((value, i) => {
      sum.reset(value);
      sum.add(x[i], -1);
      for (let k = 0; k < n; k++) sum.add(F[i * n + k], x[k]);
      return sum.value;
    });
  const solve = (r: Float64Array): Float64Array => {
    const x = Float64Array.from(r);
    for (const A of powers) {
      const moved = x.map((_, i) => x.reduce((s, value, k) => s + A[i * n + k] * value, 0));
      for (let i = 0; i < n; i++) x[i] += moved[i];
    }
    return x;
  };
  const largest = (x: Float64Array): Float64Array =>
    new Float64Array(n).fill(x.reduce((most, value) => Math.max(most, Math.abs(value)), 0));
  return refined(n, residual, solve, largest);
}

/**
 * x from 0, corrected by solve(residual(x)) until the correction is rounding.
 * @param scaleOf what a change of each entry is measured by
 * @returns undefined when the corrections do not become small
 */
function refined(
  size: number,
  residual: (x: Float64Array) => Float64Array,
  solve: (r: Float64Array) => Float64Array,
  scaleOf: (x: Float64Array) => Float64Array,
): Float64Array | undefined {
  const x = new Float64Array(size);
  let last = Number.POSITIVE_INFINITY;
  for (let k = 0; k < MOST_CORRECTIONS; k++) {
    const correction = solve(residual(x));
    for (let i = 0; i < size; i++) x[i] += correction[i];
    const scale = scaleOf(x);
    let change = 0;
    for (let i = 0; i < size; i++) {
      if (!Number.isFinite(x[i])) return undefined;
      if (correction[i] !== 0) change = Math.max(change, Math.abs(correction[i]) / scale[i]);
    }
    if (change <= 2 * Number.EPSILON) return x;
    if (k > 1 && change > last / 2) break;
    last = change;
  }
  return last < SETTLED ? x : undefined;
}

/** √(S_ii S_jj), and a little of the largest: a variance of exactly 0 may carry rounding. */
function deviations(S: Float64Array, n: number): Float64Array {
  const sd = Array.from({ length: n }, (_, i) => Math.sqrt(Math.max(0, S[i * (n + 1)])));
  const floor = FLOOR * Math.max(...sd) ** 2;
  return S.map((_, at) => sd[Math.floor(at / n)] * sd[at % n] + floor);
}

/** Q − S + F S F' in twice the working precision, rounded once. */
function covarianceResidual(F: Float64Array, Q: Float64Array, S: Float64Array, n: number): Float64Array {
  const sum = new CompensatedDot();
  const high = new Float64Array(n * n);
  const low = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let l = 0; l < n; l++) {
      sum.reset();
      for (let k = 0; k < n; k++) sum.add(F[i * n + k], S[k * n + l]);
      high[i * n + l] = sum.value;
      low[i * n + l] = sum.high - sum.value + sum.low;
    }
  }
  const R = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      sum.reset(Q[i * n + j]);
      sum.add(S[i * n + j], -1);
      for (let l = 0; l < n; l++) {
        sum.add(high[i * n + l], F[j * n + l]);
        sum.add(low[i * n + l], F[j * n + l]);
      }
      R[i * n + j] = R[j * n + i] = sum.value;
    }
  }
  return R;
}
