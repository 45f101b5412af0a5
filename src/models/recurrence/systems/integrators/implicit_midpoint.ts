/**
 * The implicit midpoint rule: x' = x + h F(m) with m = x + h/2 F(m), of order 2 and symplectic. The midpoint is found by ROUNDS of
 * Newton from m = x + h/2 F(x), whose error is of the order h² and squared by each. Derivatives are those of the implicit
 * function: dm = (I − h/2 J(m))⁻¹ dx, dx' = dx + h J(m) dm.
 * @see Hairer, Lubich & Wanner 2006, doi:10.1007/3-540-30666-8, §II.1
 */
import type { Sensitivities } from "../../../language/vector_function.ts";
import type { RecurrenceFunction } from "../../recurrence.ts";
import { identityKinds, inverseKinds, productKinds, sumKinds } from "../kinds.ts";
import { midpointSensitivityText, midpointText, ROUNDS } from "./implicit_midpoint_text.ts";
import type { Scheme } from "./scheme.ts";
import { solve } from "./solve.ts";

export const implicitMidpoint: Scheme = {
  float64: (flow, h) => new Midpoint(flow, h),
  wgsl: midpointText,
  sensitivities: midpointSensitivities,
  sensitivityText: midpointSensitivityText,
  kinds(flow, n) {
    return sumKinds(identityKinds(n), productKinds(flow, inverseKinds(flow, n), n));
  },
};

class Midpoint {
  readonly #flow: RecurrenceFunction;
  readonly #h: number;
  /** The midpoint of the last find(), and its J and I − h/2 J after linearise(). */
  readonly m: Float64Array;
  readonly J: Float64Array;
  readonly A: Float64Array;
  readonly #f: Float64Array;

  constructor(flow: RecurrenceFunction, h: number) {
    const n = flow.stateDim;
    this.#flow = flow;
    this.#h = h;
    this.m = new Float64Array(n);
    this.#f = new Float64Array(n);
    this.J = new Float64Array(n * n);
    this.A = new Float64Array(n * n);
  }

  value(
    out: Float64Array,
    x: ArrayLike<number>,
    u: ArrayLike<number>,
    t: number,
    p: ArrayLike<number>,
  ): void {
    this.find(x, u, t, p);
    this.#flow.float64.value(out, this.m, u, (t + 0.5) * this.#h, p);
    for (let i = 0; i < this.m.length; i++) out[i] = x[i] + this.#h * out[i];
  }

  jvp(
    out: Float64Array,
    x: ArrayLike<number>,
    u: ArrayLike<number>,
    t: number,
    p: ArrayLike<number>,
    dx: ArrayLike<number>,
  ): void {
    this.find(x, u, t, p);
    const time = (t + 0.5) * this.#h;
    this.linearise(u, time, p);
    this.#f.set(dx);
    solve(this.A, this.#f, 1);
    this.#flow.float64.jvp(out, this.m, u, time, p, this.#f);
    for (let i = 0; i < this.m.length; i++) out[i] = dx[i] + this.#h * out[i];
  }

  jacobian(
    out: Float64Array,
    x: ArrayLike<number>,
    u: ArrayLike<number>,
    t: number,
    p: ArrayLike<number>,
  ): void {
    const n = this.m.length;
    this.find(x, u, t, p);
    this.linearise(u, (t + 0.5) * this.#h, p);
    // J commutes with (I − h/2 J)⁻¹.
    for (let k = 0; k < n * n; k++) out[k] = this.#h * this.J[k];
    solve(this.A, out, n);
    for (let i = 0; i < n; i++) out[i * (n + 1)] += 1;
  }

  /** J and A = I − h/2 J at the midpoint; solving uses A up. */
  linearise(u: ArrayLike<number>, time: number, p: ArrayLike<number>): void {
    const n = this.m.length;
    this.#flow.float64.jacobian(this.J, this.m, u, time, p);
    for (let k = 0; k < n * n; k++) this.A[k] = (k % (n + 1) === 0 ? 1 : 0) - 0.5 * this.#h * this.J[k];
  }

  find(x: ArrayLike<number>, u: ArrayLike<number>, t: number, p: ArrayLike<number>): void {
    const [m, f, h] = [this.m, this.#f, this.#h];
    const time = (t + 0.5) * h;
    const { float64: F } = this.#flow;
    F.value(f, x, u, time, p);
    for (let i = 0; i < m.length; i++) m[i] = x[i] + 0.5 * h * f[i];
    for (let round = 0; round < ROUNDS; round++) {
      F.value(f, m, u, time, p);
      for (let i = 0; i < m.length; i++) f[i] = x[i] - m[i] + 0.5 * h * f[i];
      this.linearise(u, time, p);
      solve(this.A, f, 1);
      for (let i = 0; i < m.length; i++) m[i] += f[i];
    }
  }
}

/**
 * With c = ∂F/∂u du + ∂F/∂p dp at the midpoint, dm = (I − h/2 J)⁻¹ (dx + h/2 c) and dx' = dx + h (J dm + c). Back: v = (I − h/2 J)⁻ᵀ h J' y
 * is what m has on it, y + v what x has, and F is weighted by h y + h/2 v.
 */
function midpointSensitivities(
  flow: RecurrenceFunction,
  S: Sensitivities,
  h: number,
): Omit<Sensitivities, "wgsl"> {
  const n = flow.stateDim;
  const midpoint = new Midpoint(flow, h);
  const { m, A, J } = midpoint;
  const c = new Float64Array(n);
  const v = new Float64Array(n);
  return {
    pushforward(out, x, u, t, p, dx, du, dp) {
      const time = (t + 0.5) * h;
      midpoint.find(x, u, t, p);
      v.fill(0);
      S.pushforward(c, m, u, time, p, v, du, dp);
      for (let i = 0; i < n; i++) v[i] = dx[i] + 0.5 * h * c[i];
      midpoint.linearise(u, time, p);
      solve(A, v, 1);
      S.pushforward(out, m, u, time, p, v, du, dp);
      for (let i = 0; i < n; i++) out[i] = dx[i] + h * out[i];
    },
    pullback(out, x, u, t, p, y) {
      const time = (t + 0.5) * h;
      midpoint.find(x, u, t, p);
      midpoint.linearise(u, time, p);
      v.fill(0);
      for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) v[j] += h * y[i] * J[i * n + j];
      for (let i = 0; i < n; i++)
        for (let j = 0; j < i; j++) [A[i * n + j], A[j * n + i]] = [A[j * n + i], A[i * n + j]];
      solve(A, v, 1);
      for (let i = 0; i < n; i++) c[i] = h * y[i] + 0.5 * h * v[i];
      S.pullback(out, m, u, time, p, c);
      for (let i = 0; i < n; i++) out[i] = y[i] + v[i];
    },
  };
}
