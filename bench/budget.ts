/** Which sizes would take too long, told from smaller ones: work grows linearly in the steps of all series. */

import type { Cell } from "./cell.ts";

export class Budget {
  readonly #milliseconds: number;
  readonly #known = new Map<string, { steps: number; ms: number; startup: number }>();

  constructor(milliseconds: number) {
    this.#milliseconds = milliseconds;
  }

  /**
   * One run of so many steps took so long.
   * @param startup ms that a run takes however short it is; at least a hundredth is taken to grow
   */
  note(key: string, steps: number, ms: number, startup = 0): void {
    this.#known.set(key, { steps, ms, startup: Math.min(startup, 0.99 * ms) });
  }

  /**
   * Why work of so many steps is not done; undefined: do it.
   * @param runs how many must fit: a cell needs one for its check and warm-up and one repetition
   */
  refusal(key: string, steps: number, runs = 2): string | undefined {
    const known = this.#known.get(key);
    if (!known || steps <= known.steps) return undefined;
    const expected = known.startup + ((known.ms - known.startup) * steps) / known.steps;
    if (runs * expected <= this.#milliseconds) return undefined;
    return `about ${seconds(expected)} a run expected from ${known.steps} steps, ${runs} do not fit the budget of ${seconds(this.#milliseconds)}`;
  }
}

/** What a repetition on the GPU takes beyond its kernels, which run in three of its parts, and packing: it does not grow with T. */
export function startupOf({ msEach = 0, phases }: Pick<Cell, "msEach" | "phases">): number {
  if (!phases?.upload || !phases.compute) return 0;
  return Math.max(0, msEach - 4 * (phases.compute.median + phases.prepare.median));
}

const seconds = (ms: number): string => `${Number((ms / 1000).toPrecision(2))} s`;
