import type { GpuEmissions } from "../../../inference/index.ts";
import type { EmissionData } from "./family.ts";
import { FARTHEST } from "./two_words.ts";

/** A kernel's side of an emission family, step by step. */
export interface StepRecords
  extends Pick<GpuEmissions, "kernel" | "constants" | "parameters" | "recordFloats"> {
  /** Writes all of the record of a step to out[at …] and returns its baseline, nats. */
  readonly record: (series: number, step: number, out: Float32Array, at: number) => number;
}

/** Entries of tables beyond this could overflow with what they are multiplied with. */
const LARGEST_ENTRY = 1e15;

/** Whether float32 can work with a table. */
export const tableFits = (parameters: Float32Array): boolean =>
  parameters.every(value => Math.abs(value) <= LARGEST_ENTRY);

/** Records by steps; a baseline is kept when its record is written, as it costs as much. */
export function stepRecords(
  { record, ...rest }: StepRecords,
  { numSeries, numSteps }: Pick<EmissionData, "numSeries" | "numSteps">,
): GpuEmissions {
  const { recordFloats } = rest;
  const scratch = new Float32Array(recordFloats);
  let baselines = new Float64Array(0);
  const keep = (series: number, step: number, out: Float32Array, at: number): number => {
    if (baselines.length === 0) baselines = new Float64Array(numSeries * numSteps).fill(Number.NaN);
    const baseline = record(series, step, out, at);
    for (let k = at; k < at + recordFloats; k++) {
      if (out[k] > FARTHEST) out[k] = FARTHEST;
      else if (out[k] < -FARTHEST) out[k] = -FARTHEST;
    }
    baselines[series * numSteps + step] = baseline;
    return baseline;
  };
  return {
    ...rest,
    packRecords(series, start, end, out, at) {
      for (let t = start; t < end; t++) keep(series, t, out, at + (t - start) * recordFloats);
    },
    baseline(series, step) {
      const known = baselines.length > 0 ? baselines[series * numSteps + step] : Number.NaN;
      return Number.isNaN(known) ? keep(series, step, scratch, 0) : known;
    },
  };
}
