/** What an observer makes of a flow and of its step: feedback, and coordinates that are taken over. Inputs u [n] are states of the system. */
import { jacobianStructure } from "../../language/jacobian_structure.ts";
import type { Sensitivities } from "../../language/vector_function.ts";
import type { RecurrenceFunction } from "../recurrence.ts";
import { entriesOf, type Kinds, kindsOf } from "./kinds.ts";
import { float, floats, signature } from "./wgsl_text.ts";

/** K [n, m] and C [m, n], row-major */
export interface Feedback {
  readonly gain: Float64Array;
  readonly measurement: Float64Array;
}

/** F(z) + K C (u − z) of a flow F without inputs */
export function withFeedback(
  flow: RecurrenceFunction,
  { gain: K, measurement: C }: Feedback,
): RecurrenceFunction {
  const { stateDim: n, numParameters, outputDim, structure, parameters, float64: F } = flow;
  const m = C.length / n;
  const none = new Float64Array(0);
  /** out += K C v */
  const feed = (out: Float64Array, v: (j: number) => number): void => {
    for (let k = 0; k < m; k++) {
      let sum = 0;
      for (let j = 0; j < n; j++) sum += C[k * n + j] * v(j);
      for (let i = 0; i < n; i++) out[i] += K[i * m + k] * sum;
    }
  };
  const both = { stateDim: n, inputDim: n, numParameters, outputDim };
  const { args, vector, matrix } = signature(both);
  const nothing = `${floats(flow.inputDim)}()`;
  const fed = (v: string): string =>
    Array.from({ length: m }, (_, k) => {
      const terms = Array.from(
        { length: n },
        (_, j) => `${float(C[k * n + j])} * ${v.replaceAll("#", `[${j}]`)}`,
      );
      const rows = Array.from({ length: n }, (_, i) => `  out[${i}] += ${float(K[i * m + k])} * y${k};\n`);
      return `  let y${k} = ${terms.join(" + ")};\n${rows.join("")}`;
    }).join("");
  const product = productOf(K, C, n);
  return {
    ...both,
    structure: jacobianStructure(
      entriesOf(kindsOf(structure.entries).map((kind, e) => Math.max(kind, product[e] === 0 ? 0 : 1))),
      n,
      n,
    ),
    float64: {
      value(out, z, u, t, p) {
        F.value(out, z, none, t, p);
        feed(out, j => u[j] - z[j]);
      },
      jvp(out, z, _u, t, p, dz) {
        F.jvp(out, z, none, t, p, dz);
        feed(out, j => -dz[j]);
      },
      jacobian(out, z, _u, t, p) {
        F.jacobian(out, z, none, t, p);
        for (let e = 0; e < n * n; e++) out[e] -= product[e];
      },
    },
    ...(flow.sensitivities && { sensitivities: sensitivities(flow.sensitivities) }),
    wgsl: name => ({ name, code: text(name, flow.wgsl(`${name}_plain`).code) }),
    ...(parameters ? { parameters } : {}),
  };
  function text(name: string, plain: string): string {
    return `${plain}fn ${name}(${args}) -> ${vector} {
  var out = ${name}_plain(x, ${nothing}, t, p);
${fed("(u# - x#)")}  return out;
}
fn ${name}_jvp(${args}, dx: ${vector}) -> ${vector} {
  var out = ${name}_plain_jvp(x, ${nothing}, t, p, dx);
${fed("-dx#")}  return out;
}
fn ${name}_jacobian(${args}) -> ${matrix} {
  var out = ${name}_plain_jacobian(x, ${nothing}, t, p);
${Array.from(product, (value, e) => `  out[${e}] -= ${float(value)};\n`).join("")}  return out;
}
`;
  }
  function sensitivities(S: Sensitivities): Sensitivities {
    const g = new Float64Array(n + numParameters);
    return {
      pushforward(out, z, _u, t, p, dz, du, dp) {
        S.pushforward(out, z, none, t, p, dz, none, dp);
        feed(out, j => du[j] - dz[j]);
      },
      pullback(out, z, _u, t, p, y) {
        S.pullback(g, z, none, t, p, y);
        out.fill(0, n, 2 * n);
        for (let j = 0; j < n; j++) for (let i = 0; i < n; i++) out[n + j] += y[i] * product[i * n + j];
        for (let j = 0; j < n; j++) out[j] = g[j] - out[n + j];
        for (let k = 0; k < numParameters; k++) out[2 * n + k] = g[n + k];
      },
      ...(S.wgsl && {
        wgsl: (name, which) => ({
          name,
          code: `${text(name, S.wgsl!(`${name}_plain`, which).code)}${which === "push" ? push(name) : pull(name)}`,
        }),
      }),
    };
  }
  function push(name: string): string {
    return `fn ${name}_push(${args}, dx: ${vector}, du: ${vector}, dp: ${floats(numParameters)}) -> ${vector} {
  var out = ${name}_plain_push(x, ${nothing}, t, p, dx, ${nothing}, dp);
${fed("(du# - dx#)")}  return out;
}
`;
  }
  function pull(name: string): string {
    const back = Array.from({ length: n }, (_, j) => {
      const terms = Array.from({ length: n }, (_, i) => `${float(product[i * n + j])} * dy[${i}]`);
      return `  let y${j} = ${terms.join(" + ")};\n  out[${j}] -= y${j};\n  pulled_input(${j}u, y${j});\n`;
    });
    return `fn ${name}_pull(${args}, dy: ${vector}) -> ${vector} {
  var out = ${name}_plain_pull(x, ${nothing}, t, p, dy);
${back.join("")}  return out;
}
`;
  }
}

function productOf(K: Float64Array, C: Float64Array, n: number): Float64Array {
  const m = C.length / n;
  const out = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let k = 0; k < m; k++) for (let j = 0; j < n; j++) out[i * n + j] += K[i * m + k] * C[k * n + j];
  return out;
}

/**
 * A step from a state of which some coordinates are replaced by the inputs.
 * @param kinds what is known of the Jacobian of the step at such states, before columns are dropped
 */
export function withSubstitution(
  step: RecurrenceFunction,
  substitute: readonly number[],
  kinds: Kinds,
): RecurrenceFunction {
  const { stateDim: n, float64: f } = step;
  const taken = Array.from({ length: n }, (_, i) => substitute.includes(i));
  const z = new Float64Array(n);
  const dz = new Float64Array(n);
  const fill = (x: ArrayLike<number>, u: ArrayLike<number>): void => {
    for (let i = 0; i < n; i++) z[i] = taken[i] ? u[i] : x[i];
  };
  const { args, vector, matrix } = signature(step);
  const begin = `  var z = x;\n${substitute.map(i => `  z[${i}] = u[${i}];\n`).join("")}`;
  return {
    ...step,
    structure: jacobianStructure(entriesOf(kinds.map((kind, e) => (taken[e % n] ? 0 : kind))), n, n),
    float64: {
      value(out, x, u, t, p) {
        fill(x, u);
        f.value(out, z, u, t, p);
      },
      jvp(out, x, u, t, p, dx) {
        fill(x, u);
        for (let i = 0; i < n; i++) dz[i] = taken[i] ? 0 : dx[i];
        f.jvp(out, z, u, t, p, dz);
      },
      jacobian(out, x, u, t, p) {
        fill(x, u);
        f.jacobian(out, z, u, t, p);
        for (let e = 0; e < n * n; e++) if (taken[e % n]) out[e] = 0;
      },
    },
    ...(step.sensitivities && { sensitivities: sensitivities(step.sensitivities) }),
    wgsl: name => ({ name, code: text(name, step.wgsl(`${name}_own`).code) }),
  };
  function text(name: string, own: string): string {
    return `${own}fn ${name}(${args}) -> ${vector} {
${begin}  return ${name}_own(z, u, t, p);
}
fn ${name}_jvp(${args}, dx: ${vector}) -> ${vector} {
${begin}  var dz = dx;
${substitute.map(i => `  dz[${i}] = 0.0;\n`).join("")}  return ${name}_own_jvp(z, u, t, p, dz);
}
fn ${name}_jacobian(${args}) -> ${matrix} {
${begin}  var out = ${name}_own_jacobian(z, u, t, p);
  for (var i = 0u; i < ${n}u; i++) {
${substitute.map(i => `    out[i * ${n}u + ${i}u] = 0.0;\n`).join("")}  }
  return out;
}
`;
  }
  function sensitivities(S: Sensitivities): Sensitivities {
    return {
      pushforward(out, x, u, t, p, dx, du, dp) {
        fill(x, u);
        for (let i = 0; i < n; i++) dz[i] = taken[i] ? du[i] : dx[i];
        S.pushforward(out, z, u, t, p, dz, du, dp);
      },
      pullback(out, x, u, t, p, y) {
        fill(x, u);
        S.pullback(out, z, u, t, p, y);
        for (const i of substitute) {
          out[n + i] += out[i];
          out[i] = 0;
        }
      },
      ...(S.wgsl && {
        wgsl: (name, which) => ({
          name,
          code: `${text(name, S.wgsl!(`${name}_own`, which).code)}${which === "push" ? push(name) : pull(name)}`,
        }),
      }),
    };
  }
  function push(name: string): string {
    return `fn ${name}_push(${args}, dx: ${vector}, du: ${vector}, dp: ${floats(step.numParameters)}) -> ${vector} {
${begin}  var dz = dx;
${substitute.map(i => `  dz[${i}] = du[${i}];\n`).join("")}  return ${name}_own_push(z, u, t, p, dz, du, dp);
}
`;
  }
  function pull(name: string): string {
    return `fn ${name}_pull(${args}, dy: ${vector}) -> ${vector} {
${begin}  var out = ${name}_own_pull(z, u, t, p, dy);
${substitute.map(i => `  pulled_input(${i}u, out[${i}]);\n  out[${i}] = 0.0;\n`).join("")}  return out;
}
`;
  }
}
