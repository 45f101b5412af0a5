/**
 * The classical Runge–Kutta step of order 4: k₁ = F(x), k₂ = F(x + h/2 k₁), k₃ = F(x + h/2 k₂), k₄ = F(x + h k₃);
 * x' = x + h/6 (k₁ + 2 k₂ + 2 k₃ + k₄). Derivatives go through the same stages.
 * @see Hairer, Nørsett & Wanner 1993, §II.1
 */
import type { RecurrenceFunction } from "../../recurrence.ts";
import { identityKinds, productKinds, sumKinds } from "../kinds.ts";
import { float, signature } from "../wgsl_text.ts";
import { explicitSensitivities } from "./explicit_sensitivities.ts";
import type { Scheme } from "./scheme.ts";

/** Where each stage is, in steps, and what it counts. */
const REACH = [0, 0.5, 0.5, 1];
const WEIGHT = [1 / 6, 1 / 3, 1 / 3, 1 / 6];

export const rk4: Scheme = {
  float64({ stateDim: n, float64: F }: RecurrenceFunction, h) {
    const at = new Float64Array(n);
    const k = new Float64Array(n);
    const along = new Float64Array(n);
    const dk = new Float64Array(n);
    const J = new Float64Array(n * n);
    const M = new Float64Array(n * n);
    const K = new Float64Array(n * n);
    const moveTo = (x: ArrayLike<number>, stage: number): void => {
      for (let i = 0; i < n; i++) at[i] = x[i] + REACH[stage] * h * k[i];
    };
    return {
      value(out, x, u, t, p) {
        k.fill(0);
        out.fill(0);
        for (let stage = 0; stage < 4; stage++) {
          moveTo(x, stage);
          F.value(k, at, u, (t + REACH[stage]) * h, p);
          for (let i = 0; i < n; i++) out[i] += WEIGHT[stage] * k[i];
        }
        for (let i = 0; i < n; i++) out[i] = x[i] + h * out[i];
      },
      jvp(out, x, u, t, p, dx) {
        k.fill(0);
        dk.fill(0);
        out.fill(0);
        for (let stage = 0; stage < 4; stage++) {
          moveTo(x, stage);
          for (let i = 0; i < n; i++) along[i] = dx[i] + REACH[stage] * h * dk[i];
          F.value(k, at, u, (t + REACH[stage]) * h, p);
          F.jvp(dk, at, u, (t + REACH[stage]) * h, p, along);
          for (let i = 0; i < n; i++) out[i] += WEIGHT[stage] * dk[i];
        }
        for (let i = 0; i < n; i++) out[i] = dx[i] + h * out[i];
      },
      jacobian(out, x, u, t, p) {
        k.fill(0);
        K.fill(0);
        out.fill(0);
        for (let stage = 0; stage < 4; stage++) {
          moveTo(x, stage);
          for (let e = 0; e < n * n; e++) M[e] = (e % (n + 1) === 0 ? 1 : 0) + REACH[stage] * h * K[e];
          F.value(k, at, u, (t + REACH[stage]) * h, p);
          F.jacobian(J, at, u, (t + REACH[stage]) * h, p);
          multiply(K, J, M, n);
          for (let e = 0; e < n * n; e++) out[e] += WEIGHT[stage] * K[e];
        }
        for (let e = 0; e < n * n; e++) out[e] = (e % (n + 1) === 0 ? 1 : 0) + h * out[e];
      },
    };
  },
  wgsl(flow, h, name) {
    const { args, vector, matrix } = signature(flow);
    const n = flow.stateDim;
    const step = float(h);
    const table = (values: readonly number[]): string => `array<f32, 4>(${values.map(float).join(", ")})`;
    const begin = `  var reach = ${table(REACH.map(value => value * h))};
  var weight = ${table(WEIGHT)};
  var k: ${vector};
  for (var stage = 0u; stage < 4u; stage++) {
    let time = t * ${step} + reach[stage];
    var at: ${vector};
    for (var i = 0u; i < ${n}u; i++) { at[i] = x[i] + reach[stage] * k[i]; }
    k = ${name}_flow(at, u, time, p);`;
    return `fn ${name}(${args}) -> ${vector} {
  var out: ${vector};
${begin}
    for (var i = 0u; i < ${n}u; i++) { out[i] += weight[stage] * k[i]; }
  }
  for (var i = 0u; i < ${n}u; i++) { out[i] = x[i] + ${step} * out[i]; }
  return out;
}
fn ${name}_jvp(${args}, dx: ${vector}) -> ${vector} {
  var out: ${vector};
  var dk: ${vector};
${begin}
    var along: ${vector};
    for (var i = 0u; i < ${n}u; i++) { along[i] = dx[i] + reach[stage] * dk[i]; }
    dk = ${name}_flow_jvp(at, u, time, p, along);
    for (var i = 0u; i < ${n}u; i++) { out[i] += weight[stage] * dk[i]; }
  }
  for (var i = 0u; i < ${n}u; i++) { out[i] = dx[i] + ${step} * out[i]; }
  return out;
}
fn ${name}_jacobian(${args}) -> ${matrix} {
  var out: ${matrix};
  var dk: ${matrix};
${begin}
    var m: ${matrix};
    for (var e = 0u; e < ${n * n}u; e++) { m[e] = select(0.0, 1.0, e % ${n + 1}u == 0u) + reach[stage] * dk[e]; }
    var j = ${name}_flow_jacobian(at, u, time, p);
    for (var e = 0u; e < ${n * n}u; e++) {
      let row = e / ${n}u * ${n}u;
      var sum = 0.0;
      for (var l = 0u; l < ${n}u; l++) { sum += j[row + l] * m[l * ${n}u + e % ${n}u]; }
      dk[e] = sum;
    }
    for (var e = 0u; e < ${n * n}u; e++) { out[e] += weight[stage] * dk[e]; }
  }
  for (var e = 0u; e < ${n * n}u; e++) { out[e] = select(0.0, 1.0, e % ${n + 1}u == 0u) + ${step} * out[e]; }
  return out;
}
`;
  },
  ...explicitSensitivities({ reach: REACH, weight: WEIGHT }),
  kinds(flow, n) {
    const one = identityKinds(n);
    let K = flow;
    let sum = flow;
    for (let stage = 1; stage < 4; stage++) {
      K = productKinds(flow, sumKinds(one, K), n);
      sum = sumKinds(sum, K);
    }
    return sumKinds(one, sum);
  },
};

/** out := A B */
function multiply(out: Float64Array, A: Float64Array, B: Float64Array, n: number): void {
  out.fill(0);
  for (let i = 0; i < n; i++)
    for (let k = 0; k < n; k++) {
      const factor = A[i * n + k];
      if (factor === 0) continue;
      for (let j = 0; j < n; j++) out[i * n + j] += factor * B[k * n + j];
    }
}
