/** The implicit midpoint rule and its derivatives as WGSL. */
import { LimitError } from "../../../../engine/index.ts";
import { say } from "../../../say.ts";
import type { RecurrenceFunction } from "../../recurrence.ts";
import { float, floats, signature } from "../wgsl_text.ts";

/** Of Newton, for the midpoint. */
export const ROUNDS = 4;
/** WGSL functions may have 8 KiB of variables. */
const MOST_STATES = 24;

export function midpointText(flow: RecurrenceFunction, h: number, name: string): string {
  const { args, vector, matrix } = signature(flow);
  const n = flow.stateDim;
  if (n > MOST_STATES) {
    const fix = 'Use the integrator "rk4", or backend "cpu".';
    throw new LimitError(say("wgsl", "stateDim", `at most ${MOST_STATES} for implicitMidpoint`, `${n}`, fix));
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
}

/** The formulas of midpointSensitivities(). */
export function midpointSensitivityText(
  flow: RecurrenceFunction,
  h: number,
  name: string,
  which: "push" | "pull",
): string {
  const { args, vector, matrix } = signature(flow);
  const n = flow.stateDim;
  const [step, half, time] = [float(h), float(h / 2), `(t + 0.5) * ${float(h)}`];
  if (which === "push")
    return `fn ${name}_push(${args}, dx: ${vector}, du: ${floats(flow.inputDim)}, dp: ${floats(flow.numParameters)}) -> ${vector} {
  let m = ${name}_midpoint(x, u, t, p);
  var v = ${name}_flow_push(m, u, ${time}, p, ${vector}(), du, dp);
  for (var i = 0u; i < ${n}u; i++) { v[i] = dx[i] + ${half} * v[i]; }
  v = ${name}_solve(${name}_system(m, u, ${time}, p), v);
  v = ${name}_flow_push(m, u, ${time}, p, v, du, dp);
  for (var i = 0u; i < ${n}u; i++) { v[i] = dx[i] + ${step} * v[i]; }
  return v;
}
`;
  return `fn ${name}_pull(${args}, dy: ${vector}) -> ${vector} {
  let m = ${name}_midpoint(x, u, t, p);
  var j = ${name}_flow_jacobian(m, u, ${time}, p);
  var a: ${matrix};
  var v: ${vector};
  for (var k = 0u; k < ${n}u; k++) {
    for (var i = 0u; i < ${n}u; i++) {
      v[k] += ${step} * dy[i] * j[i * ${n}u + k];
      a[k * ${n}u + i] = select(0.0, 1.0, i == k) - ${half} * j[i * ${n}u + k];
    }
  }
  v = ${name}_solve(a, v);
  var weights: ${vector};
  for (var i = 0u; i < ${n}u; i++) {
    weights[i] = ${step} * dy[i] + ${half} * v[i];
    v[i] += dy[i];
  }
  _ = ${name}_flow_pull(m, u, ${time}, p, weights);
  return v;
}
`;
}

const signatureOf = ({ inputDim, numParameters }: RecurrenceFunction, letter: "u" | "p"): string =>
  `array<f32, ${Math.max(1, letter === "u" ? inputDim : numParameters)}>`;
