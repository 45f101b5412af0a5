/** The linear part A of an update, by method: what stands for the Jacobian, in float64. */
import type { IterationOptions, StepFunction } from "./recurrence_problem.ts";

/** A at one step after the other; addProduct() uses the last. */
export interface Slope {
  set(x: ArrayLike<number>, u: ArrayLike<number>, t: number): void;
  /** A of a Jacobian [D, D] that is there already. */
  take(J: Float64Array): void;
  /** out [D] += A v */
  addProduct(out: Float64Array, v: Float64Array): void;
}

type SlopeOptions = Pick<IterationOptions, "method" | "damping" | "clip" | "blocks" | "probe">;

/** Of methods with a linear recursion. */
export function slopeOf(step: StepFunction, D: number, options: SlopeOptions): Slope {
  switch (options.method) {
    case "picard":
      return new ConstantSlope(tamed(1, options));
    case "jacobi":
      return new ConstantSlope(0);
    case "quasi":
      return new BlockSlope(step, D, 1, options);
    case "blockQuasi":
      return new BlockSlope(step, D, options.blocks, options);
    default:
      return new DenseSlope(step, D, options);
  }
}

/** An entry of A: 0 where it is not finite, within the clip, damped. */
export const tamed = (
  value: number,
  { clip, damping }: Pick<IterationOptions, "clip" | "damping">,
): number => (Number.isFinite(value) ? (1 - damping) * Math.min(clip, Math.max(-clip, value)) : 0);

class ConstantSlope implements Slope {
  readonly #value: number;
  constructor(value: number) {
    this.#value = value;
  }
  set(): void {}
  take(): void {}
  addProduct(out: Float64Array, v: Float64Array): void {
    for (let i = 0; i < v.length; i++) out[i] += this.#value * v[i];
  }
}

export class DenseSlope implements Slope {
  /** [D, D] */
  readonly matrix: Float64Array;
  readonly #step: StepFunction;
  readonly #options: SlopeOptions;
  constructor(step: StepFunction, D: number, options: SlopeOptions) {
    this.matrix = new Float64Array(D * D);
    this.#step = step;
    this.#options = options;
  }
  set(x: ArrayLike<number>, u: ArrayLike<number>, t: number): void {
    this.#step.jacobian(this.matrix, x, u, t);
    this.take(this.matrix);
  }
  take(J: Float64Array): void {
    for (let k = 0; k < J.length; k++) this.matrix[k] = tamed(J[k], this.#options);
  }
  addProduct(out: Float64Array, v: Float64Array): void {
    const D = v.length;
    for (let i = 0; i < D; i++) {
      let sum = 0;
      for (let j = 0; j < D; j++) sum += this.matrix[i * D + j] * v[j];
      out[i] += sum;
    }
  }
}

/** The diagonals of B × B blocks of D/B coordinates: exact, or z ∘ J z for a probe z. */
export class BlockSlope implements Slope {
  /** [B, B, D/B] */
  readonly diagonals: Float64Array;
  readonly #step: StepFunction;
  readonly #jacobian: Float64Array;
  readonly #options: SlopeOptions;
  readonly #B: number;
  readonly #K: number;
  constructor(step: StepFunction, D: number, B: number, options: SlopeOptions) {
    this.#B = B;
    this.#K = D / B;
    this.diagonals = new Float64Array(B * D);
    this.#jacobian = new Float64Array(D * D);
    this.#step = step;
    this.#options = options;
  }
  set(x: ArrayLike<number>, u: ArrayLike<number>, t: number): void {
    this.#step.jacobian(this.#jacobian, x, u, t);
    this.take(this.#jacobian);
  }
  take(J: Float64Array): void {
    const [B, K] = [this.#B, this.#K];
    const D = B * K;
    const { probe } = this.#options;
    for (let a = 0; a < B; a++)
      for (let b = 0; b < B; b++)
        for (let k = 0; k < K; k++) {
          const row = (a * K + k) * D + b * K;
          let value = J[row + k];
          if (probe) {
            value = 0;
            for (let j = 0; j < K; j++) value += J[row + j] * probe[b * K + j];
            value *= probe[b * K + k];
          }
          this.diagonals[(a * B + b) * K + k] = tamed(value, this.#options);
        }
  }
  addProduct(out: Float64Array, v: Float64Array): void {
    const [B, K] = [this.#B, this.#K];
    for (let a = 0; a < B; a++)
      for (let b = 0; b < B; b++)
        for (let k = 0; k < K; k++) out[a * K + k] += this.diagonals[(a * B + b) * K + k] * v[b * K + k];
  }
}
