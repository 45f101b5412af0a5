import { NumericalError } from "../engine/index.ts";
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
