/**
 * The implicit midpoint rule: x' = x + h F(m) with m = x + h/2 F(m), of order 2 and symplectic. The midpoint is found by ROUNDS of
 * Newton from m = x + h/2 F(x), whose error is of the order h² and squared by each. Derivatives are those of the implicit
 * function: dm = (I − h/2 J(m))⁻¹ dx, dx' = dx + h J(m) dm.
 * @see Hairer, Lubich & Wanner 2006, doi:10.1007/3-540-30666-8, §II.1
 */
import { LimitError } from "../../../../engine/index.ts";
import { say } from "../../../say.ts";
import type { RecurrenceFunction } from "../../recurrence.ts";
import { identityKinds, inverseKinds, productKinds, sumKinds } from "../kinds.ts";
import { float, signature } from "../wgsl_text.ts";
import type { Scheme } from "./scheme.ts";
import { solve } from "./solve.ts";

const ROUNDS = 4;
/** WGSL functions may have 8 KiB of variables. */
const MOST_STATES = 24;

export const implicitMidpoint: Scheme = {
  float64: (flow, h) => new Midpoint(flow, h),
  wgsl(flow, h, name) {
    const { args, vector, matrix } = signature(flow);
    const n = flow.stateDim;
    if (n > MOST_STATES) {
      const fix = 'Use the integrator "rk4", or backend "cpu".';
      throw new LimitError(
        say("wgsl", "stateDim", `at most ${MOST_STATES} for implicitMidpoint`, `${n}`, fix),
      );
    }
    const [step, half, time] = [float(h), float(h / 2), `(t + 0.5) * ${float(h)}`];
    return `fn ${name}_system(x: ${vector}, u: ${signatureOf(flow, "u")}, t: f32, p: ${signatureOf(flow, "p")}) -> ${matrix} {
  var a = ${name}_flow_jacobian(x, u, t, p);
  for (var e = 0u; e < ${n * n}u; e++) { a[e] = select(0.0, 1.0, e % ${n + 1}u == 0u) - ${half} * a[e]; }
  return a;
}
fn ${name}_solve(matrix: ${matrix}, right: ${vector}) -> ${vector} {
  var a = matrix;
  var b = right;
  for (var k = 0u; k < ${n}u; k++) {
    var best = k;
    for (var i = k + 1u; i < ${n}u; i++) { if (abs(a[i * ${n}u + k]) > abs(a[best * ${n}u + k])) { best = i; } }
    if (best != k) {
      for (var j = k; j < ${n}u; j++) {
        let kept = a[k * ${n}u + j];
        a[k * ${n}u + j] = a[best * ${n}u + j];
        a[best * ${n}u + j] = kept;
      }
      let kept = b[k];
      b[k] = b[best];
      b[best] = kept;
    }
    for (var i = k + 1u; i < ${n}u; i++) {
      let factor = a[i * ${n}u + k] / a[k * ${n}u + k];
      for (var j = k + 1u; j < ${n}u; j++) { a[i * ${n}u + j] -= factor * a[k * ${n}u + j]; }
      b[i] -= factor * b[k];
    }
  }
  for (var back = 0u; back < ${n}u; back++) {
    let i = ${n - 1}u - back;
    for (var j = i + 1u; j < ${n}u; j++) { b[i] -= a[i * ${n}u + j] * b[j]; }
    b[i] /= a[i * ${n}u + i];
  }
  return b;
}
fn ${name}_midpoint(${args}) -> ${vector} {
  var m = x;
  var f = ${name}_flow(x, u, ${time}, p);
  for (var i = 0u; i < ${n}u; i++) { m[i] = x[i] + ${half} * f[i]; }
  for (var round = 0u; round < ${ROUNDS}u; round++) {
    f = ${name}_flow(m, u, ${time}, p);
    for (var i = 0u; i < ${n}u; i++) { f[i] = x[i] - m[i] + ${half} * f[i]; }
    f = ${name}_solve(${name}_system(m, u, ${time}, p), f);
    for (var i = 0u; i < ${n}u; i++) { m[i] += f[i]; }
  }
  return m;
}
fn ${name}(${args}) -> ${vector} {
  var f = ${name}_flow(${name}_midpoint(x, u, t, p), u, ${time}, p);
  for (var i = 0u; i < ${n}u; i++) { f[i] = x[i] + ${step} * f[i]; }
  return f;
}
fn ${name}_jvp(${args}, dx: ${vector}) -> ${vector} {
  let m = ${name}_midpoint(x, u, t, p);
  let dm = ${name}_solve(${name}_system(m, u, ${time}, p), dx);
  var f = ${name}_flow_jvp(m, u, ${time}, p, dm);
  for (var i = 0u; i < ${n}u; i++) { f[i] = dx[i] + ${step} * f[i]; }
  return f;
}
fn ${name}_jacobian(${args}) -> ${matrix} {
  let m = ${name}_midpoint(x, u, t, p);
  let a = ${name}_system(m, u, ${time}, p);
  var out: ${matrix};
  for (var j = 0u; j < ${n}u; j++) {
    var dx: ${vector};
    for (var i = 0u; i < ${n}u; i++) { dx[i] = select(0.0, 1.0, i == j); }
    let dm = ${name}_solve(a, dx);
    let f = ${name}_flow_jvp(m, u, ${time}, p, dm);
    for (var i = 0u; i < ${n}u; i++) { out[i * ${n}u + j] = dx[i] + ${step} * f[i]; }
  }
  return out;
}
`;
  },
  kinds(flow, n) {
    return sumKinds(identityKinds(n), productKinds(flow, inverseKinds(flow, n), n));
  },
};

const signatureOf = ({ inputDim, numParameters }: RecurrenceFunction, letter: "u" | "p"): string =>
  `array<f32, ${Math.max(1, letter === "u" ? inputDim : numParameters)}>`;

class Midpoint {
  readonly #flow: RecurrenceFunction;
  readonly #h: number;
  readonly #m: Float64Array;
  readonly #f: Float64Array;
  readonly #J: Float64Array;
  readonly #A: Float64Array;

  constructor(flow: RecurrenceFunction, h: number) {
    const n = flow.stateDim;
    this.#flow = flow;
    this.#h = h;
    this.#m = new Float64Array(n);
    this.#f = new Float64Array(n);
    this.#J = new Float64Array(n * n);
    this.#A = new Float64Array(n * n);
  }

  value(
    out: Float64Array,
    x: ArrayLike<number>,
    u: ArrayLike<number>,
    t: number,
    p: ArrayLike<number>,
  ): void {
    this.#find(x, u, t, p);
    this.#flow.float64.value(out, this.#m, u, (t + 0.5) * this.#h, p);
    for (let i = 0; i < this.#m.length; i++) out[i] = x[i] + this.#h * out[i];
  }

  jvp(
    out: Float64Array,
    x: ArrayLike<number>,
    u: ArrayLike<number>,
    t: number,
    p: ArrayLike<number>,
    dx: ArrayLike<number>,
  ): void {
    this.#find(x, u, t, p);
    const time = (t + 0.5) * this.#h;
    this.#linearise(u, time, p);
    this.#f.set(dx);
    solve(this.#A, this.#f, 1);
    this.#flow.float64.jvp(out, this.#m, u, time, p, this.#f);
    for (let i = 0; i < this.#m.length; i++) out[i] = dx[i] + this.#h * out[i];
  }

  jacobian(
    out: Float64Array,
    x: ArrayLike<number>,
    u: ArrayLike<number>,
    t: number,
    p: ArrayLike<number>,
  ): void {
    const n = this.#m.length;
    this.#find(x, u, t, p);
    this.#linearise(u, (t + 0.5) * this.#h, p);
    // J commutes with (I − h/2 J)⁻¹.
    for (let k = 0; k < n * n; k++) out[k] = this.#h * this.#J[k];
    solve(this.#A, out, n);
    for (let i = 0; i < n; i++) out[i * (n + 1)] += 1;
  }

  /** J and A = I − h/2 J at the midpoint */
  #linearise(u: ArrayLike<number>, time: number, p: ArrayLike<number>): void {
    const n = this.#m.length;
    this.#flow.float64.jacobian(this.#J, this.#m, u, time, p);
    for (let k = 0; k < n * n; k++) this.#A[k] = (k % (n + 1) === 0 ? 1 : 0) - 0.5 * this.#h * this.#J[k];
  }

  #find(x: ArrayLike<number>, u: ArrayLike<number>, t: number, p: ArrayLike<number>): void {
    const [m, f, h] = [this.#m, this.#f, this.#h];
    const time = (t + 0.5) * h;
    const { float64: F } = this.#flow;
    F.value(f, x, u, time, p);
    for (let i = 0; i < m.length; i++) m[i] = x[i] + 0.5 * h * f[i];
    for (let round = 0; round < ROUNDS; round++) {
      F.value(f, m, u, time, p);
      for (let i = 0; i < m.length; i++) f[i] = x[i] - m[i] + 0.5 * h * f[i];
      this.#linearise(u, time, p);
      solve(this.#A, f, 1);
      for (let i = 0; i < m.length; i++) m[i] += f[i];
    }
  }
}
