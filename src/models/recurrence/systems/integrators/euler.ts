/** x' = x + h F(x) */
import { identityKinds, sumKinds } from "../kinds.ts";
import { float, signature } from "../wgsl_text.ts";
import { explicitSensitivities } from "./explicit_sensitivities.ts";
import type { Scheme } from "./scheme.ts";

export const euler: Scheme = {
  float64({ stateDim: n, float64: F }, h) {
    return {
      value(out, x, u, t, p) {
        F.value(out, x, u, t * h, p);
        for (let i = 0; i < n; i++) out[i] = x[i] + h * out[i];
      },
      jvp(out, x, u, t, p, dx) {
        F.jvp(out, x, u, t * h, p, dx);
        for (let i = 0; i < n; i++) out[i] = dx[i] + h * out[i];
      },
      jacobian(out, x, u, t, p) {
        F.jacobian(out, x, u, t * h, p);
        for (let k = 0; k < n * n; k++) out[k] = (k % (n + 1) === 0 ? 1 : 0) + h * out[k];
      },
    };
  },
  wgsl(flow, h, name) {
    const { args, vector, matrix } = signature(flow);
    const n = flow.stateDim;
    const [step, time] = [float(h), `t * ${float(h)}`];
    return `fn ${name}(${args}) -> ${vector} {
  var f = ${name}_flow(x, u, ${time}, p);
  for (var i = 0u; i < ${n}u; i++) { f[i] = x[i] + ${step} * f[i]; }
  return f;
}
fn ${name}_jvp(${args}, dx: ${vector}) -> ${vector} {
  var f = ${name}_flow_jvp(x, u, ${time}, p, dx);
  for (var i = 0u; i < ${n}u; i++) { f[i] = dx[i] + ${step} * f[i]; }
  return f;
}
fn ${name}_jacobian(${args}) -> ${matrix} {
  var j = ${name}_flow_jacobian(x, u, ${time}, p);
  for (var k = 0u; k < ${n * n}u; k++) { j[k] = select(0.0, 1.0, k % ${n + 1}u == 0u) + ${step} * j[k]; }
  return j;
}
`;
  },
  ...explicitSensitivities({ reach: [0], weight: [1] }),
  kinds: (flow, n) => sumKinds(identityKinds(n), flow),
};
