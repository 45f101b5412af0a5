import type { NDArray } from "../../../engine/index.ts";
import type { CounterRandom } from "../../../inference/index.ts";
import type { EmissionData, EmissionFamily, Row } from "./family.ts";

type Statistic = (y: number, e: number, i: number) => number;

/** A distribution of one channel i of regime e; channels are independent given the regime. */
export interface Channel {
  /** log p(y | e) */
  readonly logDensity: (e: number, i: number, y: number) => number;
  readonly draw: (e: number, i: number, random: CounterRandom) => number;
  readonly mean: (e: number, i: number) => number;
  readonly variance: (e: number, i: number) => number;
  /** Sufficient statistics by name, of one entry; weights, Σ p(e), always come. */
  readonly statistics: Readonly<Record<string, Statistic>>;
}

/** What a family of independent channels has but its name, parameters and binding. */
export function channels(
  numEmissions: number,
  emissionDim: number,
  channel: Channel,
): Required<Pick<EmissionFamily, "logDensity" | "sample" | "mean" | "covariance" | "sufficientStatistics">> &
  Pick<EmissionFamily, "numEmissions" | "emissionDim" | "inputDim" | "lags"> {
  const m = emissionDim;
  return {
    numEmissions,
    emissionDim,
    inputDim: 0,
    lags: 0,
    logDensity(e, { observations, at }) {
      let sum = 0;
      for (let i = 0; i < m; i++) {
        const y = observations[at + i];
        if (!Number.isNaN(y)) sum += channel.logDensity(e, i, y);
      }
      return sum;
    },
    sample(e, { observations, at }: Row, random) {
      for (let i = 0; i < m; i++) observations[at + i] = channel.draw(e, i, random);
    },
    mean(e, _row, out, at) {
      for (let i = 0; i < m; i++) out[at + i] = channel.mean(e, i);
    },
    covariance(e, _row, out, at) {
      out.fill(0, at, at + m * m);
      for (let i = 0; i < m; i++) out[at + i * m + i] = channel.variance(e, i);
    },
    sufficientStatistics(data, probs) {
      return channelStatistics(data, probs, numEmissions, m, channel.statistics);
    },
  };
}

/** weights = Σ p(e) and Σ p(e) s(y) for each named s, over the observed entries: [E, m] each. */
function channelStatistics(
  { observations, numSeries, numSteps, lengths }: EmissionData,
  probs: Float64Array,
  E: number,
  m: number,
  statistics: Channel["statistics"],
): Record<string, NDArray> {
  const table = (): NDArray => ({ data: new Float64Array(E * m), shape: [E, m] });
  const named: Record<string, NDArray> = { weights: table() };
  for (const name of Object.keys(statistics)) named[name] = table();
  const sums: [Float64Array, Statistic][] = [
    [named.weights.data, () => 1],
    ...Object.entries(statistics).map(([name, s]): [Float64Array, Statistic] => [named[name].data, s]),
  ];
  for (let s = 0; s < numSeries; s++) {
    for (let t = 0; t < lengths[s]; t++) {
      const row = s * numSteps + t;
      for (let i = 0; i < m; i++) {
        const y = observations[row * m + i];
        if (Number.isNaN(y)) continue;
        for (const [sum, statistic] of sums) {
          for (let e = 0; e < E; e++) sum[e * m + i] += probs[row * E + e] * statistic(y, e, i);
        }
      }
    }
  }
  return named;
}
