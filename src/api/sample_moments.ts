/** samplePosterior() of a linear Gaussian model. */

import { type Status, throwIfAborted } from "../engine/index.ts";
import type { LinearGaussianProblem } from "../inference/index.ts";
import { type LinearGaussianSSM, observationLayout, prepare, type SeriesInput } from "../models/index.ts";
import { chooseBackend } from "./backend.ts";
import { BatchResult, type BatchSource } from "./batch_result.ts";
import { checkModel } from "./check_model.ts";
import { checkMemory, withinMemory } from "./memory.ts";
import { checkOptions, checkWhole } from "./options.ts";
import { posteriorSampler } from "./parts.ts";
import type { PosteriorSamples, SamplePosteriorOptions } from "./sample_posterior.ts";
import { throwOnFailure } from "./status.ts";
import type { ResultArray } from "./types.ts";

const CALL = "samplePosterior";

/** Draws of z_0:T−1 | y_0:T−1. */
export async function sampleMoments(
  model: LinearGaussianSSM,
  observations: SeriesInput,
  options: SamplePosteriorOptions,
): Promise<PosteriorSamples> {
  const { numSamples = 1, seed = 0, ...inference } = options;
  checkOptions(CALL, options, { add: ["numSamples", "seed"], drop: ["outputs"] });
  checkWhole(CALL, "numSamples", numSamples, 1);
  checkWhole(CALL, "seed", seed, 0);
  checkModel(CALL, model);
  const { numSeries, numSteps, batch } = observationLayout(CALL, model, observations);
  const backend = await chooseBackend({ ...model, steps: numSeries * numSteps }, options);
  const outputs = { predicted: false, crossCovariances: false };
  const request = { ...model, numSeries, numSteps, kind: "filter", ...outputs, numSamples } as const;
  checkMemory(CALL, request, backend, options.memoryLimit);
  return withinMemory(CALL, async () => {
    const start = performance.now();
    const problem = prepare(model, observations, { inputs: options.inputs, mask: options.mask, call: CALL });
    throwIfAborted(CALL, options.signal);
    return samplesOf(problem, backend, { ...inference, numSamples, seed }, { batch, start });
  });
}

/**
 * Draws of a linear Gaussian problem as a result.
 * @param plan what was done before, in words
 * @param failed statuses of series that failed before, "ok" for others: they have no draws
 */
export async function samplesOf(
  problem: LinearGaussianProblem,
  backend: "webgpu" | "cpu",
  options: Omit<SamplePosteriorOptions, "numSamples" | "seed"> & { numSamples: number; seed: number },
  {
    batch,
    start,
    plan = "",
    failed = [],
  }: {
    readonly batch: boolean;
    readonly start: number;
    readonly plan?: string;
    readonly failed?: readonly Status[];
  },
): Promise<PosteriorSamples> {
  const { sampleStates } = await posteriorSampler(CALL);
  const { states, refusals, run, unidentified, ...drawn } = await sampleStates(problem, backend, options);
  const size = options.numSamples * problem.numSteps * problem.stateDim;
  const statuses = drawn.statuses.map((status, s) => {
    const before = failed[s] ?? "ok";
    if (before !== "ok") states.fill(Number.NaN, s * size, (s + 1) * size);
    return before === "ok" ? status : before;
  });
  if (options.throwOnFailure !== false) throwOnFailure(CALL, statuses, batch, unidentified, refusals);
  return new PosteriorSamplesResult({
    call: CALL,
    numSteps: problem.numSteps,
    lengths: problem.lengths,
    batch,
    dtype: options.dtype ?? "float64",
    statuses,
    run: { ...run, plan: plan + run.plan, seconds: (performance.now() - start) / 1000 },
    numSamples: options.numSamples,
    stateDim: problem.stateDim,
    states,
  });
}

interface SamplesSource extends BatchSource {
  readonly numSamples: number;
  readonly stateDim: number;
  /** [N, S, T, n] */
  readonly states: Float64Array | Float32Array;
}

class PosteriorSamplesResult extends BatchResult<SamplesSource> implements PosteriorSamples {
  get numSamples(): number {
    return this.source.numSamples;
  }

  get states(): ResultArray {
    const { states, numSamples, numSteps, stateDim: n, batch, dtype } = this.source;
    return this.once("states", () => {
      const shape = [numSamples, this.steps, n];
      const rows = this.numSeries * numSamples;
      const count = rows * this.steps * n;
      const from = this.first * numSamples;
      const all = states.subarray(from * numSteps * n, (from + rows) * numSteps * n);
      const sameType = all instanceof (dtype === "float32" ? Float32Array : Float64Array);
      let data = all;
      if (!sameType || this.steps < numSteps) {
        data = dtype === "float32" ? new Float32Array(count) : new Float64Array(count);
        const length = this.steps * n;
        for (let row = 0; row < rows; row++)
          data.set(all.subarray(row * numSteps * n, row * numSteps * n + length), row * length);
      }
      return { data, shape: batch ? [this.numSeries, ...shape] : shape };
    });
  }

  protected view(series: number): this {
    return new PosteriorSamplesResult({ ...this.source, batch: false }, series) as this;
  }
}
