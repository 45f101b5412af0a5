import { drawnPoints, normalUpperQuantile, StepUniforms } from "../../inference/index.ts";
import { covarianceFactor } from "../covariance_factor.ts";
import { type EmissionLaw, emissionLaw } from "./emission_laws.ts";
import type { NonlinearSSM } from "./nonlinear_model.ts";

/** Tail probabilities below count as this one: residuals are at most 37 in size. */
const LEAST = 1e-300;

/**
 * Randomised quantile residuals of y_t given the Gaussian moments of its state:
 *
 *   F_i = P(Y_i < y_i) + v P(Y_i = y_i),   r_i = Φ⁻¹(F_i),   v uniform
 *
 * under p(y_i | y_j, j < i, and the past) = Σ_q w_q p(y_i | x_q): independent standard normals if the model is right and so are the moments
 * of the state. Entries before i weigh the states x_q. States at which the model has no value are left out.
 *
 * x_q spread over the states that the emission depends on: a grid for one and two (spacing 0.05 and 0.375 standard deviations), 2048 drawn
 * points for more.
 * @see Dunn & Smyth 1996, doi:10.1080/10618600.1996.10474708; Smith 1985, doi:10.1002/for.3980040305
 */
export class QuantileResiduals {
  readonly #call: string;
  readonly #law: EmissionLaw;
  readonly #uniforms: StepUniforms;
  /** States that the emission depends on. */
  readonly #used: readonly number[];
  /** ξ [count, k] with weights [count]; x = m + U ξ */
  readonly #points: Float64Array;
  readonly #pointWeights: Float64Array;
  readonly #weights: Float64Array;
  readonly #logs: Float64Array;
  readonly #tails = new Float64Array(2);
  readonly #spread: Float64Array;
  readonly #factor: Float64Array;

  /** @returns undefined where the emissions have no tails to tell: Gaussian noise, a log density */
  static of(call: string, model: NonlinearSSM, seed: number): QuantileResiduals | undefined {
    const { form } = model.emissions;
    return form.kind === "family" || form.kind === "moments"
      ? new QuantileResiduals(call, model, seed)
      : undefined;
  }

  private constructor(call: string, model: NonlinearSSM, seed: number) {
    this.#call = call;
    this.#used = statesOfEmissions(model);
    const k = this.#used.length;
    const { points, weights } = predictivePoints(k);
    this.#points = points;
    this.#pointWeights = weights;
    this.#weights = new Float64Array(weights.length);
    this.#logs = new Float64Array(weights.length);
    this.#spread = new Float64Array(k * k);
    this.#factor = new Float64Array(k * k);
    this.#law = emissionLaw(model, weights.length) as EmissionLaw;
    this.#uniforms = new StepUniforms(seed, model.emissionDim);
  }

  /**
   * out[to …] = r [m], NaN where y is missing or the state has no moments.
   * @param mean, covariance of z_t given the past
   */
  row(
    out: Float64Array | Float32Array,
    to: number,
    s: number,
    t: number,
    u: Float64Array,
    mean: Float64Array,
    covariance: Float64Array,
    y: Float64Array,
  ): void {
    out.fill(Number.NaN, to, to + y.length);
    if (y.every(Number.isNaN) || !mean.every(Number.isFinite) || !covariance.every(Number.isFinite)) return;
    const law = this.#law;
    const weights = this.#weights;
    this.#keep(mean, covariance, u, t, y);
    for (let i = 0; i < y.length; i++) {
      if (Number.isNaN(y[i]) || !normalise(weights)) continue;
      law.begin?.(i, weights);
      out[to + i] = this.#residual(i, y, this.#uniforms.at(s, i, t));
    }
  }

  /** Weighs the states at which the model has a value, and has the law keep them. */
  #keep(mean: Float64Array, covariance: Float64Array, u: Float64Array, t: number, y: Float64Array): void {
    const used = this.#used;
    const k = used.length;
    const n = mean.length;
    for (let i = 0; i < k; i++)
      for (let j = 0; j < k; j++) this.#spread[i * k + j] = covariance[used[i] * n + used[j]];
    covarianceFactor(this.#call, "covariance", this.#spread, 0, k, this.#factor, 0);
    const x = mean.slice();
    this.#weights.forEach((_, q) => {
      for (let i = 0; i < k; i++) {
        let value = mean[used[i]];
        for (let j = 0; j <= i; j++) value += this.#factor[i * k + j] * this.#points[q * k + j];
        x[used[i]] = value;
      }
      this.#weights[q] = this.#law.keep(q, x, u, t, y) ? this.#pointWeights[q] : 0;
    });
  }

  /** r_i, and the weights given y_i too. */
  #residual(i: number, y: Float64Array, v: number): number {
    const [weights, logs, tails] = [this.#weights, this.#logs, this.#tails];
    let [below, bulk, above] = [0, 0, 0];
    let most = Number.NEGATIVE_INFINITY;
    for (let q = 0; q < weights.length; q++) {
      if (weights[q] === 0) continue;
      logs[q] = this.#law.entry(tails, q, i, y);
      below += weights[q] * tails[0];
      above += weights[q] * tails[1];
      if (this.#law.discrete) bulk += weights[q] * Math.exp(logs[q]);
      most = Math.max(most, logs[q]);
    }
    for (let q = 0; q < weights.length; q++)
      if (weights[q] !== 0) weights[q] *= most === Number.NEGATIVE_INFINITY ? 0 : Math.exp(logs[q] - most);
    const [lower, upper] = [below + v * bulk, above + (1 - v) * bulk];
    const tail = Math.max(LEAST, Math.min(0.5, lower, upper));
    return lower < upper ? -normalUpperQuantile(tail) : normalUpperQuantile(tail);
  }
}

/** To a sum of 1; false where nothing is left. */
function normalise(weights: Float64Array): boolean {
  const sum = weights.reduce((a, b) => a + b, 0);
  if (!(sum > 0)) return false;
  for (let q = 0; q < weights.length; q++) weights[q] /= sum;
  return true;
}

function statesOfEmissions({ stateDim: n, emissions: { function: fn, form } }: NonlinearSSM): number[] {
  const functions = form.kind === "moments" ? [fn, form.covariance.function] : [fn];
  const used = (j: number): boolean =>
    functions.some(({ structure }) => structure.entries.some((kind, at) => at % n === j && kind !== "zero"));
  return Array.from({ length: n }, (_, j) => j).filter(used);
}

/** Points and weights for k standard normals. */
function predictivePoints(k: number): { points: Float64Array; weights: Float64Array } {
  if (k > 2) {
    const { points, meanWeights } = drawnPoints(k, 2048, 0);
    return { points, weights: meanWeights };
  }
  const [spacing, reach] = k === 1 ? [0.05, 140] : [0.375, 16];
  const line = Array.from({ length: 2 * reach + 1 }, (_, i) => (i - reach) * spacing);
  const all = k === 0 ? [[]] : k === 1 ? line.map(a => [a]) : line.flatMap(a => line.map(b => [a, b]));
  const near = all.filter(point => Math.hypot(...point) <= reach * spacing);
  const weights = Float64Array.from(near, point => Math.exp(-0.5 * point.reduce((sum, a) => sum + a * a, 0)));
  return { points: Float64Array.from(near.flat()), weights };
}
