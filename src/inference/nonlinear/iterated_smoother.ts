/**
 * The iterated posterior linearisation smoother: make the problem affine around the last smoothed trajectory, smooth that, and again
 * until it stays. With Taylor it is the iterated extended Kalman smoother, Gauss–Newton on the posterior density. As every step is made
 * affine by itself, what smooths the affine problem may be parallel in time.
 *
 * Steps are damped by a line search on merit.ts, for each series by itself.
 * @see García-Fernández, Svensson & Särkkä 2017, doi:10.1109/TAC.2016.2608161; Yaghoobi et al. 2021, doi:10.1109/ICASSP39728.2021.9413364
 */
import type { LoopOptions } from "../cooperate.ts";
import type { LinearGaussianProblem, Moments } from "../linear_gaussian_problem.ts";
import { addMeans, residualProblem } from "../refine.ts";
import type { Linearisation } from "./affine_map.ts";
import { gaussianFilterCpu, type Linearised } from "./gaussian_filter.cpu.ts";
import { lineariseAround } from "./linearise_around.ts";
import { merit } from "./merit.ts";
import type { NonlinearProblem } from "./nonlinear_problem.ts";

export interface IteratedOptions extends LoopOptions {
  readonly call: string;
  readonly rule: Linearisation;
  /** Most times that the problem is made affine around a smoothed trajectory. */
  readonly iterations: number;
  /** Iterations end when no mean moves by more than this many posterior standard deviations. */
  readonly tolerance: number;
  readonly damping: "lineSearch" | "none";
  /** Smoothed moments of an affine problem. */
  readonly smooth: (problem: LinearGaussianProblem) => Promise<Moments>;
}

/** How the iterations went, for each series. */
export interface Iterated extends Linearised {
  /** [N] times that the trajectory was moved. */
  readonly iterations: Uint32Array;
  /** [N] whether the last move was within the tolerance. */
  readonly converged: readonly boolean[];
  /** [N][iterations + 1] the merit of the trajectory before each move and after the last. */
  readonly objectives: readonly (readonly number[])[];
}

/** Halvings of a move before the trajectory is taken to be as good as it gets. */
const HALVINGS = 12;
/** Merits that differ by less, relatively, are equal. */
const ROUNDING = 1e-12;
/**
 * With points the merit is least a little away from where the iterations settle, as the slope of a mean over points is not that of the
 * regression on them: of moves of fewer standard deviations a share is taken that halves whenever moves do not shrink.
 */
const TRUSTED = 1;
const SHRINKING = 0.9;
const LEAST_SHARE = 1 / 16;

/**
 * Starts from the smoother that belongs to one pass of the filter.
 * @throws what `smooth` throws; AbortedError
 */
export async function iterateSmoother(given: NonlinearProblem, options: IteratedOptions): Promise<Iterated> {
  const { numSeries: N, lengths } = given;
  const { smooth, iterations: most } = options;
  const first = await gaussianFilterCpu(given, { ...options, updates: 1 });
  let spread = await smooth(first.problem);
  const means = addMeans(first.problem, spread);
  const failed = first.failed.slice();
  const statuses = [...first.statuses];
  const iterations = new Uint32Array(N);
  const converged = Array.from({ length: N }, () => false);
  const objectives: number[][] = Array.from({ length: N }, () => []);
  const sizes = new Float64Array(N).fill(Number.POSITIVE_INFINITY);
  const shares = new Float64Array(N).fill(1);
  const active = (s: number): boolean => !converged[s] && failed[s] === lengths[s];
  const around = async (): Promise<Linearised> => {
    const linearised = await lineariseAround(given, means, spread, options);
    linearised.failed.forEach((step, s) => {
      if (step >= failed[s]) return;
      failed[s] = step;
      statuses[s] = linearised.statuses[s];
    });
    return linearised;
  };
  let linearised = await around();
  for (let k = 0; k < most && lengths.some((_, s) => active(s)); k++) {
    // Smoothed around the trajectory, numbers are as small as the moves: float32 needs no other pass.
    const next = await smooth(residualProblem(linearised.problem, means));
    const moves = addMeans(linearised.problem, next);
    for (let s = 0; s < N; s++) {
      if (!active(s)) continue;
      const size = largestMove(given, s, moves, means, spread, next);
      if (!Number.isFinite(size)) {
        failed[s] = 0;
        statuses[s] = "diverged";
        continue;
      }
      if (size >= SHRINKING * sizes[s]) shares[s] = Math.max(LEAST_SHARE, shares[s] / 2);
      sizes[s] = size;
      const fixed =
        options.damping === "none" ? 1 : options.rule !== "taylor" && size <= TRUSTED ? shares[s] : undefined;
      const moved = move(given, linearised, s, means, moves, spread, options.rule, fixed);
      if (k === 0) objectives[s].push(moved.before);
      objectives[s].push(moved.after);
      iterations[s]++;
      converged[s] = size <= options.tolerance;
    }
    spread = next;
    linearised = await around();
  }
  return { ...linearised, failed, statuses, iterations, converged, objectives };
}

/** Moves the trajectory of series s in `means`, by a fixed share of the move or by one that makes the merit smaller; @returns the merit before and after */
function move(
  given: NonlinearProblem,
  linearised: Linearised,
  s: number,
  means: Float64Array,
  moves: Float64Array,
  spread: Moments,
  rule: Linearisation,
  fixed: number | undefined,
): { before: number; after: number } {
  const from = s * given.numSteps * given.stateDim;
  const to = from + given.lengths[s] * given.stateDim;
  const start = means.slice(from, to);
  const at = (share: number): number => {
    for (let i = from; i < to; i++) means[i] = start[i - from] + share * moves[i];
    return merit(given, linearised, s, means, spread, rule);
  };
  const before = at(0);
  if (fixed !== undefined) return { before, after: at(fixed) };
  let after = at(1);
  const isGood = (): boolean => after <= before + ROUNDING * Math.abs(before);
  for (let half = 1; half <= HALVINGS && !isGood(); half++) after = at(2 ** -half);
  return { before, after: isGood() ? after : at(0) };
}

/** Largest move of a mean, and change of a standard deviation, in standard deviations; what is known exactly counts relative to its size; NaN if any is. */
function largestMove(
  { numSteps: T, stateDim: n, lengths }: NonlinearProblem,
  s: number,
  moves: Float64Array,
  means: Float64Array,
  last: Moments,
  next: Moments,
): number {
  let most = 0;
  for (let t = 0; t < lengths[s]; t++)
    for (let i = 0; i < n; i++) {
      const at = (s * T + t) * n + i;
      const deviation = Math.sqrt(variance(next, s, t, i));
      const change = Math.max(Math.abs(moves[at]), Math.abs(deviation - Math.sqrt(variance(last, s, t, i))));
      if (Number.isNaN(change)) return change;
      if (change > 0) most = Math.max(most, change / Math.max(deviation, 1e-12 * Math.abs(means[at])));
    }
  return most;
}

function variance({ factors }: Moments, s: number, t: number, i: number): number {
  const at = factors.at(s, t) + (i * (i + 1)) / 2;
  let sum = 0;
  for (let j = 0; j <= i; j++) sum += factors.data[at + j] ** 2;
  return sum;
}
