/** Numbers as the float32 sums of shaders/lib/nats.wgsl take them: to about 2⁻³⁶ of their size. */

/** What standard deviations are multiplied with in tables, that sums of them keep whole parts exactly; shaders/lib/nats.wgsl. */
export const UNIT = 64;

/** Takes all but the first 12 bits off, by Veltkamp's splitting of 53. */
const SPLIT = 2 ** 41 + 1;
/** Numbers of records are held within this: so far out their squares would overflow, and every digit is gone anyway. */
export const FARTHEST = 1e15;

/** A factor: its first 12 bits to out[at], the rest to out[at + 1]. */
export function writeFactor(value: number, out: Float32Array, at: number): void {
  if (!(Math.abs(value) < FARTHEST)) {
    out[at] = value;
    out[at + 1] = 0;
    return;
  }
  const large = SPLIT * value;
  const first = large - (large - value);
  out[at] = first;
  out[at + 1] = value - first;
}

/** A term of a sum: its whole part to out[at], the rest to out[at + 1]. */
export function writeTerm(value: number, out: Float32Array, at: number): void {
  const whole = Math.round(value);
  out[at] = whole;
  out[at + 1] = value - whole;
}
