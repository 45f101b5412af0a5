/**
 * Tells when a recursion of triangular factors has settled, so that only means need to be computed from there on.
 *
 * The factor is compared with the one of W steps ago, W = 32, 64, 128 …, as in Brent's search for cycles. A change
 * below TOLERANCE of the row's norm over a whole window means: what is still to come is below rounding, also
 * for slow recursions, because a geometric decay that has reached 4e-15 in a window loses as much again in the next
 * and no drift that float64 rounding would keep (half an ulp a step) can stay below it for 64 steps.
 */
const TOLERANCE = 4e-15;
const FIRST_WINDOW = 32;
const LAST_WINDOW = 1024;

export class Settling {
  private readonly checkpoint: Float64Array;
  private readonly n: number;
  private window = FIRST_WINDOW;
  private age = -1;

  constructor(n: number) {
    this.n = n;
    this.checkpoint = new Float64Array(n * n);
  }

  /** Forget what was seen: a parameter has changed. */
  reset(): void {
    this.window = FIRST_WINDOW;
    this.age = -1;
  }

  /** Call once a step with the current lower-triangular factor [n, n]; true when it has settled. */
  settled(factor: Float64Array): boolean {
    if (this.age < 0) {
      this.checkpoint.set(factor);
      this.age = 0;
      return false;
    }
    if (++this.age < this.window) return false;
    if (this.window > FIRST_WINDOW && this.same(factor)) return true;
    this.checkpoint.set(factor);
    this.age = 0;
    this.window = Math.min(LAST_WINDOW, this.window * 2);
    return false;
  }

  private same(factor: Float64Array): boolean {
    const { n, checkpoint } = this;
    for (let i = 0; i < n; i++) {
      let norm = 0;
      let change = 0;
      for (let j = i * n; j <= i * n + i; j++) {
        norm += factor[j] * factor[j];
        change = Math.max(change, Math.abs(factor[j] - checkpoint[j]));
      }
      // Written so that NaN does not count as settled.
      if (!(change <= TOLERANCE * Math.sqrt(norm))) return false;
    }
    return true;
  }
}
