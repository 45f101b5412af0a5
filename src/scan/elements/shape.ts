/** Which variant of an element's kernels fits its size and the device. */
import { type Caps, LimitError } from "../../engine/index.ts";
import type { TeamShape } from "../plan.ts";

/** Largest n of each variant; above LARGEST.wide nothing fits. */
export const LARGEST = { lane: 4, team: 32, wide: 128 } as const;

/**
 * lane for n ≤ 4, team for n ≤ 32 if its matrices fit in workgroup memory, else wide.
 * @param n size of the element's matrices; @param m size of an observation, 0 if there is none
 * @param memoryFloats f32 a team keeps in workgroup memory
 * @throws LimitError above n = 128 or m = 128
 */
export function teamShape(call: string, n: number, m: number, memoryFloats: number, caps: Caps): TeamShape {
  if (n > LARGEST.wide || m > LARGEST.wide) {
    throw new LimitError(
      `${call}: sizes expected at most ${LARGEST.wide} on the GPU, got ${n} states and ${m} observations. Use backend "cpu".`,
    );
  }
  if (n <= LARGEST.lane && m <= 2 * LARGEST.lane)
    return { variant: "lane", workgroup: 64, team: 1, teams: 64 };
  const fit = Math.floor(caps.maxComputeWorkgroupStorageSize / (4 * memoryFloats));
  if (n > LARGEST.team || m > LARGEST.team || fit < 1)
    return { variant: "wide", workgroup: 64, team: 64, teams: 1 };
  if (n > 12 || fit < 2) return { variant: "team", workgroup: 64, team: 64, teams: 1 };
  const teams = fit >= 4 ? 4 : 2;
  return { variant: "team", workgroup: 16 * teams, team: 16, teams };
}
