/**
 * Quantiles of one channel of an observation mixed over regimes: the x with Σ_e w_e P(y_i ≤ x | e) = q; for counts the lowest
 * whole number that reaches q.
 */

import { betaDistribution, normalTail, upperGamma } from "../inference/index.ts";
import type { EmissionFamily, Row } from "../models/index.ts";
import { channelBlocks } from "./hmm_channels.ts";

/** P(y_i ≤ x | e) of channel i of a family */
type Distribution = (e: number, i: number, x: number) => number;

/** A channel given the regime. */
interface Shape {
  /** P(y ≤ x | e) */
  readonly distribution: (e: number, x: number) => number;
  /** Whole numbers from 0 on. */
  readonly counts: boolean;
}

const normalDistribution = (z: number): number => (z < 0 ? normalTail(-z) : 1 - normalTail(z));

/** P(X ≤ x) of Student's t. */
function studentDistribution(x: number, dof: number): number {
  const tail = 0.5 * betaDistribution(dof / (dof + x * x), dof / 2, 0.5);
  return x > 0 ? 1 - tail : tail;
}

/** Families whose channels are normal given the regime. */
const NORMAL = [
  "gaussian",
  "shared-gaussian",
  "low-rank-gaussian",
  "diagonal-gaussian",
  "spherical-gaussian",
  "linear-regression",
  "autoregressive",
];

type Parameters = EmissionFamily["parameters"];

/** Distribution functions by family; those that are not here have none on a line. */
const FORMULAS: Readonly<
  Record<string, { counts?: boolean; make: (p: Parameters, m: number) => Distribution }>
> = {
  poisson: {
    counts: true,
    make:
      ({ rates }, m) =>
      (e, i, x) =>
        upperGamma(x + 1, rates.data[e * m + i]),
  },
  "negative-binomial": {
    counts: true,
    make:
      ({ means, sizes }, m) =>
      (e, i, x) => {
        const [mean, size] = [means.data[e * m + i], sizes.data[e * m + i]];
        return betaDistribution(size / (size + mean), size, x + 1);
      },
  },
  bernoulli: {
    counts: true,
    make:
      ({ probs }, m) =>
      (e, i, x) =>
        x >= 1 ? 1 : 1 - probs.data[e * m + i],
  },
  multinomial: {
    counts: true,
    make:
      ({ probs, trials }, m) =>
      (e, i, x) => {
        const [p, n] = [probs.data[e * m + i], trials.data[0]];
        return x >= n ? 1 : betaDistribution(1 - p, n - x, x + 1);
      },
  },
  gamma: {
    make:
      ({ concentrations, rates }, m) =>
      (e, i, x) =>
        x <= 0 ? 0 : 1 - upperGamma(concentrations.data[e * m + i], rates.data[e * m + i] * x),
  },
  exponential: {
    make:
      ({ rates }, m) =>
      (e, i, x) =>
        x <= 0 ? 0 : -Math.expm1(-rates.data[e * m + i] * x),
  },
  "student-t": {
    make:
      ({ means, scales, dofs }, m) =>
      (e, i, x) => {
        const k = e * m + i;
        return studentDistribution((x - means.data[k]) / scales.data[k], dofs.data[k]);
      },
  },
  "gaussian-mixture": { make: mixtureDistribution },
  "diagonal-gaussian-mixture": { make: mixtureDistribution },
};

/** Mixtures of normals. */
function mixtureDistribution(p: Parameters, m: number): Distribution {
  const J = p.weights.shape[1];
  const variance = (k: number, i: number): number =>
    p.covariances ? p.covariances.data[(k * m + i) * m + i] : p.variances.data[k * m + i];
  return (e, i, x) => {
    let sum = 0;
    for (let k = e * J; k < (e + 1) * J; k++)
      sum +=
        p.weights.data[k] * normalDistribution((x - p.means.data[k * m + i]) / Math.sqrt(variance(k, i)));
    return sum;
  };
}

/** How one channel is distributed given the regime. */
export type ChannelShape = (row: Row) => Shape;

/** The shape of every channel, undefined for those that have no quantiles: categories, angles, densities of one's own. */
export function channelShapes(family: EmissionFamily): (ChannelShape | undefined)[] {
  const shapes = new Array<ChannelShape | undefined>(family.emissionDim).fill(undefined);
  for (const { family: name, parameters, channels } of channelBlocks(family)) {
    const formula = FORMULAS[name];
    const own = formula?.make(parameters, channels.length);
    channels.forEach((channel, i) => {
      if (own) {
        const shape: Shape = { counts: formula.counts ?? false, distribution: (e, x) => own(e, i, x) };
        shapes[channel] = () => shape;
      } else if (name === "logistic-regression") shapes[channel] = row => binaryShape(family, row, channel);
      else if (NORMAL.includes(name)) shapes[channel] = row => normalShape(family, row, channel);
    });
  }
  return shapes;
}

/** 0 or 1, with its mean as the chance of 1. */
function binaryShape(family: EmissionFamily, row: Row, channel: number): Shape {
  const means = new Float64Array(family.emissionDim);
  return {
    counts: true,
    distribution(e, x) {
      family.mean?.(e, row, means, 0);
      return x >= 1 ? 1 : 1 - means[channel];
    },
  };
}

function normalShape(family: EmissionFamily, row: Row, channel: number): Shape {
  const { emissionDim: m, numEmissions: E } = family;
  const [mean, spread] = [new Float64Array(m), new Float64Array(m * m)];
  const [means, deviations] = [new Float64Array(E), new Float64Array(E)];
  for (let e = 0; e < E; e++) {
    family.mean?.(e, row, mean, 0);
    family.covariance?.(e, row, spread, 0);
    means[e] = mean[channel];
    deviations[e] = Math.sqrt(spread[channel * m + channel]);
  }
  return { counts: false, distribution: (e, x) => normalDistribution((x - means[e]) / deviations[e]) };
}

/**
 * The q-quantile of a channel.
 * @param weights w [E]
 * @param centre, spread where to begin: a mean and a standard deviation; they need not be right
 */
export function mixtureQuantile(
  { distribution, counts }: Shape,
  weights: Float64Array,
  q: number,
  centre: number,
  spread: number,
): number {
  const below = (x: number): number => {
    let sum = 0;
    for (let e = 0; e < weights.length; e++) if (weights[e] > 0) sum += weights[e] * distribution(e, x);
    return sum - q;
  };
  if (Number.isNaN(weights[0])) return Number.NaN;
  return counts ? countQuantile(below, centre) : continuousQuantile(below, centre, spread);
}

/** The lowest whole number x ≥ 0 with below(x) ≥ 0. */
function countQuantile(below: (x: number) => number, centre: number): number {
  if (below(0) >= 0) return 0;
  let low = 0;
  let high = Math.max(1, Math.ceil(centre));
  while (below(high) < 0 && high < 2 ** 52) {
    low = high;
    high *= 2;
  }
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (below(middle) >= 0) high = middle;
    else low = middle;
  }
  return high;
}

/** The zero of an increasing function: false position with halved ends (Illinois), until the bracket is as narrow as rounding. */
function continuousQuantile(below: (x: number) => number, centre: number, spread: number): number {
  const start = Number.isFinite(centre) ? centre : 0;
  let reach = Number.isFinite(spread) && spread > 0 ? spread : 1;
  let [low, high] = [start - reach, start + reach];
  while (below(low) > 0 && reach < 1e300) {
    reach *= 2;
    low = start - reach;
  }
  reach = high - start;
  while (below(high) < 0 && reach < 1e300) {
    reach *= 2;
    high = start + reach;
  }
  let [atLow, atHigh] = [below(low), below(high)];
  if (Number.isNaN(atLow + atHigh)) return Number.NaN;
  const scale = Math.max(Math.abs(low), Math.abs(high));
  for (let round = 0; round < 200 && high - low > 1e-14 * scale; round++) {
    // Every third round halves, so that a flat side cannot hold it up.
    const x =
      round % 3 === 2 || atHigh === atLow
        ? 0.5 * (low + high)
        : high - (atHigh * (high - low)) / (atHigh - atLow);
    if (!(x > low && x < high)) break;
    const value = below(x);
    if (value === 0) return x;
    if (value < 0) {
      low = x;
      atLow = value;
      atHigh *= 0.5;
    } else {
      high = x;
      atHigh = value;
      atLow *= 0.5;
    }
  }
  return 0.5 * (low + high);
}
