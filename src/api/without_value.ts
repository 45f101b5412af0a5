import { NumericalError } from "../engine/index.ts";
import type { LyapunovRecords } from "../inference/index.ts";
import { say } from "../models/index.ts";

/**
 * What calls on recurrences say of the first series whose function has no finite value at some step.
 * @param failed [N] that step; the length of the series where there is none
 * @throws NumericalError
 */
export function refuseWithoutValue(
  call: string,
  failed: Uint32Array,
  lengths: Uint32Array,
  batch: boolean,
  more = "",
): void {
  const s = failed.findIndex((step, k) => step < lengths[k]);
  if (s < 0) return;
  const got = `none at step ${failed[s]}${batch ? ` of series ${s}` : ""}`;
  const fix = `Check its domain there, or the initial state.${more}`;
  const expected = "a function with finite values along its trajectory";
  throw new NumericalError(say(call, "model", expected, got, fix), "nonFinite");
}

/** Writes NaN for all that records say of series whose function has no value at some step. */
export function forgetFailed(
  { largest, overshoot, stateErrors, spectrum }: LyapunovRecords,
  failed: Uint32Array,
  lengths: Uint32Array,
): void {
  failed.forEach((step, s) => {
    if (step === lengths[s]) return;
    for (const field of [largest, overshoot, stateErrors]) field[s] = Number.NaN;
    const D = (spectrum?.length ?? 0) / failed.length;
    spectrum?.fill(Number.NaN, s * D, (s + 1) * D);
  });
}
