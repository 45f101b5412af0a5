/** Times of runs, and what to say of all at once against one after the other. */

import type { RunInfo } from "../../src/api/index.ts";
import { timeText } from "./report.ts";

/** s; above this one run is enough. */
const LONG = 0.15;

/** The shortest of three runs, s; of one where that is long. @param run resolves with its seconds */
export async function shortest(run: () => Promise<number>): Promise<number> {
  let best = await run();
  for (let i = 1; i < 3 && best < LONG; i++) best = Math.min(best, await run());
  return best;
}

export interface Race {
  /** s, of all steps at once */
  readonly parallel: number;
  /** s, one after the other on the CPU in float64 */
  readonly sequential: number;
  readonly run: Pick<RunInfo, "backend" | "software">;
}

const timesText = (ratio: number): string => (ratio < 10 ? ratio.toFixed(1) : String(Math.round(ratio)));

/** Who was faster on this device, by how much, and why that is no surprise where it is none. */
export function raceText({ parallel, sequential, run }: Race): string {
  const times = `All at once ${timeText(parallel)}, one after the other ${timeText(sequential)}`;
  if (parallel < sequential)
    return `${times}: all at once is ${timesText(sequential / parallel)} times faster.`;
  const why =
    run.backend === "cpu"
      ? "On the CPU nothing is done at the same time, so that every update costs more than the whole sequence."
      : run.software
        ? "A software adapter is the CPU in disguise and does little at the same time."
        : "It takes more steps, fewer updates or larger states for this GPU to win.";
  return `${times}: one after the other is ${timesText(parallel / sequential)} times faster. ${why}`;
}
