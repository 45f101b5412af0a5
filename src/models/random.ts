/**
 * Counter-based random numbers: number i of a stream is a function of (seed, stream, i) alone, so that draws do not
 * depend on the order in which they are made.
 *
 * Philox 4x32 with 10 rounds. Source: Salmon, Moraes, Dror & Shaw 2011, doi:10.1145/2063384.2063405.
 */
export class CounterRandom {
  private readonly key0: number;
  private readonly key1: number;
  private readonly stream: number;
  private counter = 0;
  private readonly block = new Uint32Array(4);
  private used = 4;
  private spare = Number.NaN;

  /** @param seed whole number 0 … 2^53 − 1; @param stream whole number 0 … 2^32 − 1 */
  constructor(seed: number, stream = 0) {
    this.key0 = seed >>> 0;
    this.key1 = Math.floor(seed / 2 ** 32) >>> 0;
    this.stream = stream >>> 0;
  }

  /** Uniform on the multiples of 2^−53 in [0, 1). */
  uniform(): number {
    if (this.used > 2) {
      philox(
        this.counter >>> 0,
        Math.floor(this.counter / 2 ** 32) >>> 0,
        this.stream,
        this.key0,
        this.key1,
        this.block,
      );
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

/** High and low words of the 64-bit product a·b of two 32-bit words. */
function multiplyHigh(a: number, b: number): number {
  const a0 = a & 0xffff;
  const a1 = a >>> 16;
  const b0 = b & 0xffff;
  const b1 = b >>> 16;
  const low = a0 * b0;
  const middle = a1 * b0 + (low >>> 16);
  const other = a0 * b1 + (middle & 0xffff);
  return (a1 * b1 + Math.floor(middle / 65536) + Math.floor(other / 65536)) >>> 0;
}

/** One Philox 4x32-10 block of counter (c0, c1, c2, 0) under the key (k0, k1). */
export function philox(
  c0: number,
  c1: number,
  c2: number,
  k0: number,
  k1: number,
  out: Uint32Array,
  c3 = 0,
): void {
  let [x0, x1, x2, x3, y0, y1] = [c0, c1, c2, c3, k0, k1];
  for (let round = 0; round < 10; round++) {
    const high0 = multiplyHigh(0xd2511f53, x0);
    const low0 = Math.imul(0xd2511f53, x0) >>> 0;
    const high1 = multiplyHigh(0xcd9e8d57, x2);
    const low1 = Math.imul(0xcd9e8d57, x2) >>> 0;
    x0 = (high1 ^ x1 ^ y0) >>> 0;
    x1 = low1;
    x2 = (high0 ^ x3 ^ y1) >>> 0;
    x3 = low0;
    y0 = (y0 + 0x9e3779b9) >>> 0;
    y1 = (y1 + 0xbb67ae85) >>> 0;
  }
  out[0] = x0;
  out[1] = x1;
  out[2] = x2;
  out[3] = x3;
}
