import type { Emissions, GpuEmissions } from "../../../inference/index.ts";

/** Log-likelihood of what cannot be, in records: LOG_ZERO of the kernels. */
export const LOG_ZERO = -1e30;

type LogLikelihoods = Emissions["logLikelihoods"];

/**
 * Densities worked out on the host in float64 and handed over as records [E] of log p(y_t | e) − max_e log p(y_t | e): for
 * families without a kernel of their own, and where the tables of a kernel would be too large.
 */
export function hostDensities(numEmissions: number, logLikelihoods: LogLikelihoods): GpuEmissions {
  const row = new Float64Array(numEmissions);
  const best = (series: number, step: number): number => {
    logLikelihoods(series, step, row, 0);
    let most = Number.NEGATIVE_INFINITY;
    for (let e = 0; e < numEmissions; e++) if (row[e] > most) most = row[e];
    return most === Number.NEGATIVE_INFINITY ? 0 : most;
  };
  return {
    kernel: { stem: "precomputed" },
    constants: {},
    parameters: new Float32Array(1),
    recordFloats: numEmissions,
    packRecords(series, start, end, out, at) {
      for (let t = start; t < end; t++) {
        const baseline = best(series, t);
        for (let e = 0; e < numEmissions; e++) {
          out[at + (t - start) * numEmissions + e] = Math.max(LOG_ZERO, row[e] - baseline);
        }
      }
    },
    baseline: best,
  };
}
