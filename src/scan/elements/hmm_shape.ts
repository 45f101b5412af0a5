/** Which variant of the hidden Markov kernels fits the number of states and the device. */
import { type Caps, LimitError } from "../../engine/index.ts";
import type { TeamShape } from "../plan.ts";
import type { Variant } from "./shape.ts";

/** Largest K of each variant with a scan over time, and of the kernels that go step by step. */
export const MOST_STATES = { lane: 4, parallel: 64, sequential: 1024 } as const;

export interface HmmShapeRequest {
  /** K */
  readonly numStates: number;
  /** Words of memory a team of the scan keeps, and one that goes step by step. */
  readonly memoryWords: { readonly parallel: number; readonly sequential: number };
  readonly parallel: boolean;
  /** Take this variant where it fits: for tests and benchmarks. */
  readonly variant?: Variant | undefined;
}

/**
 * lane for K ≤ 4, team where its matrices fit in workgroup memory, else wide.
 * @throws LimitError above K = 1024, or above 64 for a scan over time
 */
export function hmmShape(call: string, request: HmmShapeRequest, caps: Caps): TeamShape {
  const { numStates: K, memoryWords, parallel, variant } = request;
  const most = parallel ? MOST_STATES.parallel : MOST_STATES.sequential;
  if (K > most) {
    const where = parallel ? " for a scan over time" : "";
    const fix = parallel && K <= MOST_STATES.sequential ? 'method "sequential"' : 'backend "cpu"';
    throw new LimitError(
      `${call}: at most ${most} states expected on the GPU${where}, got ${K}. Use ${fix}.`,
    );
  }
  if (variant ? variant === "lane" : K <= MOST_STATES.lane)
    return { variant: "lane", workgroup: 64, team: 1, teams: 64 };
  const words = parallel ? memoryWords.parallel : memoryWords.sequential;
  const fits = 4 * words <= caps.maxComputeWorkgroupStorageSize;
  // On a CPU a team is one vector of lanes: its barriers are free, and larger workgroups only wait for one another.
  const team = caps.software
    ? 4
    : K <= 16
      ? 32
      : K <= 64
        ? 64
        : Math.min(256, caps.maxComputeInvocationsPerWorkgroup);
  const kind = variant === "wide" || !fits ? "wide" : "team";
  return { variant: kind, workgroup: team, team, teams: 1 };
}
