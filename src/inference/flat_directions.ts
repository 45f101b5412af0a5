/**
 * The part of a diffuse prior that the data have not identified: z_t = (proper part) + B ν with ν flat, B = A N, where A is
 * the sensitivity of z_t to the diffuse initial vector δ and N an orthonormal basis of what is not identified of it.
 *
 * B is only moved by F and rotated from the right, never reduced by a difference, so it keeps its digits. What rounding
 * it has is followed as a covariance M, with the rounding of all steps taken to point the same way, as that of F itself does:
 * M ← (1 + 1/t) F M F' + (1 + t) (rounding of this step), the bound of (a + b)² that makes t equal steps t². A
 * sensitivity counts as zero when it is within a small multiple of that.
 */

import { reflectTo } from "./conditional_gain.ts";

const EPS = Number.EPSILON;

export class FlatDirections {
  /** Columns of B and N in use. */
  rank: number;
  /** Directions that F has taken to zero before they were identified. */
  forgotten = 0;
  /** B [n, k] above N [k, k], one spare row; only the first `rank` columns count. */
  readonly columns: Float64Array;
  readonly n: number;
  /** Dimension of δ. */
  readonly k: number;
  /** M [n, n] */
  private noise: Float64Array;
  private steps = 0;
  /** Multiple of the rounding that counts as zero. */
  private readonly safety: number;

  /** @param diffuse indices of the diffuse states at step 0 */
  constructor(n: number, diffuse: readonly number[]) {
    this.n = n;
    this.k = diffuse.length;
    this.rank = this.k;
    this.columns = new Float64Array((n + this.k + 1) * this.k);
    diffuse.forEach((state, j) => {
      this.columns[state * this.k + j] = 1;
      this.columns[(n + j) * this.k + j] = 1;
    });
    this.noise = new Float64Array(n * n);
    this.safety = 4 * (n + 4);
  }

  /** B ← F B, F from `at`. */
  move(F: Float64Array, at: number): void {
    const { n, k, columns, rank } = this;
    if (rank === 0) return;
    const t = ++this.steps;
    const moved = new Float64Array(n * rank);
    const half = new Float64Array(n * n);
    const noise = new Float64Array(n * n);
    const norms = Array.from({ length: n }, (_, i) => this.rowNorm(i));
    for (let i = 0; i < n; i++) {
      let rounding = 0;
      for (let l = 0; l < n; l++) {
        const f = F[at + i * n + l];
        if (f === 0) continue;
        rounding += Math.abs(f) * norms[l];
        for (let j = 0; j < rank; j++) moved[i * rank + j] += f * columns[l * k + j];
        for (let j = 0; j < n; j++) half[i * n + j] += f * this.noise[l * n + j];
      }
      noise[i * n + i] = (1 + t) * (EPS * rounding) ** 2;
    }
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < n; j++)
        for (let l = 0; l < n; l++) noise[i * n + j] += (1 + 1 / t) * half[i * n + l] * F[at + j * n + l];
      for (let j = 0; j < rank; j++) columns[i * k + j] = moved[i * rank + j];
    }
    this.noise = noise;
    if (this.finite()) this.dropForgotten();
  }

  /** false after an overflow. */
  finite(): boolean {
    return this.columns.every(Number.isFinite) && this.noise.every(Number.isFinite);
  }

  /** ‖h B‖ for a row of H [n] from `at`; 0 when it is rounding. */
  sensitivity(h: Float64Array, at: number): number {
    const { n, k, columns, rank, noise } = this;
    if (rank === 0) return 0;
    const spare = (n + k) * k;
    columns.fill(0, spare, spare + rank);
    let rounding = 0;
    let variance = 0;
    for (let i = 0; i < n; i++) {
      const weight = h[at + i];
      if (weight === 0) continue;
      rounding += Math.abs(weight) * this.rowNorm(i);
      for (let l = 0; l < n; l++) variance += weight * noise[i * n + l] * h[at + l];
      for (let j = 0; j < rank; j++) columns[spare + j] += weight * columns[i * k + j];
    }
    const size = this.rowNorm(n + k);
    const limit = this.safety * Math.sqrt(Math.max(0, variance) + (EPS * rounding) ** 2);
    // Not ">": NaN must get through to be found.
    return size <= limit ? 0 : size;
  }

  /**
   * Takes out the direction that the last row given to sensitivity() sees; the others become orthogonal to the row.
   * @returns its column of B [n] and of N [k]
   */
  take(): { state: Float64Array; direction: Float64Array } {
    const { n, k, columns, rank } = this;
    reflectTo(columns, k, n + k, 0, rank, 0, n + k);
    for (let i = 0; i < n; i++) this.noise[i * n + i] += (EPS * this.rowNorm(i)) ** 2;
    const column = Float64Array.from({ length: n + k }, (_, i) => columns[i * k]);
    for (let i = 0; i < n + k; i++) columns.copyWithin(i * k, i * k + 1, i * k + rank);
    this.rank--;
    return { state: column.subarray(0, n), direction: column.subarray(n) };
  }

  /** B [n, rank] and N [k, rank], copied. */
  snapshot(): { states: Float64Array; basis: Float64Array } {
    const { n, k, columns, rank } = this;
    const rows = (from: number, count: number): Float64Array =>
      Float64Array.from(
        { length: count * rank },
        (_, at) => columns[(from + Math.floor(at / rank)) * k + (at % rank)],
      );
    return { states: rows(0, n), basis: rows(n, k) };
  }

  /** Where P∞ = B B' is not zero, [n, n] with ±1 for the sign; undefined when it is zero everywhere. */
  infinite(): Int8Array | undefined {
    const { n, k, columns, rank } = this;
    if (rank === 0) return undefined;
    const size = Array.from({ length: n }, (_, i) => this.rowNorm(i));
    const limit = size.map((_, i) => this.limit(i));
    const signs = new Int8Array(n * n);
    for (let i = 0; i < n; i++) {
      for (let j = 0; j <= i; j++) {
        if (size[i] <= limit[i] || size[j] <= limit[j]) continue;
        let product = 0;
        for (let l = 0; l < rank; l++) product += columns[i * k + l] * columns[j * k + l];
        const zero = size[i] * limit[j] + size[j] * limit[i] + this.safety * EPS * size[i] * size[j];
        if (i === j || Math.abs(product) > zero) signs[i * n + j] = signs[j * n + i] = Math.sign(product);
      }
    }
    return signs.some(sign => sign !== 0) ? signs : undefined;
  }

  /** States that depend on what is not identified. */
  states(): number[] {
    return Array.from({ length: this.n }, (_, i) => i).filter(
      i => this.rank > 0 && this.rowNorm(i) > this.limit(i),
    );
  }

  private limit(state: number): number {
    return this.safety * Math.sqrt(Math.max(0, this.noise[state * this.n + state]));
  }

  private rowNorm(row: number): number {
    const { columns, rank, k } = this;
    let sum = 0;
    for (let j = row * k; j < row * k + rank; j++) sum += columns[j] * columns[j];
    return Math.sqrt(sum);
  }

  /** Drops directions that no state depends on any more, as when F is singular. */
  private dropForgotten(): void {
    const { n, k, rank } = this;
    const rows = n + k;
    const trial = this.columns.slice();
    const limits = Array.from({ length: n }, (_, i) => this.limit(i));
    for (let found = 0; found < rank; found++) {
      let best = -1;
      let most = 1;
      for (let i = 0; i < n; i++) {
        let sum = 0;
        for (let j = i * k + found; j < i * k + rank; j++) sum += trial[j] * trial[j];
        const ratio = Math.sqrt(sum) / (limits[i] || Number.MIN_VALUE);
        if (ratio > most) [best, most] = [i, ratio];
      }
      if (best < 0) {
        this.columns.set(trial);
        this.forgotten += rank - found;
        this.rank = found;
        return;
      }
      trial.copyWithin(rows * k, best * k, best * k + rank);
      reflectTo(trial, k, rows, found, rank - found, 0, rows);
    }
  }
}
