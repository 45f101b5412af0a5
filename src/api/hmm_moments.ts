/** Moments of observations mixed over regimes: p(y) = Σ_e w_e p(y | e). */

import type { EmissionFamily, HiddenMarkovModel, Row } from "../models/index.ts";
import { channelBlocks } from "./hmm_channels.ts";

/** Work space for the moments of one row after the other. */
export class EmissionMixture {
  readonly family: EmissionFamily;
  /** C, where observations are categories */
  readonly numCategories: number | undefined;
  /** Channels that are angles. */
  private readonly angles: readonly number[];
  private readonly regimeOf: Uint32Array;
  private readonly means: Float64Array;
  private readonly part: Float64Array;

  constructor({ emissions, regimeOf }: HiddenMarkovModel) {
    const { numEmissions: E, emissionDim: m } = emissions;
    this.family = emissions;
    this.regimeOf = regimeOf;
    this.angles = channelBlocks(emissions).flatMap(({ family, channels }) =>
      family === "von-mises" ? channels : [],
    );
    this.numCategories = categoriesOf(emissions);
    this.means = new Float64Array(E * m);
    this.part = new Float64Array(m * Math.max(m, this.numCategories ?? 0));
  }

  /** Probabilities of regimes [E] from those of states, data[at …]. */
  regimes(states: ArrayLike<number>, at: number, out: Float64Array): Float64Array {
    out.fill(0);
    for (let k = 0; k < this.regimeOf.length; k++) out[this.regimeOf[k]] += states[at + k];
    return out;
  }

  /** Mean [m] and covariance [m, m] of a row; NaN where the family has none. Angles: mean direction, circular variance. */
  moments(weights: Float64Array, row: Row, mean: Float64Array, covariance: Float64Array): void {
    const { means, part, family } = this;
    const m = mean.length;
    if (!family.mean || !family.covariance || Number.isNaN(weights[0])) {
      mean.fill(Number.NaN);
      covariance.fill(Number.NaN);
      return;
    }
    mean.fill(0);
    covariance.fill(0);
    for (let e = 0; e < weights.length; e++) {
      if (weights[e] === 0) continue;
      family.mean(e, row, means, e * m);
      for (let i = 0; i < m; i++) mean[i] += weights[e] * means[e * m + i];
    }
    for (let e = 0; e < weights.length; e++) {
      if (weights[e] === 0) continue;
      family.covariance(e, row, part, 0);
      for (let i = 0; i < m; i++)
        for (let j = 0; j < m; j++) {
          const away = (means[e * m + i] - mean[i]) * (means[e * m + j] - mean[j]);
          covariance[i * m + j] += weights[e] * (part[i * m + j] + away);
        }
    }
    for (const channel of this.angles) this.direction(channel, weights, row, mean, covariance);
  }

  /** Of an angle: the mean of unit vectors, its direction and 1 − its length; it has no covariance with other channels. */
  private direction(
    channel: number,
    weights: Float64Array,
    row: Row,
    mean: Float64Array,
    covariance: Float64Array,
  ): void {
    const { means, part, family } = this;
    const m = mean.length;
    let [sine, cosine] = [0, 0];
    for (let e = 0; e < weights.length; e++) {
      if (weights[e] === 0) continue;
      family.mean?.(e, row, means, 0);
      family.covariance?.(e, row, part, 0);
      const length = weights[e] * (1 - part[channel * m + channel]);
      sine += length * Math.sin(means[channel]);
      cosine += length * Math.cos(means[channel]);
    }
    mean[channel] = Math.atan2(sine, cosine);
    for (let i = 0; i < m; i++) {
      covariance[channel * m + i] = Number.NaN;
      covariance[i * m + channel] = Number.NaN;
    }
    covariance[channel * m + channel] = 1 - Math.hypot(sine, cosine);
  }

  /** p(y_i = c) [m, C] to out[at …], for categories. */
  categoryProbs(weights: Float64Array, row: Row, out: Float64Array | Float32Array, at: number): void {
    const size = this.family.emissionDim * (this.numCategories ?? 0);
    out.fill(0, at, at + size);
    for (let e = 0; e < weights.length; e++) {
      if (weights[e] === 0) continue;
      this.family.categoryProbs?.(e, row, this.part, 0);
      for (let i = 0; i < size; i++) out[at + i] += weights[e] * this.part[i];
    }
  }
}

function categoriesOf({ family, categoryProbs, parameters }: EmissionFamily): number | undefined {
  if (categoryProbs === undefined) return undefined;
  if (family === "categorical") return parameters.probs.shape.at(-1);
  // weights [K, C, d]
  return family === "categorical-regression" ? parameters.weights.shape[1] : 2;
}
