/** hmm_emissions: the records and parameters of the densities as a GPU takes them, block of time by block of time. */
import { type BufferSpec, type KernelKey, type Recording, ShaderError } from "../engine/index.ts";
import type { GpuEmissions, HmmProblem } from "./hmm_problem.ts";

/** Lowest value a record or a density may have: log 0. */
export const LOG_ZERO = -1e30;

/** @throws ShaderError when a user's text has no density. */
export function checkDensity(call: string, { kernel }: GpuEmissions): void {
  if (!("source" in kernel)) return;
  const text = kernel.source.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, "");
  if (!/\bfn\s+emission_(log_likelihood|nats)\s*\(/.test(text))
    throw new ShaderError(
      `${call}: emissions expected to define fn emission_log_likelihood(record: u32, e: u32) -> f32, got a text without it. Add that function.`,
    );
}

/** What a kernel that takes a density in needs of it. */
export const densityKey = ({ kernel, constants }: GpuEmissions): Pick<KernelKey, "splice" | "constants"> => ({
  splice: kernel,
  constants,
});

/** Uploads the parameters. */
export function recordEmissionParameters(recording: Recording, { parameters }: GpuEmissions): BufferSpec {
  const buffer = recording.buffer("emission parameters", [parameters.length], "input");
  recording.upload(buffer, () => parameters);
  return buffer;
}

/** Uploads the records [N, steps, recordFloats] of steps start … end−1. */
export function recordEmissionRecords(
  recording: Recording,
  { numSeries: N, lengths, emissions: { gpu } }: HmmProblem,
  start: number,
  end: number,
): BufferSpec {
  const row = (end - start) * gpu.recordFloats;
  const buffer = recording.buffer(`emission records ${start}`, [N, end - start, gpu.recordFloats], "input");
  recording.upload(buffer, () => {
    const out = new Float32Array(N * row);
    for (let s = 0; s < N; s++) {
      const stop = Math.min(end, lengths[s]!);
      if (stop > start) gpu.packRecords(s, start, stop, out, s * row);
    }
    return out;
  });
  return buffer;
}

/**
 * The densities of log-likelihoods that somebody else worked out: the record of a step is its E values less their largest.
 * @param logLikelihoods writes those of a step to out[at …], −Infinity where impossible
 */
export function precomputedEmissions(
  numEmissions: number,
  logLikelihoods: (series: number, step: number, out: Float64Array, at: number) => void,
): GpuEmissions {
  const row = new Float64Array(numEmissions);
  const largest = (series: number, step: number): number => {
    logLikelihoods(series, step, row, 0);
    let most = Number.NEGATIVE_INFINITY;
    for (const value of row) most = Math.max(most, value);
    return Number.isFinite(most) ? most : 0;
  };
  return {
    kernel: { stem: "precomputed" },
    constants: {},
    parameters: new Float32Array(0),
    recordFloats: numEmissions,
    packRecords(series, start, end, out, at) {
      for (let t = start; t < end; t++) {
        const baseline = largest(series, t);
        for (let e = 0; e < numEmissions; e++)
          out[at + (t - start) * numEmissions + e] = Math.max(row[e]! - baseline, LOG_ZERO);
      }
    },
    baseline: largest,
  };
}
