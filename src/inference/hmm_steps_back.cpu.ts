/** The steps of every series back from the last that stands, one series after the other, on the host. */

import { cooperation, type LoopOptions } from "./cooperate.ts";
import { sum } from "./hmm_filter.cpu.ts";
import type { HmmProblem } from "./hmm_problem.ts";
import type { Ends } from "./hmm_records.ts";

export interface StepsBackOptions extends LoopOptions {
  /** Name of the call in AbortedError. */
  readonly call: string;
  /** What it is called in progress. */
  readonly phase: string;
  /** Steps after which the loop looks up, whether it is to stop. */
  readonly stride: number;
  /** Parts of a step, between which it looks up too; default 1. */
  readonly parts?: number;
}

/**
 * Calls step(s, t, part) for t = ends[s] − 1 … 0 of every series s, and there for each part of a step that takes long.
 * @throws AbortedError
 */
export async function stepsBack(
  { numSeries, lengths }: HmmProblem,
  ends: Ends,
  { call, phase, stride, parts = 1, ...options }: StepsBackOptions,
  step: (series: number, t: number, part: number) => void,
): Promise<void> {
  const look = cooperation(call, phase, sum(lengths), options);
  let before = 0;
  for (let s = 0; s < numSeries; s++) {
    for (let t = ends[s] - 1; t >= 0; t--) {
      step(s, t, 0);
      for (let part = 1; part < parts; part++) {
        const wait = look(before + lengths[s] - t);
        if (wait) await wait;
        step(s, t, part);
      }
      if (t % stride === stride - 1) {
        const wait = look(before + lengths[s] - t);
        if (wait) await wait;
      }
    }
    before += lengths[s];
    const wait = look(before);
    if (wait) await wait;
  }
}
