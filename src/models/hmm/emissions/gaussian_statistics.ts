import type { NDArray } from "../../../engine/index.ts";
import { firstRow, moveRow } from "./bind_rows.ts";
import type { EmissionData } from "./family.ts";
import type { GaussianPatterns } from "./gaussian_patterns.ts";
import type { LinearMeans } from "./linear_means.ts";

/**
 * Sums over steps of p(e) times 1, x, x x', E(y) x', E(y y'), given e and what was observed of y: weights [E],
 * featureOuters Σ x x' [E, p, p], crossOuters Σ E(y) x' [E, m, p], outers Σ E(y y') [E, m, m]; without features beside 1,
 * sums Σ E(y) [E, m] in the place of both. Steps with nothing observed, or without features, count nothing.
 */
export function gaussianStatistics(
  data: EmissionData,
  probs: Float64Array,
  E: number,
  m: number,
  inputDim: number,
  means: LinearMeans,
  patterns: GaussianPatterns,
): Record<string, NDArray> {
  const p = means.numFeatures;
  const weights = new Float64Array(E);
  const featureOuters = new Float64Array(E * p * p);
  const crossOuters = new Float64Array(E * m * p);
  const outers = new Float64Array(E * m * m);
  const x = new Float64Array(p);
  const y = new Float64Array(m);
  const spread = new Float64Array(m * m);
  const row = firstRow(data);
  for (let s = 0; s < data.numSeries; s++) {
    for (let t = 0; t < data.lengths[s]; t++) {
      moveRow(row, data, m, inputDim, s, t);
      const pattern = patterns.of(row.observations, row.at);
      if (pattern.present.length === 0 || !means.features(row, x)) continue;
      for (let e = 0; e < E; e++) {
        const weight = probs[(s * data.numSteps + t) * E + e];
        patterns.complete(pattern, e, row.observations, row.at, means, x, y, spread);
        weights[e] += weight;
        for (let i = 0; i < p; i++)
          for (let j = 0; j < p; j++) featureOuters[(e * p + i) * p + j] += weight * x[i] * x[j];
        for (let i = 0; i < m; i++) {
          for (let j = 0; j < p; j++) crossOuters[(e * m + i) * p + j] += weight * y[i] * x[j];
          for (let j = 0; j < m; j++)
            outers[(e * m + i) * m + j] += weight * (y[i] * y[j] + spread[i * m + j]);
        }
      }
    }
  }
  const common = { weights: { data: weights, shape: [E] }, outers: { data: outers, shape: [E, m, m] } };
  if (p === 1) return { ...common, sums: { data: crossOuters, shape: [E, m] } };
  return {
    ...common,
    featureOuters: { data: featureOuters, shape: [E, p, p] },
    crossOuters: { data: crossOuters, shape: [E, m, p] },
  };
}
