import type { NDArray } from "../../../engine/index.ts";
import { type GpuEmissions, LOG_ZERO } from "../../../inference/index.ts";
import { drawIndex } from "../draws.ts";
import { logSumExp } from "../special.ts";
import { bindRows, firstRow, moveRow } from "./bind_rows.ts";
import type { EmissionData, EmissionFamily, FamilyContext, FamilyDefinition, Row } from "./family.ts";
import { readCovariances } from "./gaussian.ts";
import { type GaussianFamily, gaussianFamily } from "./gaussian_family.ts";
import { gaussianGpu } from "./gaussian_gpu.ts";
import { constantMeans } from "./linear_means.ts";
import { TableReader } from "./read_table.ts";

/**
 * Σ_j weights [K, J] N(means [K, J, m], covariances [K, J, m, m]). Statistics, of component j of state k: weights [K, J],
 * sums [K, J, m], outers [K, J, m, m].
 */
export const gaussianMixture: FamilyDefinition = {
  required: ["weights", "means", "covariances"],
  make(context, given) {
    const tables = new TableReader(context, given);
    const weights = tables.distribution("weights", "K", "J");
    const means = tables.read("means", "K", "J", "m");
    const covariances = readCovariances(tables, "covariances", "K", "J", "m", "m");
    const parameters = { weights, means, covariances };
    return mixture(context, "gaussian-mixture", parameters, covariances.data, "covariances");
  },
};

/** The same with variances [K, J, m] of independent channels. */
export const diagonalGaussianMixture: FamilyDefinition = {
  required: ["weights", "means", "variances"],
  make(context, given) {
    const tables = new TableReader(context, given);
    const weights = tables.distribution("weights", "K", "J");
    const means = tables.read("means", "K", "J", "m");
    const variances = tables.positive("variances", "K", "J", "m");
    const { m } = tables.sizes;
    const covariances = new Float64Array(variances.data.length * m);
    variances.data.forEach((variance, k) => {
      covariances[k * m + (k % m)] = variance;
    });
    const parameters = { weights, means, variances };
    return mixture(context, "diagonal-gaussian-mixture", parameters, covariances, "variances");
  },
};

function mixture(
  context: FamilyContext,
  family: string,
  parameters: { weights: NDArray; means: NDArray } & Record<string, NDArray>,
  covariances: Float64Array,
  covarianceKey: string,
): EmissionFamily {
  const [E, J, m] = parameters.means.shape;
  const weights = parameters.weights.data;
  const logWeights = weights.map(Math.log);
  const sizes = { emissionDim: m, inputDim: 0, lags: 0 };
  // The components of all regimes, as regimes of their own.
  const components = gaussianFamily(
    { ...context, numEmissions: E * J },
    { family, parameters, ...sizes, means: constantMeans(parameters.means.data), covariances, covarianceKey },
  );
  const terms = new Float64Array(J);
  const logDensity = (e: number, row: Row): number => {
    if (nothingObserved(row, m)) return 0;
    for (let j = 0; j < J; j++) terms[j] = logWeights[e * J + j] + components.logDensity(e * J + j, row);
    return logSumExp(terms);
  };
  const own = { family, numEmissions: E, ...sizes, parameters, logDensity };
  const centre = (e: number, out: Float64Array, at: number): void => {
    for (let i = 0; i < m; i++) {
      out[at + i] = 0;
      for (let j = 0; j < J; j++)
        out[at + i] += weights[e * J + j] * parameters.means.data[(e * J + j) * m + i];
    }
  };
  return {
    ...own,
    bind: (_call, data) => bindRows(own, data, mixtureGpu(components, logWeights, E, J, data)),
    sample(e, row, random) {
      components.sample?.(e * J + drawIndex(random, weights, e * J, J), row, random);
    },
    mean: (e, _row, out, at) => centre(e, out, at),
    covariance(e, _row, out, at) {
      const mean = new Float64Array(m);
      centre(e, mean, 0);
      out.fill(0, at, at + m * m);
      for (let j = 0; j < J; j++) {
        const k = e * J + j;
        for (let a = 0; a < m; a++) {
          for (let b = 0; b < m; b++) {
            const away =
              (parameters.means.data[k * m + a] - mean[a]) * (parameters.means.data[k * m + b] - mean[b]);
            out[at + a * m + b] += weights[k] * (covariances[(k * m + a) * m + b] + away);
          }
        }
      }
    },
    sufficientStatistics(data, probs) {
      const shares = componentProbs(
        data,
        probs,
        E,
        J,
        m,
        (k, row) => logWeights[k] + components.logDensity(k, row),
      );
      const sums = components.sufficientStatistics!(data, shares);
      const split = ({ data: sum, shape }: NDArray): NDArray => ({
        data: sum,
        shape: [E, J, ...shape.slice(1)],
      });
      return Object.fromEntries(Object.entries(sums).map(([name, sum]) => [name, split(sum)]));
    },
  };
}

/** The kernel of the components with their weights behind its parameters. */
function mixtureGpu(
  components: GaussianFamily,
  weights: Float64Array,
  E: number,
  J: number,
  data: EmissionData,
): GpuEmissions | undefined {
  const { means, fresh } = components.gaussians;
  const gpu = gaussianGpu({ ...components, means, patterns: fresh(), weights }, data);
  if (gpu === undefined) return undefined;
  const parameters = new Float32Array(gpu.parameters.length + E * J);
  parameters.set(gpu.parameters);
  weights.forEach((weight, k) => {
    parameters[gpu.parameters.length + k] = Math.max(LOG_ZERO, weight);
  });
  return {
    ...gpu,
    kernel: { stem: "gaussian_mixture" },
    constants: { ...gpu.constants, EMISSIONS: E, COMPONENTS: J, WEIGHTS_AT: gpu.parameters.length },
    parameters,
  };
}

/** p(regime e, component j | y) [N, T, E J] from p(regime e | y). */
function componentProbs(
  data: EmissionData,
  probs: Float64Array,
  E: number,
  J: number,
  m: number,
  logJoint: (k: number, row: Row) => number,
): Float64Array {
  const shares = new Float64Array(probs.length * J);
  const terms = new Float64Array(J);
  const row = firstRow(data);
  for (let s = 0; s < data.numSeries; s++) {
    for (let t = 0; t < data.lengths[s]; t++) {
      moveRow(row, data, m, 0, s, t);
      const step = s * data.numSteps + t;
      for (let e = 0; e < E; e++) {
        for (let j = 0; j < J; j++) terms[j] = logJoint(e * J + j, row);
        const total = logSumExp(terms);
        for (let j = 0; j < J; j++)
          shares[(step * E + e) * J + j] = probs[step * E + e] * Math.exp(terms[j] - total);
      }
    }
  }
  return shares;
}

/** All m entries of a row are missing. */
export function nothingObserved({ observations, at }: Row, m: number): boolean {
  for (let i = at; i < at + m; i++) if (!Number.isNaN(observations[i])) return false;
  return true;
}
