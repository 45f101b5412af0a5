/** Transitions and emissions of a nonlinear problem as affine maps with Gaussian noise, around given moments. */
import { AffineMaker, type AffineMap, type Linearisation, negativeOf } from "./affine_map.ts";
import { DensityMaker } from "./density_map.ts";
import { type Columns, NONE, NoiseFactor } from "./noise_factor.ts";
import { inputsAt, type LogDensity, type NonlinearProblem, type SmoothMap } from "./nonlinear_problem.ts";

/** z_t ≈ A (z_{t−1} − m) + μ + L e */
export interface AffineTransition {
  readonly map: AffineMap;
  /** L [n, n] lower triangular */
  readonly factor: Float64Array;
}

/** The observed entries of y_t, k of them, as H (z_t − m) + μ + L e. */
export interface AffineEmission {
  readonly map: AffineMap;
  /** L [k, k] lower triangular */
  readonly factor: Float64Array;
  /** To be added to the log-likelihood of the step: densities that are not Gaussian. */
  readonly correction?: number;
}

/** Why a step could not be made affine. */
export type NoMap = "nonFinite" | "notPositiveDefinite";

export class AffineSteps {
  readonly #problem: NonlinearProblem;
  readonly #rule: Linearisation;
  readonly #dynamics: AffineMaker;
  readonly #emissions: AffineMaker;
  readonly #dynamicsNoise: NoiseFactor;
  readonly #emissionNoise: NoiseFactor;
  readonly #states: readonly number[];
  readonly #root: Float64Array;
  readonly #roots: Float64Array;
  readonly #negativeRoots: ReadonlySet<number>;
  readonly #density: DensityMaker;
  readonly #transition: AffineTransition;
  readonly #emission: AffineEmission;

  constructor(problem: NonlinearProblem, rule: Linearisation) {
    const { stateDim: n, emissionDim: m, emissionNoise } = problem;
    this.#problem = problem;
    this.#rule = rule;
    this.#dynamics = new AffineMaker(n, n, rule);
    this.#emissions = new AffineMaker(n, m, rule);
    const roots = emissionNoise.kind !== "conditional" || rule === "taylor" ? 1 : rule.count;
    this.#dynamicsNoise = new NoiseFactor(n, rule, n);
    this.#emissionNoise = new NoiseFactor(m, rule, roots * m);
    this.#states = Array.from({ length: n }, (_, i) => i);
    this.#root = new Float64Array(m * m);
    this.#roots = new Float64Array(m * roots * m);
    this.#negativeRoots =
      rule === "taylor"
        ? NONE
        : new Set(
            [...negativeOf(rule.meanWeights)].flatMap(i => Array.from({ length: m }, (_, c) => i * m + c)),
          );
    this.#density = new DensityMaker(n);
    this.#transition = { map: this.#dynamics.map, factor: new Float64Array(n * n) };
    this.#emission = { map: this.#emissions.map, factor: new Float64Array(m * m) };
  }

  /**
   * The transition into step t, around the moments of z_{t−1}; u of the problem unless given. The arrays are those of the next call too.
   * @returns a word where there is none: nonFinite for a function without a finite value, notPositiveDefinite for noise that is none
   */
  transition(
    s: number,
    t: number,
    mean: Float64Array,
    factor: Float64Array,
    u = inputsAt(this.#problem, s, t),
  ): AffineTransition | NoMap {
    const problem = this.#problem;
    const { stateDim: n, dynamicsFactor } = problem;
    const map = this.#dynamics.make(problem.dynamics, mean, factor, u, t);
    const at = s * dynamicsFactor.seriesStride + t * dynamicsFactor.stepStride;
    const noise = { data: dynamicsFactor.data.subarray(at, at + n * n), stride: n, count: n, negative: NONE };
    const wrong = this.#dynamicsNoise.factor(this.#transition.factor, this.#states, map.residuals, noise);
    return allFinite(map) ? (wrong ?? this.#transition) : "nonFinite";
  }

  /** The entries `rows` of y_t, around the moments of z_t; as transition(). */
  emission(
    s: number,
    t: number,
    mean: Float64Array,
    factor: Float64Array,
    rows: readonly number[],
    u = inputsAt(this.#problem, s, t),
  ): AffineEmission | NoMap {
    const problem = this.#problem;
    if (problem.emissionNoise.kind === "density")
      return this.#expanded(problem.emissionNoise.density, s, t, mean, factor, rows.length);
    const map = this.#emissions.make(problem.emissions as SmoothMap, mean, factor, u, t);
    const noise = this.#noiseAround(s, t, mean, u);
    if (!allFinite(map)) return "nonFinite";
    if (!noise) return "notPositiveDefinite";
    const wrong = this.#emissionNoise.factor(this.#emission.factor, rows, map.residuals, noise);
    return wrong ?? this.#emission;
  }

  /** A density around the mean; rules with points take it there too. */
  #expanded(
    density: LogDensity,
    s: number,
    t: number,
    mean: Float64Array,
    spread: Float64Array,
    n: number,
  ): AffineEmission | NoMap {
    const { map, factor } = this.#emission;
    const correction = this.#density.make(density, s, t, mean, spread, map);
    if (correction === undefined) return "nonFinite";
    factor.fill(0);
    for (let i = 0; i < n; i++) factor[i * n + i] = 1;
    return { map, factor, correction };
  }

  /** Columns C with Σ C C' = E Cov[y | x]. */
  #noiseAround(s: number, t: number, mean: Float64Array, u: Float64Array): Columns | undefined {
    const { emissionDim: m, emissionNoise: noise, stateDim: n } = this.#problem;
    if (noise.kind === "constant") {
      const at = s * noise.factor.seriesStride + t * noise.factor.stepStride;
      return { data: noise.factor.data.subarray(at, at + m * m), stride: m, count: m, negative: NONE };
    }
    if (noise.kind === "density") return undefined;
    if (this.#rule === "taylor")
      return noise.root(this.#root, mean, u, t)
        ? { data: this.#root, stride: m, count: m, negative: NONE }
        : undefined;
    const { count, meanWeights } = this.#rule;
    const width = count * m;
    for (let i = 0; i < count; i++) {
      const place = this.#emissions.places.subarray(i * n, (i + 1) * n);
      if (!noise.root(this.#root, place, u, t)) return undefined;
      const scale = Math.sqrt(Math.abs(meanWeights[i]));
      for (let r = 0; r < m; r++)
        for (let c = 0; c < m; c++) this.#roots[r * width + i * m + c] = scale * this.#root[r * m + c];
    }
    return { data: this.#roots, stride: width, count: width, negative: this.#negativeRoots };
  }
}

function allFinite({ centre, weights }: AffineMap): boolean {
  return centre.every(Number.isFinite) && weights.every(Number.isFinite);
}
