/**
 * Lyapunov exponents along a trajectory, in float64: the rates at which small differences grow, per step.
 * @see Benettin et al. 1980, doi:10.1007/BF02128236; Gonzalez et al. 2025, arXiv:2508.16817 (§3: predictability)
 */
import { cooperation, type LoopOptions, stepsPerLook } from "../cooperate.ts";
import type { Floats } from "../linear_gaussian_problem.ts";
import { type RecurrenceProblem, stateBefore, stepInputs } from "./recurrence_problem.ts";

export interface LyapunovRecords {
  /** [N] largest exponent per step. */
  readonly largest: Float64Array;
  /** [N] log of the overshoot constant: the most that log |J_t … J_1 v| is above λ t. */
  readonly overshoot: Float64Array;
  /** [N, D] exponents per step in falling order, where asked for. */
  readonly spectrum?: Float64Array;
  /**
   * [N] how far the trajectory is from one of the recurrence, to first order: the largest |e_t|, e_t = J_t e_{t−1} + f(s_{t−1}) − s_t;
   * what one more update of Newton would move.
   */
  readonly stateErrors: Float64Array;
  /** What was done, where that is worth a word. */
  readonly plan?: string;
}

export interface LyapunovOptions extends LoopOptions {
  readonly call: string;
  readonly spectrum: boolean;
  /** Steps that turn the directions before any growth counts. */
  readonly settle?: number;
}

/** @param states [N, T, D], the trajectory: Jacobians are taken at the states before every step */
export async function lyapunovCpu(
  problem: RecurrenceProblem,
  states: Floats,
  { call, spectrum, settle = 0, ...loop }: LyapunovOptions,
): Promise<LyapunovRecords> {
  const { stateDim: D, numSeries: N, numSteps: T, lengths, step } = problem;
  const largest = new Float64Array(N);
  const overshoot = new Float64Array(N);
  const all = new Float64Array(N * D);
  const stateErrors = new Float64Array(N);
  const value = new Float64Array(D);
  const J = new Float64Array(D * D);
  const directions = spectrum ? D : 1;
  const breathe = cooperation(call, "lyapunov", N * T, loop);
  const look = stepsPerLook(D);
  for (let s = 0; s < N; s++) {
    const own = states.subarray(s * T * D);
    const frame = new Frame(D, directions);
    const sums = new Float64Array(T);
    let counted = 0;
    let error = new Float64Array(D);
    let next = new Float64Array(D);
    for (let t = 0; t < lengths[s]; t++) {
      const x = stateBefore(problem, s, t, own);
      const u = stepInputs(problem, s, t);
      step.jacobian(J, x, u, t);
      step.value(value, x, u, t);
      for (let i = 0; i < D; i++) {
        next[i] = value[i] - own[t * D + i];
        for (let j = 0; j < D; j++) next[i] += J[i * D + j] * error[j];
        // A NaN is no small error.
        stateErrors[s] = Math.max(stateErrors[s], Math.abs(next[i]));
      }
      [error, next] = [next, error];
      if (t === settle) frame.growth.fill(0);
      frame.push(J);
      if (t >= settle) sums[counted++] = frame.growth[0];
      if (t % look === look - 1) await breathe(s * T + t);
    }
    largest[s] = frame.growth[0] / counted;
    for (let t = 0; t < counted; t++) overshoot[s] = Math.max(overshoot[s], sums[t] - largest[s] * (t + 1));
    all.set(
      frame.growth
        .map(value => value / counted)
        .sort()
        .reverse(),
      s * D,
    );
    if (spectrum) largest[s] = all[s * D];
  }
  await breathe(N * T);
  return { largest, overshoot, stateErrors, ...(spectrum ? { spectrum: all } : {}) };
}

/** λ of series 0 over its first steps, at once. */
export function lyapunovSync(
  problem: RecurrenceProblem,
  states: Float64Array,
  steps: number,
): { lambda: number } {
  const { stateDim: D, step } = problem;
  const frame = new Frame(D, 1);
  const J = new Float64Array(D * D);
  for (let t = 0; t < steps; t++) {
    step.jacobian(J, stateBefore(problem, 0, t, states), stepInputs(problem, 0, t), t);
    frame.push(J);
  }
  return { lambda: frame.growth[0] / steps };
}

/** Orthonormal directions that are pushed along by Jacobians, and the logs of how much each grew. */
class Frame {
  /** [count] */
  readonly growth: Float64Array;
  readonly #D: number;
  /** [count, D], one direction a row */
  readonly #rows: Float64Array;
  readonly #pushed: Float64Array;

  constructor(D: number, count: number) {
    this.#D = D;
    this.growth = new Float64Array(count);
    this.#pushed = new Float64Array(count * D);
    this.#rows = firstDirections(D, count);
  }

  push(J: Float64Array): void {
    const D = this.#D;
    const [rows, pushed] = [this.#rows, this.#pushed];
    for (let k = 0; k < this.growth.length; k++)
      for (let i = 0; i < D; i++) {
        let sum = 0;
        for (let j = 0; j < D; j++) sum += J[i * D + j] * rows[k * D + j];
        pushed[k * D + i] = sum;
      }
    for (let k = 0; k < this.growth.length; k++) {
      const row = pushed.subarray(k * D, (k + 1) * D);
      const before = Math.hypot(...row);
      // Twice, as once may leave what rounding makes of nearly parallel directions.
      for (let again = 0; again < (k > 0 ? 2 : 1); again++)
        for (let l = 0; l < k; l++) {
          const other = rows.subarray(l * D, (l + 1) * D);
          let along = 0;
          for (let i = 0; i < D; i++) along += row[i] * other[i];
          for (let i = 0; i < D; i++) row[i] -= along * other[i];
        }
      // What the directions before leave of it may be their rounding alone: it has gone.
      const after = Math.hypot(...row);
      const norm = k > 0 && after <= 4 * D * Number.EPSILON * before ? 0 : after;
      this.growth[k] += Math.log(norm);
      for (let i = 0; i < D; i++) rows[k * D + i] = norm > 0 ? row[i] / norm : 0;
    }
  }
}

/** Orthonormal rows without a zero entry in the first: an eigenvector is not to be missed. */
export function firstDirections(D: number, count: number): Float64Array {
  const out = new Float64Array(count * D);
  const v = Float64Array.from({ length: D }, (_, i) => (1 / Math.sqrt(i + 2)) * (i % 2 === 0 ? 1 : -1));
  const size = Math.hypot(...v);
  for (let i = 0; i < D; i++) v[i] /= size;
  // The reflection that takes e_0 to v.
  const w = Float64Array.from(v, (value, i) => value - (i === 0 ? 1 : 0));
  const square = w.reduce((sum, value) => sum + value * value, 0);
  for (let k = 0; k < count; k++)
    for (let i = 0; i < D; i++)
      out[k * D + i] = (i === k ? 1 : 0) - (square === 0 ? 0 : (2 * w[i] * w[k]) / square);
  return out;
}

/**
 * log of the condition of the whole system: −log μ̃ = 2 (log a + log Σ_{k<T} e^{λ k}), an estimate of 1/σ_min² of the residuals' Jacobian.
 * @see arXiv:2508.16817, theorem 2
 */
export function logCondition(lambda: number, logOvershoot: number, steps: number): number {
  const peak = Math.max(0, lambda * (steps - 1));
  // Σ e^{λ k − peak} = (1 − e^{−|λ| T}) / (1 − e^{−|λ|})
  const rate = Math.abs(lambda);
  const sum = rate < 1e-12 ? steps : Math.expm1(-rate * steps) / Math.expm1(-rate);
  return 2 * (logOvershoot + peak + Math.log(sum));
}

/**
 * Newton updates to be expected, 3 (−log μ̃) of a system without overshoot: within a factor of about two where λ > 0, an upper bound
 * where λ < 0; from 2 to T, 0 where λ is not a number.
 */
export const predictedUpdates = (lambda: number, steps: number): number =>
  Number.isNaN(lambda) ? 0 : Math.min(steps, Math.max(2, Math.ceil(3 * logCondition(lambda, 0, steps))));
