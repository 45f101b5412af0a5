import { type Moments, standardize } from "../inference/index.ts";
import type { MomentSteps } from "../models/index.ts";
import { BatchResult } from "./batch_result.ts";
import { bound, diagonals } from "./intervals.ts";
import { covarianceReader, type ResultSource } from "./state_result.ts";
import type { ResultArray, ResultBase } from "./types.ts";

/**
 * Result of predict(); a leading [N] axis is added for batches, with NaN past the end of short series. Arrays are made
 * when first read. Steps of a diffuse start before whose datum some state has infinite variance are NaN. Units are those
 * of the observations.
 */
export interface Prediction extends ResultBase {
  /** Probability that an observation lies between lower and upper. */
  readonly level: number;
  /** E y_t | y_0:t−1 [T, m] */
  readonly means: ResultArray;
  /** Cov y_t | y_0:t−1 [T, m, m], observation noise included */
  readonly covariances: ResultArray;
  /** Var of each entry of y_t [T, m] */
  readonly variances: ResultArray;
  /** means − z √variances [T, m] */
  readonly lower: ResultArray;
  /** means + z √variances [T, m] */
  readonly upper: ResultArray;
  /** y_t − E y_t | y_0:t−1 [T, m], NaN where missing */
  readonly innovations: ResultArray;
  /**
   * L⁻¹ of the innovations [T, m], L the Cholesky factor of the covariance of the observed entries, in their order: standard
   * normals, independent over time and entries, if the model is right. NaN where missing.
   */
  readonly standardizedInnovations: ResultArray;
}

export interface PredictionSource extends ResultSource {
  readonly level: number;
  readonly emissionDim: number;
  readonly inputDim: number;
  /** y [N, T, m], NaN where missing */
  readonly observed: Float64Array;
  readonly inputs: { readonly data: Float64Array; readonly seriesStride: number } | undefined;
  readonly steps: MomentSteps;
}

/** Reads the moments of z_t | y_0:t−1 of a series and step into the arrays given; false where some variance is infinite. */
type ReadState = (s: number, t: number, mean: Float64Array, covariance: Float64Array) => boolean;

export class PredictionResult<Source extends PredictionSource = PredictionSource>
  extends BatchResult<Source>
  implements Prediction
{
  get level(): number {
    return this.source.level;
  }

  get means(): ResultArray {
    return this.field("means", false, (data, to, mean) => {
      for (let i = 0; i < mean.length; i++) data[to + i] = mean[i];
    });
  }
  get covariances(): ResultArray {
    return this.field("covariances", true, (data, to, _mean, covariance) => {
      for (let i = 0; i < covariance.length; i++) data[to + i] = covariance[i];
    });
  }
  get variances(): ResultArray {
    return this.once("variances", () => diagonals(this.covariances));
  }
  get lower(): ResultArray {
    return this.once("lower", () => bound(this.means, this.variances, this.level, -1));
  }
  get upper(): ResultArray {
    return this.once("upper", () => bound(this.means, this.variances, this.level, 1));
  }

  get innovations(): ResultArray {
    return this.field("innovations", false, (data, to, mean, _covariance, y, at) => {
      for (let i = 0; i < mean.length; i++) data[to + i] = y[at + i] - mean[i];
    });
  }
  get standardizedInnovations(): ResultArray {
    const m = this.source.emissionDim;
    const factor = new Float64Array(m * m);
    return this.field("standardizedInnovations", false, (data, to, mean, covariance, y, at) => {
      standardize(mean, covariance, y, at, factor, data, to);
    });
  }

  /** A field [T, m] or [T, m, m], each row made from the moments of y_t and y_t itself at y[at …]. */
  private field(
    name: string,
    square: boolean,
    fill: (
      data: Float64Array | Float32Array,
      to: number,
      mean: Float64Array,
      covariance: Float64Array,
      y: Float64Array,
      at: number,
    ) => void,
  ): ResultArray {
    const { emissionDim: m, stateDim: n, numSteps, observed, inputs, inputDim, steps } = this.source;
    const read = this.predictedState();
    const size = square ? m * m : m;
    const [state, spread] = [new Float64Array(n), new Float64Array(n * n)];
    const [mean, covariance] = [new Float64Array(m), new Float64Array(m * m)];
    return this.expand(name, { entry: square ? [m, m] : [m] }, (data, to, s, t) => {
      if (!read(s, t, state, spread)) {
        data.fill(Number.NaN, to, to + size);
        return;
      }
      const u = inputs && { data: inputs.data, at: s * inputs.seriesStride + t * inputDim };
      steps.observe(s, t, u, state, spread, mean, 0, covariance, 0);
      fill(data, to, mean, covariance, observed, (s * numSteps + t) * m);
    });
  }

  protected predictedState(): ReadState {
    const { stateDim: n, records, diffuse } = this.source;
    const predicted = records.predicted as Moments;
    const { means } = predicted;
    const read = covarianceReader(predicted, n);
    return (s, t, mean, covariance) => {
      if (diffuse?.infinite("predicted", s, t)) return false;
      const from = means.at(s, t);
      for (let i = 0; i < n; i++) mean[i] = means.data[from + i];
      read(s, t, covariance, 0);
      return true;
    };
  }

  protected view(series: number): this {
    return new PredictionResult({ ...this.source, batch: false }, series) as this;
  }
}
