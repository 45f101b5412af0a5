import { drawIndex } from "../draws.ts";
import { logSumExp } from "../special.ts";
import { bindRows } from "./bind_rows.ts";
import { checkCategories } from "./categorical.ts";
import type { FamilyDefinition, Row } from "./family.ts";
import { TableReader } from "./read_table.ts";
import { categoricalRegressionGpu } from "./regression_gpu.ts";

/**
 * Categories 0 … C−1: p(y_t = c) ∝ exp(weights [K, C, d] u_t + biases [K, C])_c; biases default 0. One channel. Inputs cannot be
 * missing. It has no sufficient statistics of fixed size: weighted data themselves are needed to fit it.
 */
export const categoricalRegression: FamilyDefinition = {
  required: ["weights"],
  optional: ["biases"],
  make(context, given) {
    const tables = new TableReader(context, given);
    const weights = tables.read("weights", "K", "C", "d");
    const biases = given.biases === undefined ? undefined : tables.read("biases", "K", "C");
    const { C, d } = tables.sizes;
    const scores = new Float64Array(C);
    /** Writes log p(c | e) to scores. */
    const score = (e: number, { inputs, inputsAt }: Row): void => {
      for (let c = 0; c < C; c++) {
        const k = e * C + c;
        scores[c] = biases === undefined ? 0 : biases.data[k];
        for (let j = 0; j < d; j++) scores[c] += weights.data[k * d + j] * inputs![inputsAt + j];
      }
      const total = logSumExp(scores);
      for (let c = 0; c < C; c++) scores[c] -= total;
    };
    const probs = (e: number, row: Row): Float64Array => {
      score(e, row);
      return scores.map(Math.exp);
    };
    const own = {
      numEmissions: context.numEmissions,
      emissionDim: 1,
      inputDim: d,
      lags: 0,
      logDensity(e: number, row: Row): number {
        const y = row.observations[row.at];
        if (Number.isNaN(y)) return 0;
        score(e, row);
        return scores[y];
      },
    };
    return {
      family: "categorical-regression",
      parameters: { weights, ...(biases && { biases }) },
      ...own,
      bind(call, data) {
        checkCategories(call, data, 1, C);
        const logProbs = (e: number, row: Row): Float64Array => {
          score(e, row);
          return scores;
        };
        const terms = { weights: weights.data, biases: biases?.data, m: C, d };
        return bindRows(own, data, categoricalRegressionGpu(context.numEmissions, terms, logProbs, data));
      },
      sample(e, row, random) {
        row.observations[row.at] = drawIndex(random, probs(e, row), 0, C);
      },
      mean(e, row, out, at) {
        out[at] = probs(e, row).reduce((sum, p, c) => sum + p * c, 0);
      },
      covariance(e, row, out, at) {
        const p = probs(e, row);
        const mean = p.reduce((sum, q, c) => sum + q * c, 0);
        out[at] = p.reduce((sum, q, c) => sum + q * (c - mean) ** 2, 0);
      },
      categoryProbs(e, row, out, at) {
        out.set(probs(e, row), at);
      },
    };
  },
};
