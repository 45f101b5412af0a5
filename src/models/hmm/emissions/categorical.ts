import type { NDArray } from "../../../engine/index.ts";
import { drawIndex } from "../draws.ts";
import { bindRows } from "./bind_rows.ts";
import { withCategoryKernel } from "./category_gpu.ts";
import { channels } from "./channels.ts";
import { checkEntries } from "./check_data.ts";
import type { EmissionData, EmissionFamily, FamilyDefinition } from "./family.ts";
import { TableReader } from "./read_table.ts";

/**
 * Categories 0 … C−1: p(y_i = c) = probs [K, m, C], or [K, C] for one channel. Zeros are exact. Statistics: counts [K, m, C].
 * Mean and covariance are those of the number of the category; categoryProbs has the probabilities.
 */
export const categorical: FamilyDefinition = {
  required: ["probs"],
  make(context, given) {
    const tables = new TableReader(context, given);
    const probs = tables.distribution("probs", "K", "m", "C");
    const { m, C } = tables.sizes;
    return {
      family: "categorical",
      parameters: { probs },
      ...categories(context.numEmissions, m, C, probs.data),
    };
  },
};

/** Independent channels of C categories each, p [E, m, C]. */
function categories(
  E: number,
  m: number,
  C: number,
  p: Float64Array,
): Omit<EmissionFamily, "family" | "parameters"> {
  const logs = p.map(Math.log);
  const moment = (e: number, i: number, of: (c: number) => number): number => {
    let sum = 0;
    for (let c = 0; c < C; c++) sum += p[(e * m + i) * C + c] * of(c);
    return sum;
  };
  const mean = (e: number, i: number): number => moment(e, i, c => c);
  const own = channels(E, m, {
    logDensity: (e, i, y) => logs[(e * m + i) * C + y],
    draw: (e, i, random) => drawIndex(random, p, (e * m + i) * C, C),
    mean,
    variance(e, i) {
      const centre = mean(e, i);
      return moment(e, i, c => (c - centre) ** 2);
    },
    statistics: {},
  });
  return {
    ...own,
    bind(call, data) {
      checkCategories(call, data, m, C);
      return withCategoryKernel(bindRows(own, data), logs, m, C, data);
    },
    categoryProbs(e, _row, out, at) {
      for (let k = 0; k < m * C; k++) out[at + k] = p[e * m * C + k];
    },
    sufficientStatistics: (data, posterior) => categoryCounts(data, posterior, E, m, C),
  };
}

/** Every observed entry is a whole number 0 … C−1. */
export const checkCategories = (call: string, data: EmissionData, m: number, C: number): void =>
  checkEntries(
    call,
    data,
    m,
    value => value >= 0 && value < C && Number.isInteger(value),
    `a category: a whole number 0 … ${C - 1}`,
    "Number the categories from 0, or give parameters for more of them.",
  );

/** counts [E, m, C] */
export function categoryCounts(
  { observations, numSeries, numSteps, lengths }: EmissionData,
  probs: Float64Array,
  E: number,
  m: number,
  C: number,
): Record<string, NDArray> {
  const counts = new Float64Array(E * m * C);
  for (let s = 0; s < numSeries; s++) {
    for (let t = 0; t < lengths[s]; t++) {
      const row = s * numSteps + t;
      for (let i = 0; i < m; i++) {
        const y = observations[row * m + i];
        if (Number.isNaN(y)) continue;
        for (let e = 0; e < E; e++) counts[(e * m + i) * C + y] += probs[row * E + e];
      }
    }
  }
  return { counts: { data: counts, shape: [E, m, C] } };
}
