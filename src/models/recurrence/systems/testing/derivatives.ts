/** Jacobian, products and structure of a recurrence's function against differences of order 12 at random states. */
import { expect } from "vitest";
import { CounterRandom } from "../../../../inference/index.ts";
import { difference } from "../../../language/testing/differences.ts";
import type { Recurrence } from "../../recurrence.ts";

export interface Places {
  /** Around the initial state. */
  readonly spread?: number;
  /** A sixth of the reach of differences. */
  readonly step?: number;
  /** Relative to 1 + the largest entry. */
  readonly tolerance?: number;
  /** A state in another piece, of a function in pieces. */
  readonly elsewhere?: readonly number[];
  readonly input?: (random: CounterRandom) => number;
}

export function checkDerivatives(
  name: string,
  { function: f, stateDim: D, inputDim: d, parameters: p, initialState }: Recurrence,
  { spread = 0.3, step = 1e-2, tolerance = 1e-10, elsewhere, input = random => random.normal() }: Places = {},
): void {
  const random = new CounterRandom(7);
  const seen = new Set<number>();
  const first = new Float64Array(D * D);
  const J = new Float64Array(D * D);
  const u = Float64Array.from({ length: d }, () => input(random));
  for (let trial = 0; trial < 3; trial++) {
    const x = Float64Array.from(
      (trial === 1 && elsewhere) || (initialState as Float64Array),
      s => s + spread * random.normal(),
    );
    const t = 3;
    f.float64.jacobian(J, x, u, t, p);
    const size = 1 + J.reduce((most, entry) => Math.max(most, Math.abs(entry)), 0);
    const along = (dx: ArrayLike<number>): number[] =>
      difference(h => {
        const out = new Float64Array(D);
        f.float64.value(
          out,
          Float64Array.from(x, (value, i) => value + h * dx[i]),
          u,
          t,
          p,
        );
        return out;
      }, step);
    const columns = D <= 12 ? Array.from({ length: D }, (_, j) => j) : [0, 1, D >> 1, D - 1];
    for (const j of columns)
      along(Float64Array.from({ length: D }, (_, i) => (i === j ? 1 : 0))).forEach((slope, i) => {
        expect(Math.abs(slope - J[i * D + j]) / size, `${name} ∂f${i}/∂x${j}`).toBeLessThan(tolerance);
      });
    const dx = Float64Array.from({ length: D }, () => random.normal());
    const jvp = new Float64Array(D);
    f.float64.jvp(jvp, x, u, t, p, dx);
    for (let i = 0; i < D; i++) {
      const product = dx.reduce((sum, value, j) => sum + J[i * D + j] * value, 0);
      // Sums of D terms of this size.
      expect(Math.abs(jvp[i] - product) / (size * D), `${name} jvp ${i}`).toBeLessThan(1e-14 * 10);
    }
    if (trial === 0) first.set(J);
    f.structure.entries.forEach((kind, e) => {
      if (kind === "zero") expect(J[e], `${name} entry ${e}`).toBe(0);
      // Rounding of what is constant by algebra alone.
      if (kind === "constant")
        expect(Math.abs(J[e] - first[e]) / size, `${name} entry ${e}`).toBeLessThan(1e-14);
      if (kind === "varying" && trial > 0 && J[e] !== first[e]) seen.add(e);
    });
  }
  const varying = f.structure.entries.flatMap((kind, e) => (kind === "varying" ? [e] : []));
  expect(
    [...seen].sort((a, b) => a - b),
    `${name}: what is said to vary`,
  ).toEqual(varying);
}
