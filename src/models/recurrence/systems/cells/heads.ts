/** B u + b with block-diagonal B: what ParaGRU and ParaLSTM share. */
import type { Access, TakeSlope } from "./cell.ts";
import { normals, uniforms, type WeightRow, zeros } from "./weights.ts";

export interface HeadSizes {
  /** H */
  readonly size: number;
  /** d */
  readonly inputDim: number;
  /** A divisor of H and of d */
  readonly heads: number;
}

/** Rows of peepholes [H], inputs [H, d / heads] and biases [H]; the first bias opens gates at different rates. */
export function headedRows(
  { size: H, inputDim, heads }: HeadSizes,
  names: {
    readonly peep: readonly string[];
    readonly input: readonly string[];
    readonly bias: readonly string[];
  },
): Record<string, WeightRow> {
  const [width, rows] = [inputDim / heads, H / heads];
  // Glorot's range.
  const range = Math.sqrt(6 / (width + rows));
  const out: Record<string, WeightRow> = {};
  for (const name of names.peep) out[name] = { shape: [H], draw: normals(Math.sqrt(4 / (5 * H))) };
  for (const name of names.input) out[name] = { shape: [H, width], draw: uniforms(-range, range) };
  names.bias.forEach((name, k) => {
    const rising = () => Float64Array.from({ length: H }, (_, i) => -i / Math.max(1, H - 1));
    out[name] = { shape: [H], draw: k === 0 ? rising : zeros };
  });
  return out;
}

/** Entry i of B u + b. */
export function headSum(
  { size, inputDim, heads }: HeadSizes,
  p: ArrayLike<number>,
  u: ArrayLike<number>,
  B: number,
  b: number,
  i: number,
): number {
  const width = inputDim / heads;
  const first = Math.floor((i * heads) / size) * width;
  let sum = p[b + i];
  for (let k = 0; k < width; k++) sum += p[B + i * width + k] * u[first + k];
  return sum;
}

/** The same of all gates in WGSL: sums[gate]. */
export function headSumText(
  { size, inputDim, heads }: HeadSizes,
  at: Readonly<Record<string, number>>,
  gates: readonly string[],
  i: string,
  { u, p }: Pick<Access, "u" | "p">,
): string {
  const width = inputDim / heads;
  const biases = gates.map(g => p(`${at[`b${g}`]}u + ${i}`)).join(", ");
  const terms = gates.map(
    (g, gate) => `      sums[${gate}] += ${p(`${at[`B${g}`]}u + ${i} * ${width}u + k`)} * input;\n`,
  );
  return `    var sums = array<f32, ${gates.length}>(${biases});
    for (var k = 0u; k < ${width}u; k++) {
      let input = ${u(`${i} * ${heads}u / ${size}u * ${width}u + k`)};
${terms.join("")}    }`;
}

/** ∂/∂(u, B, b) of entry i of B u + b, times a factor. */
export function headDrivers(
  { size, inputDim, heads }: HeadSizes,
  p: ArrayLike<number>,
  u: ArrayLike<number>,
  [B, b]: readonly [number, number],
  i: number,
  factor: number,
  take: TakeSlope,
): void {
  const width = inputDim / heads;
  const first = Math.floor((i * heads) / size) * width;
  for (let k = 0; k < width; k++) {
    take(first + k, factor * p[B + i * width + k]);
    take(inputDim + B + i * width + k, factor * u[first + k]);
  }
  take(inputDim + b + i, factor);
}
