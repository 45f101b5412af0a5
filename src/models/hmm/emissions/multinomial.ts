import { DataError } from "../../../engine/index.ts";
import { say, valueText } from "../../say.ts";
import { drawBinomial } from "../draws.ts";
import { factorialRest, logFactorial } from "../special.ts";
import { bindRows, firstRow, moveRow } from "./bind_rows.ts";
import { checkCounts } from "./check_data.ts";
import type { EmissionData, FamilyDefinition, Row } from "./family.ts";
import { poissonKernel } from "./poisson.ts";
import { TableReader } from "./read_table.ts";
import { withChannelKernel } from "./references.ts";

/**
 * Counts y [C] of n = trials draws from C categories: log p = log n! − Σ log y_c! + Σ y_c log p_c, p = probs [K, C]. The counts of a
 * complete row sum to n. Where some are missing, what is left of n is the count of all missing categories together.
 * Statistics: weights [K], counts (expected where missing) [K, C].
 */
export const multinomial: FamilyDefinition = {
  required: ["probs", "trials"],
  make(context, given) {
    const tables = new TableReader(context, given);
    const probs = tables.distribution("probs", "K", "C");
    const n = given.trials as number;
    if (!Number.isSafeInteger(n) || n < 1)
      tables.refuse("trials", "a whole number ≥ 1", valueText(n), "Give the number of draws in one row.");
    const { C } = tables.sizes;
    const E = context.numEmissions;
    const p = probs.data;
    /** Σ of p over the missing categories, and the count that is left for them. */
    const rest = (e: number, { observations, at }: Row): { count: number; prob: number; missing: number } => {
      let [count, prob, missing] = [n, 0, 0];
      for (let c = 0; c < C; c++) {
        const y = observations[at + c];
        if (Number.isNaN(y)) {
          prob += p[e * C + c];
          missing++;
        } else count -= y;
      }
      return { count, prob, missing };
    };
    const own = {
      numEmissions: E,
      emissionDim: C,
      inputDim: 0,
      lags: 0,
      logDensity(e: number, row: Row): number {
        const { count, prob, missing } = rest(e, row);
        if (missing === C) return 0;
        let sum = logFactorial(n);
        if (missing > 0) sum += term(count, prob);
        for (let c = 0; c < C; c++) {
          const y = row.observations[row.at + c];
          if (!Number.isNaN(y)) sum += term(y, p[e * C + c]);
        }
        return sum;
      },
    };
    return {
      family: "multinomial",
      parameters: { probs, trials: { data: Float64Array.of(n), shape: [] } },
      ...own,
      bind(call, data) {
        checkCounts(call, data, C);
        const complete = checkTotals(call, data, C, n);
        const emissions = bindRows(own, data);
        if (!complete || p.some(q => q === 0)) return emissions;
        // Given its total n, independent Poisson counts of rates n p are multinomial: the same ratios, another constant.
        const whole = withChannelKernel(
          emissions,
          poissonKernel(
            p.map(q => n * q),
            C,
          ),
          C,
          data,
        );
        const { gpu } = whole;
        if (gpu === emissions.gpu) return emissions;
        const observed = (s: number, t: number): boolean =>
          !Number.isNaN(data.observations[(s * data.numSteps + t) * C]);
        const constant = factorialRest(n);
        return {
          ...whole,
          gpu: { ...gpu, baseline: (s, t) => gpu.baseline(s, t) + (observed(s, t) ? constant : 0) },
        };
      },
      sample(e, { observations, at }, random) {
        let [left, prob] = [n, 1];
        for (let c = 0; c < C; c++) {
          const y = c === C - 1 ? left : drawBinomial(random, left, p[e * C + c] / prob);
          observations[at + c] = y;
          left -= y;
          prob -= p[e * C + c];
        }
      },
      mean(e, _row, out, at) {
        for (let c = 0; c < C; c++) out[at + c] = n * p[e * C + c];
      },
      covariance(e, _row, out, at) {
        for (let c = 0; c < C; c++)
          for (let d = 0; d < C; d++)
            out[at + c * C + d] = n * p[e * C + c] * ((c === d ? 1 : 0) - p[e * C + d]);
      },
      sufficientStatistics(data, posterior) {
        const weights = new Float64Array(E);
        const counts = new Float64Array(E * C);
        const row = firstRow(data);
        for (let s = 0; s < data.numSeries; s++) {
          for (let t = 0; t < data.lengths[s]; t++) {
            moveRow(row, data, C, 0, s, t);
            const seen = row.observations.subarray(row.at, row.at + C);
            if (seen.every(Number.isNaN)) continue;
            for (let e = 0; e < E; e++) {
              const weight = posterior[(s * data.numSteps + t) * E + e];
              const { count, prob } = rest(e, row);
              weights[e] += weight;
              for (let c = 0; c < C; c++) {
                const share = prob > 0 ? (count * p[e * C + c]) / prob : 0;
                counts[e * C + c] += weight * (Number.isNaN(seen[c]) ? share : seen[c]);
              }
            }
          }
        }
        return { weights: { data: weights, shape: [E] }, counts: { data: counts, shape: [E, C] } };
      },
    };
  },
};

/** y log p − log y! */
const term = (y: number, p: number): number => (y === 0 ? 0 : y * Math.log(p) - logFactorial(y));

/**
 * @returns whether every row is complete or missing altogether
 * @throws DataError where the counts of a row are not the trials, or more than these
 */
function checkTotals(call: string, data: EmissionData, C: number, trials: number): boolean {
  let allComplete = true;
  for (let s = 0; s < data.numSeries; s++) {
    for (let t = 0; t < data.lengths[s]; t++) {
      let [sum, missing] = [0, 0];
      for (let c = 0; c < C; c++) {
        const y = data.observations[(s * data.numSteps + t) * C + c];
        if (Number.isNaN(y)) missing++;
        else sum += y;
      }
      const complete = missing === 0;
      if (missing > 0 && missing < C) allComplete = false;
      if (complete ? sum === trials : sum <= trials) continue;
      throw new DataError(
        say(
          call,
          data.where(s, t, 0).replace(/\[0\]$/, ""),
          `counts that sum to ${complete ? "" : "at most "}trials = ${trials}`,
          `a sum of ${sum}`,
          "Correct the row or emissions.trials.",
        ),
      );
    }
  }
  return allComplete;
}
