/** How the windows of a fixed-lag smoother are gone through. */
import { type Engine, LimitError, SUBMIT_SECONDS } from "../engine/index.ts";
import type { ScanElement, ScanSizes } from "../scan/index.ts";

export interface HmmWindows {
  /** L: the window of step t is t … min(t + L, T − 1). */
  readonly lag: number;
  /** Windows of every series in one dispatch. */
  readonly atOnce: number;
  /** Flops of one window in one block. */
  readonly flops: number;
  /** What windows carry from block to block, all series. */
  readonly stateFloats: number;
}

/**
 * A window goes L steps back; by whole chunks, where their matrices are kept, two parts of a chunk and L / C products.
 * @throws LimitError when what windows carry does not fit a binding
 */
export function planWindows(
  { adapter, caps, throughput }: Engine,
  call: string,
  { cost, stateFloats: row }: ScanElement,
  {
    lag,
    numSeries: N,
    longest,
    sizes: { chunkLength: C },
    keep,
    blocks,
  }: {
    readonly lag: number;
    readonly numSeries: number;
    readonly longest: number;
    readonly sizes: ScanSizes;
    readonly keep: boolean;
    readonly blocks: number;
  },
): HmmWindows {
  const moves = Math.max(1, Math.min(lag, longest));
  const flops = cost.step * (keep ? Math.min(moves, 2 * C + Math.ceil(moves / C)) : moves);
  const stateFloats = blocks > 1 ? 2 * N * lag * row : 0;
  const binding = Math.min(caps.maxBufferSize, caps.maxStorageBufferBindingSize);
  if (4 * stateFloats > binding) {
    throw new LimitError(
      `${call}: at most ${binding} bytes per buffer expected on ${adapter.name}, got ${4 * stateFloats} for a lag of ${lag} steps of ${N} series. Use a shorter lag or fewer series at a time, or no lag.`,
    );
  }
  return {
    lag,
    atOnce: Math.max(1, Math.floor((throughput * SUBMIT_SECONDS) / (flops * N))),
    flops,
    stateFloats,
  };
}
