/** Results about observations that are still to come: one step ahead of every datum, or h steps after the last. */

import { ParameterError } from "../engine/index.ts";
import type { Rows } from "../inference/index.ts";
import { type Row, say } from "../models/index.ts";
import type { EmissionMixture } from "./hmm_moments.ts";
import { channelShapes, mixtureQuantile } from "./hmm_quantiles.ts";
import { HmmBatchResult, type HmmBatchSource } from "./hmm_result.ts";
import { diagonals } from "./intervals.ts";
import type { ResultArray } from "./types.ts";

export interface OutlookSource extends HmmBatchSource {
  readonly level: number;
  readonly mixture: EmissionMixture;
  /** Probabilities of states [K] of every row. */
  readonly weights: Rows;
  /** Rows of every series; default its steps. */
  readonly rows?: number;
  /** What the densities of a row depend on. */
  readonly row: (series: number, row: number) => Row;
  /** Moments of rows that look back on observations that are still to come: means [N, rows, m], covariances [N, rows, m, m]. */
  readonly moments?: { readonly means: Float64Array; readonly covariances: Float64Array };
}

export abstract class OutlookResult<Source extends OutlookSource> extends HmmBatchResult<Source> {
  get level(): number {
    return this.source.level;
  }

  get means(): ResultArray {
    return this.once("means", () => this.both().means);
  }
  get covariances(): ResultArray {
    return this.once("covariances", () => this.both().covariances);
  }
  get variances(): ResultArray {
    return this.once("variances", () => diagonals(this.covariances));
  }
  get lower(): ResultArray {
    return this.quantiles("lower", (1 - this.level) / 2);
  }
  get upper(): ResultArray {
    return this.quantiles("upper", (1 + this.level) / 2);
  }

  get categoryProbs(): ResultArray {
    const { mixture, row, rows } = this.source;
    const { emissionDim: m, family } = mixture.family;
    const C = mixture.numCategories;
    if (C === undefined) {
      const fix = "Read means and covariances.";
      throw new ParameterError(
        say(this.source.call, "result.categoryProbs", "emissions of categories", `"${family}"`, fix),
      );
    }
    const mixed = this.mixed();
    return this.expand("categoryProbs", { entry: [m, C], rows }, (data, to, s, t) => {
      mixture.categoryProbs(mixed(s, t), row(s, t), data, to);
    });
  }

  /** Probabilities of the rows, by regime or by state. */
  protected states(name: string): ResultArray {
    const { weights, rows, numStates, regimeOf, byState } = this.source;
    const W = this.width;
    return this.expand(name, { entry: [W], rows }, (data, to, s, t) => {
      const from = weights.at(s, t);
      data.fill(0, to, to + W);
      for (let k = 0; k < numStates; k++) data[to + (byState ? k : regimeOf[k])] += weights.data[from + k];
    });
  }

  /** A reader of the probabilities of regimes. */
  private mixed(): (series: number, row: number) => Float64Array {
    const { mixture, weights, numRegimes } = this.source;
    const out = new Float64Array(numRegimes);
    return (s, t) => mixture.regimes(weights.data, weights.at(s, t), out);
  }

  private both(): { means: ResultArray; covariances: ResultArray } {
    return this.once("moments", () => {
      const { mixture, row, rows, moments } = this.source;
      const { emissionDim: m } = mixture.family;
      const [mean, spread] = [new Float64Array(m), new Float64Array(m * m)];
      const mixed = this.mixed();
      const fill = (which: Float64Array, other: "means" | "covariances") => {
        const size = which.length;
        return (data: Float64Array | Float32Array, to: number, s: number, t: number): void => {
          if (moments) {
            const at = (s * (rows ?? this.source.numSteps) + t) * size;
            for (let i = 0; i < size; i++) data[to + i] = moments[other][at + i];
            return;
          }
          mixture.moments(mixed(s, t), row(s, t), mean, spread);
          for (let i = 0; i < size; i++) data[to + i] = which[i];
        };
      };
      return {
        means: this.expand("means of rows", { entry: [m], rows }, fill(mean, "means")),
        covariances: this.expand("covariances of rows", { entry: [m, m], rows }, fill(spread, "covariances")),
      };
    });
  }

  private quantiles(name: string, q: number): ResultArray {
    const { mixture, row, rows, moments } = this.source;
    const { family } = mixture;
    const { emissionDim: m } = family;
    const shapes = channelShapes(family);
    const [mean, spread] = [new Float64Array(m), new Float64Array(m * m)];
    const mixed = this.mixed();
    return this.expand(name, { entry: [m], rows }, (data, to, s, t) => {
      const where = row(s, t);
      const weights = mixed(s, t);
      mixture.moments(weights, where, mean, spread);
      for (let i = 0; i < m; i++) {
        // Further ahead, an observation that looks back on others mixes over all paths.
        const shape = moments && t > 0 ? undefined : shapes[i]?.(where);
        data[to + i] = shape
          ? mixtureQuantile(shape, weights, q, mean[i], Math.sqrt(spread[i * m + i]))
          : Number.NaN;
      }
    });
  }
}
