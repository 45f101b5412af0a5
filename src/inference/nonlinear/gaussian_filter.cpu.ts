/**
 * One pass of a Gaussian filter over a nonlinear problem, in float64 and square-root form: each transition is made affine around the
 * filtered moments before it, each emission around the predicted ones. What comes out is the linear Gaussian problem made on the way:
 * its Kalman filter is this filter, and its smoother is the smoother that belongs to it.
 *
 *   tria[A U_{t−1}, L] = U⁻,   tria[[H U⁻, Lr], [U⁻, 0]] = [[V, 0], [G, U_t]],   m_t = m⁻ + G V⁻¹ (y − μ)
 *
 * With updates > 1 an emission is made affine again around what its update gave, always from the same prediction (a datum counts once).
 * @see Särkkä & Svensson 2023, Bayesian Filtering and Smoothing, 2nd ed., algorithms 7.4–10.9; Bell & Cathey 1993, doi:10.1109/9.250476
 */
import type { Status } from "../../engine/index.ts";
import { cooperation, type LoopOptions, stepsPerLook } from "../cooperate.ts";
import type { LinearGaussianProblem } from "../linear_gaussian_problem.ts";
import { triangularise, triangulariseBlock } from "../triangularise.ts";
import type { Linearisation } from "./affine_map.ts";
import { AffineProblem, observedRows } from "./affine_problem.ts";
import { type AffineEmission, AffineSteps } from "./affine_steps.ts";
import type { NonlinearProblem } from "./nonlinear_problem.ts";
import { properFactor } from "./proper_factor.ts";

/** A nonlinear problem made affine. */
export interface Linearised {
  readonly problem: LinearGaussianProblem;
  /** [N, T] to be added to log-likelihoods of the problem; 0 for Gaussian emissions. */
  readonly corrections: Float64Array;
  /** [N] the first step that could not be made affine; the length of the series if none. */
  readonly failed: Uint32Array;
  /** [N] why: a value that is not finite, or a covariance that is none. */
  readonly statuses: readonly Status[];
}

export interface GaussianFilterOptions extends LoopOptions {
  readonly call: string;
  readonly rule: Linearisation;
  /** Times that each emission is made affine; default 1. */
  readonly updates?: number;
}

/** An update that moves the mean by less than this many standard deviations is the last. */
const SETTLED = 1e-10;

/** @throws AbortedError */
export async function gaussianFilterCpu(
  given: NonlinearProblem,
  options: GaussianFilterOptions,
): Promise<Linearised> {
  const { numSeries: N, numSteps: T, lengths, stateDim: n } = given;
  const affine = new AffineProblem(given);
  const failed = Uint32Array.from(lengths);
  const statuses = new Array<Status>(N).fill("ok");
  const filter = new Filter(given, options);
  const look = stepsPerLook(n);
  const total = N * T;
  const breathe = cooperation(options.call, "linearise", total, options);
  for (let s = 0; s < N; s++) {
    filter.start(s);
    for (let t = 0; t < lengths[s]; t++) {
      statuses[s] = filter.step(s, t, affine);
      if (statuses[s] !== "ok") {
        failed[s] = t;
        break;
      }
      if (t % look === look - 1) await breathe(s * T + t);
    }
  }
  await breathe(total);
  return { problem: affine.problem, corrections: affine.corrections, failed, statuses };
}

class Filter {
  readonly #given: NonlinearProblem;
  readonly #steps: AffineSteps;
  readonly #updates: number;
  readonly #mean: Float64Array;
  readonly #factor: Float64Array;
  readonly #priorMean: Float64Array;
  readonly #priorFactor: Float64Array;
  readonly #work: Float64Array;
  readonly #innovation: Float64Array;

  constructor(given: NonlinearProblem, { rule, updates = 1 }: GaussianFilterOptions) {
    const { stateDim: n, emissionDim: m } = given;
    this.#given = given;
    this.#steps = new AffineSteps(given, rule);
    this.#updates = updates;
    this.#mean = new Float64Array(n);
    this.#factor = new Float64Array(n * n);
    this.#priorMean = new Float64Array(n);
    this.#priorFactor = new Float64Array(n * n);
    this.#work = new Float64Array((m + n) * (2 * m + 2 * n));
    this.#innovation = new Float64Array(m);
  }

  start(s: number): void {
    const { stateDim: n, initialMean, initialFactor } = this.#given;
    const mean = s * initialMean.seriesStride;
    const factor = s * initialFactor.seriesStride;
    this.#mean.set(initialMean.data.subarray(mean, mean + n));
    this.#factor.set(initialFactor.data.subarray(factor, factor + n * n));
    properFactor(this.#factor, n);
  }

  /** From the filtered moments of t − 1 (at 0: the prior) to those of t. */
  step(s: number, t: number, affine: AffineProblem): Status {
    const predicted = t > 0 ? this.#predict(s, t, affine) : "ok";
    if (predicted !== "ok") return predicted;
    const rows = observedRows(this.#given, s, t);
    if (rows.length === 0) {
      affine.setEmission(s, t, undefined, this.#mean, rows);
      return "ok";
    }
    this.#priorMean.set(this.#mean);
    this.#priorFactor.set(this.#factor);
    for (let k = 0; k < this.#updates; k++) {
      const before = this.#mean.slice();
      const emission = this.#steps.emission(s, t, this.#mean, this.#factor, rows);
      if (typeof emission === "string") return emission;
      affine.setEmission(s, t, emission, this.#mean, rows);
      const updated = this.#update(s, t, emission, before, rows);
      if (updated !== "ok") return updated;
      if (this.#moved(before) < SETTLED) break;
    }
    return "ok";
  }

  #predict(s: number, t: number, affine: AffineProblem): Status {
    const n = this.#given.stateDim;
    const transition = this.#steps.transition(s, t, this.#mean, this.#factor);
    if (typeof transition === "string") return transition;
    affine.setTransition(s, t, transition, this.#mean);
    const { map, factor } = transition;
    const width = 2 * n;
    const work = this.#work;
    for (let i = 0; i < n; i++)
      for (let j = 0; j < n; j++) {
        let sum = 0;
        for (let k = j; k < n; k++) sum += map.weights[i * n + k] * this.#factor[k * n + j];
        work[i * width + j] = sum;
        work[i * width + n + j] = factor[i * n + j];
      }
    triangularise(work, width, 0, 0, n, width);
    for (let i = 0; i < n; i++)
      for (let j = 0; j < n; j++) this.#factor[i * n + j] = j <= i ? work[i * width + j] : 0;
    this.#mean.set(map.centre);
    properFactor(this.#factor, n);
    return this.#factor.every(Number.isFinite) ? "ok" : "nonFinite";
  }

  /** The moments given y from the predicted ones, with an emission made affine around `around`. */
  #update(
    s: number,
    t: number,
    { map, factor }: AffineEmission,
    around: Float64Array,
    rows: readonly number[],
  ): Status {
    const { stateDim: n, emissionDim: m, numSteps: T, observations } = this.#given;
    const k = rows.length;
    const work = this.#work;
    const [prior, U] = [this.#priorMean, this.#priorFactor];
    // [[Lr, H U⁻], [0, U⁻]]: the triangle stands first, as triangulariseBlock() wants it.
    const width = 2 * (k + n);
    work.fill(0, 0, (k + n) * width);
    rows.forEach((row, i) => {
      for (let j = 0; j <= i; j++) work[i * width + j] = factor[i * k + j];
      let residual = observations[(s * T + t) * m + row] - map.centre[row];
      for (let j = 0; j < n; j++) {
        let sum = 0;
        for (let l = j; l < n; l++) sum += map.weights[row * n + l] * U[l * n + j];
        work[i * width + k + j] = sum;
        residual -= map.weights[row * n + j] * (prior[j] - around[j]);
      }
      this.#innovation[i] = residual;
    });
    for (let i = 0; i < n; i++) for (let j = 0; j <= i; j++) work[(k + i) * width + k + j] = U[i * n + j];
    const columns = triangulariseBlock(work, width, k, k + n, n);
    // V⁻¹ (y − μ), then the gain.
    for (let i = 0; i < k; i++) {
      let sum = this.#innovation[i];
      for (let j = 0; j < i; j++) sum -= work[i * width + j] * this.#innovation[j];
      const pivot = work[i * width + i];
      if (pivot === 0) return "notPositiveDefinite";
      this.#innovation[i] = sum / pivot;
    }
    for (let i = 0; i < n; i++) {
      let sum = prior[i];
      for (let j = 0; j < k; j++) sum += work[(k + i) * width + j] * this.#innovation[j];
      this.#mean[i] = sum;
    }
    triangularise(work, width, k, k, n, columns);
    for (let i = 0; i < n; i++)
      for (let j = 0; j < n; j++) this.#factor[i * n + j] = j <= i ? work[(k + i) * width + k + j] : 0;
    properFactor(this.#factor, n);
    const finite = this.#mean.every(Number.isFinite) && this.#factor.every(Number.isFinite);
    return finite ? "ok" : "nonFinite";
  }

  /** Largest change of the mean, in standard deviations. */
  #moved(before: Float64Array): number {
    const n = this.#given.stateDim;
    let most = 0;
    for (let i = 0; i < n; i++) {
      let variance = 0;
      for (let j = 0; j <= i; j++) variance += this.#factor[i * n + j] ** 2;
      const change = Math.abs(this.#mean[i] - before[i]);
      if (change > 0) most = Math.max(most, change / Math.sqrt(variance));
    }
    return most;
  }
}
