/**
 * step_normals: the standard normals of one step of one draw, the same on the CPU and on a GPU.
 *
 *   block k = 0 … ceil(n/4) − 1 of step t:  Philox counter (t ceil(n/4) + k, draw, series, STEP_NORMALS_STREAM),
 *   key (seed low, seed high) → words x0 … x3; pair (x0, x1) gives normals 4k, 4k + 1, pair (x2, x3) the next two
 *
 * Box-Muller of a pair (a, b):  r = √(−2 log u), u = (a + ½) 2⁻³²;  θ = 2π (b + ½) 2⁻³²;  (r cos θ, r sin θ)
 *   log u    for a < 2³¹ the logarithm of (a + ½) 2⁻³², else log1p(−v), v = (2³² − a − ½) 2⁻³²: float32 holds u near 0
 *            and v near 0 with full relative accuracy, but not u near 1
 *   θ        = q π/2 + φ, q = (b + 2²⁹ mod 2³²) >> 30 the nearest quarter turn, φ = π/2 · (f + ½) 2⁻³⁰ with
 *            f = ((b + 2²⁹) & (2³⁰ − 1)) − 2²⁹ a signed whole number, so φ ∈ (−π/4, π/4) keeps its relative accuracy
 *   sin φ, cos φ   polynomials below; a quarter turn swaps them and changes signs
 *
 * u is never 0 and the largest |normal| is √(2 · 33 log 2) = 6.76.
 * Source: Box & Muller 1958, doi:10.1214/aoms/1177706645; polynomials: S. L. Moshier, Cephes, single/sinf.c.
 */

import { philox, seedKey } from "./philox.ts";

/** Last counter word: "SAMP". CounterRandom has its substream there. */
export const STEP_NORMALS_STREAM = 0x53414d50;

/** sin φ ≈ φ + φ³ (S1 + φ² (S2 + φ² S3)) for |φ| ≤ π/4, relative error below 2e-8. */
const S1 = -1.6666654611e-1;
const S2 = 8.3321608736e-3;
const S3 = -1.9515295891e-4;
/** cos φ ≈ 1 − φ²/2 + φ⁴ (C1 + φ² (C2 + φ² C3)). */
const C1 = 4.166664568298827e-2;
const C2 = -1.388731625493765e-3;
const C3 = 2.443315711809948e-5;

const block = new Uint32Array(4);

/**
 * Standard normals ε [n] of step `step` of draw `draw` of series `series`.
 * @param seed whole number 0 … 2^53 − 1
 * @param series, draw whole numbers 0 … 2^32 − 1
 * @param step whole number with step · ceil(n/4) < 2^32
 * @param out the first n entries are written
 */
export function stepNormals(
  seed: number,
  series: number,
  draw: number,
  step: number,
  n: number,
  out: Float64Array,
): void {
  const blocks = Math.ceil(n / 4);
  const [k0, k1] = seedKey(seed);
  for (let k = 0; k < blocks; k++) {
    philox((step * blocks + k) >>> 0, draw >>> 0, series >>> 0, STEP_NORMALS_STREAM, k0, k1, block);
    normalPair(block[0], block[1], out, 4 * k, n);
    normalPair(block[2], block[3], out, 4 * k + 2, n);
  }
}

/** Two normals from two words into out[at], out[at + 1], as far as they lie below n. */
function normalPair(a: number, b: number, out: Float64Array, at: number, n: number): void {
  if (at >= n) return;
  const radius = Math.sqrt(-2 * logUniform(a));
  const shifted = (b + 0x20000000) >>> 0;
  const phi = ((shifted & 0x3fffffff) - 0x20000000 + 0.5) * (2 ** -30 * (Math.PI / 2));
  const square = phi * phi;
  const sine = phi + phi * square * (S1 + square * (S2 + square * S3));
  const cosine = 1 - 0.5 * square + square * square * (C1 + square * (C2 + square * C3));
  const quadrant = shifted >>> 30;
  const odd = (quadrant & 1) === 1;
  const x = odd ? -sine : cosine;
  const y = odd ? cosine : sine;
  const sign = quadrant >= 2 ? -radius : radius;
  out[at] = sign * x;
  if (at + 1 < n) out[at + 1] = sign * y;
}

/** log((a + ½) 2⁻³²) */
const logUniform = (a: number): number =>
  a < 2 ** 31 ? Math.log((a + 0.5) * 2 ** -32) : Math.log1p(-(2 ** 32 - a - 0.5) * 2 ** -32);
