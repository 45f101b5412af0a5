/** What the kernels of the time-invariant path read besides data: gains in float32, chunk matrices in float64. */
import type { MatrixTable } from "../scan/index.ts";
import type { GainSchedule } from "./gain_schedule.ts";
import type { LinearGaussianProblem } from "./linear_gaussian_problem.ts";
import type { SmootherSchedule } from "./smoother_schedule.ts";

/** Floats in a row of the filter's table: F of the next step, H, K, W, N, flag; see shaders/elements/steady_filter.wgsl. */
export const filterRowLength = (n: number, m: number): number => 2 * n * n + 2 * n * m + m * m + 1;

/** Variance of an innovation against that of its noise above which z = N v + K y keeps more digits than v + K r. */
const MUCH_BETTER = 1e3;

export function filterTable(
  problem: LinearGaussianProblem,
  schedule: GainSchedule,
): Float32Array<ArrayBuffer> {
  const { stateDim: n, emissionDim: m, emissionWeights } = problem;
  const size = filterRowLength(n, m);
  const out = new Float32Array(schedule.rows * size);
  const K = new Float64Array(n * m);
  const W = new Float64Array(m * m);
  for (let row = 0; row < schedule.rows; row++) {
    const F = transition(problem, schedule, row);
    const record = recordOf(problem, row);
    const at = row * size;
    out.set(problem.dynamicsWeights.data.subarray(F, F + n * n), at);
    const h = record * m * n;
    out.set(emissionWeights.subarray(h, h + m * n), at + n * n);
    whitening(schedule, m, row, W);
    gain(schedule, n, m, row, W, K);
    out.set(K, at + n * n + n * m);
    out.set(W, at + n * n + 2 * n * m);
    const N = at + n * n + 2 * n * m + m * m;
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) {
        let sum = i === j ? 1 : 0;
        for (let k = 0; k < m; k++) sum -= K[i * m + k]! * emissionWeights[h + k * n + j]!;
        out[N + i * n + j] = sum;
      }
    }
    out[at + size - 1] = observedFarBetter(problem, schedule, record, row) ? 1 : 0;
  }
  return out;
}

/** F (I − K H) of every row: what a step does to the predicted mean. */
export function filterMatrices(problem: LinearGaussianProblem, schedule: GainSchedule): MatrixTable {
  const { stateDim: n, emissionDim: m, emissionWeights: H } = problem;
  const data = new Float64Array(schedule.rows * n * n);
  const K = new Float64Array(n * m);
  const W = new Float64Array(m * m);
  const closed = new Float64Array(n * n);
  for (let row = 0; row < schedule.rows; row++) {
    whitening(schedule, m, row, W);
    gain(schedule, n, m, row, W, K);
    const h = recordOf(problem, row) * m * n;
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) {
        let sum = i === j ? 1 : 0;
        for (let k = 0; k < m; k++) sum -= K[i * m + k]! * H[h + k * n + j]!;
        closed[i * n + j] = sum;
      }
    }
    const F = transition(problem, schedule, row);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++) {
        let sum = 0;
        for (let k = 0; k < n; k++) sum += problem.dynamicsWeights.data[F + i * n + k]! * closed[k * n + j]!;
        data[(row * n + i) * n + j] = sum;
      }
    }
  }
  return { lead: schedule.lead, period: schedule.period, data };
}

/** Floats in a row of the smoother's table: M, G, H, P; see shaders/elements/steady_smoother.wgsl. */
export const smootherRowLength = (n: number, m: number): number => 2 * n * n + 2 * n * m;

export interface SmootherTables {
  readonly table: Float32Array<ArrayBuffer>;
  /** M of every row. */
  readonly matrices: MatrixTable;
}

/** What the smoother's means need: M = F'(I − K H)', G = F'H'S⁻¹, H and the filtered covariance of every row. */
export function smootherTables(problem: LinearGaussianProblem, schedule: GainSchedule): SmootherTables {
  const { stateDim: n, emissionDim: m, emissionWeights: H, dynamicsWeights } = problem;
  const F = dynamicsWeights.data;
  const size = smootherRowLength(n, m);
  const table = new Float32Array(schedule.rows * size);
  const data = new Float64Array(schedule.rows * n * n);
  const W = new Float64Array(m * m);
  const K = new Float64Array(n * m);
  for (let row = 0; row < schedule.rows; row++) {
    whitening(schedule, m, row, W);
    gain(schedule, n, m, row, W, K);
    const h = recordOf(problem, row) * m * n;
    const f = row * dynamicsWeights.stepStride;
    const at = row * size;
    // (I − K H) F and S⁻¹ H F, then transposed.
    const closed = new Float64Array(n * n);
    const seen = new Float64Array(m * n);
    for (let j = 0; j < n; j++) {
      for (let k = 0; k < m; k++)
        for (let l = 0; l < n; l++)
          seen[k * n + j]! += H[h + k * n + l]! * (row === 0 ? 0 : F[f + l * n + j]!);
      for (let i = 0; i < n; i++) {
        let sum = row === 0 ? 0 : F[f + i * n + j]!;
        for (let k = 0; k < m; k++) sum -= K[i * m + k]! * seen[k * n + j]!;
        closed[i * n + j] = sum;
      }
    }
    for (let j = 0; j < n; j++) {
      for (let i = 0; i < n; i++) {
        data[(row * n + j) * n + i] = closed[i * n + j]!;
        table[at + j * n + i] = closed[i * n + j]!;
      }
      for (let c = 0; c < m; c++) {
        // column j of W' W seen
        let sum = 0;
        for (let k = c; k < m; k++) {
          let white = 0;
          for (let l = 0; l <= k; l++) white += W[k * m + l]! * seen[l * n + j]!;
          sum += W[k * m + c]! * white;
        }
        table[at + n * n + j * m + c] = sum;
      }
    }
    table.set(H.subarray(h, h + m * n), at + n * n + n * m);
    covariance(schedule, n, row, table, at + n * n + 2 * n * m);
  }
  return { table, matrices: { lead: schedule.lead, period: schedule.period, data } };
}

/** P = U U' of a row, filtered. */
function covariance({ filtered }: GainSchedule, n: number, row: number, out: Float32Array, to: number): void {
  const at = (row * n * (n + 1)) / 2;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      for (let k = 0; k <= j; k++)
        sum += filtered[at + (i * (i + 1)) / 2 + k]! * filtered[at + (j * (j + 1)) / 2 + k]!;
      out[to + i * n + j] = sum;
      out[to + j * n + i] = sum;
    }
  }
}

/** E of every row: what the sampler multiplies by. */
export const smootherMatrices = (schedule: GainSchedule, { gains }: SmootherSchedule): MatrixTable => ({
  lead: schedule.lead,
  period: schedule.period,
  data: gains,
});

/** Some channel of the step is MUCH_BETTER than its prediction. */
function observedFarBetter(
  { emissionDim: m, emissionFactor: Lr }: LinearGaussianProblem,
  { roots }: GainSchedule,
  record: number,
  row: number,
): boolean {
  for (let i = 0; i < m; i++) {
    let [total, noise] = [0, 0];
    for (let j = 0; j <= i; j++) {
      total += roots[(row * m + i) * m + j]! ** 2;
      noise += Lr[(record * m + i) * m + j]! ** 2;
    }
    if (total > MUCH_BETTER * noise) return true;
  }
  return false;
}

/** Where F of the transition out of the step of a row begins. Rows count as steps: row r stands for step r first. */
function transition(problem: LinearGaussianProblem, { lead, period }: GainSchedule, row: number): number {
  // The last step has no transition out of it; where the pattern repeats, an earlier one tells.
  const next = row + 1 < problem.numSteps ? row + 1 : Math.max(lead, row + 1 - period);
  return Math.min(next, problem.numSteps - 1) * problem.dynamicsWeights.stepStride;
}

/** The emission record of the step that a row stands for. */
function recordOf({ emissionIndex: index, lengths, numSteps }: LinearGaussianProblem, row: number): number {
  return index.data[lengths.indexOf(numSteps) * index.seriesStride + row * index.stepStride]!;
}

/** W = Ls⁻¹ [m, m]; zero where nothing is observed. */
function whitening({ roots }: GainSchedule, m: number, row: number, out: Float64Array): void {
  const at = row * m * m;
  out.fill(0);
  for (let j = 0; j < m; j++) {
    for (let i = j; i < m; i++) {
      const pivot = roots[at + i * m + i]!;
      let sum = i === j ? 1 : 0;
      for (let k = j; k < i; k++) sum -= roots[at + i * m + k]! * out[k * m + j]!;
      out[i * m + j] = pivot === 0 ? 0 : sum / pivot;
    }
  }
}

/** K = G W [n, m] */
function gain(
  { corrections: G }: GainSchedule,
  n: number,
  m: number,
  row: number,
  W: Float64Array,
  out: Float64Array,
): void {
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < m; j++) {
      let sum = 0;
      for (let k = j; k < m; k++) sum += G[(row * n + i) * m + k]! * W[k * m + j]!;
      out[i * m + j] = sum;
    }
  }
}
