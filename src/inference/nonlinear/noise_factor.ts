/** The factor of the noise of an affine map: what it leaves of the function, and the noise the model has of its own. */
import { triangularise } from "../triangularise.ts";
import type { Linearisation } from "./affine_map.ts";

/** Columns C: entry (r, c) is data[r · stride + c]. */
export interface Columns {
  readonly data: Float64Array;
  readonly stride: number;
  readonly count: number;
  /** Columns whose square is subtracted. */
  readonly negative: ReadonlySet<number>;
}

export const NONE: ReadonlySet<number> = new Set();

/** Factors Ω + C C' for up to `rows` rows; keeps its work space. */
export class NoiseFactor {
  readonly #work: Float64Array;
  readonly #stride: number;

  /** @param most columns of noise beside the residuals of the rule */
  constructor(rows: number, rule: Linearisation, most: number) {
    const count = rule === "taylor" ? 0 : rule.count;
    this.#stride = count + most + rows;
    this.#work = new Float64Array(rows * this.#stride);
  }

  /**
   * L [k, k] lower triangular with L L' = Ω + C C' on the given rows, written with stride k.
   * @returns what is wrong with that sum: not positive semi-definite (rules with negative weights), or not finite
   */
  factor(
    out: Float64Array,
    rows: readonly number[],
    residuals: Columns,
    noise: Columns,
  ): "nonFinite" | "notPositiveDefinite" | undefined {
    const k = rows.length;
    const work = this.#work;
    const stride = this.#stride;
    const width = residuals.count + noise.count;
    rows.forEach((row, i) => {
      for (let c = 0; c < residuals.count; c++)
        work[i * stride + c] = residuals.data[row * residuals.stride + c];
      for (let c = 0; c < noise.count; c++)
        work[i * stride + residuals.count + c] = noise.data[row * noise.stride + c];
      for (let c = width; c < k; c++) work[i * stride + c] = 0;
    });
    if (residuals.negative.size + noise.negative.size > 0) {
      const negative = (c: number): boolean =>
        c < residuals.count ? residuals.negative.has(c) : noise.negative.has(c - residuals.count);
      return this.#difference(out, k, width, negative);
    }
    triangularise(work, stride, 0, 0, k, Math.max(width, k));
    let wrong: "nonFinite" | undefined;
    for (let i = 0; i < k; i++)
      for (let j = 0; j < k; j++) {
        const value = j <= i ? work[i * stride + j] : 0;
        if (!Number.isFinite(value)) wrong = "nonFinite";
        out[i * k + j] = value;
      }
    return wrong;
  }

  /** Cholesky of a sum of squares some of which are subtracted. */
  #difference(
    out: Float64Array,
    k: number,
    width: number,
    negative: (column: number) => boolean,
  ): "nonFinite" | "notPositiveDefinite" | undefined {
    const work = this.#work;
    const stride = this.#stride;
    for (let i = 0; i < k; i++) {
      for (let j = 0; j <= i; j++) {
        let sum = 0;
        let size = 0;
        for (let c = 0; c < width; c++) {
          const square = work[i * stride + c] * work[j * stride + c];
          sum += negative(c) ? -square : square;
          size += Math.abs(square);
        }
        for (let c = 0; c < j; c++) sum -= out[i * k + c] * out[j * k + c];
        if (i === j) {
          if (!Number.isFinite(sum + size)) return "nonFinite";
          if (sum < -1e-12 * size) return "notPositiveDefinite";
          out[i * k + i] = sum > 1e-14 * size ? Math.sqrt(sum) : 0;
        } else out[i * k + j] = out[j * k + j] === 0 ? 0 : sum / out[j * k + j];
      }
      for (let j = i + 1; j < k; j++) out[i * k + j] = 0;
    }
    return undefined;
  }
}
