import { philox, seedKey } from "./philox.ts";

/**
 * Random numbers one after the other: number i of a stream is a function of (seed, stream, substream, i) alone.
 * Counter words of Philox: (i low, i high, stream, substream).
 */
export class CounterRandom {
  private readonly key: readonly [number, number];
  private readonly stream: number;
  private readonly substream: number;
  private counter = 0;
  private readonly block = new Uint32Array(4);
  private used = 4;
  private spare = Number.NaN;

  /** @param seed whole number 0 … 2^53 − 1; @param stream, substream whole numbers 0 … 2^32 − 1 */
  constructor(seed: number, stream = 0, substream = 0) {
    this.key = seedKey(seed);
    this.stream = stream >>> 0;
    this.substream = substream >>> 0;
  }

  /** Uniform on the multiples of 2^−53 in [0, 1). */
  uniform(): number {
    if (this.used > 2) {
      const [k0, k1] = this.key;
      const high = Math.floor(this.counter / 2 ** 32) >>> 0;
      philox(this.counter >>> 0, high, this.stream, this.substream, k0, k1, this.block);
      this.counter++;
      this.used = 0;
    }
    const high = this.block[this.used++] >>> 5;
    const low = this.block[this.used++] >>> 6;
    return (high * 2 ** 26 + low) * 2 ** -53;
  }

  /** Standard normal, Box-Muller. */
  normal(): number {
    if (!Number.isNaN(this.spare)) {
      const value = this.spare;
      this.spare = Number.NaN;
      return value;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - this.uniform()));
    const angle = 2 * Math.PI * this.uniform();
    this.spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  }
}
