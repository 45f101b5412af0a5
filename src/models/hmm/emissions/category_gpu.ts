import { type Emissions, LOG_ZERO } from "../../../inference/index.ts";
import type { EmissionData } from "./family.ts";
import { MOST_TABLE_FLOATS } from "./references.ts";

/**
 * Categories for their kernel: a table of log p_e(c) less the largest of all densities, which goes to the baseline.
 * @param logs log p [E, m, C]
 */
export function withCategoryKernel(
  emissions: Emissions,
  logs: Float64Array,
  m: number,
  C: number,
  { observations, numSteps }: EmissionData,
): Emissions {
  const E = emissions.numEmissions;
  if (logs.length > MOST_TABLE_FLOATS) return emissions;
  const parameters = new Float32Array(m * C * E);
  const largest = new Float64Array(m * C).fill(Number.NEGATIVE_INFINITY);
  for (let k = 0; k < logs.length; k++) largest[k % (m * C)] = Math.max(largest[k % (m * C)], logs[k]);
  for (let k = 0; k < m * C; k++) {
    // No density can give this category: nothing to compare with.
    if (largest[k] === Number.NEGATIVE_INFINITY) largest[k] = 0;
    for (let e = 0; e < E; e++) parameters[k * E + e] = Math.max(LOG_ZERO, logs[e * m * C + k] - largest[k]);
  }
  return {
    ...emissions,
    gpu: {
      kernel: { stem: "categorical" },
      constants: { CHANNELS: m, CATEGORIES: C, EMISSIONS: E },
      parameters,
      recordFloats: m,
      packRecords(series, start, end, out, at) {
        const from = (series * numSteps + start) * m;
        for (let k = 0; k < (end - start) * m; k++) {
          const y = observations[from + k];
          out[at + k] = Number.isNaN(y) ? -1 : y;
        }
      },
      baseline(series, step) {
        let sum = 0;
        for (let i = 0; i < m; i++) {
          const y = observations[(series * numSteps + step) * m + i];
          if (!Number.isNaN(y)) sum += largest[i * C + y];
        }
        return sum;
      },
    },
  };
}
