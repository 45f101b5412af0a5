/** Which variant of an element's kernels fits its size and the device. */
import { type Caps, LimitError } from "../../engine/index.ts";
import type { TeamShape } from "../plan.ts";

/** Largest n of each variant; above LARGEST.wide nothing fits. */
export const LARGEST = { lane: 4, team: 32, wide: 128 } as const;

export type Variant = TeamShape["variant"];

/** What decides how an element is laid out. */
export interface ShapeRequest {
  /** Size of the element's matrices. */
  readonly n: number;
  /** Size of an observation, 0 if there is none. */
  readonly m: number;
  /** f32 a team keeps in memory. */
  readonly memoryFloats: number;
  /** Take this variant where it fits: for tests and benchmarks. */
  readonly variant?: Variant | undefined;
}

/**
 * lane for n ≤ 4, team for n ≤ 32 if its matrices fit in workgroup memory, else wide.
 * @throws LimitError above n = 128 or m = 128
 */
export function teamShape(
  call: string,
  { n, m, memoryFloats, variant }: ShapeRequest,
  caps: Caps,
): TeamShape {
  if (n > LARGEST.wide || m > LARGEST.wide) {
    throw new LimitError(
      `${call}: sizes expected at most ${LARGEST.wide} on the GPU, got ${n} states and ${m} observations. Use backend "cpu".`,
    );
  }
  if (variant ? variant === "lane" : n <= LARGEST.lane && m <= 2 * LARGEST.lane) {
    return { variant: "lane", workgroup: 64, team: 1, teams: 64 };
  }
  const fit = Math.floor(caps.maxComputeWorkgroupStorageSize / (4 * memoryFloats));
  if (variant === "wide" || n > LARGEST.team || m > LARGEST.team || fit < 1) {
    return { variant: "wide", workgroup: 64, team: 64, teams: 1 };
  }
  // On a CPU a team is one vector of lanes: its barriers are free, and larger workgroups only wait for one another.
  if (caps.software && variant !== "team") return { variant: "team", workgroup: 4, team: 4, teams: 1 };
  if (n > 12) return { variant: "team", workgroup: 64, team: 64, teams: 1 };
  const teams = Math.min(4, 2 ** Math.floor(Math.log2(fit)));
  return { variant: "team", workgroup: 16 * teams, team: 16, teams };
}
