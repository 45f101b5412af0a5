import { logistic, softplus } from "../special.ts";
import { checkBinary } from "./bernoulli.ts";
import { bindRows } from "./bind_rows.ts";
import type { FamilyDefinition, Row } from "./family.ts";
import { TableReader } from "./read_table.ts";
import { logisticGpu } from "./regression_gpu.ts";

/**
 * 0 or 1: log-odds of y_t,i = 1 are η = weights [K, m, d] u_t + biases [K, m]; biases default 0. Inputs cannot be missing.
 * It has no sufficient statistics of fixed size: weighted data themselves are needed to fit it.
 */
export const logisticRegression: FamilyDefinition = {
  required: ["weights"],
  optional: ["biases"],
  make(context, given) {
    const tables = new TableReader(context, given);
    const biases = given.biases === undefined ? undefined : tables.read("biases", "K", "m");
    const weights = tables.read("weights", "K", "m", "d");
    const { m, d } = tables.sizes;
    const logOdds = (k: number, { inputs, inputsAt }: Row): number => {
      let sum = biases === undefined ? 0 : biases.data[k];
      for (let j = 0; j < d; j++) sum += weights.data[k * d + j] * inputs![inputsAt + j];
      return sum;
    };
    const own = {
      numEmissions: context.numEmissions,
      emissionDim: m,
      inputDim: d,
      lags: 0,
      logDensity(e: number, row: Row): number {
        let sum = 0;
        for (let i = 0; i < m; i++) {
          const y = row.observations[row.at + i];
          if (Number.isNaN(y)) continue;
          const η = logOdds(e * m + i, row);
          sum -= softplus(y === 1 ? -η : η);
        }
        return sum;
      },
    };
    return {
      family: "logistic-regression",
      parameters: { weights, ...(biases && { biases }) },
      ...own,
      bind(call, data) {
        checkBinary(call, data, m);
        const terms = { weights: weights.data, biases: biases?.data, m, d };
        return bindRows(own, data, logisticGpu(context.numEmissions, terms, logOdds, data));
      },
      sample(e, row, random) {
        for (let i = 0; i < m; i++)
          row.observations[row.at + i] = random.uniform() < logistic(logOdds(e * m + i, row)) ? 1 : 0;
      },
      mean(e, row, out, at) {
        for (let i = 0; i < m; i++) out[at + i] = logistic(logOdds(e * m + i, row));
      },
      covariance(e, row, out, at) {
        out.fill(0, at, at + m * m);
        for (let i = 0; i < m; i++) {
          const η = logOdds(e * m + i, row);
          out[at + i * m + i] = logistic(η) * logistic(-η);
        }
      },
      categoryProbs(e, row, out, at) {
        for (let i = 0; i < m; i++) {
          const η = logOdds(e * m + i, row);
          out[at + 2 * i] = logistic(-η);
          out[at + 2 * i + 1] = logistic(η);
        }
      },
    };
  },
};
