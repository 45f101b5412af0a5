import { ParameterError } from "../engine/index.ts";
import { say } from "../models/index.ts";
import { BatchResult, type BatchSource } from "./batch_result.ts";
import type { ParticleSmootherResult } from "./particle_filter.ts";
import type { ResultArray } from "./types.ts";

export interface ParticleSource extends BatchSource {
  readonly stateDim: number;
  /** M; 0 of the filter alone */
  readonly numTrajectories: number;
  /** [N, T, n], [N, T, n, n], [N, T], [N, T] */
  readonly means: Float64Array;
  readonly covariances: Float64Array;
  readonly logLikelihoods: Float64Array;
  readonly effectiveSampleSizes: Float64Array;
  /** [N, M, T, n] */
  readonly trajectories: Float64Array;
}

/** Result of particleFilter() and particleSmooth(). */
export class ParticleResult extends BatchResult<ParticleSource> implements ParticleSmootherResult {
  protected view(series: number): this {
    return new ParticleResult({ ...this.source, batch: false }, series) as this;
  }

  get filteredMeans(): ResultArray {
    return this.rows("filteredMeans", this.source.means, [this.source.stateDim]);
  }
  get filteredCovariances(): ResultArray {
    const n = this.source.stateDim;
    return this.rows("filteredCovariances", this.source.covariances, [n, n]);
  }
  get logLikelihoods(): ResultArray {
    return this.rows("logLikelihoods", this.source.logLikelihoods, []);
  }
  get effectiveSampleSizes(): ResultArray {
    return this.rows("effectiveSampleSizes", this.source.effectiveSampleSizes, []);
  }

  get marginalLogLikelihoods(): Float64Array {
    return this.once("marginalLogLikelihoods", () =>
      Float64Array.from({ length: this.numSeries }, (_, i) => {
        const from = (this.first + i) * this.source.numSteps;
        return this.source.logLikelihoods.subarray(from, from + this.lengths[i]).reduce((a, b) => a + b, 0);
      }),
    );
  }
  get marginalLogLikelihood(): number {
    return this.marginalLogLikelihoods.reduce((a, b) => a + b, 0);
  }

  get trajectories(): ResultArray {
    const { numTrajectories: M, numSteps: T, stateDim: n, trajectories, batch } = this.drawn("trajectories");
    return this.once("trajectories", () => {
      const steps = this.steps;
      const data = new Float64Array(this.numSeries * M * steps * n);
      for (let row = 0; row < this.numSeries * M; row++) {
        const from = (this.first * M + row) * T * n;
        data.set(trajectories.subarray(from, from + steps * n), row * steps * n);
      }
      const shape = [...(batch ? [this.numSeries] : []), M, steps, n];
      return { data: this.source.dtype === "float32" ? Float32Array.from(data) : data, shape };
    });
  }

  get smoothedMeans(): ResultArray {
    const { stateDim: n } = this.drawn("smoothedMeans");
    return this.expand("smoothedMeans", { entry: [n] }, (data, to, s, t) => {
      for (let i = 0; i < n; i++) data[to + i] = this.mean(s, t, i);
    });
  }

  get smoothedCovariances(): ResultArray {
    const { numTrajectories: M, stateDim: n } = this.drawn("smoothedCovariances");
    return this.expand("smoothedCovariances", { entry: [n, n] }, (data, to, s, t) => {
      const mean = Array.from({ length: n }, (_, i) => this.mean(s, t, i));
      for (let i = 0; i < n; i++)
        for (let j = 0; j < n; j++) {
          let sum = 0;
          for (let k = 0; k < M; k++)
            sum += (this.at(s, k, t, i) - mean[i]) * (this.at(s, k, t, j) - mean[j]);
          data[to + i * n + j] = sum / M;
        }
    });
  }

  private at(series: number, k: number, t: number, i: number): number {
    const { numTrajectories: M, numSteps: T, stateDim: n, trajectories } = this.source;
    return trajectories[((series * M + k) * T + t) * n + i];
  }

  private mean(series: number, t: number, i: number): number {
    const { numTrajectories: M } = this.source;
    let sum = 0;
    for (let k = 0; k < M; k++) sum += this.at(series, k, t, i);
    return sum / M;
  }

  private rows(name: string, values: Float64Array, entry: readonly number[]): ResultArray {
    const size = entry.reduce((a, b) => a * b, 1);
    return this.expand(name, { entry }, (data, to, s, t) => {
      const from = (s * this.source.numSteps + t) * size;
      for (let i = 0; i < size; i++) data[to + i] = values[from + i];
    });
  }

  /** @throws ParameterError for the fields of trajectories where there are none */
  private drawn(name: string): ParticleSource {
    if (this.source.numTrajectories > 0) return this.source;
    const { call } = this.source;
    throw new ParameterError(
      say(call, name, "a field that was computed", "one of trajectories", "Call particleSmooth()."),
    );
  }
}
