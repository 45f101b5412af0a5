/**
 * s_t = f(s_{t−1}, u_t, t) by iteration over whole trajectories, in float64. An update is
 *
 *   s'_t = f(s_{t−1}) + A_t (s'_{t−1} − s_{t−1}),
 *
 * a linear recursion, with A_t by method (slopes.cpu.ts, trust_region.cpu.ts). After k updates the first k states are exact, whatever A
 * is; values that are not finite are put back to those of the trajectory before.
 * @see Lim et al. 2023, arXiv:2309.12252 (DEER); Gonzalez et al. 2024, arXiv:2407.19115 (quasi-DEER, ELK)
 */
import type { Status } from "../../engine/index.ts";
import { cooperation, stepsPerLook } from "../cooperate.ts";
import {
  type IterationOptions,
  type IterationRecords,
  NOT_REACHED,
  type RecurrenceProblem,
  stepInputs,
} from "./recurrence_problem.ts";
import { evaluateSequentially } from "./sequential.cpu.ts";
import { type BlockSlope, DenseSlope, type Slope, slopeOf } from "./slopes.cpu.ts";
import { DenseTrustRegion, DiagonalTrustRegion } from "./trust_region.cpu.ts";

/** @throws AbortedError */
export async function iterateCpu(
  problem: RecurrenceProblem,
  options: IterationOptions,
): Promise<IterationRecords> {
  const { stateDim: D, numSeries: N, numSteps: T, lengths } = problem;
  const { tolerance, maxIterations, polish, prefixes } = options;
  const states = options.guess.slice();
  const records = {
    states,
    iterations: new Uint32Array(N),
    statuses: new Array<Status>(N).fill("ok"),
    failed: Uint32Array.from(lengths),
    merits: new Array<Float64Array>(N),
    resets: new Uint32Array(N),
    ...(prefixes ? { prefixIterations: new Uint32Array(N * prefixes.length).fill(NOT_REACHED) } : {}),
  } satisfies IterationRecords;
  const update = updateOf(problem, options);
  for (let s = 0; s < N; s++) {
    const length = lengths[s];
    let current = states.slice(s * T * D, (s * T + length) * D);
    let next = new Float64Array(length * D);
    const merits: number[] = [];
    let left = polish;
    let reached = -1;
    for (let k = 0; ; k++) {
      const result = await update(s, length, current, next);
      merits.push(result.merit);
      options.onIterate?.(s, k, current, result.merit);
      markPrefixes(records.prefixIterations, prefixes, s, k, result.prefixMerits, tolerance);
      const wanted =
        !prefixes || prefixesReached(records.prefixIterations as Uint32Array, s, prefixes, length);
      if (reached < 0 && result.merit <= tolerance && wanted) reached = k;
      if (reached >= 0 ? left-- <= 0 : k >= maxIterations) break;
      if (result.reset) records.resets[s]++;
      [current, next] = [next, current];
    }
    states.set(current, s * T * D);
    records.merits[s] = Float64Array.from(merits);
    records.iterations[s] = reached >= 0 ? reached : maxIterations;
    if (reached < 0) settle(problem, s, records, merits.at(-1) as number);
  }
  return records;
}

/** What to say of a series that did not reach the tolerance. */
function settle(
  problem: RecurrenceProblem,
  s: number,
  records: { statuses: Status[]; failed: Uint32Array },
  merit: number,
): void {
  records.statuses[s] = Number.isFinite(merit) ? "maxIterations" : "diverged";
  const step = evaluateSequentially(problem, s);
  if (step === problem.lengths[s]) return;
  records.statuses[s] = "nonFinite";
  records.failed[s] = step;
}

function markPrefixes(
  out: Uint32Array | undefined,
  prefixes: Uint32Array | undefined,
  s: number,
  k: number,
  merits: Float64Array,
  tolerance: number,
): void {
  prefixes?.forEach((_, i) => {
    const at = s * prefixes.length + i;
    if (out && out[at] === NOT_REACHED && merits[i] <= tolerance) out[at] = k;
  });
}

const prefixesReached = (out: Uint32Array, s: number, prefixes: Uint32Array, length: number): boolean =>
  prefixes.every((prefix, i) => prefix > length || out[s * prefixes.length + i] !== NOT_REACHED);

interface Updated {
  /** Of the trajectory before the update, per step. */
  readonly merit: number;
  readonly prefixMerits: Float64Array;
  readonly reset: boolean;
}

type Update = (s: number, length: number, current: Float64Array, next: Float64Array) => Promise<Updated>;

function updateOf(problem: RecurrenceProblem, options: IterationOptions): Update {
  const { stateDim: D, initial, step } = problem;
  const { method, bound, prefixes = new Uint32Array(0), trustRegion } = options;
  const value = new Float64Array(D);
  const delta = new Float64Array(D);
  const moved = new Float64Array(D);
  const slope: Slope = slopeOf(step, D, method === "quasiElk" ? { ...options, method: "quasi" } : options);
  const dense = method === "elk" ? new DenseTrustRegion(D, trustRegion) : undefined;
  const diagonal = method === "quasiElk" ? new DiagonalTrustRegion(D, trustRegion) : undefined;
  const descent = method === "gradient" ? new Descent(problem, options) : undefined;
  const look = stepsPerLook(D);
  return async (s, length, current, next) => {
    const breathe = cooperation(options.call, "iterate", length, options);
    const prefixMerits = new Float64Array(prefixes.length);
    let sum = 0;
    let reset = false;
    delta.fill(0);
    dense?.begin();
    diagonal?.begin();
    for (let t = 0; t < length; t++) {
      const x = t > 0 ? current.subarray((t - 1) * D, t * D) : initial.subarray(s * D, (s + 1) * D);
      const u = stepInputs(problem, s, t);
      step.value(value, x, u, t);
      if (t > 0 && !descent) slope.set(x, u, t);
      for (let i = 0; i < D; i++) {
        const residual = value[i] - current[t * D + i];
        sum += 0.5 * residual * residual;
        moved[i] = descent ? 0 : residual;
      }
      prefixes.forEach((prefix, i) => {
        if (prefix === t + 1) prefixMerits[i] = meritOf(sum, prefix);
      });
      if (descent) continue;
      if (t > 0) slope.addProduct(moved, delta);
      if (dense) dense.update((slope as DenseSlope).matrix, moved);
      diagonal?.update((slope as BlockSlope).diagonals, moved);
      for (let i = 0; i < D; i++) {
        const before = current[t * D + i];
        let after = before + moved[i];
        if (!Number.isFinite(after)) {
          after = before;
          reset = true;
        }
        after = Math.min(bound, Math.max(-bound, after));
        delta[i] = after - before;
        next[t * D + i] = after;
      }
      if (t % look === look - 1) await breathe(t);
    }
    if (descent) reset = descent.step(s, length, current, next);
    await breathe(length);
    return { merit: meritOf(sum, length), prefixMerits, reset };
  };
}

const meritOf = (sum: number, steps: number): number =>
  Number.isNaN(sum) ? Number.POSITIVE_INFINITY : sum / steps;

/** s' = s − α ∂L/∂s, with ∂L/∂s_t = r_t − J_{t+1}' r_{t+1}: no recursion at all. */
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
  step(s: number, length: number, current: Float64Array, next: Float64Array): boolean {
    const { stateDim: D, initial, step } = this.#problem;
    const { stepSize, bound } = this.#options;
    const [r, ahead] = [this.#residual, this.#ahead];
    let reset = false;
    // From the end, so that the residual of the step after is at hand.
    ahead.fill(0);
    for (let t = length - 1; t >= 0; t--) {
      const x = t > 0 ? current.subarray((t - 1) * D, t * D) : initial.subarray(s * D, (s + 1) * D);
      step.value(r, x, stepInputs(this.#problem, s, t), t);
      for (let i = 0; i < D; i++) r[i] = current[t * D + i] - r[i];
      if (t < length - 1)
        this.#slope.set(current.subarray(t * D, (t + 1) * D), stepInputs(this.#problem, s, t + 1), t + 1);
      for (let i = 0; i < D; i++) {
        let slope = r[i];
        if (t < length - 1) for (let j = 0; j < D; j++) slope -= this.#slope.matrix[j * D + i] * ahead[j];
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
