/** Repeating a measurement under a budget, and what is said of its samples. */

export interface Summary {
  readonly count: number;
  readonly min: number;
  readonly median: number;
  /** Quartiles by linear interpolation; their distance is the IQR. */
  readonly q1: number;
  readonly q3: number;
}

/** Quantile of sorted samples, linear between neighbours. */
export function quantile(sorted: readonly number[], p: number): number {
  const at = p * (sorted.length - 1);
  const low = Math.floor(at);
  const high = Math.ceil(at);
  return sorted[low] + (at - low) * (sorted[high] - sorted[low]);
}

/** @throws RangeError if there is no sample. */
export function summarise(samples: readonly number[]): Summary {
  if (samples.length === 0) throw new RangeError("summarise: at least one sample expected, got none.");
  const sorted = [...samples].sort((a, b) => a - b);
  return {
    count: sorted.length,
    min: sorted[0],
    median: quantile(sorted, 0.5),
    q1: quantile(sorted, 0.25),
    q3: quantile(sorted, 0.75),
  };
}

/** Milliseconds by name of the phase. */
export type Sample = Readonly<Record<string, number>>;

/**
 * Samples of a work: `repeat` of them, fewer (at least one) when the next would end beyond the budget.
 * @param budget milliseconds for all of them together
 * @returns also how long one takes with all that it does besides what it measures
 */
export async function collect(
  work: () => Promise<Sample>,
  { repeat, budget, now = () => performance.now() }: { repeat: number; budget: number; now?: () => number },
): Promise<{ samples: Sample[]; msEach: number }> {
  const samples: Sample[] = [];
  const start = now();
  while (samples.length < repeat) {
    const spent = now() - start;
    if (samples.length > 0 && spent + spent / samples.length > budget) break;
    samples.push(await work());
  }
  return { samples, msEach: (now() - start) / samples.length };
}

/**
 * Runs a work for a while: compilers and clocks of processors settle.
 * @param spent milliseconds that the check has run the same code already; a long one is warm-up enough
 */
export async function warmUp(
  work: () => Promise<unknown>,
  { budget, spent = 0 }: { budget: number; spent?: number },
): Promise<void> {
  const start = performance.now() - spent;
  const until = Math.min(WARM_UP_MS, budget / 5);
  while (performance.now() - start < until) await work();
}

const WARM_UP_MS = 400;

/** A summary for every phase that the samples have. */
export function summarisePhases(samples: readonly Sample[]): Record<string, Summary> {
  const names = Object.keys(samples[0] ?? {});
  return Object.fromEntries(names.map(name => [name, summarise(samples.map(sample => sample[name]))]));
}
