import type { NDArray } from "../../../engine/index.ts";
import { symmetrise } from "../../covariance_factor.ts";
import type { FamilyContext, FamilyDefinition } from "./family.ts";
import { gaussianFamily } from "./gaussian_family.ts";
import { constantMeans } from "./linear_means.ts";
import { indexText, TableReader } from "./read_table.ts";

/** N(means [K, m], covariances [K, m, m]). Statistics: weights [K], sums [K, m], outers (of E y y') [K, m, m]. */
export const gaussian: FamilyDefinition = {
  required: ["means", "covariances"],
  make(context, given) {
    const tables = new TableReader(context, given);
    const means = tables.read("means", "K", "m");
    const covariances = readCovariances(tables, "covariances", "K", "m", "m");
    return constantGaussian(
      context,
      "gaussian",
      tables.sizes.m,
      { means, covariances },
      covariances.data,
      "covariances",
    );
  },
};

/** N(means [K, m], covariance [m, m]): one covariance for all states. */
export const sharedGaussian: FamilyDefinition = {
  required: ["means", "covariance"],
  make(context, given) {
    const tables = new TableReader(context, given);
    const means = tables.read("means", "K", "m");
    const covariance = readCovariances(tables, "covariance", "m", "m");
    const all = new Float64Array(context.numEmissions * covariance.data.length);
    for (let e = 0; e < context.numEmissions; e++) all.set(covariance.data, e * covariance.data.length);
    return constantGaussian(
      context,
      "shared-gaussian",
      tables.sizes.m,
      { means, covariance },
      all,
      "covariance",
    );
  },
};

/** N(means [K, m], diag(diagonals [K, m]) + F F'), F = factors [K, m, r]; diagonals are variances > 0. */
export const lowRankGaussian: FamilyDefinition = {
  required: ["means", "diagonals", "factors"],
  make(context, given) {
    const tables = new TableReader(context, given);
    const means = tables.read("means", "K", "m");
    const diagonals = tables.positive("diagonals", "K", "m");
    const factors = tables.read("factors", "K", "m", "r");
    const { m, r } = tables.sizes;
    const covariances = new Float64Array(context.numEmissions * m * m);
    for (let row = 0; row < context.numEmissions * m; row++) {
      const first = row - (row % m);
      for (let j = 0; j < m; j++) {
        let sum = first + j === row ? diagonals.data[row] : 0;
        for (let k = 0; k < r; k++) sum += factors.data[row * r + k] * factors.data[(first + j) * r + k];
        covariances[row * m + j] = sum;
      }
    }
    return constantGaussian(
      context,
      "low-rank-gaussian",
      m,
      { means, diagonals, factors },
      covariances,
      "factors",
    );
  },
};

function constantGaussian(
  context: FamilyContext,
  family: string,
  emissionDim: number,
  parameters: { means: NDArray } & Record<string, NDArray>,
  covariances: Float64Array,
  covarianceKey: string,
) {
  const means = constantMeans(parameters.means.data);
  const sizes = { emissionDim, inputDim: 0, lags: 0 };
  return gaussianFamily(context, { family, parameters, ...sizes, means, covariances, covarianceKey });
}

/** Covariances in the last two axes, made symmetric. */
export function readCovariances(tables: TableReader, key: string, ...axes: readonly string[]): NDArray {
  const table = tables.read(key, ...axes);
  const m = table.shape[table.shape.length - 1];
  for (let at = 0; at < table.data.length; at += m * m) {
    const place = indexText(table.shape.slice(0, -2), at / (m * m));
    symmetrise(tables.context.call, `${tables.path(key)}${place}`, table.data, at, m);
  }
  return table;
}
