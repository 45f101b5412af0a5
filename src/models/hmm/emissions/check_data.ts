import { DataError } from "../../../engine/index.ts";
import { say } from "../../say.ts";
import type { EmissionData } from "./family.ts";

/**
 * Looks at every observed entry.
 * @throws DataError at the first that is not as it should be, with its series, step and channel
 */
export function checkEntries(
  call: string,
  { observations, numSeries, numSteps, lengths, where }: EmissionData,
  emissionDim: number,
  good: (value: number, channel: number) => boolean,
  expected: string,
  fix: string,
): void {
  for (let s = 0; s < numSeries; s++) {
    for (let t = 0; t < lengths[s]; t++) {
      const at = (s * numSteps + t) * emissionDim;
      for (let i = 0; i < emissionDim; i++) {
        const value = observations[at + i];
        if (Number.isNaN(value) || good(value, i)) continue;
        throw new DataError(say(call, where(s, t, i), expected, `${value}`, fix));
      }
    }
  }
}

/** Every observed entry is a whole number ≥ 0. */
export const checkCounts = (call: string, data: EmissionData, emissionDim: number): void =>
  checkEntries(
    call,
    data,
    emissionDim,
    value => value >= 0 && Number.isInteger(value),
    "a count: a whole number ≥ 0",
    "Round or correct the entry, or choose a continuous family.",
  );
