/** Long loops on the host: stop when asked, tell how far they are, let the event loop breathe. */

import { throwIfAborted } from "../engine/index.ts";

/** How a loop talks to its caller. */
export interface LoopOptions {
  /** Stops the loop with AbortedError. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: { phase: string; done: number; total: number }) => void;
}

/** Milliseconds of work between two pauses. */
const SLICE = 40;

/** Steps to run before looking at the clock: a few milliseconds of work at state dimension n. */
export const stepsPerLook = (n: number): number =>
  Math.max(8, Math.min(8192, Math.floor(4e6 / (n * n * n + 64))));

/** Made at the start of a loop; call it with the steps done, as often as stepsPerLook says. */
export function cooperation(
  call: string,
  phase: string,
  total: number,
  options: LoopOptions,
): (done: number) => Promise<void> | undefined {
  throwIfAborted(call, options.signal);
  let last = performance.now();
  return done => {
    if (done >= total) {
      // Nobody waits for the event loop at the end: a pause costs a small problem more than its work.
      throwIfAborted(call, options.signal);
      options.onProgress?.({ phase, done, total });
      return undefined;
    }
    if (performance.now() - last < SLICE) return undefined;
    return pause().then(() => {
      throwIfAborted(call, options.signal);
      options.onProgress?.({ phase, done, total });
      last = performance.now();
    });
  };
}

const pause = (): Promise<void> => new Promise(resolve => setTimeout(resolve, 0));
