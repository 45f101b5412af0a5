/** One update of a range of a trajectory in float64, by method. */
import { cooperation, stepsPerLook } from "../cooperate.ts";
import { type MeritSeen, meritOfStep, meritPerStep, type StepRange } from "./merits.cpu.ts";
import {
  type IterationOptions,
  type RecurrenceProblem,
  stateBefore,
  stepInputs,
} from "./recurrence_problem.ts";
import { type BlockSlope, DenseSlope, type Slope, slopeOf } from "./slopes.cpu.ts";
import { DenseTrustRegion, DiagonalTrustRegion } from "./trust_region.cpu.ts";

export interface Updated {
  /** Of the range before the update, per step. */
  readonly merit: number;
  /** Whether states went astray, and are those of the first trajectory again. */
  readonly reset: boolean;
}

/** @param current, next [T, D] of the series; `next` is written within the range alone */
export type Update = (
  range: StepRange,
  current: Float64Array,
  next: Float64Array,
  seen?: MeritSeen,
) => Promise<Updated>;

/** Whether some entry f + A δ of a step, s + `moved`, says that the linear recursion means nothing any more. */
const isAstray = (f: Float64Array, states: Float64Array, moved: Float64Array, at: number): boolean =>
  f.some((value, i) => !(Math.abs(states[at + i] + moved[i] - value) <= 1e8 * (1 + Math.abs(value))));

/** Small enough for what follows, as in shaders/recurrence/trajectory.wgsl. */
const tame = (change: number): number => (Number.isNaN(change) ? 0 : Math.min(1e18, Math.max(-1e18, change)));

export function updateOf(problem: RecurrenceProblem, options: IterationOptions): Update {
  const { stateDim: D, step } = problem;
  const { method, bound, trustRegion } = options;
  const value = new Float64Array(D);
  const delta = new Float64Array(D);
  const moved = new Float64Array(D);
  const slope: Slope = slopeOf(step, D, method === "quasiElk" ? { ...options, method: "quasi" } : options);
  const dense = method === "elk" ? new DenseTrustRegion(D, trustRegion) : undefined;
  const diagonal = method === "quasiElk" ? new DiagonalTrustRegion(D, trustRegion) : undefined;
  const descent = method === "gradient" ? new Descent(problem, options) : undefined;
  const trusted = dense !== undefined || diagonal !== undefined;
  const look = stepsPerLook(D);
  return async (range, current, next, seen) => {
    const { series: s, from, to } = range;
    const breathe = cooperation(options.call, "iterate", to - from, options);
    let sum = 0;
    let reset = false;
    delta.fill(0);
    dense?.begin();
    diagonal?.begin();
    for (let t = from; t < to; t++) {
      const x = stateBefore(problem, s, t, current);
      const u = stepInputs(problem, s, t);
      step.value(value, x, u, t);
      sum += meritOfStep(value, current, t * D);
      seen?.(t, sum);
      if (descent) continue;
      const still = !trusted && delta.every(change => change === 0);
      for (let i = 0; i < D; i++) moved[i] = value[i] - current[t * D + i];
      if (t > from) {
        slope.set(x, u, t);
        slope.addProduct(moved, delta);
      }
      if (dense) dense.update((slope as DenseSlope).matrix, moved);
      diagonal?.update((slope as BlockSlope).diagonals, moved);
      if (isAstray(value, current, moved, t * D)) {
        const at = (s * problem.numSteps + t) * D;
        next.set(options.guess.subarray(at, at + D), t * D);
        for (let i = 0; i < D; i++) delta[i] = tame(moved[i]);
        reset = true;
      } else
        for (let i = 0; i < D; i++) {
          const before = current[t * D + i];
          // What s + (f − s) leaves of f is not f.
          const after = still ? value[i] : before + moved[i];
          next[t * D + i] = Math.min(bound, Math.max(-bound, after));
          delta[i] = next[t * D + i] - before;
        }
      if ((t - from) % look === look - 1) await breathe(t - from);
    }
    if (descent) reset = descent.step(range, current, next);
    await breathe(to - from);
    return { merit: meritPerStep(sum, to - from), reset };
  };
}

/** s' = s − α ∂L/∂s, with ∂L/∂s_t = r_t − J_{t+1}' r_{t+1}, r = s − f: no recursion at all. */
class Descent {
  readonly #problem: RecurrenceProblem;
  readonly #options: IterationOptions;
  readonly #residual: Float64Array;
  readonly #ahead: Float64Array;
  readonly #slope: DenseSlope;

  constructor(problem: RecurrenceProblem, options: IterationOptions) {
    this.#problem = problem;
    this.#options = options;
    this.#residual = new Float64Array(problem.stateDim);
    this.#ahead = new Float64Array(problem.stateDim);
    this.#slope = new DenseSlope(problem.step, problem.stateDim, options);
  }

  /** @returns whether values that are not finite were put back */
  step({ series: s, from, to }: StepRange, current: Float64Array, next: Float64Array): boolean {
    const { stateDim: D, step } = this.#problem;
    const { stepSize, bound } = this.#options;
    const [r, ahead] = [this.#residual, this.#ahead];
    let reset = false;
    // From the end, so that the residual of the step after is at hand.
    ahead.fill(0);
    for (let t = to - 1; t >= from; t--) {
      const x = stateBefore(this.#problem, s, t, current);
      step.value(r, x, stepInputs(this.#problem, s, t), t);
      for (let i = 0; i < D; i++) r[i] = current[t * D + i] - r[i];
      if (t < to - 1)
        this.#slope.set(current.subarray(t * D, (t + 1) * D), stepInputs(this.#problem, s, t + 1), t + 1);
      for (let i = 0; i < D; i++) {
        let slope = r[i];
        if (t < to - 1) for (let j = 0; j < D; j++) slope -= this.#slope.matrix[j * D + i] * ahead[j];
        const after = current[t * D + i] - stepSize * slope;
        if (!Number.isFinite(after)) reset = true;
        next[t * D + i] = Number.isFinite(after)
          ? Math.min(bound, Math.max(-bound, after))
          : current[t * D + i];
      }
      ahead.set(r);
    }
    return reset;
  }
}
