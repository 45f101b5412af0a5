/** The clock of the host: browsers round it, some to a whole millisecond. */

let known: number | undefined;

/** Smallest step of performance.now(), ms; looked for once, for 20 ms at most. */
export function clockStep(): number {
  if (known !== undefined) return known;
  const start = performance.now();
  let smallest = Number.POSITIVE_INFINITY;
  for (let last = start, changes = 0; changes < 50 && last - start < 20; ) {
    const time = performance.now();
    if (time === last) continue;
    smallest = Math.min(smallest, time - last);
    last = time;
    changes++;
  }
  known = Number(smallest.toPrecision(2));
  return known;
}

/** A sample lasts at least so many steps of the clock: its error is at most 5 %. */
const STEPS = 20;
const MOST_RUNS = 1024;

/** How many runs of a work make a sample long enough for the clock; 1 for all but the shortest. */
export async function runsForClock(
  work: () => Promise<unknown>,
  { step = clockStep(), now = () => performance.now() }: { step?: number; now?: () => number } = {},
): Promise<number> {
  for (let runs = 1; ; ) {
    const start = now();
    for (let run = 0; run < runs; run++) await work();
    const spent = now() - start;
    if (spent >= STEPS * step || runs >= MOST_RUNS) return runs;
    const enough = Math.ceil((1.2 * runs * STEPS * step) / Math.max(spent, step));
    runs = Math.min(MOST_RUNS, Math.max(2 * runs, enough));
  }
}
