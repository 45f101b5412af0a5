/**
 * A recurrence in other coordinates, s̃ = Q' s with Q orthogonal: f̃(s̃) = Q' f(Q s̃), J̃ = Q' J Q. Where the columns of Q are eigenvectors of
 * a matrix that is like J on the way, J̃ is near its diagonal, and updates by diagonals are near Newton's.
 * @see Zoltowski et al. 2025, arXiv:2508.18413
 */
import type { RecurrenceFunction } from "../recurrence.ts";
import { chainFunction } from "./step_function.ts";

/** Every n numbers of `from` turned: Q times them when going back, else Q' times them. */
export function turn(
  out: Float64Array,
  from: ArrayLike<number>,
  Q: Float64Array,
  n: number,
  back: boolean,
): void {
  for (let at = 0; at < out.length; at += n)
    for (let i = 0; i < n; i++) {
      let sum = 0;
      for (let j = 0; j < n; j++) sum += (back ? Q[i * n + j] : Q[j * n + i]) * from[at + j];
      out[at + i] = sum;
    }
}

/**
 * f in the coordinates Q' s, with p bound.
 * @param Q [n, n] orthogonal; the D states are groups of n, each turned by it
 */
export function inBasis(
  f: RecurrenceFunction,
  p: ArrayLike<number>,
  Q: Float64Array,
  n: number,
): RecurrenceFunction {
  const D = f.stateDim;
  const [x, dx, y] = Array.from({ length: 3 }, () => new Float64Array(D));
  const [J, half] = [new Float64Array(D * D), new Float64Array(D * D)];
  const column = new Float64Array(D);
  const turned = new Float64Array(D);
  const P = p.length;
  return chainFunction({
    stateDim: D,
    inputDim: f.inputDim,
    parameters: Float64Array.from([...Array.from(p), ...Q]),
    value(out, s, u) {
      turn(x, s, Q, n, true);
      f.float64.value(y, x, u, 0, p);
      turn(out, y, Q, n, false);
    },
    jvp(out, s, u, ds) {
      turn(x, s, Q, n, true);
      turn(dx, ds, Q, n, true);
      f.float64.jvp(y, x, u, 0, p, dx);
      turn(out, y, Q, n, false);
    },
    jacobian(out, s, u) {
      turn(x, s, Q, n, true);
      f.float64.jacobian(J, x, u, 0, p);
      // J Q row by row, then Q' of every column.
      for (let i = 0; i < D; i++) turn(half.subarray(i * D, (i + 1) * D), J.subarray(i * D), Q, n, false);
      for (let j = 0; j < D; j++) {
        for (let i = 0; i < D; i++) column[i] = half[i * D + j];
        turn(turned, column, Q, n, false);
        for (let i = 0; i < D; i++) out[i * D + j] = turned[i];
      }
    },
    wgsl: (name, types) => {
      const own = `array<f32, ${Math.max(1, P)}>`;
      const inner = `${name}_unturned`;
      const turning = (suffix: string, entry: string): string => `
fn ${name}_${suffix}(s: ${types.x}, p: ${types.p}) -> ${types.x} {
  var out: ${types.x};
  for (var at = 0u; at < ${D}u; at += ${n}u) {
    for (var i = 0u; i < ${n}u; i++) {
      var sum = 0.0;
      for (var j = 0u; j < ${n}u; j++) { sum += p[${P}u + ${entry}] * s[at + j]; }
      out[at + i] = sum;
    }
  }
  return out;
}`;
      return `${f.wgsl(inner).code}
fn ${name}_own(p: ${types.p}) -> ${own} {
  var out: ${own};
  for (var i = 0u; i < ${P}u; i++) { out[i] = p[i]; }
  return out;
}${turning("back", `i * ${n}u + j`)}${turning("turn", `j * ${n}u + i`)}
fn ${name}(x: ${types.x}, u: ${types.u}, t: f32, p: ${types.p}) -> ${types.x} {
  return ${name}_turn(${inner}(${name}_back(x, p), u, t, ${name}_own(p)), p);
}
fn ${name}_jvp(x: ${types.x}, u: ${types.u}, t: f32, p: ${types.p}, dx: ${types.x}) -> ${types.x} {
  return ${name}_turn(${inner}_jvp(${name}_back(x, p), u, t, ${name}_own(p), ${name}_back(dx, p)), p);
}`;
    },
  });
}
