/**
 * Gains and factors of the Rauch-Tung-Striebel smoother before any data, from those of the filter (gain_schedule.ts).
 *
 * From the end of a series backwards the smoothed factors settle, stay (or repeat) until the filter's transient at the
 * beginning is reached, and follow that. Series of the same length, and all long ones, share them.
 */
import type { GainSchedule } from "./gain_schedule.ts";
import type { LinearGaussianProblem } from "./linear_gaussian_problem.ts";
import { Settling } from "./settling.ts";
import { unpackFactor } from "./smoother_gain.ts";
import { SmootherRecursion } from "./smoother_recursion.ts";

export interface SmootherSchedule {
  /** E [rows, n, n] and D [rows, n(n+1)/2] of the transition out of a step; rows as the filter's. */
  readonly gains: Float64Array;
  readonly noise: Float64Array;
  /** Packed factors of z_t | y_0:T−1, and Cov(z_t, z_t+1 | y) [n, n] when asked for; rows by rowOf. */
  readonly smoothed: Float64Array;
  readonly crossCovariances: Float64Array | undefined;
  /** Row of step t of a series of a length. */
  readonly rowOf: (length: number, step: number) => number;
}

/** Where the rows of one length stand: those of its last `tail` steps, the repeating ones, those of the beginning. */
interface Layout {
  readonly tail: number;
  readonly tailRow: number;
  readonly steadyRow: number;
  readonly leadRow: number;
}

export function smootherSchedule(
  problem: LinearGaussianProblem,
  schedule: GainSchedule,
  cross: boolean,
): SmootherSchedule {
  const { lead, period } = schedule;
  const maker = new Maker(problem, schedule, cross);
  const longest = problem.numSteps;
  const common = maker.add(longest);
  const layouts = new Map([[longest, common]]);
  for (const length of new Set(problem.lengths)) {
    if (layouts.has(length)) continue;
    const shares = common.tail < longest && length >= lead + common.tail && (longest - length) % period === 0;
    layouts.set(length, shares ? common : maker.add(length));
  }
  return {
    gains: maker.gains,
    noise: maker.noise,
    smoothed: maker.smoothed.finish(),
    crossCovariances: maker.cross?.finish(),
    rowOf: (length, t) => {
      const at = layouts.get(length)!;
      if (length - t <= at.tail) return at.tailRow + length - 1 - t;
      return t < lead ? at.leadRow + lead - 1 - t : at.steadyRow + ((t - lead) % period);
    },
  };
}

/** Runs the recursion of factors for one length after another and keeps the rows. */
class Maker {
  readonly gains: Float64Array;
  readonly noise: Float64Array;
  readonly smoothed: Table;
  readonly cross: Table | undefined;

  private readonly n: number;
  private readonly triangle: number;
  private readonly schedule: GainSchedule;
  private readonly recursion: SmootherRecursion;
  private readonly settling: Settling;
  private readonly series: number;
  private made = -1;

  constructor(problem: LinearGaussianProblem, schedule: GainSchedule, cross: boolean) {
    const n = problem.stateDim;
    this.n = n;
    this.triangle = (n * (n + 1)) / 2;
    this.schedule = schedule;
    this.series = problem.lengths.indexOf(problem.numSteps);
    this.recursion = new SmootherRecursion(problem, cross);
    this.settling = new Settling(n);
    this.gains = new Float64Array(schedule.rows * n * n);
    this.noise = new Float64Array(schedule.rows * this.triangle);
    this.smoothed = new Table(this.triangle);
    this.cross = cross ? new Table(n * n) : undefined;
  }

  add(length: number): Layout {
    const { schedule, recursion, settling, smoothed, triangle, n } = this;
    const { lead, period } = schedule;
    const tailRow = smoothed.rows;
    settling.reset();
    unpackFactor(schedule.filtered, schedule.rowOf(length - 1) * triangle, n, recursion.factor);
    this.keep();
    let t = length - 2;
    for (; t >= 0; t--) {
      this.step(t);
      const whole = period > 0 && t >= lead && t < length - 2 && (length - 1 - t) % period === 0;
      if (whole && settling.settled(recursion.factor)) break;
    }
    const tail = length - Math.max(0, t);
    const layout = { tail, tailRow, steadyRow: tailRow + tail, leadRow: tailRow + tail + period };
    if (t < 0) return layout;
    // One row for each phase; then, from the first steady step, the beginning.
    for (let phase = 0; phase < period; phase++)
      this.repeat(tailRow + length - 1 - (t + ((((lead + phase - t) % period) + period) % period)));
    unpackFactor(smoothed.data, layout.steadyRow * triangle, n, recursion.factor);
    for (t = lead - 1; t >= 0; t--) this.step(t);
    return layout;
  }

  /** From the factor of step t + 1 to that of step t. */
  private step(t: number): void {
    const { schedule, recursion, gains, noise, n, triangle } = this;
    const row = schedule.rowOf(t);
    if (row !== this.made) {
      recursion.backward.make(this.series, t + 1, schedule.filtered, row * triangle);
      const { gain, block, stride, noiseAt } = recursion.backward;
      gains.set(gain, row * n * n);
      for (let i = 0, p = row * triangle; i < n; i++)
        for (let j = 0; j <= i; j++) noise[p++] = block[noiseAt + i * stride + j]!;
      this.made = row;
    }
    recursion.smooth();
    this.keep();
  }

  private keep(): void {
    const { smoothed, recursion, n } = this;
    let p = smoothed.add();
    for (let i = 0; i < n; i++)
      for (let j = i * n; j <= i * n + i; j++) smoothed.data[p++] = recursion.factor[j]!;
    if (!this.cross) return;
    const at = this.cross.add();
    this.cross.data.set(recursion.cross!, at);
  }

  /** A copy of an earlier row as the next one. */
  private repeat(row: number): void {
    for (const table of [this.smoothed, this.cross]) {
      if (!table) continue;
      const to = table.add();
      table.data.copyWithin(to, row * table.width, (row + 1) * table.width);
    }
  }
}

/** Rows that grow in number. */
class Table {
  data: Float64Array;
  rows = 0;
  readonly width: number;

  constructor(width: number) {
    this.width = width;
    this.data = new Float64Array(64 * width);
  }

  /** @returns where the new row begins */
  add(): number {
    const at = this.rows++ * this.width;
    if (at + this.width > this.data.length) {
      const longer = new Float64Array(2 * this.data.length);
      longer.set(this.data);
      this.data = longer;
    }
    return at;
  }

  finish(): Float64Array {
    return this.data.slice(0, this.rows * this.width);
  }
}
