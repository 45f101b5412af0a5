/** Pieces of the WGSL of systems. */
import type { FunctionSizes } from "../../language/vector_function.ts";

/** A number as WGSL has it: never a whole number without a point. */
export function float(value: number): string {
  const text = String(Math.fround(value));
  return /[.e]/.test(text) ? text : `${text}.0`;
}

/** array<f32, n>; there are none of length 0. */
export const floats = (length: number): string => `array<f32, ${Math.max(1, length)}>`;

export interface Signature {
  /** Of f and of its Jacobian: x, u, t, p */
  readonly args: string;
  readonly vector: string;
  readonly matrix: string;
}

export function signature({ stateDim: n, inputDim: d, numParameters: P }: FunctionSizes): Signature {
  const vector = floats(n);
  return {
    args: `x: ${vector}, u: ${floats(d)}, t: f32, p: ${floats(P)}`,
    vector,
    matrix: floats(n * n),
  };
}
