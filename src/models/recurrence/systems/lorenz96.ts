/**
 * Lorenz's model of 1996: dx_i/dt = (x_{i+1} − x_{i−2}) x_{i−1} − x_i + F, indices around a circle.
 * @see Lorenz & Emanuel 1998, doi:10.1175/1520-0469(1998)055<0399:OSFSWO>2.0.CO;2
 */
import { jacobianStructure } from "../../language/jacobian_structure.ts";
import type { EntryKind } from "../../language/vector_function.ts";
import type { RecurrenceFunction } from "../recurrence.ts";
import { floats, signature } from "./wgsl_text.ts";

/** @param n at least 4; p [1] is F */
export function lorenz96Field(n: number, forcing: number): RecurrenceFunction {
  const sizes = { stateDim: n, inputDim: 0, numParameters: 1, outputDim: n };
  /** Columns of row i beside i: i + 1, i − 2, i − 1. */
  const around = (i: number): [number, number, number] => [(i + 1) % n, (i + n - 2) % n, (i + n - 1) % n];
  const entries = new Array<EntryKind>(n * n).fill("zero");
  for (let i = 0; i < n; i++) {
    for (const j of around(i)) entries[i * n + j] = "varying";
    entries[i * n + i] = "constant";
  }
  const { args, vector, matrix } = signature(sizes);
  const where = `    let ahead = (i + 1u) % ${n}u;
    let back = (i + ${n - 1}u) % ${n}u;
    let far = (i + ${n - 2}u) % ${n}u;`;
  return {
    ...sizes,
    parameters: Float64Array.of(forcing),
    structure: jacobianStructure(entries, n, n),
    sensitivities: {
      pushforward(out, x, _u, _t, _p, dx, _du, dp) {
        for (let i = 0; i < n; i++) {
          const [a, f, b] = around(i);
          out[i] = (dx[a] - dx[f]) * x[b] + (x[a] - x[f]) * dx[b] - dx[i] + dp[0];
        }
      },
      pullback(out, x, _u, _t, _p, y) {
        out.fill(0, 0, n + 1);
        for (let i = 0; i < n; i++) {
          const [a, f, b] = around(i);
          out[a] += y[i] * x[b];
          out[f] -= y[i] * x[b];
          out[b] += y[i] * (x[a] - x[f]);
          out[i] -= y[i];
          out[n] += y[i];
        }
      },
      wgsl: (name, which) => ({
        name,
        code: `${valueText(name)}${which === "push" ? push(name) : pull(name)}`,
      }),
    },
    float64: {
      value(out, x, _u, _t, p) {
        for (let i = 0; i < n; i++) {
          const [a, f, b] = around(i);
          out[i] = (x[a] - x[f]) * x[b] - x[i] + p[0];
        }
      },
      jvp(out, x, _u, _t, _p, dx) {
        for (let i = 0; i < n; i++) {
          const [a, f, b] = around(i);
          out[i] = (dx[a] - dx[f]) * x[b] + (x[a] - x[f]) * dx[b] - dx[i];
        }
      },
      jacobian(out, x) {
        out.fill(0);
        for (let i = 0; i < n; i++) {
          const [a, f, b] = around(i);
          out[i * n + a] = x[b];
          out[i * n + f] = -x[b];
          out[i * n + b] = x[a] - x[f];
          out[i * n + i] = -1;
        }
      },
    },
    wgsl: name => ({ name, code: valueText(name) }),
  };
  function valueText(name: string): string {
    return `fn ${name}(${args}) -> ${vector} {
  var out: ${vector};
  for (var i = 0u; i < ${n}u; i++) {
${where}
    out[i] = (x[ahead] - x[far]) * x[back] - x[i] + p[0];
  }
  return out;
}
fn ${name}_jvp(${args}, dx: ${vector}) -> ${vector} {
  var out: ${vector};
  for (var i = 0u; i < ${n}u; i++) {
${where}
    out[i] = (dx[ahead] - dx[far]) * x[back] + (x[ahead] - x[far]) * dx[back] - dx[i];
  }
  return out;
}
fn ${name}_jacobian(${args}) -> ${matrix} {
  var out: ${matrix};
  for (var i = 0u; i < ${n}u; i++) {
${where}
    out[i * ${n}u + ahead] = x[back];
    out[i * ${n}u + far] = -x[back];
    out[i * ${n}u + back] = x[ahead] - x[far];
    out[i * ${n + 1}u] = -1.0;
  }
  return out;
}
`;
  }
  function push(name: string): string {
    return `fn ${name}_push(${args}, dx: ${vector}, du: ${floats(0)}, dp: ${floats(1)}) -> ${vector} {
  var out = ${name}_jvp(x, u, t, p, dx);
  for (var i = 0u; i < ${n}u; i++) { out[i] += dp[0]; }
  return out;
}
`;
  }
  function pull(name: string): string {
    return `fn ${name}_pull(${args}, dy: ${vector}) -> ${vector} {
  var out: ${vector};
  var sum = 0.0;
  for (var i = 0u; i < ${n}u; i++) {
${where}
    out[ahead] += dy[i] * x[back];
    out[far] -= dy[i] * x[back];
    out[back] += dy[i] * (x[ahead] - x[far]);
    out[i] -= dy[i];
    sum += dy[i];
  }
  pulled_parameter(0u, sum);
  return out;
}
`;
  }
}
