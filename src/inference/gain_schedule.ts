/**
 * Gains of the Kalman filter before any data: where parameters are constant (or repeat) and every step is observed in
 * the same way, covariances are one sequence for all series that settles, so that only means are left to compute.
 *
 * Rows of the tables stand for steps: row t while t < lead, afterwards the repeating ones.
 * Source: the Riccati recursion in square-root form, Kailath, Sayed & Hassibi, Linear Estimation, chapters 12 and 14.
 */
import { ParameterError } from "../engine/index.ts";
import { FactorRecursion } from "./factor_recursion.ts";
import type { LinearGaussianProblem } from "./linear_gaussian_problem.ts";
import { Settling } from "./settling.ts";
import { vanishes } from "./smoother_choice.ts";
import { stepPeriod } from "./step_pattern.ts";

/** Tables of float64, row-major, one row per distinct step. */
export interface GainSchedule {
  /** Steps with a row of their own. */
  readonly lead: number;
  /** Rows after them that repeat; 0 when the recursion had not settled by the last step. */
  readonly period: number;
  readonly rows: number;
  readonly rowOf: (step: number) => number;
  /** Packed factors of z_t | y_0:t−1 and z_t | y_0:t [rows, n(n+1)/2] */
  readonly predicted: Float64Array;
  readonly filtered: Float64Array;
  /** G [rows, n, m]: the mean moves by G e, e = Ls⁻¹ (y − H m⁻). */
  readonly corrections: Float64Array;
  /** Ls [rows, m, m], lower triangular. */
  readonly roots: Float64Array;
  /** log det Ls [rows] */
  readonly logDeterminants: Float64Array;
}

/** How covariances are computed: from a schedule wherever there is one, only from one, or at every step in either form. */
export type Form = "auto" | "timeInvariant" | "squareRoot" | "covariance";

/**
 * The schedule a call with this form works with.
 * @param smooth the call needs smoothed covariances, which a schedule has from backward gains
 * @throws ParameterError when it asks for one and there is none
 */
export function chooseSchedule(
  call: string,
  problem: LinearGaussianProblem,
  form: Form = "auto",
  smooth = false,
): GainSchedule | undefined {
  if (form === "squareRoot" || form === "covariance") return undefined;
  const schedule = smooth && vanishes(problem) ? undefined : gainSchedule(problem);
  if (form === "timeInvariant" && !schedule) {
    throw new ParameterError(
      `${call}: options.form expected "auto" or "squareRoot" for this problem, got "timeInvariant", which needs parameters and missing entries that are constant or repeat, the same for all series, covariances that settle, and for smoothing no states that noise-free data determine. Use "auto".`,
    );
  }
  return schedule;
}

/** Numbers a table may have, and floating-point operations its making may take. */
const MOST_NUMBERS = 2 ** 23;
const MOST_FLOPS = 4e9;

/** The schedule of a problem; undefined when there is none, it fails, or does not settle soon enough to pay. */
export function gainSchedule(
  problem: LinearGaussianProblem,
  mostFlops = MOST_FLOPS,
): GainSchedule | undefined {
  const { stateDim: n, emissionDim: m, numSteps: T } = problem;
  const period = stepPeriod(problem);
  if (period === undefined) return undefined;
  const triangle = (n * (n + 1)) / 2;
  const most = Math.min(
    T,
    Math.floor(MOST_NUMBERS / (2 * triangle + n * n + n * m + m * m)),
    Math.max(128, Math.floor(mostFlops / (12 * (n + m) ** 3))),
  );
  const tables = {
    predicted: new Float64Array(most * triangle),
    filtered: new Float64Array(most * triangle),
    corrections: new Float64Array(most * n * m),
    roots: new Float64Array(most * m * m),
    logDeterminants: new Float64Array(most),
  };
  const longest = problem.lengths.indexOf(T);
  const index = problem.emissionIndex;
  const recursion = new FactorRecursion(problem);
  const settling = new Settling(n);
  recursion.start(longest);
  for (let t = 0; t < most; t++) {
    const record = index.data[longest * index.seriesStride + t * index.stepStride]!;
    if (t > 0) recursion.predict(longest, t);
    pack(recursion.factor, n, tables.predicted, t * triangle);
    if (problem.observedCounts[record]! > 0) {
      if (recursion.update(record) !== "ok") return undefined;
      gains(recursion, n, m, tables, t);
    }
    pack(recursion.factor, n, tables.filtered, t * triangle);
    // The last `period` rows are the ones that repeat.
    if (t >= period && t % period === 0 && settling.settled(recursion.factor))
      return { ...trimmed(tables, t + 1), ...layout(t + 1 - period, period) };
  }
  return most === T ? { ...tables, ...layout(T, 0) } : undefined;
}

const layout = (lead: number, period: number) => ({
  lead,
  period,
  rows: lead + period,
  rowOf: (t: number) => (t < lead ? t : lead + ((t - lead) % period)),
});

type Tables = Pick<GainSchedule, "predicted" | "filtered" | "corrections" | "roots" | "logDeterminants">;

/** The first `rows` rows; copied, so that the space for more is given back. */
function trimmed(tables: Tables, rows: number): Tables {
  const most = tables.logDeterminants.length;
  const cut = (data: Float64Array): Float64Array => data.slice(0, (data.length / most) * rows);
  return {
    predicted: cut(tables.predicted),
    filtered: cut(tables.filtered),
    corrections: cut(tables.corrections),
    roots: cut(tables.roots),
    logDeterminants: cut(tables.logDeterminants),
  };
}

function pack(factor: Float64Array, n: number, out: Float64Array, at: number): void {
  let p = at;
  for (let i = 0; i < n; i++) for (let j = i * n; j <= i * n + i; j++) out[p++] = factor[j]!;
}

/** G and Ls of the last update into row t. */
function gains(recursion: FactorRecursion, n: number, m: number, tables: Tables, t: number): void {
  const { gains: a, stride } = recursion;
  for (let i = 0; i < n; i++)
    for (let j = 0; j < m; j++) tables.corrections[(t * n + i) * m + j] = a[(m + i) * stride + j]!;
  for (let i = 0; i < m; i++)
    for (let j = 0; j <= i; j++) tables.roots[(t * m + i) * m + j] = a[i * stride + j]!;
  tables.logDeterminants[t] = recursion.logDeterminant;
}
