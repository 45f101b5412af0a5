/** Jacobian, products, structure and sensitivities of a recurrence's function against differences of order 12 at random states. */
import { expect } from "vitest";
import { CounterRandom } from "../../../../inference/index.ts";
import { difference } from "../../../language/testing/differences.ts";
import type { Sensitivities } from "../../../language/vector_function.ts";
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
  /** The value jumps with the inputs: its derivative with respect to them is 0. */
  readonly jumps?: boolean;
}

export function checkDerivatives(name: string, model: Recurrence, places: Places = {}): void {
  checkStates(name, model, places);
  checkSensitivities(name, model, places);
}

/** Pushforwards along random changes of x, u and p against differences; pullbacks against pushforwards, all and entry by entry. */
function checkSensitivities(
  name: string,
  { function: f, stateDim: D, inputDim: d, parameters: p, initialState }: Recurrence,
  {
    spread = 0.3,
    step = 1e-2,
    tolerance = 1e-10,
    elsewhere,
    jumps,
    input = random => random.normal(),
  }: Places,
): void {
  const random = new CounterRandom(11);
  const P = p.length;
  const S = f.sensitivities as Sensitivities;
  expect(S, name).toBeDefined();
  const drawn = (count: number, scale: (i: number) => number): Float64Array =>
    Float64Array.from({ length: count }, (_, i) => scale(i) * random.normal());
  const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
    Array.from(a).reduce((sum, value, i) => sum + value * b[i], 0);
  const out = new Float64Array(D);
  const pulled = new Float64Array(D + d + P);
  for (let trial = 0; trial < 3; trial++) {
    const x = Float64Array.from(
      (trial === 1 && elsewhere) || (initialState as Float64Array),
      s => s + spread * random.normal(),
    );
    const u = Float64Array.from({ length: d }, () => input(random));
    const dx = drawn(D, () => 0.3);
    const du = drawn(d, () => (jumps ? 0 : 0.3));
    // Parameters are from 0.013 to 5e8.
    const dp = drawn(P, i => 0.1 * (Math.abs(p[i]) || 1));
    const t = 3;
    const push = (a: Float64Array, b: Float64Array, c: Float64Array): Float64Array => {
      S.pushforward(out, x, u, t, p, a, b, c);
      return out.slice();
    };
    const got = push(dx, du, dp);
    const size = 1 + Math.max(...got.map(Math.abs));
    const moved = (base: ArrayLike<number>, change: Float64Array, h: number): Float64Array =>
      Float64Array.from(base, (value, i) => value + h * change[i]);
    difference(h => {
      const value = new Float64Array(D);
      f.float64.value(value, moved(x, dx, h), moved(u, du, h), t, moved(p, dp, h));
      return value;
    }, step).forEach((slope, i) => {
      expect(Math.abs(slope - got[i]) / size, `${name} along everything, ${i}`).toBeLessThan(tolerance);
    });
    const y = drawn(D, () => 1);
    S.pullback(pulled, x, u, t, p, y);
    const terms = dot(dx, pulled) + dot(du, pulled.subarray(D)) + dot(dp, pulled.subarray(D + d));
    const scale = size * D + dot(pulled.map(Math.abs), [...dx, ...du, ...dp].map(Math.abs));
    // Rounding of sums of these terms.
    expect(Math.abs(dot(y, got) - terms) / scale, `${name} pullback`).toBeLessThan(1e-13);
    const [none, calm, fixed] = [D, d, P].map(count => new Float64Array(count));
    for (let e = 0; e < D + d + P; e += Math.max(1, Math.floor((D + d + P) / 60))) {
      const change = [none, calm, fixed].map(part => part.slice());
      const at = e < D ? [0, e] : e < D + d ? [1, e - D] : [2, e - D - d];
      change[at[0]][at[1]] = 1;
      const slope = dot(y, push(change[0], change[1], change[2]));
      expect(Math.abs(slope - pulled[e]) / (1 + Math.abs(slope)), `${name} entry ${e}`).toBeLessThan(1e-12);
    }
  }
}

function checkStates(
  name: string,
  { function: f, stateDim: D, inputDim: d, parameters: p, initialState }: Recurrence,
  { spread = 0.3, step = 1e-2, tolerance = 1e-10, elsewhere, input = random => random.normal() }: Places,
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
