/** A log density with its gradient and products with its Hessian: what steps of Markov chains are made of. */
import { ParameterError } from "../../../engine/index.ts";
import type { VectorFunction } from "../../language/vector_function.ts";
import { say, valueText } from "../../say.ts";

/** log p(x) up to a constant, with one value; from expressionFunction() or wgslFunction(). */
export type LogDensityFunction = Omit<VectorFunction, "sensitivities"> & {
  readonly parameters?: ArrayLike<number>;
};

/** @throws ParameterError */
export function checkLogDensity(call: string, density: unknown): asserts density is LogDensityFunction {
  const f = density as LogDensityFunction;
  if (typeof f !== "object" || f === null || typeof f.float64?.second !== "function") {
    const expected = "a function from expressionFunction() or wgslFunction()";
    throw new ParameterError(say(call, "logDensity", expected, valueText(density), "Make one of the two."));
  }
  if (f.outputDim !== 1 || f.inputDim !== 0) {
    const got = `${f.outputDim} values of ${f.inputDim} inputs`;
    throw new ParameterError(
      say(call, "logDensity", "one value, and no inputs", got, "Give log p(x) alone."),
    );
  }
}

/** The density in float64; arrays are its own until the next call of the same kind. */
export class Density {
  readonly #f: LogDensityFunction;
  readonly #p: ArrayLike<number>;
  readonly #value = new Float64Array(1);
  readonly #unit: Float64Array;
  readonly #other: Float64Array;

  constructor(f: LogDensityFunction, p: ArrayLike<number>) {
    this.#f = f;
    this.#p = p;
    this.#unit = new Float64Array(f.stateDim);
    this.#other = new Float64Array(f.stateDim);
  }

  get stateDim(): number {
    return this.#unit.length;
  }

  value(x: ArrayLike<number>): number {
    this.#f.float64.value(this.#value, x, [], 0, this.#p);
    return this.#value[0];
  }

  /** out [n] */
  gradient(out: Float64Array, x: ArrayLike<number>): void {
    this.#f.float64.jacobian(out, x, [], 0, this.#p);
  }

  /** H(x) at out[i · stride + j] */
  hessian(out: Float64Array, x: ArrayLike<number>, stride: number): void {
    const n = this.#unit.length;
    for (let i = 0; i < n; i++)
      for (let j = 0; j <= i; j++) {
        this.#unit.fill(0);
        this.#other.fill(0);
        this.#unit[i] = 1;
        this.#other[j] = 1;
        this.#f.float64.second(this.#value, x, [], 0, this.#p, this.#unit, this.#other);
        out[i * stride + j] = this.#value[0];
        out[j * stride + i] = this.#value[0];
      }
  }

  /** out [n]: H(x) dx */
  hessianProduct(out: Float64Array, x: ArrayLike<number>, dx: ArrayLike<number>): void {
    const n = out.length;
    for (let j = 0; j < n; j++) {
      this.#unit.fill(0);
      this.#unit[j] = 1;
      this.#f.float64.second(this.#value, x, [], 0, this.#p, dx, this.#unit);
      out[j] = this.#value[0];
    }
  }
}

/** out [n, n] */
export function hessian(density: LogDensityFunction, x: ArrayLike<number>): Float64Array {
  const n = density.stateDim;
  const out = new Float64Array(n * n);
  new Density(density, density.parameters ?? []).hessian(out, x, n);
  return out;
}

/** WGSL of the same, as NAME_log (value), NAME_slope [n] and NAME_bend (H dx) of vectors [n]. */
export function densityText(f: LogDensityFunction, name: string, arrays: string): string {
  const n = f.stateDim;
  const none = `array<f32, 1>(0.0)`;
  const vector = `array<f32, ${n}>`;
  return `${f.wgsl(`${name}_density`).code}
fn ${name}_log(x: ${vector}, p: ${arrays}) -> f32 { return ${name}_density(x, ${none}, 0.0, p)[0]; }
fn ${name}_slope(x: ${vector}, p: ${arrays}) -> ${vector} { return ${name}_density_jacobian(x, ${none}, 0.0, p); }
fn ${name}_bend(x: ${vector}, p: ${arrays}, dx: ${vector}) -> ${vector} {
  var out: ${vector};
  for (var j = 0u; j < ${n}u; j++) {
    var unit: ${vector};
    for (var i = 0u; i < ${n}u; i++) { unit[i] = select(0.0, 1.0, i == j); }
    out[j] = ${name}_density_second(x, ${none}, 0.0, p, dx, unit)[0];
  }
  return out;
}`;
}
