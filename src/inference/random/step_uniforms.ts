/**
 * step_uniforms: the uniform number of one step of one draw, the same on the CPU and on a GPU.
 *
 *   step t of draw d of series s:  Philox counter (floor(t / 4), d, s, STEP_UNIFORMS_STREAM), key (seed low, seed high);
 *   x = word t mod 4 of the block;  u = (x + ½) 2⁻³², in (0, 1)
 *
 * A state is drawn from weights w [K] ≥ 0 as the lowest k with u Σ w < w_0 + … + w_k, and, should rounding leave none, the
 * last k with w_k > 0. A kernel in float32 rounds u, so that it may draw another state where u lies within rounding of a
 * border.
 */

import { philox, seedKey } from "./philox.ts";

/** Last counter word: "UNIF". CounterRandom has its substream there, stepNormals "SAMP". */
export const STEP_UNIFORMS_STREAM = 0x554e4946;

/** The uniforms of a seed for S draws; the blocks of all draws are kept for the four steps asked for last. */
export class StepUniforms {
  private readonly key: readonly [number, number];
  private readonly numSamples: number;
  private readonly words: Uint32Array;
  private readonly block = new Uint32Array(4);
  private series = -1;
  private quarter = -1;

  /** @param seed whole number 0 … 2^53 − 1; @param numSamples S, draws 0 … S − 1 can be asked for */
  constructor(seed: number, numSamples: number) {
    this.key = seedKey(seed);
    this.numSamples = numSamples;
    this.words = new Uint32Array(4 * numSamples);
  }

  /** u of a step of a draw; series and step are whole numbers 0 … 2^32 − 1. */
  at(series: number, draw: number, step: number): number {
    const quarter = Math.floor(step / 4);
    if (quarter !== this.quarter || series !== this.series) this.fill(series, quarter);
    return (this.words[4 * draw + (step & 3)] + 0.5) * 2 ** -32;
  }

  private fill(series: number, quarter: number): void {
    const [k0, k1] = this.key;
    for (let draw = 0; draw < this.numSamples; draw++) {
      philox(quarter, draw, series >>> 0, STEP_UNIFORMS_STREAM, k0, k1, this.block);
      this.words.set(this.block, 4 * draw);
    }
    this.series = series;
    this.quarter = quarter;
  }
}
