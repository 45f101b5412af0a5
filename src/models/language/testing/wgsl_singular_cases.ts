/** Points where a derivative is infinite or there is none, and what it is by the conventions of docs/wgsl-functions.md. */
import type { WgslCase } from "./wgsl_flows.ts";

export interface SingularCase extends WgslCase {
  /** The Jacobian at x, by convention. */
  readonly slope: readonly number[];
}

type Row = readonly [expression: string, x: readonly number[], value: number, slope: readonly number[]];

const ROWS: readonly Row[] = [
  ["sqrt(x[0])", [0], 0, [0]],
  ["abs(x[0])", [0], 0, [0]],
  ["length(vec2f(x[0], x[1]))", [0, 0], 0, [0, 0]],
  ["distance(vec2f(x[0], x[1]), vec2f(1, 2))", [1, 2], 0, [0, 0]],
  ["pow(x[0], 2.0)", [0], 0, [0]],
  ["pow(x[0], 1.0)", [0], 0, [1]],
  ["pow(x[0], 0.5)", [0], 0, [0]],
  ["pow(x[0], x[1])", [0, 1.5], 0, [0, 0]],
  ["acos(x[0])", [1], 0, [0]],
  ["acos(x[0])", [-1], Math.PI, [0]],
  ["asin(x[0])", [1], Math.PI / 2, [0]],
  ["acosh(x[0])", [1], 0, [0]],
  ["atan2(x[0], x[1])", [0, 0], 0, [0, 0]],
  ["max(x[0], x[1])", [1, 1], 1, [1, 0]],
  ["min(x[0], x[1])", [1, 1], 1, [1, 0]],
  ["clamp(x[0], 0.0, 1.0)", [0], 0, [1]],
  ["clamp(x[0], 0.0, 1.0)", [1], 1, [1]],
  ["saturate(x[0])", [0], 0, [1]],
  ["saturate(x[0])", [1], 1, [1]],
  ["floor(x[0]) + x[0]", [2], 4, [1]],
  ["step(0.0, x[0])", [0], 1, [0]],
  ["sign(x[0])", [0], 0, [0]],
  ["fract(x[0])", [3], 0, [1]],
  ["smoothstep(0.0, 1.0, x[0])", [0], 0, [0]],
];

export const SINGULAR_CASES: readonly SingularCase[] = ROWS.map(([expression, x, value, slope]) => ({
  name: `${expression} at ${x.join(", ")}`,
  code: `fn f(x: array<f32, ${x.length}>) -> f32 { return ${expression}; }`,
  m: 1,
  x,
  slope,
  js: () => [value],
}));
