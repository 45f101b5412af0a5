/** What became of the series of a call, in one word and in an error. */

import { NumericalError, type Status } from "../engine/index.ts";
import { type Refusal, refusalText } from "../inference/index.ts";
import { say } from "../models/index.ts";

const SEVERITY: readonly Status[] = [
  "ok",
  "maxIterations",
  "diverged",
  "unidentified",
  "illConditioned",
  "notPositiveDefinite",
  "nonFinite",
];

/** Worst of several statuses. */
export const worstStatus = (statuses: readonly Status[]): Status =>
  statuses.reduce((worst, s) => (SEVERITY.indexOf(s) > SEVERITY.indexOf(worst) ? s : worst), "ok" as Status);

/**
 * @param unidentified states at fault, by series
 * @param refusals why series are illConditioned
 * @throws NumericalError naming the series that failed
 */
export function throwOnFailure(
  call: string,
  statuses: readonly Status[],
  batch: boolean,
  unidentified?: readonly (readonly number[])[],
  refusals: readonly Refusal[] = [],
): void {
  const status = worstStatus(statuses);
  if (status === "ok") return;
  const refusal = refusals[0];
  if (status === "illConditioned" && refusal) {
    const where = batch ? ` (series ${refusal.series})` : "";
    throw new NumericalError(
      say(
        call,
        "options.form",
        '"squareRoot" or "auto" for this problem',
        `"covariance": ${refusalText(refusal)}${where}`,
        'Use form: "squareRoot".',
      ),
      status,
    );
  }
  const failed = statuses.flatMap((s, i) => (s === "ok" ? [] : [i]));
  const which = batch
    ? `series ${failed.slice(0, 10).join(", ")}${failed.length > 10 ? " …" : ""}`
    : "the series";
  const causes: Partial<Record<Status, string>> = {
    notPositiveDefinite:
      "the innovation covariance H P H' + R is singular: make R positive definite, or drop duplicated observations",
    unidentified: `the data never tell about the diffuse state ${unidentified?.[statuses.indexOf("unidentified")]?.join(", ")}: observe it, or give it a proper prior`,
  };
  const cause =
    causes[status] ??
    "the moments overflowed: check the scale of parameters and data, and that the dynamics are stable";
  throw new NumericalError(
    say(
      call,
      "status",
      '"ok"',
      `"${status}" for ${which}`,
      `Likely ${cause}. Set throwOnFailure: false to see the result.`,
    ),
    status,
  );
}

/**
 * @param ends where each series ends: its length, or the first step at which every state is impossible
 * @throws NumericalError naming the first such series and step
 */
export function throwOnImpossible(
  call: string,
  ends: Uint32Array,
  lengths: Uint32Array,
  batch: boolean,
): void {
  const failed = Array.from(ends).flatMap((end, s) => (end < lengths[s] ? [s] : []));
  if (failed.length === 0) return;
  const s = failed[0];
  const others = failed.length > 1 ? ` (and ${failed.length - 1} more series)` : "";
  throw new NumericalError(
    say(
      call,
      "observations",
      "to be possible in some state at every step",
      `none possible at step ${ends[s]}${batch ? ` of series ${s}` : ""}${others}`,
      "Correct the datum, mask it, or allow it: zeros in emissions and transitions rule states out. " +
        "Set throwOnFailure: false to see what comes before.",
    ),
    "nonFinite",
  );
}
