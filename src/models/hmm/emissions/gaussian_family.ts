import type { NDArray } from "../../../engine/index.ts";
import { bindRows } from "./bind_rows.ts";
import { cholesky } from "./cholesky.ts";
import type { EmissionFamily, FamilyContext, Row } from "./family.ts";
import { gaussianGpu } from "./gaussian_gpu.ts";
import { GaussianPatterns } from "./gaussian_patterns.ts";
import { gaussianStatistics } from "./gaussian_statistics.ts";
import { type LinearMeans, linear, residual } from "./linear_means.ts";

export interface GaussianArguments {
  readonly family: string;
  readonly parameters: Readonly<Record<string, NDArray>>;
  readonly emissionDim: number;
  readonly inputDim: number;
  readonly lags: number;
  readonly means: LinearMeans;
  /** Σ [E, m, m], symmetric */
  readonly covariances: Float64Array;
  /** The parameter that errors about Σ name. */
  readonly covarianceKey: string;
}

/** A family with what its kernel is made of. */
export interface GaussianFamily extends EmissionFamily {
  readonly gaussians: {
    readonly means: LinearMeans;
    readonly covariances: Float64Array;
    readonly fresh: () => GaussianPatterns;
  };
}

/**
 * y | e ~ N(M_e x, Σ_e): Gaussian, linear regression, autoregression. Missing entries are integrated out: the density is that
 * of the observed ones, with the block of Σ that belongs to them. A step whose features are not known has density 1.
 */
export function gaussianFamily(context: FamilyContext, given: GaussianArguments): GaussianFamily {
  const { emissionDim: m, means, covariances } = given;
  const E = context.numEmissions;
  const path = `${context.path}${given.covarianceKey}`;
  /** Patterns are numbered as they are met: those of one set of data for its kernel. */
  const fresh = (): GaussianPatterns => new GaussianPatterns(context.call, path, covariances, E, m);
  const patterns = fresh();
  const factors = new Float64Array(E * m * m);
  for (let e = 0; e < E; e++) cholesky(covariances, e * m * m, m, factors, e * m * m);
  const x = new Float64Array(means.numFeatures);
  const deviation = new Float64Array(m);
  const mean = (e: number, row: Row, out: Float64Array, at: number): void => {
    const known = means.features(row, x);
    for (let i = 0; i < m; i++) out[at + i] = known ? linear(means, x, e * m + i) : Number.NaN;
  };
  const own = {
    family: given.family,
    numEmissions: E,
    emissionDim: m,
    inputDim: given.inputDim,
    lags: given.lags,
    parameters: given.parameters,
    logDensity(e: number, row: Row): number {
      if (!means.features(row, x)) return 0;
      const { present, whiteners, constants } = patterns.of(row.observations, row.at);
      const k = present.length;
      for (let i = 0; i < k; i++)
        deviation[i] = residual(means, x, e * m + present[i], row.observations[row.at + present[i]]);
      let square = 0;
      for (let i = 0; i < k; i++) {
        let r = 0;
        for (let j = 0; j <= i; j++) r += whiteners[(e * k + i) * k + j] * deviation[j];
        square += r * r;
      }
      return constants[e] - 0.5 * square;
    },
  };
  return {
    ...own,
    bind: (_call, data) => bindRows(own, data, gaussianGpu({ ...own, means, patterns: fresh() }, data)),
    gaussians: { means, covariances, fresh },
    sample(e, row, random) {
      means.features(row, x);
      for (let i = 0; i < m; i++) row.observations[row.at + i] = linear(means, x, e * m + i);
      for (let i = 0; i < m; i++) deviation[i] = random.normal();
      for (let i = 0; i < m; i++)
        for (let j = 0; j <= i; j++)
          row.observations[row.at + i] += factors[(e * m + i) * m + j] * deviation[j];
    },
    mean,
    covariance(e, _row, out, at) {
      for (let k = 0; k < m * m; k++) out[at + k] = covariances[e * m * m + k];
    },
    sufficientStatistics: (data, probs) =>
      gaussianStatistics(data, probs, E, m, given.inputDim, means, patterns),
  };
}
