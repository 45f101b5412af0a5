/**
 * Derivatives of an explicit Runge–Kutta step with respect to state, inputs and parameters: k_s = F(a_s), a_s = x + c_s h k_{s−1},
 * x' = x + h Σ w_s k_s. Forwards through the stages, or back: the weights of k_s are h w_s y + c_{s+1} h (∂F/∂x(a_{s+1}))' those of k_{s+1}.
 */
import type { Sensitivities } from "../../../language/vector_function.ts";
import type { RecurrenceFunction } from "../../recurrence.ts";
import { float, floats, signature } from "../wgsl_text.ts";
import type { Scheme } from "./scheme.ts";

export interface Stages {
  /** c: where each stage is, in steps */
  readonly reach: readonly number[];
  /** w */
  readonly weight: readonly number[];
}

export const explicitSensitivities = ({
  reach,
  weight,
}: Stages): Pick<Scheme, "sensitivities" | "sensitivityText"> => ({
  sensitivities({ stateDim: n, inputDim, numParameters, float64: F }, S: Sensitivities, h) {
    const count = reach.length;
    const size = n + inputDim + numParameters;
    const at = Array.from(reach, () => new Float64Array(n));
    const [k, dk, along, cotangent] = Array.from({ length: 4 }, () => new Float64Array(n));
    const g = new Float64Array(size);
    return {
      pushforward(out, x, u, t, p, dx, du, dp) {
        k.fill(0);
        dk.fill(0);
        out.fill(0);
        for (let stage = 0; stage < count; stage++) {
          const here = at[stage];
          for (let i = 0; i < n; i++) {
            here[i] = x[i] + reach[stage] * h * k[i];
            along[i] = dx[i] + reach[stage] * h * dk[i];
          }
          const time = (t + reach[stage]) * h;
          F.value(k, here, u, time, p);
          S.pushforward(dk, here, u, time, p, along, du, dp);
          for (let i = 0; i < n; i++) out[i] += weight[stage] * dk[i];
        }
        for (let i = 0; i < n; i++) out[i] = dx[i] + h * out[i];
      },
      pullback(out, x, u, t, p, y) {
        k.fill(0);
        for (let stage = 0; stage < count; stage++) {
          for (let i = 0; i < n; i++) at[stage][i] = x[i] + reach[stage] * h * k[i];
          if (stage < count - 1) F.value(k, at[stage], u, (t + reach[stage]) * h, p);
        }
        out.fill(0, 0, size);
        for (let i = 0; i < n; i++) out[i] = y[i];
        g.fill(0);
        for (let stage = count - 1; stage >= 0; stage--) {
          const later = stage < count - 1 ? reach[stage + 1] * h : 0;
          for (let i = 0; i < n; i++) cotangent[i] = h * weight[stage] * y[i] + later * g[i];
          S.pullback(g, at[stage], u, (t + reach[stage]) * h, p, cotangent);
          for (let e = 0; e < size; e++) out[e] += g[e];
        }
      },
    };
  },
  sensitivityText: (flow, h, name, which) =>
    which === "push"
      ? pushText(flow, h, name, { reach, weight })
      : pullText(flow, h, name, { reach, weight }),
});

const table = (values: readonly number[]): string =>
  `${floats(values.length)}(${values.map(float).join(", ")})`;

function pushText(flow: RecurrenceFunction, h: number, name: string, { reach, weight }: Stages): string {
  const { args, vector } = signature(flow);
  const n = flow.stateDim;
  const step = float(h);
  return `fn ${name}_push(${args}, dx: ${vector}, du: ${floats(flow.inputDim)}, dp: ${floats(flow.numParameters)}) -> ${vector} {
  var reach = ${table(reach.map(value => value * h))};
  var weight = ${table(weight)};
  var out: ${vector};
  var k: ${vector};
  var dk: ${vector};
  for (var stage = 0u; stage < ${reach.length}u; stage++) {
    let time = t * ${step} + reach[stage];
    var at: ${vector};
    var along: ${vector};
    for (var i = 0u; i < ${n}u; i++) {
      at[i] = x[i] + reach[stage] * k[i];
      along[i] = dx[i] + reach[stage] * dk[i];
    }
    k = ${name}_flow(at, u, time, p);
    dk = ${name}_flow_push(at, u, time, p, along, du, dp);
    for (var i = 0u; i < ${n}u; i++) { out[i] += weight[stage] * dk[i]; }
  }
  for (var i = 0u; i < ${n}u; i++) { out[i] = dx[i] + ${step} * out[i]; }
  return out;
}
`;
}

function pullText(flow: RecurrenceFunction, h: number, name: string, { reach, weight }: Stages): string {
  const { args, vector } = signature(flow);
  const n = flow.stateDim;
  const count = reach.length;
  const step = float(h);
  return `fn ${name}_pull(${args}, dy: ${vector}) -> ${vector} {
  var reach = ${table(reach.map(value => value * h))};
  var weight = ${table(weight.map(value => value * h))};
  var stages: ${floats(count * n)};
  var at: ${vector};
  var k: ${vector};
  for (var stage = 0u; stage < ${count}u; stage++) {
    for (var i = 0u; i < ${n}u; i++) {
      at[i] = x[i] + reach[stage] * k[i];
      stages[stage * ${n}u + i] = at[i];
    }
    if (stage < ${count - 1}u) { k = ${name}_flow(at, u, t * ${step} + reach[stage], p); }
  }
  var out = dy;
  var weights: ${vector};
  for (var i = 0u; i < ${n}u; i++) { weights[i] = 0.0; }
  for (var back = 0u; back < ${count}u; back++) {
    let stage = ${count - 1}u - back;
    for (var i = 0u; i < ${n}u; i++) {
      at[i] = stages[stage * ${n}u + i];
      weights[i] += weight[stage] * dy[i];
    }
    var g = ${name}_flow_pull(at, u, t * ${step} + reach[stage], p, weights);
    for (var i = 0u; i < ${n}u; i++) {
      out[i] += g[i];
      weights[i] = reach[stage] * g[i];
    }
  }
  return out;
}
`;
}
